/** Which column means what: guessed from headings and cells, corrected by a person, then fixed for the whole import. */
import { z } from 'zod';
import { AppError } from '#core/errors';
import { currencyCode } from '../currencies.ts';
import { guessCurrency, guessDecimalMark } from './amounts.ts';
import { DATE_FORMATS, guessDateFormat } from './dates.ts';
import type { FileSample } from './dialect.ts';
import { PRESET_IDS, type PresetId } from '../files/preset-ids.ts';
import { recognise } from '../files/presets.ts';
import { FIELD_LABELS, FIELDS, HEADINGS, plainHeading, type Field } from './fields.ts';

const fieldName = z.enum(FIELDS);

/** All that is needed to read the file; plain JSON, kept with the import. */
export const mappingSchema = z.strictObject({
  format: z.enum(['csv', 'jsonl', 'xlsx']).default('csv'),
  gzip: z.boolean().default(false),
  /** Name of the sheet of a workbook; null for the first, and for other files. */
  sheet: z.string().nullable().default(null),
  /** The export whose own rules the file is read by; the columns below then mean nothing. Null: read by its columns. */
  preset: z.enum(PRESET_IDS).nullable().default(null),
  delimiter: z.enum([',', ';', '\t', '|']),
  encoding: z.enum(['utf-8', 'windows-1252', 'utf-16le', 'utf-16be']),
  /** Whether the first row is headings. */
  header: z.boolean(),
  /** Heading of each column, or `column 1`, …: for messages. */
  headings: z.array(z.string()),
  /** Column index from 0 of each field that the file has. */
  columns: z.partialRecord(fieldName, z.int().min(0)),
  dateFormat: z.enum(DATE_FORMATS),
  decimalMark: z.enum(['.', ',']),
  /** Whether the amount on each of several lines of one order is that line's, or the whole order's said again. */
  amountOf: z.enum(['line', 'order']).default('line'),
  /** ISO 4217; null: the company's own. A currency column wins. */
  currency: z.string().nullable(),
});
export type Mapping = z.infer<typeof mappingSchema>;

/**
 * What a person says about a file; what is left out is guessed. Columns are named by heading, by position from 1, or
 * by null for "not in this file".
 */
export const mappingInputSchema = z.strictObject({
  columns: z.partialRecord(fieldName, z.union([z.string(), z.int().min(1), z.null()])).optional(),
  delimiter: mappingSchema.shape.delimiter.optional(),
  encoding: mappingSchema.shape.encoding.optional(),
  header: z.boolean().optional(),
  format: z.enum(['csv', 'jsonl', 'xlsx']).optional(),
  sheet: z.string().nullable().optional(),
  /** Null: read by columns, though it looks like an export that we know. */
  preset: z.enum(PRESET_IDS).nullable().optional(),
  dateFormat: mappingSchema.shape.dateFormat.optional(),
  decimalMark: mappingSchema.shape.decimalMark.optional(),
  amountOf: z.enum(['line', 'order']).optional(),
  currency: z.string().nullable().optional(),
});
export type MappingInput = z.infer<typeof mappingInputSchema>;

export interface MappingGuess {
  mapping: Mapping;
  /** What a person should look at before going on, in plain words. */
  questions: { field: Field; message: string }[];
}

type Columns = Partial<Record<Field, number>>;

function byHeading(header: string[]): Columns {
  const plain = header.map(plainHeading);
  const columns: Columns = {};
  const taken = new Set<number>();
  // In Shopify's order export the column Name is the order's number.
  const lineItems = plain.some((heading) => heading.startsWith('lineitem '));
  const name = plain.indexOf('name');
  if (lineItems && name >= 0) {
    columns.orderId = name;
    taken.add(name);
  }
  // The likeliest heading of every field first, so that a weak match of one never takes another's strong one.
  const ranks = Math.max(...FIELDS.map((field) => HEADINGS[field].length));
  for (let rank = 0; rank < ranks; rank += 1) {
    for (const field of FIELDS) {
      if (columns[field] !== undefined) continue;
      const at = plain.findIndex((heading, index) => heading === HEADINGS[field][rank] && !taken.has(index));
      if (at < 0) continue;
      columns[field] = at;
      taken.add(at);
    }
  }
  return columns;
}

