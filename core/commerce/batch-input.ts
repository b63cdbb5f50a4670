/** A batch from the API, record by record: the good go through, the bad come back with index, code and reason. */
import { z } from 'zod';
import { AppError } from '#core/errors';
import { jsonFlaw } from '#core/json-flaw';
import { currencyCode } from './currencies.ts';
import { readDate } from './csv/dates.ts';
import { DAY_MS } from '#core/calendar/days';
import { localTimeIn } from '#core/calendar/local-time';
import type { ClosedBooks } from './closed-books.ts';
import { toMinor } from './money.ts';
import type { CanonicalRecord } from './record.ts';

export type InputCode =
  | 'missing_field' | 'unknown_field' | 'invalid_field' | 'bad_amount' | 'negative_amount' | 'unknown_currency'
  | 'bad_date' | 'future_date' | 'before_1970' | 'books_closed';

export interface RejectedInput {
  /** Position in the batch, from 0. */
  index: number;
  code: InputCode;
  /** For a person: what is wrong and what would be right. */
  reason: string;
  /** The field, such as `items[0].quantity`; empty for the record itself. */
  path: string;
}

export interface BatchResult<Record extends CanonicalRecord = CanonicalRecord> {
  accepted: Record[];
  rejected: RejectedInput[];
}

/** What the caller knows and the record may leave out. Clock and ids are parameters: this is pure. */
export interface InputContext {
  /** Source of records that name none. */
  source: string;
  /** The company's currency. */
  currency: string;
  /** The company's IANA time zone: a day without a time is its noon there. */
  timeZone: string;
  /** Days in which no sale is taken any more. */
  closed?: ClosedBooks | null;
  /** When the batch was accepted. */
  now: Date;
  /** Id of a record that has none of its own. */
  makeId: () => string;
}

/** Why one record is refused; caught by `parseBatch`. */
export class InputRefusal extends Error {
  readonly code: InputCode;
  readonly path: string;
  constructor(code: InputCode, path: string, reason: string) {
    super(reason);
    this.name = 'InputRefusal';
    this.code = code;
    this.path = path;
  }
}

/**
 * An ISO 8601 time with its zone, or a day. At most a day ahead (clocks differ), at least 1970.
 * @throws InputRefusal
 */
export function instantOf(text: string, path: string, context: InputContext): string {
  const form = /^\d{4}-\d\d-\d\d(T.+(Z|[+-]\d\d:?\d\d))?$/;
  const when = form.test(text) ? readDate(text, 'iso', localTimeIn(context.timeZone)) : null;
  if (!when) throw new InputRefusal('bad_date', path, `"${text.slice(0, 40)}" is not a time; write it like 2026-11-20T10:15:00Z`);
  const time = Date.parse(when.instant);
  if (time > context.now.getTime() + DAY_MS) throw new InputRefusal('future_date', path, `${text.slice(0, 40)} lies more than a day in the future`);
  if (time < 0) throw new InputRefusal('before_1970', path, `${text.slice(0, 40)} lies before 1970`);
  return when.instant;
}

/** @throws InputRefusal */
export function currencyOf(text: string | undefined, path: string, context: InputContext): string {
  if (text === undefined) return context.currency;
  const code = currencyCode(text);
  if (code === null) throw new InputRefusal('unknown_currency', path, `"${text.slice(0, 40)}" is not an ISO 4217 currency code`);
  return code;
}

/** Minor units, with their sign. @throws InputRefusal */
export function minorOf(amount: string | number, path: string, currency: string): number {
  try {
    return toMinor(amount, currency);
  } catch (error) {
    if (error instanceof AppError) throw new InputRefusal('bad_amount', path, error.message);
    throw error;
  }
}

/** An id as text. A number is taken when it is exact; larger ones have lost digits before they reached us. */
export const idText = z.union([
  z.string().trim().min(1).max(255),
  z.int({ error: 'Send ids over 9007199254740991 as text' }).transform(String),
]);

function pathText(path: readonly PropertyKey[]): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${String(part)}]` : `${index === 0 ? '' : '.'}${String(part)}`)).join('');
}

/** The first thing zod found, in our words. */
function refusalOf(issue: z.core.$ZodIssue, input: unknown): InputRefusal {
  const path = pathText(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    return new InputRefusal('unknown_field', path === '' ? key : `${path}.${key}`, `"${key}" is not a field we know; see the API reference`);
  }
  const value = issue.path.reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), input);
  if (value === undefined) return new InputRefusal('missing_field', path, `${path || 'The record'} is missing`);
  return new InputRefusal('invalid_field', path, issue.message);
}

/** As `parseShape`, and without what the books cannot keep. @throws InputRefusal */
export function parseOne<Input>(input: unknown, schema: z.ZodType<Input>): Input {
  const flaw = jsonFlaw(input);
  if (flaw !== null) throw new InputRefusal('invalid_field', flaw.path, flaw.message);
  return parseShape(input, schema);
}

/** @throws InputRefusal */
export function parseShape<Input>(input: unknown, schema: z.ZodType<Input>): Input {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw issue ? refusalOf(issue, input) : new InputRefusal('invalid_field', '', 'The record cannot be read');
}

/**
 * @param toRecord may throw InputRefusal.
 * @param read `parseShape` where `toRecord` cleans what the books cannot keep.
 * @returns every input in exactly one of the two lists, in order.
 */
export function parseBatch<Input, Record extends CanonicalRecord>(
  inputs: readonly unknown[],
  schema: z.ZodType<Input>,
  toRecord: (input: Input, context: InputContext) => Record,
  context: InputContext,
  read: (input: unknown, schema: z.ZodType<Input>) => Input = parseOne,
): BatchResult<Record> {
  const accepted: Record[] = [];
  const rejected: RejectedInput[] = [];
  inputs.forEach((input, index) => {
    try {
      accepted.push(toRecord(read(input, schema), context));
    } catch (error) {
      if (!(error instanceof InputRefusal)) throw error;
      rejected.push({ index, code: error.code, reason: error.message, path: error.path });
    }
  });
  return { accepted, rejected };
}
