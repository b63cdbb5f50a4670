/** Static covariates (Fader & Hardie 2007): what is known of a customer moves her purchase and her dropout rate in proportion. */
import { minimise, type Objective } from '#core/math/bfgs';
import type { BehaviourData, BehaviourModel, Fit, FitOptions, Params } from './behaviour.ts';
import { LOG_BOUND } from './maximum-likelihood.ts';
import { covarianceOf, cubaturePoints, hessian } from './uncertainty.ts';
import type { Rows } from './rows.ts';

/** Numbers of each customer; the base parameters stand for someone with zeros. */
export interface Design {
  names: readonly string[];
  /** One column a name, one entry a customer. */
  columns: readonly Float64Array[];
}

export interface Coefficient {
  name: string;
  /** ln of the factor on the purchase rate, or on the rate of leaving, by one unit of the covariate. */
  purchase: number;
  dropout: number;
  /** Null where the likelihood is flat. */
  purchaseError: number | null;
  dropoutError: number | null;
}

export interface CovariateFit {
  /** Parameters of someone with zeros; log-likelihood of the whole. */
  fit: Fit;
  coefficients: Coefficient[];
  /** Twice the gain in log-likelihood over no covariates, and its degrees of freedom: chi-squared if they explain nothing. */
  likelihoodRatio: number;
  degreesOfFreedom: number;
  /** Distinct combinations: their parameters, alternatives of those, and which one each customer has. */
  patterns: Params[];
  draws: Params[][];
  pattern: Int32Array;
}

/** Combinations told apart: each costs a likelihood of its own. */
export const MOST_PATTERNS = 4_000;

/**
 * Maximum likelihood of a model's parameters with coefficients on both rates. λ is multiplied by e^{γ₁z} (α divided, eq. 2 of the
 * note); dropout by e^{γ₂z}: β divided in Pareto/NBD, a multiplied in the beta-geometric models (the note's b is left alone: a
 * and b scaled together would hardly move the mean). Starts from `base`, a fit of the same data without covariates.
 * @throws RangeError when a column has another length, or there are more than 4,000 distinct combinations.
 */
export function fitCovariates(model: BehaviourModel, base: Fit, data: BehaviourData, design: Design, { maxIterations = 300 }: FitOptions = {}): CovariateFit {
  const count = data.x.length;
  const size = model.symbols.length;
  const k = design.names.length;
  for (const [j, column] of design.columns.entries()) if (column.length !== count) throw new RangeError(`Covariate ${design.names[j] ?? ''} has ${column.length} values for ${count} customers`);
  const { pattern, vectors } = combinations(design, count);
  if (vectors.length > MOST_PATTERNS) throw new RangeError(`The covariates make ${vectors.length} different kinds of customers, more than ${MOST_PATTERNS}: use fewer levels, or round numbers`);
  const members: number[][] = vectors.map(() => []);
  pattern.forEach((which, i) => members[which]?.push(i));
  const part = (column: Float64Array, of: readonly number[]): Float64Array => Float64Array.from(of, (i) => column[i] ?? 0);
  const rows: Rows[] = members.map((of) => model.toRows({ x: part(data.x, of), tx: part(data.tx, of), T: part(data.T, of), ...(data.weights ? { weights: part(data.weights, of) } : {}) }));
  const n = rows.reduce((sum, each) => sum + each.n, 0);
  const likelihood = model.rowLikelihood(base.unitDays);
  const { purchase, dropout } = model.covariates;

  const shifted = (theta: Float64Array, z: Float64Array): Float64Array => {
    const own = theta.slice(0, size);
    for (let j = 0; j < k; j++) {
      own[purchase.index] = (own[purchase.index] ?? 0) + purchase.sign * (theta[size + j] ?? 0) * (z[j] ?? 0);
      own[dropout.index] = (own[dropout.index] ?? 0) + dropout.sign * (theta[size + k + j] ?? 0) * (z[j] ?? 0);
    }
    return own;
  };
  const objective: Objective = (theta, gradient) => {
    gradient.fill(0);
    const own = new Float64Array(size);
    let value = 0;
    rows.forEach((each, g) => {
      const z = vectors[g] ?? new Float64Array(k);
      value += likelihood(each, shifted(theta, z), own);
      for (let i = 0; i < size; i++) gradient[i] = (gradient[i] ?? 0) - (own[i] ?? 0);
      for (let j = 0; j < k; j++) {
        gradient[size + j] = (gradient[size + j] ?? 0) - purchase.sign * (z[j] ?? 0) * (own[purchase.index] ?? 0);
        gradient[size + k + j] = (gradient[size + k + j] ?? 0) - dropout.sign * (z[j] ?? 0) * (own[dropout.index] ?? 0);
      }
    });
    return -value;
  };
  const mean: Objective = (theta, gradient) => {
    const value = objective(theta, gradient);
    for (let i = 0; i < gradient.length; i++) gradient[i] = (gradient[i] ?? 0) / n;
    return value / n;
  };
  const start = new Float64Array(size + 2 * k);
  model.symbols.forEach((symbol, i) => { start[i] = Math.log(base.params[symbol] ?? 1); });
  const end = minimise(mean, start, { lower: -LOG_BOUND, upper: LOG_BOUND, maxIterations, gradientTolerance: 1e-7 });
  const covariance = covarianceOf(hessian(objective, end.at), end.at.length);
  const error = (i: number): number | null => (covariance ? Math.sqrt(covariance[i * end.at.length + i] ?? 0) : null);
  const named = (log: Float64Array): Params => Object.fromEntries(model.symbols.map((symbol, i) => [symbol, Math.exp(log[i] ?? 0)]));
  const forAll = (theta: Float64Array): Params[] => vectors.map((z) => named(shifted(theta, z)));
  const timeUnits = base.logLikelihood - -objective(start, new Float64Array(start.length));
  return {
    fit: {
      ...base,
      params: named(end.at),
      logLikelihood: -end.value * n + timeUnits,
      converged: end.converged,
      iterations: base.iterations + end.iterations,
      uniqueRows: rows.reduce((sum, each) => sum + each.weight.length, 0),
      notes: covariance ? base.notes : [...base.notes, 'the covariates are not pinned down by these orders: no standard errors, and intervals without their uncertainty'],
    },
    coefficients: design.names.map((name, j) => ({ name, purchase: end.at[size + j] ?? 0, dropout: end.at[size + k + j] ?? 0, purchaseError: error(size + j), dropoutError: error(size + k + j) })),
    likelihoodRatio: Math.max(0, 2 * (-end.value * n + timeUnits - base.logLikelihood)),
    degreesOfFreedom: 2 * k,
    patterns: forAll(end.at),
    draws: covariance ? cubaturePoints(end.at, covariance).map(forAll) : [forAll(end.at)],
    pattern,
  };
}