/** Fills date, amount and customer from what the cells look like, among the columns that nothing claims. */
function byContent(columns: Columns, rows: string[][], width: number): Columns {
  const found = { ...columns };
  const cellsOf = (column: number): string[] => rows.map((row) => row[column] ?? '').filter((cell) => cell !== '');
  const free = (): number[] => [...Array(width).keys()].filter((column) => !Object.values(found).includes(column) && cellsOf(column).length > 0);
  found.date ??= free().find((column) => {
    const guess = guessDateFormat(cellsOf(column), false);
    return guess !== null && guess.format !== 'serial' && guess.format !== 'unix' && (guess.format !== 'iso' || cellsOf(column).some((cell) => /^(19|20)\d\d/.test(cell)));
  });
  if (found.unitPrice === undefined) {
    found.amount ??= free().find((column) => cellsOf(column).every((cell) => /^[^\d]{0,4}-?\d[\d., ]*[.,]\d{1,2}[^\d]{0,4}$/.test(cell)));
  }
  found.email ??= free().find((column) => cellsOf(column).every((cell) => /^\S+@\S+$/.test(cell)));
  if (found.email === undefined) found.customerId ??= free()[0];
  return found;
}

function chosen(input: MappingInput, header: string[] | null, width: number): { columns: Columns; absent: Set<Field> } {
  const columns: Columns = {};
  const absent = new Set<Field>();
  for (const field of FIELDS) {
    const choice = input.columns?.[field];
    if (choice === undefined) continue;
    if (choice === null) {
      absent.add(field);
      continue;
    }
    const at = typeof choice === 'number' ? choice - 1 : (header?.findIndex((heading) => heading === choice || plainHeading(heading) === plainHeading(choice)) ?? -1);
    if (at < 0 || at >= width) {
      const have = header ? `The columns are ${header.join(', ')}` : 'The file has no headings: name the column by its position from 1';
      throw new AppError('invalid_input', `There is no column "${String(choice)}"`, { errors: [{ path: `mapping.columns.${field}`, message: have }] });
    }
    columns[field] = at;
  }
  return { columns, absent };
}

/**
 * The mapping of a file from its sample (read with the dialect that `input` names, if it does).
 * @throws AppError `invalid_input` when `input` names a column or currency that does not exist. Missing dates or
 *   amounts are questions, not errors: see `requireUsable`.
 */
