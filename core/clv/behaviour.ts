/** What every model of repeat buying takes, gives and can be asked: the shape a new model has to fill. */
import { z } from 'zod';
import type { RowLikelihood } from './maximum-likelihood.ts';
import type { Rows } from './rows.ts';

/**
 * Customers, or unique (x, tx, T) rows with weights. Times are whole days: a fit never sees the display unit,
 * so its results cannot depend on it.
 */
export interface BehaviourData {
  /** Repeat purchase days: the first purchase is not one of them. */
  x: Float64Array;
  /** Days from first to last purchase. */
  tx: Float64Array;
  /** Days from first purchase to the end of observation. */
  T: Float64Array;
  /** Customers behind each row; absent means one each. */
  weights?: Float64Array;
}

export interface FitOptions {
  /** Days in the unit that time parameters such as alpha are stated in. Default 7. */
  unitDays?: number;
  maxIterations?: number;
}

/** Parameters by their paper's symbol: r, alpha, a, b. Time parameters are in units of `unitDays`. */
export type Params = Record<string, number>;

export const fitSchema = z.object({
  model: z.string(),
  version: z.number().int(),
  params: z.record(z.string(), z.number()),
  unitDays: z.number().positive(),
  logLikelihood: z.number(),
  converged: z.boolean(),
  iterations: z.number(),
  n: z.number(),
  uniqueRows: z.number(),
  notes: z.array(z.string()),
  /** The likelihood is flat or at the edge of its range: predictions hold, single parameters mean little. */
  degenerate: z.boolean(),
});

/** A fitted model with its evidence; plain JSON, parse it back with `fitSchema`. */
export type Fit = z.infer<typeof fitSchema>;

/**
 * One model of repeat buying. All times passed with `params` are in the unit of those params.
 * Functions named "IfAlive" are conditional on still being a customer at the end of observation; for every
 * model here those depend on x and T, not on tx.
 */
export interface BehaviourModel {
  name: string;
  version: number;
  /** Symbols in the order of the log-parameters of `rowLikelihood`. */
  symbols: readonly string[];
  /** Those of them that are times. */
  times: readonly string[];
  /**
   * How a covariate acts: the log-parameters it moves, and which way. Purchases: alpha falls as the rate rises.
   * Dropout: whichever parameter makes leaving likelier in proportion.
   */
  covariates: { purchase: { index: number; sign: 1 | -1 }; dropout: { index: number; sign: 1 | -1 } };
  /** Likelihood and gradient over compressed rows in log-parameters, times in units of `scale` days. */
  rowLikelihood(scale: number): RowLikelihood;
  /** Histories as `rowLikelihood` takes them. */
  toRows(data: BehaviourData): Rows;
  /** Whether `params` hold no dropout that a year of data could tell from none. */
  withoutDropout(params: Params, unitDays: number): boolean;
  fit(data: BehaviourData, options?: FitOptions): Fit;
  /** Log-likelihood of days data under params stated in units of `unitDays`. */
  logLikelihood(params: Params, data: BehaviourData, unitDays: number): number;
  /** Probability of still being a customer at T. */
  pAlive(params: Params, x: number, tx: number, T: number): number;
  /** E[purchases in (T, T + horizon]]. */
  expectedPurchases(params: Params, horizon: number, x: number, tx: number, T: number): number;
  expectedIfAlive(params: Params, horizon: number, x: number, T: number): number;
  /** E[N(N − 1)] of purchases in the horizon: the second factorial moment, for intervals. */
  pairsIfAlive(params: Params, horizon: number, x: number, T: number): number;
  /** P(no purchase within the horizon). */
  silentIfAlive(params: Params, horizon: number, x: number, T: number): number;
  /** Time from T to the next purchase of those who make one: its quantile at `share`, the median unless given. */
  nextOrderIfAlive(params: Params, x: number, T: number, share?: number): number;
  /** P(N = n) of purchases in the horizon, n = 0 … most; what lies beyond is left out. */
  countsIfAlive(params: Params, horizon: number, x: number, T: number, most: number): Float64Array;
  /** Σ over all future purchases of e^{−delta · time}: discounted expected residual transactions. Infinity when undiscounted and endless. */
  residualIfAlive(params: Params, delta: number, x: number, T: number): number;
  /** E[X(t)]: repeat purchases of a new customer in her first t, for tracking plots. */
  expectedNew(params: Params, t: number): number;
}

/** A model in continuous time: what a tenant's nightly fit can use. */
export interface ContinuousModel extends BehaviourModel {
  /** NBD purchases and no end, as parameters of this model. */
  stayingParams(r: number, alpha: number): Params;
  /** An ordinary shop of consumer retail, time in weeks; source at each model. */
  prior: Params;
}

/** A parameter by name. @throws RangeError when a stored fit does not hold what its model needs. */
export function need(params: Params, name: string): number {
  const value = params[name];
  if (value === undefined || !Number.isFinite(value)) throw new RangeError(`Parameter ${name} is missing or not finite`);
  return value;
}
