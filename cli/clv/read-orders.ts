/** Orders from a CSV file, streamed: any column order, quotes, byte order mark and line ends; errors name the line. */
import { parseDay } from '#core/calendar/days';
import { localDay } from '#core/calendar/local-day';
import type { Events } from '#core/clv/summary';
import { toMinor } from '#core/commerce/money';
import { AppError } from '#core/errors';
import { columnNames, csvLines, plainName } from './csv-lines.ts';
import { InputError } from './input-error.ts';

export interface OrderFile {
  events: Events;
  /** What else the lines tell, for features; parallel to `events`. */
  lines: LineDetails;
  /** Customer ids by index, in order of appearance. */
  ids: string[];
  /** Day numbers. */
  firstDay: number;
  lastDay: number;
  /** One column for each name asked for: the text of each customer, by index. */
  attributes: { name: string; values: string[] }[];
}

export interface LineDetails {
  /** Day number of the line itself: a refund counts on its order's day, and was not known before its own. */
  known: Int32Array;
  /** Present where the file has the column. Codes index the names; −1 and NaN are blanks. */
  channel?: Int32Array;
  channels?: string[];
  product?: Int32Array;
  products?: string[];
  quantity?: Float64Array;
}

const NEEDED = ['customer_id', 'date', 'amount'] as const;

/**
 * Read `customer_id,date,amount[,order_id,…]`; further columns are ignored. Lines of one order count on its earliest
 * day, so that a refund nets into its order. `currency` sets how many decimals an amount has. `attributes` names columns
 * that say something of the customer: the same on each of her lines. With `timeZone` an instant (2026-01-05T23:30:00Z)
 * falls on the day it was there; without, and for dates, the file's own day counts.
 * @throws InputError naming file and line.
 */
export async function readOrders(path: string, currency: string, attributes: readonly string[] = [], timeZone?: string): Promise<OrderFile> {
  const customers = new Map<string, number>();
  const orders = new Map<string, number>();
  const orderDay: number[] = [];
  const customer: number[] = [];
  const day: number[] = [];
  const amount: number[] = [];
  const order: number[] = [];
  const known: number[] = [];
  const channel = new Names();
  const product = new Names();
  const quantity: number[] = [];
  const told: { name: string; at: number; values: string[] }[] = [];
  let columns: Positions | undefined;
  for await (const { at, cells: record } of csvLines(path)) {
    if (!columns) {
      columns = readHeader(path, record);
      for (const name of attributes) told.push({ name, at: attributeAt(path, record, name), values: [] });
      continue;
    }
    const id = record[columns.customer_id] ?? '';
    if (id === '') throw new InputError(`${at}: customer_id is empty.`);
    const date = record[columns.date] ?? '';
    const onDay = dayIn(date, timeZone);
    if (onDay === null) throw new InputError(`${at}: date must be a day such as 1997-09-30, not "${date}".`);
    const who = customers.get(id) ?? customers.size;
    customers.set(id, who);
    customer.push(who);
    for (const each of told) {
      const value = record[each.at] ?? '';
      const before = (each.values[who] ??= value);
      if (before !== value) throw new InputError(`${at}: ${each.name} is "${value}" here and "${before}" on an earlier line of customer ${id}; a covariate says something of the customer and has to be the same on all her lines.`);
    }
    day.push(onDay);
    known.push(onDay);
    channel.push(columns.channel, record);
    product.push(columns.product, record);
    if (columns.quantity >= 0) quantity.push(readQuantity(record[columns.quantity] ?? ''));
    amount.push(readAmount(at, record[columns.amount] ?? '', currency));
    const orderId = columns.order_id < 0 ? '' : (record[columns.order_id] ?? '');
    if (orderId === '') {
      order.push(-1);
      continue;
    }
    const key = `${who}\u0000${orderId}`;
    const which = orders.get(key) ?? orders.size;
    orders.set(key, which);
    orderDay[which] = Math.min(orderDay[which] ?? Infinity, onDay);
    order.push(which);
  }
  if (!columns || day.length === 0) throw new InputError(`${path} line 2: there is a header but no order.`);
  order.forEach((which, i) => {
    if (which >= 0) day[i] = orderDay[which] ?? day[i] ?? 0;
  });
  return {
    events: { customer: Int32Array.from(customer), day: Int32Array.from(day), amount: Float64Array.from(amount) },
    lines: {
      known: Int32Array.from(known),
      ...(columns.channel >= 0 && { channel: Int32Array.from(channel.codes), channels: channel.names() }),
      ...(columns.product >= 0 && { product: Int32Array.from(product.codes), products: product.names() }),
      ...(columns.quantity >= 0 && { quantity: Float64Array.from(quantity) }),
    },
    ids: [...customers.keys()],
    attributes: told.map(({ name, values }) => ({ name, values })),
    firstDay: day.reduce((least, value) => Math.min(least, value), Infinity),
    lastDay: day.reduce((most, value) => Math.max(most, value), -Infinity),
  };
}

/** Null when it is no day. */
function dayIn(date: string, timeZone: string | undefined): number | null {
  if (timeZone !== undefined && /^\d{4}-\d{2}-\d{2}[T ].*(Z|[+-]\d{2}:?\d{2})$/i.test(date)) {
    const instant = new Date(date.replace(' ', 'T'));
    return Number.isNaN(instant.getTime()) ? null : parseDay(localDay(instant, timeZone));
  }
  return parseDay(/^\d{4}-\d{2}-\d{2}[T ]/.test(date) ? date.slice(0, 10) : date);
}

type Positions = Record<(typeof NEEDED)[number] | 'order_id' | 'channel' | 'product' | 'quantity', number>;

/** Values of one text column as codes in order of appearance. */
class Names {
  readonly codes: number[] = [];
  private readonly known = new Map<string, number>();

  push(column: number, record: readonly string[]): void {
    if (column < 0) return;
    const name = record[column] ?? '';
    const code = name === '' ? -1 : (this.known.get(name) ?? this.known.size);
    if (code >= 0) this.known.set(name, code);
    this.codes.push(code);
  }

  names(): string[] {
    return [...this.known.keys()];
  }
}

/** A quantity that is no number is not known; amounts say what was sold. */
function readQuantity(text: string): number {
  return text === '' ? NaN : Number(text);
}

/** Whether a file with this header holds orders. */
export function isOrderHeader(header: readonly string[]): boolean {
  const names = columnNames(header);
  return NEEDED.every((name) => names.includes(name));
}

function readHeader(path: string, header: string[]): Positions {
  const names = columnNames(header);
  const missing = NEEDED.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new InputError(`${path} line 1: column ${missing.join(', ')} is missing; found ${header.join(', ')}.`);
  const at = (name: string): number => names.indexOf(name);
  return { customer_id: at('customer_id'), date: at('date'), amount: at('amount'), order_id: at('order_id'), channel: at('channel'), product: at('product'), quantity: at('quantity') };
}

/** @throws InputError when there is no such column. */
function attributeAt(path: string, header: string[], name: string): number {
  const at = columnNames(header).indexOf(plainName(name));
  if (at < 0) throw new InputError(`${path} line 1: there is no column "${name}" for --covariates; found ${header.join(', ')}.`);
  return at;
}

function readAmount(at: string, text: string, currency: string): number {
  try {
    return toMinor(text, currency);
  } catch (error) {
    if (error instanceof AppError) throw new InputError(`${at}: amount: ${error.message}.`);
    throw error;
  }
}
