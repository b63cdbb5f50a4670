/** How well the orders pin the parameters down: curvature at the optimum, or refits on resampled customers where it says nothing. */
import { minimise, type Objective } from '#core/math/bfgs';
import { invertPositive, lowerFactor } from '#core/math/cholesky';
import { poissonDraw } from '#core/math/poisson';
import { seeded } from '#core/math/seeded';
import { need, type BehaviourData, type BehaviourModel, type Fit, type Params } from './behaviour.ts';
import { spendObjective, type SpendData, type SpendFit, type SpendParams } from './gamma-gamma.ts';
import { LOG_BOUND } from './maximum-likelihood.ts';
import { isModelName, models } from './registry.ts';
import { reweighted } from './rows.ts';
import { nobodyRepeated, unseenRepeats } from './unseen-repeats.ts';

export interface Uncertainty<P> {
  /** `silence`: nobody bought twice, so that only how long nobody did bounds the rate. `none`: these parameters were not fitted on this data, or not even resampling moves them. */
  method: 'hessian' | 'bootstrap' | 'silence' | 'none';
  /** By symbol, in the units of the parameters; null where the likelihood is flat and they would mean nothing. */
  standardErrors: Record<string, number> | null;
  /** Covariance of the log-parameters, row by row; null like the standard errors. */
  covariance: number[] | null;
  /** Equally likely parameters around the fit: their spread is the uncertainty. Never empty. */
  draws: P[];
  /** In place of the fit where it lies at the edge of what is possible: the mean of the draws. */
  best?: P;
}

export interface UncertaintyOptions {
  /** Of the resampling. */
  seed?: number;
  /** Refits when resampling. */
  replicates?: number;
}

const STEP = 1e-4;
/** A log-parameter this uncertain is not described by the curvature at one point. */
const MOST_LOG_ERROR = 1;

/** Hessian of `objective` by central differences of its analytic gradient, made symmetric. */
export function hessian(objective: Objective, at: Float64Array): Float64Array {
  const size = at.length;
  const out = new Float64Array(size * size);
  const side = (i: number, step: number): Float64Array => {
    const gradient = new Float64Array(size);
    objective(at.map((v, j) => (j === i ? v + step : v)), gradient);
    return gradient;
  };
  for (let i = 0; i < size; i++) {
    const up = side(i, STEP);
    const down = side(i, -STEP);
    for (let j = 0; j < size; j++) {
      const slope = ((up[j] ?? 0) - (down[j] ?? 0)) / (2 * STEP);
      out[i * size + j] = (out[i * size + j] ?? 0) + slope / 2;
      out[j * size + i] = (out[j * size + i] ?? 0) + slope / 2;
    }
  }
  return out;
}

/** Covariance from the Hessian of a negative log-likelihood; null when it is flat, a saddle, or too wide to trust. */
export function covarianceOf(curvature: Float64Array, size: number): Float64Array | null {
  const covariance = curvature.every(Number.isFinite) ? invertPositive(curvature, size) : null;
  if (!covariance) return null;
  for (let i = 0; i < size; i++) {
    const variance = covariance[i * size + i] ?? NaN;
    if (!(variance > 0) || Math.sqrt(variance) > MOST_LOG_ERROR) return null;
  }
  return covariance;
}

/**
 * 2·size points around `at` whose mean is `at` and whose covariance is `covariance`: the third-degree cubature points of
 * Arasaratnam & Haykin (2009). What is computed at each and averaged carries the uncertainty to second order, without chance.
 */
export function cubaturePoints(at: Float64Array, covariance: Float64Array): Float64Array[] {
  const size = at.length;
  const lower = lowerFactor(covariance, size);
  if (!lower) return [at];
  const points: Float64Array[] = [];
  for (let i = 0; i < size; i++) {
    for (const sign of [1, -1]) points.push(at.map((v, j) => v + sign * Math.sqrt(size) * (lower[j * size + i] ?? 0)));
  }
  return points;
}