export function guessMapping(sample: FileSample, input: MappingInput = {}): MappingGuess {
  const { header, rows } = sample;
  const width = Math.max(header?.length ?? 0, ...rows.slice(0, 50).map((row) => row.length));
  const said = chosen(input, header, width);
  const named = header ? byHeading(header) : {};
  const claimed = new Set(Object.values(said.columns));
  const open: Columns = {};
  for (const field of FIELDS) {
    const at = said.columns[field] ?? (claimed.has(named[field] ?? -1) ? undefined : named[field]);
    if (at !== undefined && !said.absent.has(field)) open[field] = at;
  }
  const columns = byContent(open, rows, width);
  for (const field of FIELDS) if (columns[field] === undefined || said.absent.has(field)) delete columns[field];

  const cells = (field: Field): string[] => {
    const at = columns[field];
    return at === undefined ? [] : rows.map((row) => row[at] ?? '').filter((cell) => cell.trim() !== '');
  };
  const money = [...cells('amount'), ...cells('unitPrice')];
  const preset = input.preset === undefined ? presetOf(sample) : input.preset;
  if (preset !== null && preset !== presetOf(sample)) {
    throw new AppError('invalid_input', 'The file is no such export', { errors: [{ path: 'mapping.preset', message: 'Leave it out, or name the columns' }] });
  }
  const decimalMark = input.decimalMark ?? guessDecimalMark(money);
  const date = guessDateFormat(cells('date'), decimalMark === ',' || sample.format.delimiter === ';');
  const currency = input.currency === undefined ? guessCurrency(money) : input.currency === null ? null : currencyCode(input.currency);
  if (currency === null && typeof input.currency === 'string') {
    throw new AppError('invalid_input', `"${input.currency}" is not a currency code`, { errors: [{ path: 'mapping.currency', message: 'Use an ISO 4217 code such as USD' }] });
  }

  const questions: MappingGuess['questions'] = [];
  const ask = (field: Field, message: string): void => void questions.push({ field, message });
  const orderAmounts = repeatedAmounts(rows, columns);
  if (preset === null && input.amountOf === undefined && orderAmounts) ask('amount', 'Each line of an order of several lines says the same amount: we take it for the whole order and count it once');
  if (columns.date === undefined) ask('date', 'Which column holds the date of the order?');
  else if (!input.dateFormat && !date) ask('date', 'The dates are in no form we know; choose one');
  else if (!input.dateFormat && date?.ambiguous) ask('date', `The dates could be day first or month first; we read them ${date.format === 'dmy' ? 'day first' : 'month first'}`);
  if (columns.amount === undefined && columns.unitPrice === undefined) ask('amount', 'Which column holds the amount?');
  if (columns.customerId === undefined && columns.email === undefined) ask('customerId', 'Without a customer id or e-mail column the sales count for no customer');

  return {
    mapping: {
      format: sample.form.kind, gzip: sample.form.gzip, sheet: sample.form.sheet, preset,
      delimiter: sample.format.delimiter, encoding: sample.form.encoding,
      header: header !== null,
      headings: header ?? Array.from({ length: width }, (_, index) => `column ${String(index + 1)}`),
      columns,
      dateFormat: input.dateFormat ?? date?.format ?? 'iso',
      decimalMark,
      amountOf: input.amountOf ?? (orderAmounts ? 'order' : 'line'),
      currency,
    },
    // An export that we know needs no answers.
    questions: preset === null ? questions : [],
  };
}

function presetOf(sample: FileSample): PresetId | null {
  if (sample.transactions !== null) return 'transactions';
  return sample.header === null ? null : recognise(sample.header);
}

/** Whether every order of several lines in the sample says one amount on all of them, or leaves it out after the first. */
function repeatedAmounts(rows: string[][], columns: Columns): boolean {
  const { orderId, amount } = columns;
  if (orderId === undefined || amount === undefined) return false;
  let several = 0;
  for (let at = 0; at + 1 < rows.length; at += 1) {
    const [first, second] = [rows[at] ?? [], rows[at + 1] ?? []];
    const id = first[orderId] ?? '';
    if (id === '' || id !== second[orderId]) continue;
    const said = second[amount] ?? '';
    if (said !== '' && said !== first[amount]) return false;
    // The same product twice for the same price is no sign: the lines must differ in something else.
    if (said === '' || first.some((cell, column) => column !== amount && cell !== (second[column] ?? ''))) several += 1;
  }
  return several > 1;
}

/** @throws AppError `invalid_input` naming the fields without which no row can be read. */
export function requireUsable(mapping: Mapping): void {
  if (mapping.preset !== null) return;
  const missing: Field[] = [];
  if (mapping.columns.date === undefined) missing.push('date');
  if (mapping.columns.amount === undefined && mapping.columns.unitPrice === undefined) missing.push('amount');
  if (missing.length === 0) return;
  throw new AppError('invalid_input', `No column was found for: ${missing.map((field) => FIELD_LABELS[field]).join(', ')}`, {
    errors: missing.map((field) => ({ path: `mapping.columns.${field}`, message: `Name the column; the file has ${mapping.headings.join(', ')}` })),
  });
}
