/** Every likelihood's analytic gradient against central differences, at ordinary and at hostile parameters. */
import { describe, expect, it } from 'vitest';
import { simulateBuyers } from '../../bench/simulate-buyers.ts';
import { bgBb } from './bg-bb.ts';
import { models } from './registry.ts';

const shop = simulateBuyers(400, { leaves: 'at any time', r: 0.7, alpha: 40, s: 0.9, beta: 100, p: 6, q: 4, v: 15, minDays: 30, maxDays: 700, horizonDays: 1 }, 2);
// Histories that no table serves: more purchases than days, a purchase on the last day, a day of nothing.
shop.x.set([10_000, 500, 3, 0, 60]);
shop.tx.set([300, 400, 350, 0, 61]);
shop.T.set([300, 400, 350, 0, 700]);

describe.each([...Object.values(models), bgBb])('$name', (model) => {
  const rows = model.toRows(shop);
  it.each([
    [-0.5, -0.2, -0.3, 0.4],
    [1.5, -2, 1.2, -1.5],
    [-3, -4, -2, -3],
    [6, 5, 7, 6],
    [-6, 3, 2, -5],
  ])('at %d %d %d %d', (...at) => {
    const likelihood = model.rowLikelihood(100);
    const gradient = new Float64Array(4);
    const value = likelihood(rows, Float64Array.from(at), gradient);
    expect(Number.isFinite(value)).toBe(true);
    at.forEach((_, i) => {
      const step = 1e-5;
      const around = [-2, -1, 1, 2].map((steps) => likelihood(rows, Float64Array.from(at, (v, j) => (i === j ? v + steps * step : v)), new Float64Array(4)));
      const [a = 0, b = 0, c = 0, d = 0] = around;
      const slope = (a - 8 * b + 8 * c - d) / (12 * step);
      expect(Math.abs((gradient[i] ?? NaN) - slope), `parameter ${i}: ${gradient[i]} against ${slope}`).toBeLessThan(1e-6 * (Math.abs(slope) + Math.abs(value) * 1e-3 + 1));
    });
  });
});