function combinations({ columns }: Design, count: number): { pattern: Int32Array; vectors: Float64Array[] } {
  const at = new Map<string, number>();
  const vectors: Float64Array[] = [];
  const pattern = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const vector = Float64Array.from(columns, (column) => column[i] ?? 0);
    const key = vector.join(' ');
    let which = at.get(key);
    if (which === undefined) {
      which = vectors.push(vector) - 1;
      at.set(key, which);
    }
    pattern[i] = which;
  }
  return { pattern, vectors };
}

/** Levels a text covariate may have besides the commonest one. */
const MOST_LEVELS = 50;

/**
 * Numbers from what people wrote, one text a customer: a column of numbers is centred on its mean (the base is the average
 * customer), any other gets a column for each level but the commonest (the base). Empty is a level of its own.
 * @throws RangeError for a column with more than fifty further levels, or one that never varies.
 */
export function designFrom(columns: readonly { name: string; values: readonly string[] }[]): Design {
  const names: string[] = [];
  const made: Float64Array[] = [];
  for (const { name, values } of columns) {
    const distinct = new Map<string, number>();
    for (const value of values) distinct.set(value, (distinct.get(value) ?? 0) + 1);
    if (distinct.size < 2) throw new RangeError(`Covariate ${name} is the same for every customer ("${values[0] ?? ''}"): leave it out`);
    const numbers = [...distinct.keys()].every((value) => value.trim() !== '' && Number.isFinite(Number(value)));
    if (numbers) {
      const column = Float64Array.from(values, Number);
      const mean = column.reduce((sum, value) => sum + value, 0) / Math.max(1, column.length);
      names.push(name);
      made.push(column.map((value) => value - mean));
      continue;
    }
    const levels = [...distinct].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1)).map(([level]) => level).slice(1);
    if (levels.length > MOST_LEVELS) throw new RangeError(`Covariate ${name} has ${distinct.size} different values; ${MOST_LEVELS + 1} are the most that can be told apart`);
    for (const level of levels) {
      names.push(`${name}=${level === '' ? '(empty)' : level}`);
      made.push(Float64Array.from(values, (value) => (value === level ? 1 : 0)));
    }
  }
  return { names, columns: made };
}
