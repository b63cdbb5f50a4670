/** Orders from a CSV file, streamed: any column order, quotes, byte order mark and line ends; errors name the line. */
import { dayNumber, dayText } from '#core/calendar/days';
import type { Events } from '#core/clv/summary';
import { minorDigits, toMinor } from '#core/commerce/money';
import { AppError } from '#core/errors';
import { orderColumns, type OrderColumns } from './columns.ts';
import { columnNames, csvLines, plainName } from './csv-lines.ts';
import { InputError } from './input-error.ts';
import { writingOf } from './writing.ts';

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
  /** How the file was read and what of it was left out, for people. */
  notes: string[];
}

export interface OrderReading {
  /** Columns that say something of the customer: the same on each of her lines. */
  attributes?: readonly string[];
  /** An instant (2026-01-05T23:30:00Z) falls on the day it was there; without, and for dates, the file's own day counts. */
  timeZone?: string;
  /** `day-first` or `month-first` for days that fit both ways. */
  dates?: string;
}

export interface LineDetails {
  /** Day number of the line itself: a refund counts on its order's day, and was not known before its own. */
  known: Int32Array;
  /** Present where the file has the column. Codes index the names; −1 and NaN are blanks. */
  channel?: Int32Array;
  channels?: string[];
  product?: Int32Array;
  products?: string[];
  category?: Int32Array;
  categories?: string[];
  quantity?: Float64Array;
}

/**
 * Read `customer_id,date,amount[,order_id,…]`, or the same by other common headings, with quantity × unit price for an
 * amount; further columns are ignored. Lines of one order count on its earliest day, so that a refund nets into its order.
 * Lines that name no customer are left out and counted. `currency` sets how many decimals an amount has.
 * @throws InputError naming file and line.
 */
export async function readOrders(path: string, currency: string, { attributes = [], timeZone, dates }: OrderReading = {}): Promise<OrderFile> {
  const columns = await columnsOf(path);
  const writing = await writingOf(path, columns.date, [columns.amount, columns.unitPrice].filter((at) => at >= 0), { timeZone, dates });
  const worth = amountOf(columns, writing.decimal, currency);
  let nobody = 0;
  let returns = 0;
  const passedOver = { cancelled: 0, looks: 0 };
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
  const category = new Names();
  const quantity: number[] = [];
  const told: { name: string; at: number; values: string[] }[] = [];
  let isHeading = true;
  for await (const { at, cells: record } of csvLines(path)) {
    if (isHeading) {
      isHeading = false;
      for (const name of attributes) told.push({ name, at: attributeAt(path, record, name), values: [] });
      continue;
    }
    const id = record[columns.customer] ?? '';
    if (id === '') {
      nobody++;
      continue;
    }
    if (isCancelled(record[columns.status] ?? '')) {
      passedOver.cancelled++;
      continue;
    }
    if (isLook(record[columns.event] ?? '')) {
      passedOver.looks++;
      continue;
    }
    const date = record[columns.date] ?? '';
    const onDay = writing.day(date);
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
    category.push(columns.category, record);
    if (columns.quantity >= 0) quantity.push(readQuantity(writing.decimal(record[columns.quantity] ?? '')));
    const money = worth(at, record);
    if (money < 0) returns++;
    amount.push(money);
    const orderId = columns.order < 0 ? '' : (record[columns.order] ?? '');
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
  if (nobody > 0 && day.length === 0) throw new InputError(`${path}: the customer column is empty on all ${nobody} lines; purchases of nobody tell nothing of customers.`);
  const left = passedOver.cancelled + passedOver.looks;
  if (left > 0 && day.length === 0) throw new InputError(`${path}: none of its ${left} lines is a purchase: ${passedOver.cancelled > 0 ? 'their status says that they were cancelled or failed' : 'their event is something else, such as a view'}.`);
  if (day.length === 0) throw new InputError(`${path} line 2: there is a header but no order.`);
  order.forEach((which, i) => {
    if (which >= 0) day[i] = orderDay[which] ?? day[i] ?? 0;
  });
  const firstDay = day.reduce((least, value) => Math.min(least, value), Infinity);
  const lastDay = day.reduce((most, value) => Math.max(most, value), -Infinity);
  return {
    events: { customer: Int32Array.from(customer), day: Int32Array.from(day), amount: Float64Array.from(amount) },
    lines: {
      known: Int32Array.from(known),
      ...(columns.channel >= 0 && { channel: Int32Array.from(channel.codes), channels: channel.names() }),
      ...(columns.product >= 0 && { product: Int32Array.from(product.codes), products: product.names() }),
      ...(columns.category >= 0 && { category: Int32Array.from(category.codes), categories: category.names() }),
      ...(columns.quantity >= 0 && { quantity: Float64Array.from(quantity) }),
    },
    ids: [...customers.keys()],
    notes: [
      ...writing.notes,
      ...(columns.amount < 0 && columns.unitPrice >= 0 ? ['An amount is quantity × unit price'] : []),
      ...(columns.amount < 0 && columns.unitPrice < 0 ? ['The file has no amounts: each line counts as 1, and values are numbers of lines'] : []),
      ...(nobody > 0 ? [`${nobody} of ${nobody + day.length} lines name no customer and are left out`] : []),
      ...(passedOver.cancelled > 0 ? [`${passedOver.cancelled} lines were cancelled or failed by their status and are left out`] : []),
      ...(passedOver.looks > 0 ? [`${passedOver.looks} lines are of other events than purchases and are left out`] : []),
      ...(firstDay < LONG_AGO ? [`The first order is dated ${dayText(firstDay)}: is the year right? Histories are reckoned from there`] : []),
      ...(lastDay > Date.now() / DAY_MS + 1 ? [`The last order is dated ${dayText(lastDay)}, which is still to come: is the year right?`] : []),
      ...(returns > 0 ? [`${returns} lines are below zero: they lower their order’s day, or the day they are dated, and a day at or below zero is no purchase`] : []),
    ],
    attributes: told.map(({ name, values }) => ({ name, values })),
    firstDay,
    lastDay,
  };
}

/** No shop's orders are older. */
const LONG_AGO = dayNumber('1950-01-01');
const DAY_MS = 86_400_000;

const CANCELLED = new Set(['cancelled', 'canceled', 'void', 'voided', 'failed', 'declined', 'rejected', 'unavailable', 'expired', 'abandoned']);
const LOOKS = new Set(['view', 'viewed', 'page view', 'pageview', 'product view', 'detail', 'click', 'impression', 'search', 'session start', 'cart', 'addtocart', 'add to cart', 'remove from cart', 'favorite', 'fav', 'wishlist']);

/** Whether a sale came to nothing, by its status. */
function isCancelled(status: string): boolean {
  return CANCELLED.has(status.toLowerCase());
}

/** Whether a line tells of something else than a purchase. */
function isLook(event: string): boolean {
  return LOOKS.has(event.toLowerCase().replaceAll('_', ' '));
}

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
  const value = text === '' ? NaN : Number(text);
  return Number.isFinite(value) ? value : NaN;
}

