/** Logistic regression with an L2 penalty: Newton's method, or BFGS where there are too many terms for a Hessian. */
import { minimise } from '#core/math/bfgs';
import { solvePositive } from '#core/math/cholesky';
import type { LinearWeights } from './linear-design.ts';

export interface LogisticFit extends LinearWeights {
  /** Bernoulli log-likelihood without the penalty. */
  logLikelihood: number;
  converged: boolean;
  iterations: number;
}

export interface LogisticOptions {
  /** λ of the penalty λ·|w|²/2 on the summed loss; the intercept is free. Default 1. */
  l2?: number;
  maxIterations?: number;
}

/** Terms beyond which a Hessian costs more than it saves. */
const NEWTON_TERMS = 400;
/** No score of a customer lies further out: e^−30 is as good as never. */
const FARTHEST = 30;

/** 1 / (1 + e^−z), accurate in both tails. */
export function sigmoid(z: number): number {
  if (z >= 0) return 1 / (1 + Math.exp(-z));
  const e = Math.exp(z);
  return e / (1 + e);
}

/** log(1 + e^z) without overflow. */
function softplus(z: number): number {
  return z > 0 ? z + Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z));
}

/**
 * Maximum penalised likelihood (Hastie, Tibshirani & Friedman 2009, eqs. 4.20–4.27 with a ridge penalty).
 * @param x standardised terms, rows × terms, row by row. @param y 0 or 1, one a row.
 * Separable samples converge to finite weights because of the penalty; one class gives (n + ½) / (n + 1) to everyone.
 */
export function fitLogistic(x: Float64Array, y: Float64Array, { l2 = 1, maxIterations = 50 }: LogisticOptions = {}): LogisticFit {
  const rows = y.length;
  const terms = rows > 0 ? x.length / rows : 0;
  const size = terms + 1;
  const positives = y.reduce((sum, value) => sum + value, 0);
  const start = new Float64Array(size);
  start[0] = Math.log((positives + 0.5) / (rows - positives + 0.5));
  const objective = (beta: Float64Array, gradient: Float64Array): number => penalisedLoss(x, y, l2, beta, gradient);
  if (positives === 0 || positives === rows) {
    // The likelihood of one class rises without end; half a row of the other keeps a handful of rows from being certain.
    return { intercept: start[0] ?? 0, weights: new Float64Array(terms), logLikelihood: -objective(start, new Float64Array(size)), converged: true, iterations: 0 };
  }
  const found = terms <= NEWTON_TERMS
    ? newton(x, y, l2, start, objective, maxIterations)
    : minimise(objective, start, { lower: -FARTHEST, upper: FARTHEST, maxIterations: Math.max(maxIterations, 200), gradientTolerance: 1e-6 * Math.max(1, rows) });
  const weights = found.at.slice(1);
  const penalty = weights.reduce((sum, w) => sum + w * w, 0) * (l2 / 2);
  return { intercept: found.at[0] ?? 0, weights, logLikelihood: penalty - found.value, converged: found.converged, iterations: found.iterations };
}

/** Negative penalised log-likelihood at beta = (intercept, weights), and its gradient. */
function penalisedLoss(x: Float64Array, y: Float64Array, l2: number, beta: Float64Array, gradient: Float64Array): number {
  const terms = beta.length - 1;
  gradient.fill(0);
  let value = 0;
  for (let i = 0; i < y.length; i++) {
    const base = i * terms;
    let z = beta[0] ?? 0;
    for (let k = 0; k < terms; k++) z += (beta[k + 1] ?? 0) * (x[base + k] ?? 0);
    const label = y[i] ?? 0;
    value += softplus(z) - label * z;
    const error = sigmoid(z) - label;
    gradient[0] = (gradient[0] ?? 0) + error;
    for (let k = 0; k < terms; k++) gradient[k + 1] = (gradient[k + 1] ?? 0) + error * (x[base + k] ?? 0);
  }
  for (let k = 1; k <= terms; k++) {
    const w = beta[k] ?? 0;
    value += (l2 / 2) * w * w;
    gradient[k] = (gradient[k] ?? 0) + l2 * w;
  }
  return value;
}

function newton(x: Float64Array, y: Float64Array, l2: number, start: Float64Array, objective: (beta: Float64Array, gradient: Float64Array) => number, maxIterations: number) {
  const size = start.length;
  let at = start;
  let gradient = new Float64Array(size);
  let value = objective(at, gradient);
  let iterations = 0;
  const settled = (): boolean => gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0) <= 1e-8 * Math.max(1, y.length);
  while (iterations < maxIterations && !settled()) {
    iterations++;
    const step = solvePositive(hessian(x, y.length, l2, at), gradient);
    if (!step) break;
    let moved = false;
    for (let share = 1; share > 1e-6 && !moved; share /= 2) {
      const next = at.map((b, k) => Math.min(FARTHEST, Math.max(-FARTHEST, b - share * (step[k] ?? 0))));
      const nextGradient = new Float64Array(size);
      const nextValue = objective(next, nextGradient);
      if (!(nextValue < value)) continue;
      at = next;
      gradient = nextGradient;
      value = nextValue;
      moved = true;
    }
    // No gain even from a sliver of the step: rounding is all that is left.
    if (!moved) return { at, value, converged: true, iterations };
  }
  return { at, value, converged: settled(), iterations };
}

/** Lower triangle of the Hessian: Σ p(1 − p)·(1, x)(1, x)ᵀ + λ on the weights. */
function hessian(x: Float64Array, rows: number, l2: number, beta: Float64Array): Float64Array {
  const size = beta.length;
  const terms = size - 1;
  const out = new Float64Array(size * size);
  const row = new Float64Array(size);
  row[0] = 1;
  for (let i = 0; i < rows; i++) {
    let z = beta[0] ?? 0;
    for (let k = 0; k < terms; k++) {
      const value = x[i * terms + k] ?? 0;
      row[k + 1] = value;
      z += (beta[k + 1] ?? 0) * value;
    }
    const p = sigmoid(z);
    const curvature = p * (1 - p);
    for (let j = 0; j < size; j++) {
      const scaled = curvature * (row[j] ?? 0);
      if (scaled === 0) continue;
      for (let k = 0; k <= j; k++) out[j * size + k] = (out[j * size + k] ?? 0) + scaled * (row[k] ?? 0);
    }
  }
  for (let j = 1; j < size; j++) out[j * size + j] = (out[j * size + j] ?? 0) + l2;
  // A saturated intercept must not make the system singular.
  out[0] = (out[0] ?? 0) + 1e-9 * Math.max(1, rows);
  return out;
}
