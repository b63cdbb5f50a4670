/** How well lists of recommendations foresee what customers buy next. */
import type { Interactions } from './interactions.ts';
import type { Fitted } from './recommender.ts';
import { topItems } from './top-items.ts';

/** Means over the customers that have something to foresee; all between 0 and 1. */
export interface RankingMetrics {
  /** Customers with at least one item in the window. */
  customers: number;
  /** At least one item of the list was bought. */
  hitRate: number;
  /** Share of the list that was bought. */
  precision: number;
  /** Share of what was bought that was in the list. */
  recall: number;
  /** The same with at most k items to find: recall that a list of k can reach. */
  recallCapped: number;
  /** Järvelin & Kekäläinen (2002) with gains of 0 and 1: places higher up count more. */
  ndcg: number;
  /** Mean of 1 ÷ place of the first item that was bought; 0 where none was. */
  mrr: number;
}

export interface Ranking {
  /** Length of the list. */
  k: number;
  /** Leave out what the customer already bought, of the list and of what is to be foreseen. */
  newOnly: boolean;
}

/**
 * Compare lists made from `past` with `future`. Customers and items that `past` does not know are left out: nothing here
 * could recommend them. One entry per customer of NDCG comes along for paired comparisons.
 */
export function rankingMetrics(fitted: Fitted, past: Interactions, future: Interactions, { k, newOnly }: Ranking): { metrics: RankingMetrics; ndcgEach: Float64Array } {
  const scores = new Float64Array(past.items);
  const owned = new Int32Array(past.items).fill(-1);
  const wanted = new Int32Array(past.items).fill(-1);
  const discount = Float64Array.from({ length: k }, (_, place) => 1 / Math.log2(place + 2));
  const sums = { hitRate: 0, precision: 0, recall: 0, recallCapped: 0, ndcg: 0, mrr: 0 };
  const each: number[] = [];
  for (let u = 0; u < past.customers; u++) {
    if (past.start[u] === past.start[u + 1]) continue;
    if (newOnly) for (let m = past.start[u] ?? 0; m < (past.start[u + 1] ?? 0); m++) owned[past.item[m] ?? 0] = u;
    let relevant = 0;
    for (let m = future.start[u] ?? 0; m < (future.start[u + 1] ?? 0); m++) {
      const i = future.item[m] ?? 0;
      if (past.buyers[i] === 0 || (newOnly && owned[i] === u)) continue;
      wanted[i] = u;
      relevant++;
    }
    if (relevant === 0) continue;
    fitted.score(u, scores);
    const top = topItems(scores, k, (i) => past.buyers[i] !== 0 && !(newOnly && owned[i] === u));
    let found = 0;
    let gain = 0;
    let first = 0;
    top.forEach((i, place) => {
      if (wanted[i] !== u) return;
      found++;
      gain += discount[place] ?? 0;
      if (first === 0) first = place + 1;
    });
    let ideal = 0;
    for (let place = 0; place < Math.min(k, relevant); place++) ideal += discount[place] ?? 0;
    sums.hitRate += found > 0 ? 1 : 0;
    sums.precision += found / k;
    sums.recall += found / relevant;
    sums.recallCapped += found / Math.min(k, relevant);
    sums.ndcg += gain / ideal;
    sums.mrr += first > 0 ? 1 / first : 0;
    each.push(gain / ideal);
  }
  const mean = (sum: number): number => (each.length > 0 ? sum / each.length : 0);
  return {
    metrics: {
      customers: each.length, hitRate: mean(sums.hitRate), precision: mean(sums.precision), recall: mean(sums.recall),
      recallCapped: mean(sums.recallCapped), ndcg: mean(sums.ndcg), mrr: mean(sums.mrr),
    },
    ndcgEach: Float64Array.from(each),
  };
}
