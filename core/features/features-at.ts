/** Features of every customer as of one day: the same code for the fit and for the score. */
import { purchaseDays } from '#core/clv/summary';
import type { Column, Table } from '#core/learning/table';
import { takeRows } from '#core/learning/table';
import { absentColumns } from './absent-columns.ts';
import { ORDER_FEATURES, type Standing } from './catalogue.ts';
import { eventColumns } from './event-columns.ts';
import { knownBy, mixBy, type History, type OrderLines } from './history.ts';
import { lineColumns } from './line-columns.ts';

export interface FeatureOptions {
  /** Minor units in a whole unit of the currency: 100 for dollars. */
  minorPerUnit: number;
  /** Whether a day worth zero is a purchase. Default false. */
  countZero?: boolean;
  /** Only these, by name; those that this history has no source for are there too, as of someone of whom nothing is known. Default: all that the history allows. */
  only?: readonly string[];
}

export interface CustomerFeatures {
  /** Customer index of each row: those with a purchase day by the origin, ascending. */
  customer: Int32Array;
  table: Table;
}

/**
 * Features as of the end of day `origin`, by the list in `catalogue.ts`. Lines and events after it, and refunds that came after
 * it, change nothing: what is fitted on the past sees what scoring will see. O(n log n) in lines.
 */
export function featuresAt(history: History, origin: number, { minorPerUnit, countZero = false, only }: FeatureOptions): CustomerFeatures {
  const lines = knownBy(history.orders, origin);
  const days = purchaseDays(lines, countZero);
  const starts: number[] = [];
  for (let i = 0; i < days.day.length; i++) if (i === 0 || days.customer[i] !== days.customer[i - 1]) starts.push(i);
  const customer = Int32Array.from(starts, (at) => days.customer[at] ?? 0);
  const row = new Map<number, number>();
  customer.forEach((who, at) => row.set(who, at));
  const wanted = (name: string): boolean => !only || only.includes(name);
  const firstDay = Int32Array.from(starts, (at) => days.day[at] ?? 0);
  const columns: Column[] = [
    ...orderColumns(days, starts, lines, row, origin, minorPerUnit, wanted),
    ...lineColumns(history.mix ? mixBy(history.mix, origin) : lines, history, row, firstDay, only).filter(({ name }) => wanted(name)),
    ...eventColumns(history, row, origin, only).filter(({ name }) => wanted(name)),
    ...takeRows({ rows: 0, columns: history.profile ?? [] }, customer).columns.filter(({ name }) => wanted(name)),
  ];
  return { customer, table: { rows: customer.length, columns: only ? [...columns, ...absentColumns(only, columns, customer.length)] : columns } };
}

function orderColumns(days: OrderLines, starts: number[], lines: OrderLines, row: Map<number, number>, origin: number, unit: number, wanted: (name: string) => boolean): Column[] {
  const features = ORDER_FEATURES.filter(({ name }) => wanted(name));
  const columns = features.map(({ name }) => ({ kind: 'number' as const, name, values: new Float64Array(starts.length) }));
  const gross = new Float64Array(starts.length);
  const refunded = new Float64Array(starts.length);
  for (let i = 0; i < lines.day.length; i++) {
    const at = row.get(lines.customer[i] ?? -1);
    const amount = lines.amount[i] ?? 0;
    if (at === undefined) continue;
    if (amount > 0) gross[at] = (gross[at] ?? 0) + amount;
    else refunded[at] = (refunded[at] ?? 0) - amount;
  }
  const amounts = days.amount.map((amount) => amount / unit);
  starts.forEach((from, at) => {
    const to = starts[at + 1] ?? days.day.length;
    const standing: Standing = { origin, days: days.day.subarray(from, to), amounts: amounts.subarray(from, to), refunded: (refunded[at] ?? 0) / unit, gross: (gross[at] ?? 0) / unit };
    features.forEach((feature, k) => {
      const values = columns[k]?.values;
      if (values) values[at] = feature.of(standing);
    });
  });
  return columns;
}

/** What became of customers after the origin. */
export interface Outcome {
  /** Purchase days in (origin, end], parallel to the customers asked about. */
  orders: Float64Array;
  /** Their net in minor units. */
  spend: Float64Array;
}

/** Purchases of `customer` in (origin, end], all refunds netted: the truth that models are fitted on and judged by. */
export function outcomeOf(history: History, customer: Int32Array, origin: number, end: number, countZero = false): Outcome {
  const row = new Map<number, number>();
  customer.forEach((who, at) => row.set(who, at));
  const outcome: Outcome = { orders: new Float64Array(customer.length), spend: new Float64Array(customer.length) };
  const days = purchaseDays(history.orders, countZero);
  for (let i = 0; i < days.day.length; i++) {
    const day = days.day[i] ?? 0;
    const at = row.get(days.customer[i] ?? -1);
    if (at === undefined || day <= origin || day > end) continue;
    outcome.orders[at] = (outcome.orders[at] ?? 0) + 1;
    outcome.spend[at] = (outcome.spend[at] ?? 0) + (days.amount[i] ?? 0);
  }
  return outcome;
}

/** 1 for each customer without a purchase in the window, else 0. */
export function churnLabels(outcome: Outcome): Float64Array {
  return outcome.orders.map((orders) => (orders > 0 ? 0 : 1));
}
