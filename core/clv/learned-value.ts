/** What customers will spend in the next window, learned from features: the challenger to the probabilistic models. */
import { assertNever } from '#core/errors';
import { boost, predictBoosted } from '#core/boosting/boost';
import type { Trees } from '#core/boosting/trees';
import { fitBaseline, PREDICTION, type Baseline } from '#core/learning/drift';
import { encode, fitEncoding, takeMatrixRows, type Encoding, type Matrix } from '#core/learning/encoding';
import { designRows, fitLinearDesign, linearScores, type LinearDesign } from '#core/learning/linear-design';
import { fitRidge } from '#core/learning/ridge';
import { splitBy } from '#core/learning/split';
import { takeValues, type Table } from '#core/learning/table';
import { seeded, shuffle } from '#core/math/seeded';

export const LEARNED_MODELS = ['boosted', 'ridge'] as const;
export type LearnedName = (typeof LEARNED_MODELS)[number];

/** Whether `name` is a learned model of value. */
export function isLearned(name: string): name is LearnedName {
  return LEARNED_MODELS.some((known) => known === name);
}

export type Regressor =
  | { name: 'boosted'; loss: 'tweedie' | 'squared'; base: number; trees: Trees; /** Makes the total over the training customers right. */ scale: number }
  | { name: 'ridge'; design: LinearDesign; intercept: number; weights: Float64Array; l2: number };

export interface Edge {
  base: number;
  trees: Trees;
}

interface Edges {
  /** Quantiles of spend at `tail` and 1 − `tail`, in multiples of the mean. */
  low: Edge;
  high: Edge;
  tail: number;
}

/** Expected spend alone, without an interval. */
export interface ExpectedValue {
  regressor: Regressor;
  encoding: Encoding;
  /** Mean spend of the training customers: inside, everything is in multiples of it, so that nothing depends on the currency. */
  unit: number;
  /** Trees kept; 0 for ridge. */
  rounds: number;
  notes: string[];
}

export interface LearnedValue extends ExpectedValue, Edges {
  /** Moves both ends apart (above zero) or together, on the scale log(1 + spend ÷ unit): found on customers held against ends that were not fitted on them. */
  shift: { low: number; high: number };
  /** The most that any training customer had of these columns; who has more is unlike all that it learned from. */
  most: { name: string; value: number }[];
  /** Inputs as they were at the fit, and last the prediction, under the name `prediction`. */
  baselines: Baseline[];
}

export interface LearnedOptions {
  /** Of boosted trees. Tweedie (default) knows that most customers spend nothing; squared takes any sum. */
  loss?: 'tweedie' | 'squared';
  /** Probability left out on each side of the interval. Default `LEARNED_TAIL`. */
  tail?: number;
  /** Default 1. */
  seed?: number;
  /** Whether ridge reads a column on the log scale, by name. */
  isLogged?: (name: string) => boolean;
}

/** Between Poisson (1) and gamma (2): sums of a few orders, often none (Jørgensen 1987; Smyth & Jørgensen 2002). */
const TWEEDIE_POWER = 1.5;
const BOOSTING = { rounds: 600, rate: 0.05, maxDepth: 3, rowShare: 0.7, columnShare: 0.7, l2: 1, patience: 40 };
/** Customers a leaf stands for at least (in units of mean spend one has a curvature of about 1): a few large orders are no pattern. */
const LEAST_IN_LEAF = 20;
/** Probability left out on each side of intervals that are served. */
export const LEARNED_TAIL = 0.1;
const HELD = 0.2;
/** Under this many customers all are fitted on, with a fixed number of trees, and ends are left where they are. */
const LEAST_TO_HOLD = 100;
/** From so many customers on a fit on half of them is as good as one on all, and ends are found in halves; below, in fifths. */
const MANY = 3000;
/** Trees say nothing beyond what they have seen; of these it matters. */
const REACHING = ['orders', 'spend'];

/**
 * Fit next-window spend on features as of the window's start. Spends are in any one unit; below zero counts as nothing spent.
 * @param table one row a customer. @param spend what each spent in the window, net.
 * @throws RangeError without customers, or for a spend that is no number.
 */
