/** What pages and the API get of the model that forecasts. */

/** Which model speaks, and how far to trust it. */
export interface ModelStatus {
  runId: string | null;
  model: string;
  /** `prior`: too little data, the shipped prior speaks. */
  source: 'fitted' | 'nbd-limit' | 'prior' | 'none';
  asOf: string | null;
  fittedAt: string | null;
  /** Sentences for a shop owner. */
  notes: string[];
  /** When the last try failed and an older model serves. */
  lastFailure: { at: string; error: string } | null;
  /** Forecast against what then happened, where there was enough history to hold back. */
  holdout: { from: string; to: string; expectedOrders: number; actualOrders: number } | null;
  /** The plain formula beside the model: average order × orders a year × years a customer stays. Minor units, unrounded. */
  historical: { averageOrderNet: number; ordersPerYear: number; lifespanYears: number; lifetimeGross: number; lifetimeNet: number } | null;
  /** Why this model and no other, in words. */
  why: string | null;
  /** How far the value of all customers together may lie from what is expected: ends as multiples of it. */
  total: { level: number; low: number; high: number; /** Times wider than chance alone, since earlier forecasts were further off. */ widenedBy: number; origins: number } | null;
  /** The model people chose to keep; null: the best on evidence. */
  pinned: string | null;
  /** The same for who says who is likely to leave: `rhythm`, or a family of classifier. */
  pinnedChurn: string | null;
  /** The same for who says how much customers will spend: `probabilistic`, or a learned model. */
  pinnedSpend: string | null;
  /** The learned model that says it; null: orders times spend an order, by the model of repeat buying. */
  spend: { runId: string; model: string; why: string | null } | null;
}

export interface ModelRunView {
  id: string;
  kind: 'value' | 'churn' | 'spend';
  model: string;
  source: string;
  asOf: string;
  parameters: Record<string, unknown>;
  evidence: Record<string, unknown>;
  notes: string[];
  error: string | null;
  cause: string;
  createdAt: string;
  serving: boolean;
}

/** One fact about a customer and how far it moves what is said of her. */
export interface Reason {
  name: string;
  value: number | string | null;
  effect: number;
}

export interface Reasons {
  /** The learned model's run. */
  modelId: string;
  /** Exact Shapley values, the strongest first; above zero raises the value. Of the logarithm for boosted trees, in multiples of mean spend for ridge. */
  reasons: Reason[];
}

export interface ChurnReasons {
  /** Probability of no order within the horizon; null for someone without a purchase. */
  churn: number | null;
  /** Who says so: the learned model, or the rhythm of purchases. */
  by: 'learned' | 'rhythm' | null;
  /** The learned model's run; null where none speaks. */
  modelId: string | null;
  horizonDays: number;
  asOf: string;
  /** Exact Shapley values, the strongest first; above zero speaks for leaving. Log-odds, or probability where a forest serves. */
  reasons: Reason[];
}
