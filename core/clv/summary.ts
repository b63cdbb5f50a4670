/** Orders become purchase histories: one event per customer and day, split at the end of calibration. */
import { quantileSorted } from '#core/math/quantile';

/** Order lines in any order, one entry each. */
export interface Events {
  /** Index of the customer, from 0. */
  customer: Int32Array;
  /** Day number (days since 1970-01-01, tenant-local). */
  day: Int32Array;
  /** Net amount in minor units. */
  amount: Float64Array;
}

export interface SummaryOptions {
  /** Last day number of calibration. */
  calibrationEnd: number;
  /** Last day number of the holdout; absent means no holdout. */
  observationEnd?: number;
  /** Whether a day whose amounts sum to zero is a purchase. Default false. */
  countZero?: boolean;
}

/** Parallel columns, one entry per customer whose first purchase day is within calibration; times in whole days. */
export interface Summary {
  /** The customer index of `events`. */
  customer: Int32Array;
  x: Float64Array;
  tx: Float64Array;
  T: Float64Array;
  /** Mean of repeat-day sums in minor units, first day excluded; 0 when x = 0. */
  m: Float64Array;
  firstDay: Int32Array;
  lastDay: Int32Array;
  /** Net of all calibration purchase days, minor units. */
  spend: Float64Array;
  holdoutX: Float64Array;
  holdoutSpend: Float64Array;
  /** Days of the holdout; 0 without one. */
  horizonDays: number;
  /** Median gap in days between consecutive purchase days of calibration; null without a repeat. */
  medianGapDays: number | null;
  /** Every purchase day up to observationEnd (or calibrationEnd) of these customers, as customer position, day and net in minor units; by customer, then by day. */
  purchases: { position: Int32Array; day: Int32Array; amount: Float64Array };
}

/** One line per customer and day: amounts summed, sorted by customer and day; days that are no purchase left out. */
export function purchaseDays(events: Events, countZero: boolean): Events {
  const count = events.day.length;
  const order = Float64Array.from({ length: count }, (_, i) => (events.customer[i] ?? 0) * 2 ** 22 + ((events.day[i] ?? 0) + 2 ** 21));
  const index = new Int32Array(count);
  for (let i = 0; i < count; i++) index[i] = i;
  index.sort((i, j) => (order[i] ?? 0) - (order[j] ?? 0));
  const customer = new Int32Array(count);
  const day = new Int32Array(count);
  const amount = new Float64Array(count);
  let used = 0;
  for (let at = 0; at < count; ) {
    const key = order[index[at] ?? 0] ?? 0;
    let sum = 0;
    const first = index[at] ?? 0;
    for (; at < count && (order[index[at] ?? 0] ?? 0) === key; at++) sum += events.amount[index[at] ?? 0] ?? 0;
    // A day refunded in full, or below zero, is not a purchase; an order worth nothing is one only if the company says so.
    if (!(sum > 0) && !(countZero && sum === 0)) continue;
    customer[used] = events.customer[first] ?? 0;
    day[used] = events.day[first] ?? 0;
    amount[used++] = sum;
  }
  return { customer: customer.slice(0, used), day: day.slice(0, used), amount: amount.slice(0, used) };
}

/** Histories of every customer who first bought within calibration. O(n log n). */
export function summarise(events: Events, { calibrationEnd, observationEnd = calibrationEnd, countZero = false }: SummaryOptions): Summary {
  const days = purchaseDays(events, countZero);
  const rows: { customer: number; first: number; last: number; x: number; repeat: number; spend: number; heldX: number; heldSpend: number }[] = [];
  const gaps: number[] = [];
  const position: number[] = [];
  const bought: number[] = [];
  const paid: number[] = [];
  for (let at = 0; at < days.day.length; ) {
    const customer = days.customer[at] ?? 0;
    const first = days.day[at] ?? 0;
    const row = { customer, first, last: first, x: 0, repeat: 0, spend: 0, heldX: 0, heldSpend: 0 };
    const kept = first <= calibrationEnd;
    for (; at < days.day.length && days.customer[at] === customer; at++) {
      const day = days.day[at] ?? 0;
      const amount = days.amount[at] ?? 0;
      if (!kept || day > observationEnd) continue;
      position.push(rows.length);
      bought.push(day);
      paid.push(amount);
      if (day > calibrationEnd) {
        row.heldX++;
        row.heldSpend += amount;
        continue;
      }
      row.spend += amount;
      if (day === first) continue;
      gaps.push(day - row.last);
      row.last = day;
      row.x++;
      row.repeat += amount;
    }
    if (kept) rows.push(row);
  }
  const column = (read: (row: (typeof rows)[number]) => number): Float64Array => Float64Array.from(rows, read);
  return {
    customer: Int32Array.from(rows, (row) => row.customer),
    x: column((row) => row.x),
    tx: column((row) => row.last - row.first),
    T: column((row) => calibrationEnd - row.first),
    m: column((row) => (row.x > 0 ? row.repeat / row.x : 0)),
    firstDay: Int32Array.from(rows, (row) => row.first),
    lastDay: Int32Array.from(rows, (row) => row.last),
    spend: column((row) => row.spend),
    holdoutX: column((row) => row.heldX),
    holdoutSpend: column((row) => row.heldSpend),
    horizonDays: observationEnd - calibrationEnd,
    medianGapDays: gaps.length > 0 ? quantileSorted(Float64Array.from(gaps).sort(), 0.5) : null,
    purchases: { position: Int32Array.from(position), day: Int32Array.from(bought), amount: Float64Array.from(paid) },
  };
}