export function fitLearnedValue(table: Table, spend: Float64Array, name: LearnedName, { tail = LEARNED_TAIL, ...options }: LearnedOptions = {}): LearnedValue {
  const { model, matrix, y } = fitExpected(table, spend, name, options);
  const seed = options.seed ?? 1;
  const edges = (rows: Matrix, of: Float64Array): Edges => {
    const at = (level: number): Edge => {
      const { base, trees } = boost(rows, of, { ...BOOSTING, loss: { name: 'quantile', level }, minChildWeight: LEAST_IN_LEAF, rounds: 150, seed });
      return { base, trees };
    };
    return { low: at(tail), high: at(1 - tail), tail };
  };
  const most = table.columns.flatMap((column) => (column.kind === 'number' && REACHING.includes(column.name) ? [{ name: column.name, value: column.values.reduce((top, each) => Math.max(top, each), 0) }] : []));
  const prediction = { kind: 'number' as const, name: PREDICTION, values: expectedOf(model, matrix) };
  return { ...model, ...edges(matrix, y), shift: shiftOf(matrix, y, tail, seed, edges), most, baselines: [...table.columns.map(fitBaseline), fitBaseline(prediction)] };
}

/** The scale that ends are moved on: small sums move little and large ones in proportion. */
const onScale = (multiple: number): number => Math.log1p(Math.max(0, multiple));
const offScale = (value: number): number => Math.expm1(Math.max(0, value));

function endsOf({ low, high, tail }: Edges, matrix: Matrix): [low: Float64Array, high: Float64Array] {
  const at = (edge: Edge, level: number): Float64Array => predictBoosted({ ...edge, loss: { name: 'quantile', level } }, matrix);
  return [at(low, tail), at(high, 1 - tail)];
}

/**
 * Conformalised quantile regression (Romano, Patterson & Candès 2019, one shift for each end as in their section 4), each part of
 * the customers held against a fit on the others (as CV+ of Barber et al. 2021), so that all of them count: a share of `tail` lies below the
 * low end and as many above the high one. A low end at nothing stays there: nobody spends less.
 */
function shiftOf(matrix: Matrix, y: Float64Array, tail: number, seed: number, fitted: (rows: Matrix, of: Float64Array) => Edges): LearnedValue['shift'] {
  const { rows } = matrix;
  if (rows < LEAST_TO_HOLD) return { low: 0, high: 0 };
  const [below, above] = [new Float64Array(rows), new Float64Array(rows)];
  const parts = rows < MANY ? 5 : 2;
  const part = shuffle(new Int32Array(rows).map((_, i) => i % parts), seeded(seed));
  for (let k = 0; k < parts; k++) {
    const { fit, held } = splitBy(rows, (row) => part[row] === k);
    const [lows, highs] = endsOf(fitted(takeMatrixRows(matrix, fit), takeValues(y, fit)), takeMatrixRows(matrix, held));
    held.forEach((row, i) => {
      const [low, high, spent] = [lows[i] ?? 0, onScale(highs[i] ?? 0), onScale(y[row] ?? 0)];
      below[row] = low > 0 ? onScale(low) - spent : -Infinity;
      above[row] = spent - high;
    });
  }
  const rank = Math.min(y.length, Math.ceil((y.length + 1) * (1 - tail))) - 1;
  const beyond = (misses: Float64Array): number => {
    const found = misses.sort()[rank] ?? 0;
    return Number.isFinite(found) ? found : 0;
  };
  return { low: beyond(below), high: beyond(above) };
}

/** As `fitLearnedValue`, without the interval: what a comparison of expectations needs, for less than half the time. */
export function fitExpectedValue(table: Table, spend: Float64Array, name: LearnedName, options: Omit<LearnedOptions, 'tail'> = {}): ExpectedValue {
  return fitExpected(table, spend, name, options).model;
}

function fitExpected(table: Table, spend: Float64Array, name: LearnedName, { loss = 'tweedie', seed = 1, isLogged = () => false }: Omit<LearnedOptions, 'tail'>): { model: ExpectedValue; matrix: Matrix; y: Float64Array } {
  if (table.rows === 0) throw new RangeError('A model of value needs at least one customer');
  const odd = spend.findIndex((each) => !Number.isFinite(each));
  if (odd >= 0 || spend.length !== table.rows) throw new RangeError(odd >= 0 ? `Row ${odd}: a spend is a finite number, not ${spend[odd] ?? NaN}` : `${table.rows} customers and ${spend.length} spends`);
  const { encoding, notes } = fitEncoding(table);
  const below = spend.reduce((count, each) => count + Number(each < 0), 0);
  if (below > 0) notes.push(`${below} customers got back more than they spent in the window: they count as nothing spent`);
  const unit = spend.reduce((sum, each) => sum + Math.max(0, each), 0) / spend.length || 1;
  const y = spend.map((each) => Math.max(0, each) / unit);
  if (y.every((each) => each === 0)) notes.push('Nobody spent anything in the window: nothing is what the model expects');
  const matrix = encode(encoding, table);
  const rounds = name === 'boosted' ? bestRounds(matrix, y, loss, seed) : 0;
  return { model: { regressor: regressorOf(name, matrix, y, loss, rounds, seed, isLogged), encoding, unit, rounds, notes }, matrix, y };
}

