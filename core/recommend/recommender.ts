/** What every recommender is: fitted once on a table, then asked for one customer's scores at a time. */
import type { Interactions } from './interactions.ts';

/** A fitted recommender; higher scores are better, and only their order within one customer means anything. */
export interface Fitted {
  /** Write the score of every item for customer `u` into `scores` (length: items). */
  score(u: number, scores: Float64Array): void;
}

export interface Recommender {
  /** For people and for JSON: `item-cosine`. */
  name: string;
  /** For people: settings such as factors and regularisation. */
  settings: Record<string, number>;
  fit(table: Interactions): Fitted;
}
