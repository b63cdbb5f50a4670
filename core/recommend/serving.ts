/** A recommender as it is kept: it knows products and which are bought by the same people, and no person. */
import { factorise, foldIn, type AlsSettings } from './implicit-als.ts';
import type { Interactions } from './interactions.ts';
import { addNeighbours, neighbours, type Neighbours } from './item-cosine.ts';
import { topItems } from './top-items.ts';

/** Nearest items that speak for an item, in lists and in reasons. */
export const NEIGHBOURS = 100;

export interface Product {
  id: string;
  name: string;
  category: string | null;
  /** Not sold for so long that it is taken to be gone: never recommended, but what was bought with it is. */
  gone: boolean;
}

export interface ServingModel {
  /** As `Recommender.name` and `.settings`. */
  model: string;
  settings: Record<string, number>;
  /** Ascending by id. */
  products: Product[];
  /** Customers who bought each. */
  buyers: Int32Array;
  near: Neighbours;
  /** products × factors of implicit ALS; null for the others. */
  factors: Float64Array | null;
}

export interface Bought {
  /** Index of the product. */
  item: number;
  /** Times. */
  count: number;
}

export type Reason =
  /** She bought it before. */
  | { kind: 'again'; times: number }
  /** So many customers who bought `item` bought this too. */
  | { kind: 'with'; item: number; customers: number }
  /** So many customers bought it. */
  | { kind: 'popular'; customers: number };

export interface Recommendation {
  item: number;
  reason: Reason;
}

function alsSettings({ factors = 0, regularisation = 0, alpha = 0 }: Record<string, number>): AlsSettings {
  return { factors, regularisation, alpha };
}

/** Fit what `name` and `settings` say on the table. O(Σ over customers of items²), and factorisation where it serves. */
export function makeServing(table: Interactions, name: string, settings: Record<string, number>, products: Product[]): ServingModel {
  return {
    model: name, settings, products, buyers: table.buyers, near: neighbours(table, NEIGHBOURS),
    factors: name === 'implicit-als' ? factorise(table, alsSettings(settings)).items : null,
  };
}

/**
 * The best `k` for somebody who bought `bought`, with why; what is gone is left out. Scores are those of the recommender
 * that was chosen, made from her purchases alone; without one of them it is what most people bought.
 */
export function recommendFor(model: ServingModel, bought: readonly Bought[], k: number): Recommendation[] {
  const { products, buyers } = model;
  const scores = scoresFor(model, bought);
  const allowed = (item: number): boolean => products[item]?.gone === false;
  return topItems(scores, k, allowed).map((item) => ({ item, reason: bought.length === 0 || model.model === 'popularity' ? { kind: 'popular', customers: buyers[item] ?? 0 } : reasonFor(model, bought, item) }));
}

function scoresFor({ model, settings, buyers, near, factors }: ServingModel, bought: readonly Bought[]): Float64Array {
  const scores = Float64Array.from(buyers);
  if (bought.length === 0 || model === 'popularity') return scores;
  if (factors !== null) {
    const size = settings.factors ?? 0;
    const mine = foldIn(factors, bought, alsSettings(settings));
    for (let i = 0; i < scores.length; i++) {
      let sum = 0;
      for (let f = 0; f < size; f++) sum += (mine[f] ?? 0) * (factors[i * size + f] ?? 0);
      scores[i] = sum;
    }
    return scores;
  }
  if (model === 'own-frequency') {
    const most = buyers.reduce((a, b) => Math.max(a, b), 0) + 1;
    for (let i = 0; i < scores.length; i++) scores[i] = (scores[i] ?? 0) / most;
    for (const { item, count } of bought) scores[item] = (scores[item] ?? 0) + count;
    return scores;
  }
  scores.fill(0);
  for (const { item, count } of bought) addNeighbours(near, item, count, model === 'item-cosine-repeat', scores);
  // What has no neighbour in common with her is no recommendation of theirs: what most people bought fills up.
  const most = buyers.reduce((a, b) => Math.max(a, b), 0) + 1;
  for (let i = 0; i < scores.length; i++) if (scores[i] === 0) scores[i] = (buyers[i] ?? 0) / most - 1;
  return scores;
}

/** The purchase of hers that speaks most for the item. */
function reasonFor({ near, buyers }: ServingModel, bought: readonly Bought[], item: number): Reason {
  const own = bought.find((each) => each.item === item);
  if (own) return { kind: 'again', times: own.count };
  let best: { from: number; similarity: number; weight: number } | null = null;
  for (const { item: from, count } of bought) {
    for (let m = near.start[from] ?? 0; m < (near.start[from + 1] ?? 0); m++) {
      const similarity = near.similarity[m] ?? 0;
      if (near.item[m] === item && (best === null || count * similarity > best.weight)) best = { from, similarity, weight: count * similarity };
    }
  }
  if (best === null) return { kind: 'popular', customers: buyers[item] ?? 0 };
  // The cosine holds the count: co-buyers ÷ √(buyers · buyers).
  return { kind: 'with', item: best.from, customers: Math.round(best.similarity * Math.sqrt((buyers[best.from] ?? 0) * (buyers[item] ?? 0))) };
}
