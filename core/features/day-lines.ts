/** Order lines from day sums: what a customer bought on a day, and the refunds of it on the days they became known. */
import type { History } from './history.ts';

/** One customer's days, ascending and parallel; minor units. */
export interface DaySums {
  /** Day numbers. */
  days: readonly number[];
  /** Counted orders of the day; null on a day without any, which only a refund may have. */
  gross: readonly (number | null)[];
  /** Counted refunds dated on the day, of whatever order. */
  refunded: readonly number[];
  /** Orders of the day less all their refunds, whenever those came. */
  net: readonly number[];
}

/** Columns that grow customer by customer. */
export interface GrowingLines {
  customer: number[];
  day: number[];
  amount: number[];
  known: number[];
}

/**
 * A line for what was bought on each day, and one for each refund, on its order's day, known from its own. Sums do not say which order a
 * refund was of: the oldest order that lacks something is taken to be it, which is exact while at most one is open at a time.
 */
export function addDayLines(lines: GrowingLines, customer: number, { days, gross, refunded, net }: DaySums): void {
  const add = (day: number, amount: number, known: number): void => {
    lines.customer.push(customer);
    lines.day.push(day);
    lines.amount.push(amount);
    lines.known.push(known);
  };
  const lacking = gross.map((sum, i) => (sum ?? 0) - (net[i] ?? 0));
  days.forEach((day, i) => {
    const bought = gross[i] ?? null;
    if (bought !== null) add(day, bought, day);
  });
  days.forEach((known, r) => {
    let left = refunded[r] ?? 0;
    for (let i = 0; i <= r && left > 0; i++) {
      const part = Math.min(left, lacking[i] ?? 0);
      if (part <= 0) continue;
      add(days[i] ?? known, -part, known);
      lacking[i] = (lacking[i] ?? 0) - part;
      left -= part;
    }
  });
}

/** As features read them. */
export function toOrderLines({ customer, day, amount, known }: GrowingLines): History['orders'] {
  return { customer: Int32Array.from(customer), day: Int32Array.from(day), amount: Float64Array.from(amount), known: Int32Array.from(known) };
}
