/** One row of a file as what it says of a sale, or the reason why it cannot be read. */
import { DAY_MS } from '#core/calendar/days';
import type { LocalTime } from '#core/calendar/local-time';
import { AppError } from '#core/errors';
import { currencyCode } from '../currencies.ts';
import type { CustomerRef, SaleRecord } from '../record.ts';
import { decimalText, readAmount } from './amounts.ts';
import { DATE_FORMAT_WORDS, readDate, type When } from './dates.ts';
import { FIELD_LABELS, type Field } from './fields.ts';
import type { Mapping } from './mapping.ts';
import type { FileRow } from './reader.ts';
import type { RowIdentity } from './row-identity.ts';

export type RejectionCode =
  | 'missing_date' | 'bad_date' | 'future_date' | 'before_1970' | 'missing_amount' | 'bad_amount' | 'bad_quantity'
  | 'unknown_currency' | 'unknown_type' | 'unclosed_quote' | 'too_long' | 'not_json' | 'too_many_lines' | 'missing_field' | 'unknown_field'
  | 'invalid_field' | 'negative_amount' | 'books_closed';

export interface RowRejection {
  line: number;
  code: RejectionCode;
  /** For a person: what is wrong and what would be right. */
  reason: string;
  /** Heading of the column at fault; null when it is the whole row. */
  column: string | null;
  /** The row as read, cut to 500 characters. */
  raw: string;
}

export interface RowContext {
  source: string;
  /** The company's currency. */
  currency: string;
  clock: LocalTime;
  /** When the import was made, in milliseconds: dates more than a day past it are refused. Fixed, so that a resumed import decides alike. */
  now: number;
  identity: RowIdentity;
}

export interface FileRecord {
  record: SaleRecord;
  /** Whether the row names itself; else its name is hash and ordinal, and a row of another file may have the same. */
  hasOwnId: boolean;
  /** The first of its lines. */
  row: FileRow;
}

const REFUND_WORDS = new Set(['refund', 'refunded', 'return', 'returned', 'credit', 'credit note', 'reversal', 'chargeback']);
const SUBSCRIPTION_WORDS = new Set(['subscription', 'recurring', 'renewal', 'rebill']);
const PURCHASE_WORDS = new Set(['', 'purchase', 'sale', 'order', 'payment', 'charge', 'invoice', 'one time', 'one-time', 'capture', 'debit']);
/** A status that says no money has come, or that it never will. Any other, or none, is taken for a sale. */
const UNPAID_WORDS = new Set(['pending', 'authorized', 'authorised', 'voided', 'void', 'cancelled', 'canceled', 'failed', 'expired', 'draft', 'test', 'unpaid', 'on-hold', 'on hold', 'wc-pending', 'wc-failed', 'wc-cancelled', 'wc-on-hold', 'requires_payment_method']);

/** Why a row cannot be taken. */
export class Refusal extends Error {
  readonly code: RejectionCode;
  /** The field at fault, or the heading of its column; null when it is the whole row. */
  readonly field: Field | { heading: string } | null;
  constructor(code: RejectionCode, field: Field | { heading: string } | null, message: string) {
    super(message);
    this.code = code;
    this.field = field;
  }
}

function typeOf(cell: string): 'purchase' | 'refund' | 'subscription' {
  const word = cell.toLowerCase();
  if (PURCHASE_WORDS.has(word)) return 'purchase';
  if (REFUND_WORDS.has(word)) return 'refund';
  if (SUBSCRIPTION_WORDS.has(word)) return 'subscription';
  throw new Refusal('unknown_type', 'type', `"${cell.slice(0, 40)}" is not a type; use purchase, refund or subscription`);
}

function dateOf(cell: string, field: Field, mapping: Mapping, context: RowContext): When {
  if (cell === '') throw new Refusal('missing_date', field, 'The date is missing');
  const when = readDate(cell, mapping.dateFormat, context.clock);
  if (!when) throw new Refusal('bad_date', field, `"${cell.slice(0, 40)}" is not a date as this file writes them: ${DATE_FORMAT_WORDS[mapping.dateFormat]}`);
  const time = Date.parse(when.instant);
  if (time > context.now + DAY_MS) throw new Refusal('future_date', field, `${cell.slice(0, 40)} lies in the future`);
  if (time < 0) throw new Refusal('before_1970', field, `${cell.slice(0, 40)} lies before 1970`);
  return when;
}

function numberOf(cell: string, mapping: Mapping): number | null {
  const text = decimalText(cell, mapping.decimalMark);
  return text === null ? null : Number(text);
}

function amountOf(cell: string, field: Field, mapping: Mapping, currency: string): number {
  if (cell === '') throw new Refusal('missing_amount', field, 'The amount is missing');
  try {
    const amount = readAmount(cell, mapping.decimalMark, currency);
    if (amount !== null) return amount;
  } catch (error) {
    if (error instanceof AppError) throw new Refusal('bad_amount', field, error.message);
    throw error;
  }
  throw new Refusal('bad_amount', field, `"${cell.slice(0, 40)}" is not an amount`);
}

