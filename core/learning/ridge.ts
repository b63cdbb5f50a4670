/** Ridge regression in closed form, its penalty chosen by cross-validation on sufficient statistics. */
import { solvePositive } from '#core/math/cholesky';
import type { LinearWeights } from './linear-design.ts';

export interface RidgeFit extends LinearWeights {
  /** The penalty in use, on the summed squared error of standardised terms. */
  l2: number;
  /** Mean squared error of each penalty tried, over rows left out; empty when the penalty was given. */
  tried: { l2: number; error: number }[];
}

export interface RidgeOptions {
  /** Take this penalty and try no others. */
  l2?: number;
  folds?: number;
}

/** Sums over a set of rows, with the constant as term 0. */
interface Moments {
  /** Lower triangle of Σ (1, x)(1, x)ᵀ. */
  gram: Float64Array;
  /** Σ (1, x)·y */
  cross: Float64Array;
  /** Σ y² */
  square: number;
}

/** Penalties as shares of the number of rows. */
const GRID = [1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];

/**
 * min |y − b − X·w|² + λ|w|² (Hoerl & Kennard 1970, eq. 2.1). Fold k leaves out rows k, k + folds, …: each row's sums are taken
 * once, and a fold is solved from all sums less its own, so the grid costs solves and no further passes.
 * @param x standardised terms, rows × terms, row by row. @param y any numbers, one a row. @throws RangeError without rows.
 */
export function fitRidge(x: Float64Array, y: Float64Array, { l2, folds = 5 }: RidgeOptions = {}): RidgeFit {
  const rows = y.length;
  if (rows === 0) throw new RangeError('Ridge regression needs at least one row');
  const size = x.length / rows + 1;
  const count = Math.max(1, Math.min(folds, rows));
  const parts = Array.from({ length: count }, (_, fold) => moments(x, y, fold, count));
  const all = parts.reduce((sum, part) => combine(sum, part, 1));
  const tried: RidgeFit['tried'] = [];
  if (l2 === undefined && count > 1) {
    for (const share of GRID) {
      const penalty = share * rows;
      const error = parts.reduce((sum, part) => sum + squaredError(part, solve(combine(all, part, -1), penalty, size)), 0) / rows;
      tried.push({ l2: penalty, error });
    }
  }
  const best = tried.reduce((least, each) => (each.error < least.error ? each : least), { l2: l2 ?? rows, error: Infinity });
  const beta = solve(all, best.l2, size);
  return { intercept: beta[0] ?? 0, weights: beta.slice(1), l2: best.l2, tried };
}

function moments(x: Float64Array, y: Float64Array, first: number, step: number): Moments {
  const terms = x.length / y.length;
  const size = terms + 1;
  const gram = new Float64Array(size * size);
  const cross = new Float64Array(size);
  const row = new Float64Array(size);
  row[0] = 1;
  let square = 0;
  for (let i = first; i < y.length; i += step) {
    for (let k = 0; k < terms; k++) row[k + 1] = x[i * terms + k] ?? 0;
    const target = y[i] ?? 0;
    square += target * target;
    for (let j = 0; j < size; j++) {
      const value = row[j] ?? 0;
      if (value === 0) continue;
      cross[j] = (cross[j] ?? 0) + value * target;
      for (let k = 0; k <= j; k++) gram[j * size + k] = (gram[j * size + k] ?? 0) + value * (row[k] ?? 0);
    }
  }
  return { gram, cross, square };
}

function combine(a: Moments, b: Moments, sign: number): Moments {
  return { gram: a.gram.map((v, i) => v + sign * (b.gram[i] ?? 0)), cross: a.cross.map((v, i) => v + sign * (b.cross[i] ?? 0)), square: a.square + sign * b.square };
}

function solve({ gram, cross }: Moments, l2: number, size: number): Float64Array {
  const system = Float64Array.from(gram);
  for (let j = 1; j < size; j++) system[j * size + j] = (system[j * size + j] ?? 0) + l2;
  const mean = new Float64Array(size);
  mean[0] = (cross[0] ?? 0) / Math.max(1, gram[0] ?? 0);
  // Without a solution (no penalty, terms that repeat each other) the mean alone is the honest answer.
  return solvePositive(system, cross) ?? mean;
}

/** Σ (y − β·(1, x))² from sums. */
function squaredError({ gram, cross, square }: Moments, beta: Float64Array): number {
  const size = beta.length;
  let total = square;
  for (let j = 0; j < size; j++) {
    const b = beta[j] ?? 0;
    total -= 2 * b * (cross[j] ?? 0);
    for (let k = 0; k <= j; k++) total += (k === j ? 1 : 2) * b * (beta[k] ?? 0) * (gram[j * size + k] ?? 0);
  }
  return Math.max(0, total);
}
