import { describe, expect, it } from 'vitest';
import { betaQuantile, incompleteBeta } from './incomplete-beta.ts';

describe('incomplete beta', () => {
  it('is x^a for b = 1, 1 − (1 − x)^b for a = 1, and symmetric', () => {
    for (const x of [0.001, 0.1, 0.37, 0.5, 0.9, 0.999]) {
      for (const n of [0.5, 1, 3, 40]) {
        expect(incompleteBeta(x, n, 1)).toBeCloseTo(x ** n, 12);
        expect(incompleteBeta(x, 1, n)).toBeCloseTo(1 - (1 - x) ** n, 12);
        expect(incompleteBeta(x, n, 7)).toBeCloseTo(1 - incompleteBeta(1 - x, 7, n), 12);
      }
    }
  });

  it('is the binomial tail for whole parameters', () => {
    // P(at least 3 of 10) at 0.3 = 1 − (0.7^10 + 10·0.3·0.7^9 + 45·0.09·0.7^8)
    expect(incompleteBeta(0.3, 3, 8)).toBeCloseTo(1 - (0.7 ** 10 + 3 * 0.7 ** 9 + 4.05 * 0.7 ** 8), 12);
  });

  it('is undone by its quantile, also for thousands of observations', () => {
    for (const [a, b] of [[1.5, 28.5], [0.4, 0.4], [120, 3400], [2500, 90000]] as const) {
      for (const p of [0.025, 0.1, 0.5, 0.9, 0.975]) expect(incompleteBeta(betaQuantile(p, a, b), a, b)).toBeCloseTo(p, 9);
    }
  });
});
