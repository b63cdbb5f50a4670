/** All that features are made from: what customers bought and did, line by line, each with the day it became known. */
import type { Column } from '#core/learning/table';

/** What was bought by which channel, one entry a line or several alike of one day, in any order. */
export interface MixLines {
  /** Index of the customer, from 0. */
  customer: Int32Array;
  /** Day number the line counts on (tenant-local); a refund counts on its order's day. */
  day: Int32Array;
  /** Index into `channels`; −1 unknown. */
  channel?: Int32Array;
  /** Index into `products`; −1 unknown. */
  product?: Int32Array;
  /** Index into `categories`, of the product; −1 unknown. */
  category?: Int32Array;
  /** Pieces; NaN unknown. */
  quantity?: Float64Array;
  /** Lines behind an entry. Absent: one each. */
  lines?: Int32Array;
}

/** Order lines with what they came to, one entry each. */
export interface OrderLines extends MixLines {
  /** Net in minor units; refunds are negative. */
  amount: Float64Array;
  /** Day number it became known: a refund's own day. Absent: the day it counts on. */
  known?: Int32Array;
}

/** What customers did besides buying, one entry an event. */
export interface BehaviourEvents {
  customer: Int32Array;
  day: Int32Array;
  /** Index into `kinds`. */
  kind: Int32Array;
  /** Events behind an entry. Absent: one each. */
  count?: Int32Array;
}

export interface History {
  orders: OrderLines;
  /** Channel and products, where `orders` are sums of days that name neither. Absent: the order lines themselves say it. */
  mix?: MixLines;
  /** Day number before which single lines are no longer kept: what a customer bought first is unknown where her first purchase lies before it. */
  mixFrom?: number;
  channels?: string[];
  products?: string[];
  categories?: string[];
  events?: BehaviourEvents;
  /** Kinds of event by name. */
  kinds?: string[];
  /** What is true of a customer whatever the day (country, sign-up form), by customer index. Things that change do not belong here: the past would know them. */
  profile?: Column[];
}

/** Lines that had happened and were known by the end of day `origin`; everything features may look at. */
export function knownBy(lines: OrderLines, origin: number): OrderLines {
  const keep: number[] = [];
  for (let i = 0; i < lines.day.length; i++) {
    if ((lines.day[i] ?? 0) <= origin && (lines.known?.[i] ?? lines.day[i] ?? 0) <= origin) keep.push(i);
  }
  return { ...takeMix(lines, keep), amount: Float64Array.from(keep, (i) => lines.amount[i] ?? 0) };
}

/** The history of customers 0 to `most` − 1 alone. */
export function firstCustomers(history: History, most: number): History {
  const { orders, mix, events } = history;
  const keep = ({ customer }: { customer: Int32Array }): number[] => [...customer.keys()].filter((i) => (customer[i] ?? 0) < most);
  const take = (values: Int32Array | undefined, index: readonly number[]): Int32Array | undefined => values && Int32Array.from(index, (i) => values[i] ?? 0);
  const own = keep(orders);
  const done = events && keep(events);
  return {
    ...history,
    orders: { ...takeMix(orders, own), amount: Float64Array.from(own, (i) => orders.amount[i] ?? 0), known: take(orders.known, own) },
    mix: mix && takeMix(mix, keep(mix)),
    events: events && done && { customer: Int32Array.from(done, (i) => events.customer[i] ?? 0), day: Int32Array.from(done, (i) => events.day[i] ?? 0), kind: Int32Array.from(done, (i) => events.kind[i] ?? 0), count: take(events.count, done) },
  };
}

/** Channels and products of the lines up to the end of day `origin`. */
export function mixBy(lines: MixLines, origin: number): MixLines {
  const keep: number[] = [];
  for (let i = 0; i < lines.day.length; i++) if ((lines.day[i] ?? 0) <= origin) keep.push(i);
  return takeMix(lines, keep);
}

function takeMix(lines: MixLines, keep: readonly number[]): MixLines {
  return {
    customer: Int32Array.from(keep, (i) => lines.customer[i] ?? 0),
    day: Int32Array.from(keep, (i) => lines.day[i] ?? 0),
    channel: lines.channel && Int32Array.from(keep, (i) => lines.channel?.[i] ?? -1),
    product: lines.product && Int32Array.from(keep, (i) => lines.product?.[i] ?? -1),
    category: lines.category && Int32Array.from(keep, (i) => lines.category?.[i] ?? -1),
    quantity: lines.quantity && Float64Array.from(keep, (i) => lines.quantity?.[i] ?? NaN),
    lines: lines.lines && Int32Array.from(keep, (i) => lines.lines?.[i] ?? 1),
  };
}