function lossOf(name: 'tweedie' | 'squared') {
  return name === 'tweedie' ? { name, power: TWEEDIE_POWER } : { name };
}

/** The number of trees that serves customers best who were held back. */
function bestRounds(matrix: Matrix, y: Float64Array, loss: 'tweedie' | 'squared', seed: number): number {
  if (matrix.rows < LEAST_TO_HOLD) return 50;
  const isHeld = new Uint8Array(matrix.rows);
  shuffle(new Int32Array(matrix.rows).map((_, i) => i), seeded(seed)).subarray(0, Math.round(HELD * matrix.rows)).forEach((row) => (isHeld[row] = 1));
  const { fit, held } = splitBy(matrix.rows, (i) => isHeld[i] === 1);
  const part = (index: Int32Array) => ({ matrix: takeMatrixRows(matrix, index), y: takeValues(y, index) });
  const training = part(fit);
  return boost(training.matrix, training.y, { ...BOOSTING, loss: lossOf(loss), minChildWeight: LEAST_IN_LEAF, seed }, part(held)).rounds;
}

function regressorOf(name: LearnedName, matrix: Matrix, y: Float64Array, loss: 'tweedie' | 'squared', rounds: number, seed: number, isLogged: (name: string) => boolean): Regressor {
  switch (name) {
    case 'ridge': {
      const design = fitLinearDesign(matrix, new Set(matrix.names.flatMap((column, i) => (isLogged(column) ? [i] : []))));
      const { intercept, weights, l2 } = fitRidge(designRows(design, matrix), y);
      return { name, design, intercept, weights, l2 };
    }
    case 'boosted': {
      const fitted = boost(matrix, y, { ...BOOSTING, loss: lossOf(loss), minChildWeight: LEAST_IN_LEAF, rounds, seed });
      const total = (values: Float64Array): number => values.reduce((sum, each) => sum + each, 0);
      const expected = total(predictBoosted(fitted, matrix));
      return { name, loss, base: fitted.base, trees: fitted.trees, scale: expected > 0 && total(y) > 0 ? total(y) / expected : 1 };
    }
    default:
      return assertNever(name);
  }
}

/** Parallel to the rows asked about, in the unit of the fit, undiscounted; low ≤ value ≤ high, none below 0. */
export interface LearnedPrediction {
  value: Float64Array;
  low: Float64Array;
  high: Float64Array;
}

/** Expected spend in the next window. @throws RangeError when a column the model needs is missing or of another kind. */
export function predictLearnedValue(model: LearnedValue, table: Table): LearnedPrediction {
  const matrix = encode(model.encoding, table);
  const value = expectedOf(model, matrix);
  const { unit, shift } = model;
  const [lows, highs] = endsOf(model, matrix);
  const low = lows.map((end, i) => Math.min(end > 0 ? unit * offScale(onScale(end) - shift.low) : 0, value[i] ?? 0));
  const high = highs.map((end, i) => Math.max(unit * offScale(onScale(end) + shift.high), value[i] ?? 0));
  return { value, low, high };
}

/** Expected spend in the next window by a fit without an interval; parallel to the rows. @throws RangeError as `predictLearnedValue`. */
export function predictExpectedValue(model: ExpectedValue, table: Table): Float64Array {
  return expectedOf(model, encode(model.encoding, table));
}

function expectedOf({ regressor, unit }: ExpectedValue, matrix: Matrix): Float64Array {
  const raw = regressor.name === 'ridge'
    ? linearScores(regressor, designRows(regressor.design, matrix), matrix.rows)
    : predictBoosted({ ...regressor, loss: lossOf(regressor.loss) }, matrix).map((each) => each * regressor.scale);
  return raw.map((each) => unit * Math.max(0, each));
}

/** 1 for each row that has more of something than any customer it learned from: what is said of her is a guess, and another model should speak. */
export function beyondReach({ most }: LearnedValue, table: Table): Uint8Array {
  const beyond = new Uint8Array(table.rows);
  for (const { name, value } of most) {
    const column = table.columns.find((each) => each.name === name);
    if (column?.kind === 'number') column.values.forEach((each, i) => { if (each > value) beyond[i] = 1; });
  }
  return beyond;
}