function currencyOf(cell: string, mapping: Mapping, context: RowContext): string {
  if (cell === '') return mapping.currency ?? context.currency;
  const code = currencyCode(cell);
  if (code === null) throw new Refusal('unknown_currency', 'currency', `"${cell.slice(0, 40)}" is not a currency code`);
  return code;
}

function countryOf(cell: string): string | null {
  return /^[A-Za-z]{2}$/.test(cell) ? cell.toUpperCase() : null;
}

export interface SaleLine {
  type: 'purchase' | 'refund' | 'subscription';
  /** Empty when the row names no order. */
  orderId: string;
  when: When;
  /** When the row itself says that it was changed; ISO 8601 UTC. */
  updatedAt: string | null;
  /** Minor units, ≥ 0. */
  minor: number;
  /** Minor units of the line, when a unit price says them besides the amount. */
  priced: number | null;
  currency: string;
  quantity: number;
  customer: CustomerRef | null;
  product: string;
  productId: string;
  category: string | null;
  status: string;
  channel: string | null;
  row: FileRow;
}

const PROBLEMS: Readonly<Record<NonNullable<FileRow['problem']>, string>> = {
  unclosed_quote: 'A quotation mark is opened and never closed',
  too_long: 'The line is longer than 1 MB; that is no order',
  not_json: 'The line is not a JSON object',
};

/** @throws Refusal when the reader could not make sense of the row */
export function requireWhole(row: FileRow): void {
  if (row.problem !== null) throw new Refusal(row.problem, null, PROBLEMS[row.problem]);
}

/**
 * What the row says.
 * @param first the first line of the same order, where date, customer and amount of the order stand when this line leaves them out
 * @throws Refusal
 */
export function readLine(row: FileRow, mapping: Mapping, context: RowContext, first: SaleLine | null = null): SaleLine {
  requireWhole(row);
  const { columns } = mapping;
  const cell = (field: Field): string => {
    const at = columns[field];
    return at === undefined ? '' : (row.cells[at] ?? '').trim();
  };

  const dateCell = cell('date');
  const when = dateCell === '' && first !== null ? first.when : dateOf(dateCell, 'date', mapping, context);
  const currencyCell = cell('currency');
  const currency = currencyCell === '' && first !== null ? first.currency : currencyOf(currencyCell, mapping, context);
  const quantityCell = cell('quantity');
  const quantity = quantityCell === '' ? 1 : numberOf(quantityCell, mapping);
  if (quantity === null) throw new Refusal('bad_quantity', 'quantity', `"${quantityCell.slice(0, 40)}" is not a number`);
  const priceCell = cell('unitPrice');
  const priced = priceCell === '' ? null : Math.round(amountOf(priceCell, 'unitPrice', mapping, currency) * quantity);
  const amountCell = cell('amount');
  const continues = first !== null && mapping.amountOf === 'order' && amountCell === '';
  const signed = columns.amount === undefined
    ? priced ?? amountOf('', 'unitPrice', mapping, currency)
    : continues ? 0 : amountOf(amountCell, 'amount', mapping, currency);
  if (!Number.isSafeInteger(signed)) throw new Refusal('bad_amount', 'amount', 'The amount is larger than any we can keep exactly');
  const typeCell = cell('type');
  const stated = typeCell === '' && first !== null ? first.type : typeOf(typeCell);
  const [customerId, email, updatedCell] = [cell('customerId'), cell('email'), cell('updatedAt')];
  return {
    type: signed < 0 ? 'refund' : stated,
    orderId: cell('orderId'),
    when,
    updatedAt: updatedCell === '' ? null : dateOf(updatedCell, 'updatedAt', mapping, context).instant,
    minor: Math.abs(signed),
    priced: priced === null ? null : Math.abs(priced),
    currency,
    quantity,
    customer: customerId === '' && email === ''
      ? first?.customer ?? null
      : { externalId: customerId || null, email: email || null, name: cell('name') || null, country: countryOf(cell('country')) },
    product: cell('product'),
    productId: cell('productId'),
    category: cell('category') || null,
    status: cell('status').toLowerCase() || (first?.status ?? ''),
    channel: cell('channel') || null,
    row,
  };
}

/** Whether a status says that the money has come. */
export function isPaid(status: string): boolean {
  return !UNPAID_WORDS.has(status);
}

/** A row as it stands in the file, cut to 500 characters. */
export function rawRow(row: FileRow, mapping: Mapping): string {
  return row.cells.join(mapping.delimiter).slice(0, 500);
}

/** What is told to the person of a row that cannot be taken. */
export function rejectionOf(row: FileRow, refusal: Refusal, mapping: Mapping): RowRejection {
  const { field } = refusal;
  const at = typeof field === 'string' ? mapping.columns[field] : undefined;
  const column = field === null ? null : typeof field === 'object' ? field.heading : (at === undefined ? FIELD_LABELS[field] : (mapping.headings[at] ?? null));
  return { line: row.line, code: refusal.code, reason: refusal.message, column, raw: rawRow(row, mapping) };
}
