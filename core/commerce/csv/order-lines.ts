/**
 * Lines of a file, in the order they stand, as sales and refunds. Lines that follow each other and name the same order
 * are one order with its items (and one refund, where some of them are negative); a line that names no order is a sale
 * of its own.
 */
import { GIVEN_ORDER } from '../precedence.ts';
import type { LineItem, SaleRecord } from '../record.ts';
import { spread } from '../spread.ts';
import type { Mapping } from './mapping.ts';
import type { FileRow } from './reader.ts';
import { isPaid, readLine, Refusal, rejectionOf } from './row.ts';
import type { FileRecord, RowContext, RowRejection, SaleLine } from './row.ts';

/** Lines of one order; what comes after them is refused. */
export const MAX_ORDER_LINES = 5000;

/** Rows that stand or fall together, and what they say. */
export interface RowGroup {
  records: FileRecord[];
  rejections: RowRejection[];
  rows: number;
  /** Where the rows after it begin. */
  end: number;
  /** Line of its last row. */
  line: number;
}

/** Turns rows into groups: a group comes out when the row after it does not belong to it. */
export interface RowInterpreter {
  read(row: FileRow): RowGroup[];
  /** The last group. */
  finish(): RowGroup[];
}

/** Rows by the columns of the mapping. */
export class OrderLines implements RowInterpreter {
  readonly #mapping: Mapping;
  readonly #context: RowContext;
  #lines: SaleLine[] = [];
  #group: RowGroup | null = null;

  constructor(mapping: Mapping, context: RowContext) {
    this.#mapping = mapping;
    this.#context = context;
  }

  read(row: FileRow): RowGroup[] {
    const at = this.#mapping.columns.orderId;
    const orderId = row.problem !== null || at === undefined ? '' : (row.cells[at] ?? '').trim();
    const [first = null] = this.#lines;
    const continues = orderId !== '' && first?.orderId === orderId;
    const done = continues ? [] : this.finish();
    const group = this.#group ?? { records: [], rejections: [], rows: 0, end: 0, line: 0 };
    this.#group = group;
    group.rows += 1;
    group.end = row.end;
    group.line = row.line;
    try {
      if (this.#lines.length >= MAX_ORDER_LINES) throw new Refusal('too_many_lines', 'orderId', `The order has more than ${String(MAX_ORDER_LINES)} lines`);
      this.#lines.push(readLine(row, this.#mapping, this.#context, continues ? first : null));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      group.rejections.push(rejectionOf(row, error, this.#mapping));
    }
    return done;
  }

  finish(): RowGroup[] {
    const group = this.#group;
    if (group === null) return [];
    const [first, second] = this.#lines;
    if (first && !second) {
      group.records.push(toRecord(first, this.#lines, this.#mapping, this.#context));
    } else {
      for (const isRefund of [false, true]) {
        const lines = this.#lines.filter(({ type }) => (type === 'refund') === isRefund);
        if (lines[0]) group.records.push(toRecord(lines[0], lines, this.#mapping, this.#context));
      }
    }
    this.#group = null;
    this.#lines = [];
    return [group];
  }
}

/** The lines as one record, named by order id, or by what the line says. */
function toRecord(first: SaleLine, lines: readonly SaleLine[], mapping: Mapping, context: RowContext): FileRecord {
  const { type, orderId, when, currency, customer, quantity, product, productId } = first;
  const total = mapping.amountOf === 'order' ? first.minor : lines.reduce((sum, line) => sum + line.minor, 0);
  // A file of rows without order ids names each by what it says; the tab cannot come from a cell boundary of ours.
  const meaning = orderId !== ''
    ? `${type === 'refund' ? 'refund' : 'order'}\t${orderId}`
    : [customer?.externalId ?? '', (customer?.email ?? '').toLowerCase(), when.key, type, String(first.minor), currency, String(quantity), product, productId].join('\t');
  const { hash, ordinal } = context.identity.next(meaning);
  const base = orderId === '' ? `row:${hash}` : type === 'refund' ? `refund:${orderId}` : orderId;
  let newest: string | null = null;
  for (const { updatedAt } of lines) if (updatedAt !== null && (newest === null || updatedAt > newest)) newest = updatedAt;
  const shared = {
    source: context.source,
    externalId: ordinal === 1 ? base : `${base}~${String(ordinal)}`,
    // Without a change time of its own a row never changes: reading it again is reading the same version.
    version: { updatedAt: newest ?? when.instant, rank: 0 },
    occurredAt: when.instant,
    customer,
    amounts: { currency, given: total, goods: 0, discount: 0, tax: 0, shipping: 0, tip: 0 },
    status: first.status || (type === 'refund' ? 'refunded' : 'paid'),
    counts: isPaid(first.status),
    items: itemsOf(lines, total, mapping),
  };
  const record: SaleRecord = type === 'refund'
    ? { kind: 'refund', ...shared, orderExternalId: null }
    : { kind: 'order', ...shared, type, channel: first.channel, label: orderId || null, paymentKeys: [], precedence: GIVEN_ORDER };
  return { record, hasOwnId: orderId !== '', row: first.row };
}

/** Each line's product; where the lines only know the whole order's amount, it is shared out by price or quantity. */
function itemsOf(lines: readonly SaleLine[], total: number, mapping: Mapping): LineItem[] {
  const named = lines.filter(({ product, productId }) => product !== '' || productId !== '');
  if (named.length === 0) return [];
  const amounts = mapping.amountOf === 'order'
    ? spread(total, named.map(({ priced, quantity }) => priced ?? Math.abs(quantity)))
    : named.map(({ minor }) => minor);
  return named.map(({ product, productId, category, quantity }, index) => ({
    productId: productId || null, sku: null, name: product || productId, category, quantity: Math.abs(quantity), amount: amounts[index] ?? 0,
  }));
}
