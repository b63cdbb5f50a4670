import { describe, expect, it } from 'vitest';
import { seeded } from '#core/math/seeded';
import { auc, averagePrecision, bestThreshold, brierScore, classifierMetrics, logLoss } from './metrics.ts';

const p = Float64Array.of(0.9, 0.8, 0.8, 0.4, 0.1);
const y = Float64Array.of(1, 1, 0, 0, 1);

describe('metrics', () => {
  it('auc counts pairs, ties half', () => {
    // Positives .9 .8 .1 against negatives .8 .4: 2 + 1.5 + 0 of 6.
    expect(auc(p, y)).toBeCloseTo(3.5 / 6, 12);
  });

  it('auc equals the share of pairs in the right order on random scores with ties', () => {
    const random = seeded(5);
    const scores = Float64Array.from({ length: 200 }, () => Math.round(random() * 20) / 20);
    const labels = scores.map((score) => Number(random() < score));
    let right = 0;
    let pairs = 0;
    scores.forEach((a, i) => scores.forEach((b, j) => {
      if (labels[i] !== 1 || labels[j] !== 0) return;
      pairs++;
      right += a > b ? 1 : a === b ? 0.5 : 0;
    }));
    expect(auc(scores, labels)).toBeCloseTo(right / pairs, 12);
  });

  it('average precision takes tied scores as one step', () => {
    expect(averagePrecision(p, y)).toBeCloseTo((1 / 3) * 1 + (1 / 3) * (2 / 3) + (1 / 3) * (3 / 5), 12);
  });

  it('log-loss and Brier score are means, and finite for sure and wrong', () => {
    expect(brierScore(p, y)).toBeCloseTo((0.01 + 0.04 + 0.64 + 0.16 + 0.81) / 5, 12);
    expect(logLoss(Float64Array.of(0.25), Float64Array.of(1))).toBeCloseTo(Math.log(4), 12);
    expect(logLoss(Float64Array.of(0, 1), Float64Array.of(1, 0))).toBeCloseTo(15 * Math.log(10), 0);
  });

  it('the threshold is the one with the greatest F1', () => {
    const best = bestThreshold(p, y);
    const f1 = (at: number): number => {
      const { precision, recall } = classifierMetrics(p, y, at);
      return precision === null || recall === null || precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
    };
    for (const at of p) expect(f1(best)).toBeGreaterThanOrEqual(f1(at));
    expect(classifierMetrics(p, y, 0.8)).toMatchObject({ rows: 5, positives: 3, precision: 2 / 3, recall: 2 / 3 });
  });

  it('one class or no rows: null where nothing can be said, never NaN', () => {
    const one = classifierMetrics(Float64Array.of(0.2, 0.3), Float64Array.of(0, 0), 0.5);
    expect(one).toMatchObject({ auc: null, pr_auc: null, precision: null, recall: null });
    expect(classifierMetrics(new Float64Array(0), new Float64Array(0), 0.5)).toMatchObject({ logloss: 0, brier: 0 });
  });
});
