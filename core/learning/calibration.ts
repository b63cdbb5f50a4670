/** Probabilities that mean what they say: Platt's sigmoid or isotonic regression, taken only where it helps on rows not fitted on. */
import { z } from 'zod';
import { assertNever } from '#core/errors';
import { fitLogistic, sigmoid } from './logistic.ts';

export const calibrationSchema = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('none') }),
  z.strictObject({ method: z.literal('platt'), slope: z.number(), intercept: z.number() }),
  /** Ascending points, joined by straight lines, level beyond the ends. */
  z.strictObject({ method: z.literal('isotonic'), at: z.array(z.number()).min(1), value: z.array(z.number()).min(1) }),
]);

/** Plain JSON; parse it back with `calibrationSchema`. */
export type Calibration = z.infer<typeof calibrationSchema>;

/** Rows, and rows of the rarer class, below which a calibration would fit noise. */
export const LEAST_ROWS = 200;
export const LEAST_OF_A_CLASS = 20;
const FOLDS = 5;

function logit(p: number): number {
  const inside = Math.min(1 - 1e-12, Math.max(1e-12, p));
  return Math.log(inside / (1 - inside));
}

/** σ(slope·logit(p) + intercept) by maximum likelihood on smoothed labels (Platt 1999, eqs. 1–3); `p` in [0, 1], `y` 0 or 1. */
export function fitPlatt(p: Float64Array, y: Float64Array): Calibration {
  const margins = p.map(logit);
  let positives = 0;
  for (const label of y) positives += label;
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (y.length - positives + 2);
  const fit = fitLogistic(margins, y.map((label) => (label > 0 ? high : low)), { l2: 1e-6 });
  return { method: 'platt', slope: fit.weights[0] ?? 1, intercept: fit.intercept };
}

/** Least-squares non-decreasing fit by pooling adjacent violators (Ayer and others 1955), as lines between the pools' centres. */
export function fitIsotonic(p: Float64Array, y: Float64Array): Calibration {
  const order = new Int32Array(p.length).map((_, i) => i).sort((i, j) => (p[i] ?? 0) - (p[j] ?? 0));
  const pools: { weight: number; p: number; y: number }[] = [];
  for (let at = 0; at < order.length; ) {
    const held = p[order[at] ?? 0] ?? 0;
    const pool = { weight: 0, p: 0, y: 0 };
    // Equal probabilities are one point, whatever order their rows came in.
    for (; at < order.length && p[order[at] ?? 0] === held; at++) {
      pool.weight++;
      pool.p += held;
      pool.y += y[order[at] ?? 0] ?? 0;
    }
    pools.push(pool);
    for (;;) {
      const last = pools[pools.length - 1];
      const before = pools[pools.length - 2];
      if (!last || !before || before.y * last.weight < last.y * before.weight) break;
      before.weight += last.weight;
      before.p += last.p;
      before.y += last.y;
      pools.pop();
    }
  }
  if (pools.length === 0) return { method: 'none' };
  // No probability learned from n rows is surer than n rows can say.
  const least = 1 / (p.length + 2);
  return { method: 'isotonic', at: pools.map((pool) => pool.p / pool.weight), value: pools.map((pool) => Math.min(1 - least, Math.max(least, pool.y / pool.weight))) };
}

/** Calibrated probabilities; never out of order: a higher `p` never becomes the lower one (for Platt, when its slope is positive). */
export function calibrate(calibration: Calibration, p: Float64Array): Float64Array {
  switch (calibration.method) {
    case 'none':
      return p;
    case 'platt':
      return p.map((each) => sigmoid(calibration.slope * logit(each) + calibration.intercept));
    case 'isotonic':
      return p.map((each) => between(calibration.at, calibration.value, each));
    default:
      return assertNever(calibration);
  }
}

