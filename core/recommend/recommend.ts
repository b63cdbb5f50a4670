/** Lists of what each customer is likely to want next. */
import type { Interactions } from './interactions.ts';
import type { Ranking } from './ranking-metrics.ts';
import type { Recommender } from './recommender.ts';
import { topItems } from './top-items.ts';

export interface Recommended {
  /** Index of the customer. */
  customer: number;
  /** Indices of items, best first, with their scores; fewer than k where the shop has no more. */
  items: { item: number; score: number }[];
}

/** Lists of every customer that the table knows, in order of index. Items that nobody bought are never recommended. */
export function recommendAll(recommender: Recommender, table: Interactions, { k, newOnly }: Ranking): Recommended[] {
  const fitted = recommender.fit(table);
  const scores = new Float64Array(table.items);
  const owned = new Int32Array(table.items).fill(-1);
  const made: Recommended[] = [];
  for (let u = 0; u < table.customers; u++) {
    if (table.start[u] === table.start[u + 1]) continue;
    if (newOnly) for (let m = table.start[u] ?? 0; m < (table.start[u + 1] ?? 0); m++) owned[table.item[m] ?? 0] = u;
    fitted.score(u, scores);
    const top = topItems(scores, k, (i) => table.buyers[i] !== 0 && !(newOnly && owned[i] === u));
    made.push({ customer: u, items: top.map((item) => ({ item, score: scores[item] ?? 0 })) });
  }
  return made;
}