/** Uncertainty of a behaviour fit on the data it was fitted on. Eight evaluations of the gradient, or `replicates` refits. */
export function parameterUncertainty(model: BehaviourModel, fit: Fit, data: BehaviourData, { seed = 1, replicates = 24 }: UncertaintyOptions = {}): Uncertainty<Params> {
  const rows = model.toRows(data);
  const likelihood = model.rowLikelihood(fit.unitDays);
  const size = model.symbols.length;
  const at = Float64Array.from(model.symbols, (symbol) => Math.log(need(fit.params, symbol)));
  const named = (log: Float64Array): Params => Object.fromEntries(model.symbols.map((symbol, i) => [symbol, Math.exp(log[i] ?? 0)]));
  const alone: Uncertainty<Params> = { method: 'none', standardErrors: null, covariance: null, draws: [fit.params] };
  if (rows.n === 0 || !at.every(Number.isFinite)) return alone;
  const prior = isModelName(model.name) ? models[model.name].prior : null;
  if (prior !== null && nobodyRepeated(data)) return { ...alone, method: 'silence', ...unseenRepeats(model, prior, data, fit.unitDays) };
  const over = (weighted: typeof rows): Objective => (theta, gradient) => {
    const value = likelihood(weighted, theta, gradient);
    for (let i = 0; i < size; i++) gradient[i] = -(gradient[i] ?? 0);
    return -value;
  };
  const covariance = fit.degenerate ? null : covarianceOf(hessian(over(rows), at), size);
  if (covariance) {
    return {
      method: 'hessian',
      standardErrors: Object.fromEntries(model.symbols.map((symbol, i) => [symbol, need(fit.params, symbol) * Math.sqrt(covariance[i * size + i] ?? 0)])),
      covariance: [...covariance],
      draws: cubaturePoints(at, covariance).map(named),
    };
  }
  const random = seeded(seed);
  const draws: Params[] = [];
  for (let replicate = 0; replicate < replicates; replicate++) {
    const drawn = reweighted(rows, rows.weight.map((w) => poissonDraw(w, random)));
    if (drawn.n === 0) continue;
    const objective = over(drawn);
    const mean: Objective = (theta, gradient) => {
      const value = objective(theta, gradient);
      for (let i = 0; i < size; i++) gradient[i] = (gradient[i] ?? 0) / drawn.n;
      return value / drawn.n;
    };
    const centre = at.map((v) => Math.min(LOG_BOUND, Math.max(-LOG_BOUND, v)));
    const end = minimise(mean, centre, { lower: -LOG_BOUND, upper: LOG_BOUND, maxIterations: 30, gradientTolerance: 1e-5 });
    if (Number.isFinite(end.value)) draws.push(named(end.at));
  }
  return draws.length > 0 ? { ...alone, method: 'bootstrap', draws } : alone;
}

/** The same for spend, in (ln p, ln(q − 1), ln v). A flat likelihood leaves the fit alone: the spread of orders then dominates. */
export function spendUncertainty(fit: SpendFit, data: SpendData): Uncertainty<SpendParams> {
  const { p, q, v } = fit.params;
  const alone: Uncertainty<SpendParams> = { method: 'none', standardErrors: null, covariance: null, draws: [fit.params] };
  const at = Float64Array.of(Math.log(p), Math.log(q - 1), Math.log(v));
  const objective = spendObjective(data);
  if (!objective || !at.every(Number.isFinite)) return alone;
  const covariance = covarianceOf(hessian(objective, at), 3);
  if (!covariance) return alone;
  const error = (i: number): number => Math.sqrt(covariance[i * 4] ?? 0);
  return {
    method: 'hessian',
    standardErrors: { p: p * error(0), q: (q - 1) * error(1), v: v * error(2) },
    covariance: [...covariance],
    draws: cubaturePoints(at, covariance).map((log) => ({ p: Math.exp(log[0] ?? 0), q: 1 + Math.exp(log[1] ?? 0), v: Math.exp(log[2] ?? 0) })),
  };
}
