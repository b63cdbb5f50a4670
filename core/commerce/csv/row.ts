/** One row of a file to one sale or refund, or to the reason why not. */
import { DAY_MS } from '#core/calendar/days';
import type { LocalTime } from '#core/calendar/local-time';
import { AppError } from '#core/errors';
import { currencyCode } from '../currencies.ts';
import type { Amounts, CustomerRef, LineItem, OrderRecord, RefundRecord } from '../record.ts';
import { decimalText, readAmount } from './amounts.ts';
import { readDate, type When } from './dates.ts';
import { FIELD_LABELS, type Field } from './fields.ts';
import type { Mapping } from './mapping.ts';
import type { CsvRow } from './reader.ts';
import type { RowIdentity } from './row-identity.ts';
import { GIVEN_ORDER } from '../precedence.ts';

export type RejectionCode =
  | 'missing_date' | 'bad_date' | 'future_date' | 'before_1970' | 'missing_amount' | 'bad_amount' | 'bad_quantity'
  | 'unknown_currency' | 'unknown_type' | 'unclosed_quote';

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
  record: OrderRecord | RefundRecord;
  /** Whether the row names itself; else its name is hash and ordinal, and a row of another file may have the same. */
  hasOwnId: boolean;
  row: CsvRow;
}

export type RowResult = FileRecord | { rejection: RowRejection };

const REFUND_WORDS = new Set(['refund', 'refunded', 'return', 'returned', 'credit', 'credit note', 'reversal', 'chargeback']);
const SUBSCRIPTION_WORDS = new Set(['subscription', 'recurring', 'renewal', 'rebill']);
const PURCHASE_WORDS = new Set(['', 'purchase', 'sale', 'order', 'payment', 'charge', 'invoice', 'one time', 'one-time', 'capture', 'debit']);
/** A status that says no money has come, or that it never will. Any other, or none, is taken for a sale. */
const UNPAID_WORDS = new Set(['pending', 'authorized', 'authorised', 'voided', 'void', 'cancelled', 'canceled', 'failed', 'expired', 'draft', 'test', 'unpaid', 'on-hold', 'on hold', 'wc-pending', 'wc-failed', 'wc-cancelled', 'wc-on-hold', 'requires_payment_method']);

class Refusal extends Error {
  readonly code: RejectionCode;
  readonly field: Field | null;
  constructor(code: RejectionCode, field: Field | null, message: string) {
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
  if (!when) throw new Refusal('bad_date', field, `"${cell.slice(0, 40)}" is not a date in the form of this file (${mapping.dateFormat})`);
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

function read(row: CsvRow, mapping: Mapping, context: RowContext): FileRecord {
  if (row.problem !== null) throw new Refusal(row.problem, null, 'A quotation mark is opened and never closed');
  const { columns } = mapping;
  const cell = (field: Field): string => {
    const at = columns[field];
    return at === undefined ? '' : (row.cells[at] ?? '').trim();
  };

  const when = dateOf(cell('date'), 'date', mapping, context);
  const currency = currencyOf(cell('currency'), mapping, context);
  const quantityCell = cell('quantity');
  const quantity = quantityCell === '' ? 1 : numberOf(quantityCell, mapping);
  if (quantity === null) throw new Refusal('bad_quantity', 'quantity', `"${quantityCell.slice(0, 40)}" is not a number`);
  const signed = columns.amount === undefined
    ? Math.round(amountOf(cell('unitPrice'), 'unitPrice', mapping, currency) * quantity)
    : amountOf(cell('amount'), 'amount', mapping, currency);
  if (!Number.isSafeInteger(signed)) throw new Refusal('bad_amount', 'amount', 'The amount is larger than any we can keep exactly');

  const stated = typeOf(cell('type'));
  const type = signed < 0 ? 'refund' : stated;
  const minor = Math.abs(signed);
  const customerId = cell('customerId');
  const email = cell('email');
  const product = cell('product');
  const productId = cell('productId');
  const orderId = cell('orderId');

  // A file of rows without order ids names each by what it says; the tab cannot come from a cell boundary of ours.
  const meaning = orderId !== ''
    ? `${type === 'refund' ? 'refund' : 'order'}\t${orderId}`
    : [customerId, email.toLowerCase(), when.key, type, String(minor), currency, String(quantity), product, productId].join('\t');
  const { hash, ordinal } = context.identity.next(meaning);
  const base = orderId === '' ? `row:${hash}` : type === 'refund' ? `refund:${orderId}` : orderId;
  const externalId = ordinal === 1 ? base : `${base}~${String(ordinal)}`;

  const customer: CustomerRef | null = customerId === '' && email === ''
    ? null
    : { externalId: customerId || null, email: email || null, name: cell('name') || null, country: countryOf(cell('country')) };
  const amounts: Amounts = { currency, given: minor, goods: 0, discount: 0, tax: 0, shipping: 0, tip: 0 };
  const items: LineItem[] = product === '' && productId === ''
    ? []
    : [{ productId: productId || null, sku: null, name: product || productId, category: cell('category') || null, quantity: Math.abs(quantity), amount: minor }];
  const updatedCell = cell('updatedAt');
  const status = cell('status').toLowerCase();
  const shared = {
    source: context.source,
    externalId,
    // Without a change time of its own a row never changes: reading it again is reading the same version.
    version: { updatedAt: updatedCell === '' ? when.instant : dateOf(updatedCell, 'updatedAt', mapping, context).instant, rank: 0 },
    occurredAt: when.instant,
    customer,
    amounts,
    status: status || (type === 'refund' ? 'refunded' : 'paid'),
    counts: !UNPAID_WORDS.has(status),
    items,
  };
  const record: OrderRecord | RefundRecord = type === 'refund'
    ? { kind: 'refund', ...shared, orderExternalId: null }
    : { kind: 'order', ...shared, type, channel: cell('channel') || null, label: orderId || null, paymentKeys: [], precedence: GIVEN_ORDER };
  return { record, hasOwnId: orderId !== '', row };
}

/** A row as it stands in the file, cut to 500 characters. */
export function rawRow(row: CsvRow, mapping: Mapping): string {
  return row.cells.join(mapping.delimiter).slice(0, 500);
}

/**
 * A row as a canonical record. A negative amount, or a type that says so, is a refund that names no order (files
 * rarely do); zero is kept; rows that share an order id are that order's lines and count each.
 */
export function rowToRecord(row: CsvRow, mapping: Mapping, context: RowContext): RowResult {
  try {
    return read(row, mapping, context);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const at = error.field === null ? undefined : mapping.columns[error.field];
    return {
      rejection: {
        line: row.line,
        code: error.code,
        reason: error.message,
        column: at === undefined ? (error.field === null ? null : FIELD_LABELS[error.field]) : (mapping.headings[at] ?? null),
        raw: rawRow(row, mapping),
      },
    };
  }
}
