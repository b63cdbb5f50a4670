/** Item-item collaborative filtering: items are alike when the same customers buy them. */
import { transpose, type Interactions } from './interactions.ts';
import type { Recommender } from './recommender.ts';

/** What each purchase speaks for: buying item i adds `similarity[m]` to item `item[m]`, for m from `start[i]` to `start[i + 1] − 1`. */
export interface Neighbours {
  start: Int32Array;
  item: Int32Array;
  similarity: Float64Array;
}

/**
 * Cosine of binary purchase columns, sim(i, j) = co-buyers / √(n_i · n_j) (Deshpande & Karypis, "Item-based top-N
 * recommendation algorithms", 2004, eq. 1), for j ≠ i. An item is scored by its `most` nearest alone, ties by index.
 * O(Σ over customers of items²).
 */
export function neighbours(table: Interactions, most: number): Neighbours {
  const { start: first, customer } = transpose(table);
  const from: number[] = [];
  const item: number[] = [];
  const similarity: number[] = [];
  const together = new Float64Array(table.items);
  const touched: number[] = [];
  for (let i = 0; i < table.items; i++) {
    touched.length = 0;
    for (let k = first[i] ?? 0; k < (first[i + 1] ?? 0); k++) {
      const u = customer[k] ?? 0;
      for (let m = table.start[u] ?? 0; m < (table.start[u + 1] ?? 0); m++) {
        const j = table.item[m] ?? 0;
        if (together[j] === 0) touched.push(j);
        together[j] = (together[j] ?? 0) + 1;
      }
    }
    const near: { j: number; sim: number }[] = [];
    for (const j of touched) {
      if (j !== i) near.push({ j, sim: (together[j] ?? 0) / Math.sqrt((table.buyers[i] ?? 0) * (table.buyers[j] ?? 0)) });
      together[j] = 0;
    }
    if (near.length > most) near.sort((a, b) => b.sim - a.sim || a.j - b.j);
    for (const { j, sim } of near.slice(0, most)) {
      from.push(j);
      item.push(i);
      similarity.push(sim);
    }
  }
  return byBought(from, item, similarity, table.items);
}

/** The pairs laid out by the item that was bought. */
function byBought(from: number[], item: number[], similarity: number[], items: number): Neighbours {
  const start = new Int32Array(items + 1);
  for (const i of from) start[i + 1] = (start[i + 1] ?? 0) + 1;
  for (let i = 0; i < items; i++) start[i + 1] = (start[i + 1] ?? 0) + (start[i] ?? 0);
  const next = start.slice();
  const out = { start, item: new Int32Array(from.length), similarity: new Float64Array(from.length) };
  from.forEach((i, pair) => {
    const at = next[i] ?? 0;
    out.item[at] = item[pair] ?? 0;
    out.similarity[at] = similarity[pair] ?? 0;
    next[i] = at + 1;
  });
  return out;
}

/** What buying item `i` `count` times adds to the scores. */
export function addNeighbours(near: Neighbours, i: number, count: number, selfAndCounts: boolean, scores: Float64Array): void {
  const weight = selfAndCounts ? count : 1;
  if (selfAndCounts) scores[i] = (scores[i] ?? 0) + weight;
  for (let m = near.start[i] ?? 0; m < (near.start[i + 1] ?? 0); m++) {
    const j = near.item[m] ?? 0;
    scores[j] = (scores[j] ?? 0) + weight * (near.similarity[m] ?? 0);
  }
}

/**
 * Scores an item by its summed similarity to what the customer bought. With `selfAndCounts` each purchase counts as often
 * as it was made and is like itself, so that what she buys again stays in the list.
 */
export function itemCosine({ most = Infinity, selfAndCounts = false } = {}): Recommender {
  return {
    name: selfAndCounts ? 'item-cosine-repeat' : 'item-cosine',
    settings: Number.isFinite(most) ? { neighbours: most } : {},
    fit(table: Interactions) {
      const near = neighbours(table, most);
      return {
        score(u, scores) {
          scores.fill(0);
          for (let k = table.start[u] ?? 0; k < (table.start[u + 1] ?? 0); k++) addNeighbours(near, table.item[k] ?? 0, table.count[k] ?? 0, selfAndCounts, scores);
        },
      };
    },
  };
}
