/** What tells customers apart by their purchases alone: features for discovery. */
import { purchaseDays, type Events } from '#core/clv/summary';
import type { Feature } from './prepare.ts';

export const CUSTOMER_FEATURES = ['recency', 'frequency', 'monetary', 'average_order', 'tenure', 'gap'] as const;
export type CustomerFeature = (typeof CUSTOMER_FEATURES)[number];

export interface CustomerTable {
  /** Index of the customer in `events`, one per row. */
  customer: Int32Array;
  features: (Feature & { name: CustomerFeature })[];
}

/**
 * One row per customer with a purchase day up to `asOfDay`: recency (days since the last), frequency (purchase days),
 * monetary (all money net, minor units), average_order (that over purchase days), tenure (days since the first) and gap
 * (mean days between purchase days; for a single one her tenure, the least it can become).
 */
export function customerFeatures(events: Events, asOfDay: number, countZero: boolean): CustomerTable {
  const days = purchaseDays(events, countZero);
  const rows = new Map<number, { first: number; last: number; frequency: number; monetary: number }>();
  days.day.forEach((day, i) => {
    if (day > asOfDay) return;
    const customer = days.customer[i] ?? 0;
    const row = rows.get(customer);
    if (row) {
      row.last = day;
      row.frequency++;
    } else rows.set(customer, { first: day, last: day, frequency: 1, monetary: 0 });
  });
  // All money counts, also that of days which are no purchase, such as a refund on its own.
  events.customer.forEach((customer, i) => {
    const row = rows.get(customer);
    if (row && (events.day[i] ?? 0) <= asOfDay) row.monetary += events.amount[i] ?? 0;
  });
  const all = [...rows.values()];
  const column = (name: CustomerFeature, read: (row: (typeof all)[number]) => number): Feature & { name: CustomerFeature } => ({ name, values: Float64Array.from(all, read) });
  return {
    customer: Int32Array.from(rows.keys()),
    features: [
      column('recency', (row) => asOfDay - row.last),
      column('frequency', (row) => row.frequency),
      column('monetary', (row) => row.monetary),
      column('average_order', (row) => row.monetary / row.frequency),
      column('tenure', (row) => asOfDay - row.first),
      column('gap', (row) => (row.frequency > 1 ? (row.last - row.first) / (row.frequency - 1) : asOfDay - row.first)),
    ],
  };
}