/** Whether a file with this header holds orders. */
export function isOrderHeader(header: readonly string[]): boolean {
  return missingOf(orderColumns(header)).length === 0;
}

function missingOf({ customer, date, amount, unitPrice, quantity, unknown }: OrderColumns): string[] {
  // Without money a file is taken for one of visits only where no column is left that might hold it.
  const hasMoney = amount >= 0 || (unitPrice >= 0 && quantity >= 0) || (unitPrice < 0 && unknown.length === 0);
  return [...(customer < 0 ? ['customer_id'] : []), ...(date < 0 ? ['date'] : []), ...(hasMoney ? [] : ['amount'])];
}

async function columnsOf(path: string): Promise<OrderColumns> {
  for await (const { cells } of csvLines(path)) {
    const columns = orderColumns(cells);
    const missing = missingOf(columns);
    if (missing.length > 0) throw new InputError(`${path} line 1: column ${missing.join(', ')} is missing; found ${cells.join(', ')}. ${wayOut(cells)}`);
    return columns;
  }
  throw new InputError(`${path} line 1: the file is empty; a heading with the names of its columns is needed.`);
}

function wayOut(header: readonly string[]): string {
  const names = columnNames(header);
  if (names.some((name) => name.startsWith('days_since_prior'))) return 'Days since the order before are no dates: add them up for each customer, from a day of your choice, and name that column date.';
  if (names.filter((name) => /^(19|20)\d\d$/.test(name)).length > 1) return 'There is a column for each year: give one line a customer and year in which she bought (customer_id, date, and amount where it is known), or count them (frequency, recency, periods) for fit --model bg-bb.';
  if (names.includes('frequency') && names.includes('recency')) return 'These are histories that somebody counted; this needs the orders themselves, one a line: customer_id, date, amount. Counted histories can be fitted: fit --model bg-bb by whole periods (frequency, recency, periods), fit with any other model in continuous time (frequency, recency, T); backtest judges them where a column x.star counts what came later.';
  return 'Give the file a heading and name the columns customer_id, date and amount (or quantity and unit_price).';
}

/** Minor units of a line. */
function amountOf({ amount, unitPrice, quantity }: OrderColumns, decimal: (text: string) => string, currency: string): (at: string, record: readonly string[]) => number {
  if (amount >= 0) return (at, record) => readAmount(at, decimal(record[amount] ?? ''), currency);
  if (unitPrice < 0) return () => 10 ** minorDigits(currency);
  return (at, record) => {
    const [many, each] = [Number(decimal(record[quantity] ?? '')), Number(decimal(record[unitPrice] ?? ''))];
    const made = Math.round(many * each * 10 ** minorDigits(currency));
    if ((record[quantity] ?? '') === '' || (record[unitPrice] ?? '') === '' || !Number.isSafeInteger(made)) throw new InputError(`${at}: quantity × unit price must be numbers, not "${record[quantity] ?? ''}" × "${record[unitPrice] ?? ''}".`);
    return made === 0 ? 0 : made;
  };
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
