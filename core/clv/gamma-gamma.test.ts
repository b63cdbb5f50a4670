/** Gamma-Gamma: its gradient, what it does not depend on, and which way shrinkage goes. */
import { describe, expect, it } from 'vitest';
import { simulateBuyers } from '../../bench/simulate-buyers.ts';
import { expectedSpend, fitGammaGamma, spendObjective } from './gamma-gamma.ts';

const shop = simulateBuyers(2500, { leaves: 'at any time', r: 0.9, alpha: 40, s: 0.7, beta: 150, p: 6, q: 4, v: 1500, minDays: 100, maxDays: 500, horizonDays: 1 }, 21);
const data = { x: shop.x, m: shop.m };
const fit = fitGammaGamma(data);

describe('Gamma-Gamma', () => {
  it.each([[1.8, 1.1, 7.3], [0, 0, 0], [-3, 2, 9], [5, -4, 3]])('has the gradient of its likelihood at %d %d %d', (...at) => {
    const objective = spendObjective(data)!;
    const gradient = new Float64Array(3);
    const value = objective(Float64Array.from(at), gradient);
    at.forEach((_, i) => {
      const step = 1e-4;
      const [a = 0, b = 0, c = 0, d = 0] = [-2, -1, 1, 2].map((steps) => objective(Float64Array.from(at, (v, j) => (i === j ? v + steps * step : v)), new Float64Array(3)));
      const slope = (a - 8 * b + 8 * c - d) / (12 * step);
      expect(Math.abs((gradient[i] ?? NaN) - slope), `parameter ${i}`).toBeLessThan(1e-5 * (Math.abs(slope) + 1e-3 * Math.abs(value) + 1));
    });
  });

  it('does not depend on the unit of money, the order of rows, or whether equal ones are grouped', () => {
    const cents = fitGammaGamma({ x: shop.x, m: shop.m.map((m) => 100 * m) });
    expect(cents.params.p).toBeCloseTo(fit.params.p, 4);
    expect(cents.params.q).toBeCloseTo(fit.params.q, 4);
    expect(cents.params.v / fit.params.v / 100).toBeCloseTo(1, 5);
    const back = fitGammaGamma({ x: shop.x.toReversed(), m: shop.m.toReversed() });
    const twice = fitGammaGamma({ ...data, weights: new Float64Array(shop.x.length).fill(2) });
    for (const other of [back, twice]) for (const symbol of ['p', 'q', 'v'] as const) expect(other.params[symbol] / fit.params[symbol]).toBeCloseTo(1, 5);
    expect(twice.n).toBe(2 * fit.n);
  });

  it('expects more of who spent more, her own mean the more she bought, and the average of who never came back', () => {
    const { params, populationMean } = fit;
    expect(expectedSpend(params, 0, 0)).toBeCloseTo(populationMean, 8);
    for (const x of [1, 2, 5, 20]) {
      for (let m = 100; m < 5000; m += 300) {
        expect(expectedSpend(params, x, m + 300)).toBeGreaterThan(expectedSpend(params, x, m));
        expect(Math.abs(expectedSpend(params, x + 1, m) - m)).toBeLessThanOrEqual(Math.abs(expectedSpend(params, x, m) - m));
      }
    }
    expect(expectedSpend(params, 100_000, 777)).toBeCloseTo(777, 0);
  });
});