function between(at: readonly number[], value: readonly number[], x: number): number {
  let low = 0;
  let high = at.length - 1;
  if (x <= (at[0] ?? 0)) return value[0] ?? 0;
  if (x >= (at[high] ?? 0)) return value[high] ?? 0;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((at[middle] ?? 0) <= x) low = middle;
    else high = middle;
  }
  const width = (at[high] ?? 0) - (at[low] ?? 0);
  const share = width > 0 ? (x - (at[low] ?? 0)) / width : 1;
  return (value[low] ?? 0) + share * ((value[high] ?? 0) - (value[low] ?? 0));
}

function loss(p: number, label: number): number {
  const sure = Math.min(1 - 1e-15, Math.max(1e-15, p));
  return label > 0 ? -Math.log(sure) : -Math.log(1 - sure);
}

export interface CalibrationChoice {
  calibration: Calibration;
  /** `p` calibrated by fits that did not see the row: honest figures on these same rows. */
  crossFitted: Float64Array;
  /** Mean log-loss of each method, each row judged by a fit that did not see it. Empty when there were too few rows to try. */
  tried: { method: Calibration['method']; logloss: number }[];
}

/**
 * The best of none, Platt and isotonic on probabilities of rows that the model was not fitted on. Anything but `none` must save
 * more log-loss than one standard error of the saving (rows paired, five folds), else it would be noise.
 */
export function chooseCalibration(p: Float64Array, y: Float64Array): CalibrationChoice {
  const none: CalibrationChoice = { calibration: { method: 'none' }, crossFitted: p, tried: [] };
  let positives = 0;
  for (const label of y) positives += label;
  if (p.length < LEAST_ROWS || Math.min(positives, p.length - positives) < LEAST_OF_A_CLASS) return none;
  const plain = p.map((each, i) => loss(each, y[i] ?? 0));
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  let chosen = none;
  let saved = 0;
  const tried: CalibrationChoice['tried'] = [{ method: 'none', logloss: mean(plain) }];
  for (const fit of [fitPlatt, fitIsotonic]) {
    const crossFitted = crossFit(fit, p, y);
    const saving = plain.map((each, i) => each - loss(crossFitted[i] ?? 0, y[i] ?? 0));
    const average = mean(saving);
    const spread = Math.sqrt(mean(saving.map((each) => (each - average) ** 2)) / saving.length);
    const calibration = fit(p, y);
    tried.push({ method: calibration.method, logloss: mean(plain) - average });
    // A negative slope would turn the ranking round.
    if (average <= spread || average <= saved || (calibration.method === 'platt' && calibration.slope <= 0)) continue;
    saved = average;
    chosen = { calibration, crossFitted, tried };
  }
  return { ...chosen, tried };
}

function crossFit(fit: (p: Float64Array, y: Float64Array) => Calibration, p: Float64Array, y: Float64Array): Float64Array {
  const out = new Float64Array(p.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    const calibration = fit(p.filter((_, i) => i % FOLDS !== fold), y.filter((_, i) => i % FOLDS !== fold));
    calibrate(calibration, p.filter((_, i) => i % FOLDS === fold)).forEach((value, k) => (out[k * FOLDS + fold] = value));
  }
  return out;
}

/** Ten groups of about equal size by probability, lowest first: what was said, and what came true. */
export function calibrationDeciles(p: Float64Array, y: Float64Array): { rows: number; predicted: number; observed: number }[] {
  const order = new Int32Array(p.length).map((_, i) => i).sort((i, j) => (p[i] ?? 0) - (p[j] ?? 0) || i - j);
  const groups = Array.from({ length: 10 }, () => ({ rows: 0, predicted: 0, observed: 0 }));
  order.forEach((i, rank) => {
    const group = groups[Math.floor((10 * rank) / order.length)];
    if (!group) return;
    group.rows++;
    group.predicted += p[i] ?? 0;
    group.observed += y[i] ?? 0;
  });
  return groups.filter(({ rows }) => rows > 0).map(({ rows, predicted, observed }) => ({ rows, predicted: predicted / rows, observed: observed / rows }));
}
