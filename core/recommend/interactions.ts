/** Who bought what and how often, as a sparse table of customers by items: what every recommender reads. */

/** One entry per purchase line, in any order. Items are numbered in ascending order of their ids, so that ties fall by id. */
export interface PurchaseLines {
  /** Index of the customer, from 0. */
  customer: Int32Array;
  /** Index of the item, from 0. */
  item: Int32Array;
  /** Day number. */
  day: Int32Array;
  customers: number;
  items: number;
}

/** Compressed sparse rows: customer u bought `item[start[u]] … item[start[u + 1] − 1]`, ascending, each `count` times. */
export interface Interactions {
  customers: number;
  items: number;
  start: Int32Array;
  item: Int32Array;
  count: Float64Array;
  /** Customers who bought each item. */
  buyers: Int32Array;
}

/** Lines with `after < day ≤ upTo`, lines of one customer and item counted together. O(lines + customers + items). */
export function interactions(lines: PurchaseLines, after: number, upTo: number): Interactions {
  const { customers, items } = lines;
  const kept = (i: number): boolean => (lines.day[i] ?? 0) > after && (lines.day[i] ?? 0) <= upTo;
  // Two counting sorts, by item and then by customer, leave each customer's items ascending.
  const byItem = countingSort(lines.day.length, items, (i) => (kept(i) ? (lines.item[i] ?? 0) : -1), (i) => i);
  const sorted = countingSort(byItem.order.length, customers, (k) => lines.customer[byItem.order[k] ?? 0] ?? 0, (k) => byItem.order[k] ?? 0);
  const start = new Int32Array(customers + 1);
  const item = new Int32Array(sorted.order.length);
  const count = new Float64Array(sorted.order.length);
  const buyers = new Int32Array(items);
  let used = 0;
  for (let u = 0; u < customers; u++) {
    const first = used;
    for (let k = sorted.start[u] ?? 0; k < (sorted.start[u + 1] ?? 0); k++) {
      const bought = lines.item[sorted.order[k] ?? 0] ?? 0;
      if (used > first && item[used - 1] === bought) {
        count[used - 1] = (count[used - 1] ?? 0) + 1;
        continue;
      }
      item[used] = bought;
      buyers[bought] = (buyers[bought] ?? 0) + 1;
      count[used++] = 1;
    }
    start[u + 1] = used;
  }
  return { customers, items, start, item: item.slice(0, used), count: count.slice(0, used), buyers };
}

/** The same table by item: which customers bought item i, ascending. */
export function transpose(table: Interactions): { start: Int32Array; customer: Int32Array; count: Float64Array } {
  const start = new Int32Array(table.items + 1);
  for (let i = 0; i < table.items; i++) start[i + 1] = (start[i] ?? 0) + (table.buyers[i] ?? 0);
  const next = start.slice();
  const customer = new Int32Array(table.item.length);
  const count = new Float64Array(table.item.length);
  for (let u = 0; u < table.customers; u++) {
    for (let k = table.start[u] ?? 0; k < (table.start[u + 1] ?? 0); k++) {
      const i = table.item[k] ?? 0;
      const at = next[i] ?? 0;
      customer[at] = u;
      count[at] = table.count[k] ?? 0;
      next[i] = at + 1;
    }
  }
  return { start, customer, count };
}

/** Stable order of `count` entries by a key in 0 … keys − 1; a key of −1 leaves an entry out. */
function countingSort(count: number, keys: number, keyOf: (i: number) => number, valueOf: (i: number) => number): { start: Int32Array; order: Int32Array } {
  const start = new Int32Array(keys + 1);
  for (let i = 0; i < count; i++) {
    const key = keyOf(i);
    if (key >= 0) start[key + 1] = (start[key + 1] ?? 0) + 1;
  }
  for (let key = 0; key < keys; key++) start[key + 1] = (start[key + 1] ?? 0) + (start[key] ?? 0);
  const next = start.slice();
  const order = new Int32Array(start[keys] ?? 0);
  for (let i = 0; i < count; i++) {
    const key = keyOf(i);
    if (key < 0) continue;
    const at = next[key] ?? 0;
    order[at] = valueOf(i);
    next[key] = at + 1;
  }
  return { start, order };
}
