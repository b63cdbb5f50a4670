/** How good probabilities are: whether they rank, whether they are sharp, and whether they mean what they say. */
import { z } from 'zod';

export const classifierMetricsSchema = z.strictObject({
  rows: z.number(),
  positives: z.number(),
  /** Null where there is only one class: nothing to tell apart. */
  auc: z.number().nullable(),
  pr_auc: z.number().nullable(),
  logloss: z.number(),
  brier: z.number(),
  /** At and above it a customer counts as positive. */
  threshold: z.number(),
  precision: z.number().nullable(),
  recall: z.number().nullable(),
});

export type ClassifierMetrics = z.infer<typeof classifierMetricsSchema>;

/** Positions of `values`, greatest first. */
function descending(values: Float64Array): Int32Array {
  return new Int32Array(values.length).map((_, i) => i).sort((i, j) => (values[j] ?? 0) - (values[i] ?? 0));
}

/** Calls `visit` once for each distinct score, greatest first, with the labels it holds. */
function eachScore(p: Float64Array, y: Float64Array, visit: (positives: number, negatives: number, score: number) => void): void {
  const order = descending(p);
  for (let at = 0; at < order.length; ) {
    const score = p[order[at] ?? 0] ?? 0;
    let positives = 0;
    let count = 0;
    for (; at < order.length && p[order[at] ?? 0] === score; at++) {
      positives += y[order[at] ?? 0] ?? 0;
      count++;
    }
    visit(positives, count - positives, score);
  }
}

/** Area under the ROC curve: P(a positive ranks above a negative), ties counting half (Hanley & McNeil 1982). Null with one class. */
export function auc(p: Float64Array, y: Float64Array): number | null {
  let above = 0;
  let positives = 0;
  let pairs = 0;
  eachScore(p, y, (here, negatives) => {
    pairs += negatives * (positives + here / 2);
    positives += here;
    above += negatives;
  });
  return positives > 0 && above > 0 ? pairs / (positives * above) : null;
}

/** Average precision: Σ (recall step)·precision over distinct scores, without interpolation (Davis & Goadrich 2006). Null with one class. */
export function averagePrecision(p: Float64Array, y: Float64Array): number | null {
  let positives = 0;
  let all = 0;
  let sum = 0;
  eachScore(p, y, (here, negatives) => {
    positives += here;
    all += here + negatives;
    sum += here * (positives / all);
  });
  return positives > 0 && positives < all ? sum / positives : null;
}

/** Mean negative log-likelihood of labels 0 or 1; probabilities are kept 1e-15 away from certainty. */
export function logLoss(p: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += labelLoss(p[i] ?? 0, y[i] ?? 0);
  return p.length > 0 ? sum / p.length : 0;
}

/** Negative log-likelihood of one label. */
export function labelLoss(p: number, label: number): number {
  const sure = Math.min(1 - 1e-15, Math.max(1e-15, p));
  return -(label * Math.log(sure) + (1 - label) * Math.log(1 - sure));
}

/** Mean squared difference of probability and label (Brier 1950, for two classes). */
export function brierScore(p: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += ((p[i] ?? 0) - (y[i] ?? 0)) ** 2;
  return p.length > 0 ? sum / p.length : 0;
}

/** Probability from which on the F1 score of these rows is greatest; 0.5 with one class. */
export function bestThreshold(p: Float64Array, y: Float64Array): number {
  const total = y.reduce((sum, label) => sum + label, 0);
  if (total === 0 || total === y.length) return 0.5;
  let positives = 0;
  let all = 0;
  let best = 0.5;
  let most = -1;
  eachScore(p, y, (here, negatives, score) => {
    positives += here;
    all += here + negatives;
    const f1 = (2 * positives) / (all + total);
    if (f1 > most) {
      most = f1;
      best = score;
    }
  });
  return best;
}

/** All of them for probabilities `p` of labels `y` (0 or 1), with precision and recall at `threshold`. */
export function classifierMetrics(p: Float64Array, y: Float64Array, threshold: number): ClassifierMetrics {
  let found = 0;
  let named = 0;
  let positives = 0;
  for (let i = 0; i < p.length; i++) {
    const label = y[i] ?? 0;
    positives += label;
    if ((p[i] ?? 0) < threshold) continue;
    named++;
    found += label;
  }
  return {
    rows: p.length,
    positives,
    auc: auc(p, y),
    pr_auc: averagePrecision(p, y),
    logloss: logLoss(p, y),
    brier: brierScore(p, y),
    threshold,
    precision: named > 0 ? found / named : null,
    recall: positives > 0 ? found / positives : null,
  };
}
