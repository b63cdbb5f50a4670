/** What boosted trees minimise: each loss with its first two derivatives in the score F that the trees add up to. */
import { z } from 'zod';
import { assertNever } from '#core/errors';
import { sigmoid } from '#core/learning/logistic';
import { quantile } from '#core/math/quantile';

export const lossSchema = z.discriminatedUnion('name', [
  /** (y − F)² / 2 */
  z.strictObject({ name: z.literal('squared') }),
  /** y of 0 or 1; P(1) = 1 / (1 + e^−F) */
  z.strictObject({ name: z.literal('logistic') }),
  /** y ≥ 0; mean e^F */
  z.strictObject({ name: z.literal('poisson') }),
  /** y ≥ 0 with many zeros; mean e^F, variance ∝ mean^power */
  z.strictObject({ name: z.literal('tweedie'), power: z.number().gt(1).lt(2) }),
  /** F is the quantile of y at `level` */
  z.strictObject({ name: z.literal('quantile'), level: z.number().gt(0).lt(1) }),
]);

export type Loss = z.infer<typeof lossSchema>;

/** Scores of log-link losses are kept within ±50: e^50 is beyond any order book. */
const FARTHEST = 50;
/** Greatest step of a log-link leaf: without it one empty leaf sends a mean to zero (XGBoost's max_delta_step). */
export const LOG_LINK_STEP = 0.7;

/** Whether trees add up on the log scale, so that predictions are their exponential. */
export function isLogLink(loss: Loss): boolean {
  return loss.name === 'poisson' || loss.name === 'tweedie';
}

function bounded(score: number): number {
  return Math.min(FARTHEST, Math.max(-FARTHEST, score));
}

/** @throws RangeError where a label cannot belong to the loss, naming its row. */
export function checkLabels(loss: Loss, y: Float64Array): void {
  for (let i = 0; i < y.length; i++) {
    const label = y[i] ?? NaN;
    const fits = Number.isFinite(label) && (loss.name === 'logistic' ? label === 0 || label === 1 : isLogLink(loss) ? label >= 0 : true);
    if (!fits) throw new RangeError(`Row ${i}: ${label} is no label for ${loss.name} loss, which takes ${loss.name === 'logistic' ? '0 or 1' : isLogLink(loss) ? 'numbers of at least 0' : 'finite numbers'}`);
  }
}

/** The constant score that fits `y` best; finite for every sample, one class or all zeros included. */
export function baseScore(loss: Loss, y: Float64Array): number {
  const n = y.length;
  const total = y.reduce((sum, label) => sum + label, 0);
  switch (loss.name) {
    case 'squared':
      return n > 0 ? total / n : 0;
    case 'logistic':
      return Math.log((total + 0.5) / (n - total + 0.5));
    case 'poisson':
    case 'tweedie':
      return total > 0 ? Math.log(total / n) : -FARTHEST;
    case 'quantile':
      return n > 0 ? quantile(y, loss.level) : 0;
    default:
      return assertNever(loss);
  }
}

/** Writes dL/dF and d²L/dF² of each row. Losses without a useful second derivative have 1. */
export function gradients(loss: Loss, score: Float64Array, y: Float64Array, gradient: Float64Array, curvature: Float64Array): void {
  const n = y.length;
  switch (loss.name) {
    case 'squared':
      for (let i = 0; i < n; i++) gradient[i] = (score[i] ?? 0) - (y[i] ?? 0);
      curvature.fill(1);
      return;
    case 'logistic':
      for (let i = 0; i < n; i++) {
        const p = sigmoid(score[i] ?? 0);
        gradient[i] = p - (y[i] ?? 0);
        curvature[i] = Math.max(1e-16, p * (1 - p));
      }
      return;
    case 'poisson':
      for (let i = 0; i < n; i++) {
        const mean = Math.exp(bounded(score[i] ?? 0));
        gradient[i] = mean - (y[i] ?? 0);
        curvature[i] = mean;
      }
      return;
    case 'tweedie': {
      const { power } = loss;
      for (let i = 0; i < n; i++) {
        const f = bounded(score[i] ?? 0);
        const first = (y[i] ?? 0) * Math.exp((1 - power) * f);
        const second = Math.exp((2 - power) * f);
        gradient[i] = second - first;
        curvature[i] = (power - 1) * first + (2 - power) * second;
      }
      return;
    }
    case 'quantile':
      for (let i = 0; i < n; i++) gradient[i] = (y[i] ?? 0) > (score[i] ?? 0) ? -loss.level : 1 - loss.level;
      curvature.fill(1);
      return;
    default:
      assertNever(loss);
  }
}

/** Mean loss of scores on labels: what early stopping watches. Poisson and Tweedie leave out what does not depend on F. */
export function meanLoss(loss: Loss, score: Float64Array, y: Float64Array): number {
  const n = y.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += pointLoss(loss, score[i] ?? 0, y[i] ?? 0);
  return n > 0 ? sum / n : 0;
}

/** Loss of one row at score `f`. */
export function pointLoss(loss: Loss, f: number, y: number): number {
  switch (loss.name) {
    case 'squared':
      return (y - f) ** 2 / 2;
    case 'logistic':
      return (f > 0 ? f + Math.log1p(Math.exp(-f)) : Math.log1p(Math.exp(f))) - y * f;
    case 'poisson':
      return Math.exp(bounded(f)) - y * bounded(f);
    case 'tweedie': {
      const at = bounded(f);
      return Math.exp((2 - loss.power) * at) / (2 - loss.power) - (y * Math.exp((1 - loss.power) * at)) / (1 - loss.power);
    }
    case 'quantile':
      return y > f ? loss.level * (y - f) : (1 - loss.level) * (f - y);
    default:
      return assertNever(loss);
  }
}

/** From score to what is predicted: a probability, a mean or a quantile. In place. */
export function predicted(loss: Loss, score: Float64Array): Float64Array {
  if (loss.name === 'logistic') for (let i = 0; i < score.length; i++) score[i] = sigmoid(score[i] ?? 0);
  else if (isLogLink(loss)) for (let i = 0; i < score.length; i++) score[i] = Math.exp(bounded(score[i] ?? 0));
  return score;
}
