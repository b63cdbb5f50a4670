/** BG/NBD and MBG/NBD beyond the reference shops: integrals, gradients through optima, units, limits. */
import { describe, expect, it } from 'vitest';
import { simulateShop, type ShopTruth } from '../../bench/simulate-shop.ts';
import { countsWhileAlive, purchasePairsWhileAlive, purchasesWhileAlive, residualWhileAlive } from './beta-geometric.ts';
import { models } from './registry.ts';

const TRUTH: ShopTruth = { r: 0.5, alpha: 42, a: 0.9, b: 1.6, dropsAtFirst: true, p: 6, q: 4, v: 1500, maxDays: 300 };
const each = [models['mbg-nbd'], models['bg-nbd']];

describe('purchases of someone alive', () => {
  // Expected: adaptive quadrature over p in mpmath, 20 digits.
  it.each([
    [0.24, 4.4, 0.79, 2.43, 39, 1.18817467380662],
    [0.24, 4.4, 1, 2.43, 39, 1.07494827997274],
    [0.24, 4.4, 0.5, 0.5, 39, 0.909689828571566],
    [2.5, 44, 2, 6, 52, 1.98059009904639],
    [30.2, 42, 3.5, 70, 52, 18.6474507790192],
    [10000.24, 400, 0.8, 10002.4, 52, 1237.27705233573],
  ])('shape %d, rate %d, a %d, b %d, t %d', (shape, rate, a, b, t, expected) => {
    expect(purchasesWhileAlive(shape, rate, a, b, t) / expected).toBeCloseTo(1, 7);
  });

  it.each([[0.24, 4.4, 0.79, 2.43, 39, 6.65465486670628], [2.5, 44, 2, 6, 52, 4.98787734340479], [30.2, 42, 3.5, 70, 52, 514.844313111647]])(
    'second factorial moment, shape %d',
    (shape, rate, a, b, t, expected) => {
      expect(purchasePairsWhileAlive(shape, rate, a, b, t) / expected).toBeCloseTo(1, 6);
    },
  );

  it('counts are a distribution with the stated mean and pairs', () => {
    expect(countsWhileAlive(2.5, 44, 2, 6, 52, 3)[3]).toBeCloseTo(0.125527109372, 10);
    const pmf = countsWhileAlive(2.5, 44, 2, 6, 52, 300);
    expect(pmf.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 10);
    expect(pmf.reduce((sum, p, n) => sum + n * p, 0)).toBeCloseTo(purchasesWhileAlive(2.5, 44, 2, 6, 52), 8);
    expect(pmf.reduce((sum, p, n) => sum + n * (n - 1) * p, 0)).toBeCloseTo(purchasePairsWhileAlive(2.5, 44, 2, 6, 52), 6);
  });

  it('discounted over all time: mpmath, and the undiscounted mean E[1/p] as its limit', () => {
    expect(residualWhileAlive(2.5, 44, 2, 6, 0.0027)).toBeCloseTo(4.10052712183, 8);
    expect(residualWhileAlive(2.5, 44, 3, 6, 0)).toBe(4);
    expect(residualWhileAlive(2.5, 44, 3, 6, 1e-5) / 4).toBeCloseTo(1, 2);
    expect(residualWhileAlive(2.5, 44, 0.8, 6, 0)).toBe(Infinity);
  });

  it('is smooth where the closed form divides by zero', () => {
    const at = (a: number, b: number): number => purchasesWhileAlive(0.3, 5, a, b, 52);
    expect(at(1, 2)).toBeCloseTo((at(1 - 1e-4, 2) + at(1 + 1e-4, 2)) / 2, 6);
    expect(at(0.4, 0.6)).toBeCloseTo((at(0.4, 0.6 - 1e-4) + at(0.4, 0.6 + 1e-4)) / 2, 6);
  });
});

describe.each(each)('$name', (model) => {
  const shop = simulateShop(4000, { ...TRUTH, dropsAtFirst: model.name === 'mbg-nbd' }, 7);
  const fit = model.fit(shop);

  it('ends at a maximum: no worse than the truth, and every step away is worse', () => {
    expect(fit.converged).toBe(true);
    const { r, alpha, a, b } = TRUTH;
    expect(fit.logLikelihood).toBeGreaterThanOrEqual(model.logLikelihood({ r, alpha: alpha / 7, a, b }, shop, 7));
    for (const symbol of ['r', 'alpha', 'a', 'b']) {
      for (const factor of [0.98, 1.02]) {
        const moved = { ...fit.params, [symbol]: (fit.params[symbol] ?? NaN) * factor };
        expect(model.logLikelihood(moved, shop, 7)).toBeLessThan(fit.logLikelihood);
      }
    }
  });

  it('does not depend on the unit', () => {
    for (const unitDays of [1, 30.4375]) {
      const other = model.fit(shop, { unitDays });
      expect((other.params['alpha'] ?? NaN) * unitDays).toBeCloseTo((fit.params['alpha'] ?? NaN) * 7, 8);
      expect(other.params['r']).toBeCloseTo(fit.params['r'] ?? NaN, 8);
      const [x, tx, T] = [3, 100, 200];
      expect(model.pAlive(other.params, x, tx / unitDays, T / unitDays)).toBeCloseTo(model.pAlive(fit.params, x, tx / 7, T / 7), 8);
      expect(model.expectedPurchases(other.params, 365 / unitDays, x, tx / unitDays, T / unitDays)).toBeCloseTo(model.expectedPurchases(fit.params, 365 / 7, x, tx / 7, T / 7), 7);
    }
  });

  it('is the same from customers and from weighted rows in another order', () => {
    const count = shop.x.length;
    const back = (column: Float64Array): Float64Array => Float64Array.from({ length: count }, (_, i) => column[count - 1 - i] ?? NaN);
    const twice = model.fit({ x: back(shop.x), tx: back(shop.tx), T: back(shop.T), weights: new Float64Array(count).fill(2) });
    expect(twice.n).toBe(2 * count);
    expect(twice.uniqueRows).toBe(fit.uniqueRows);
    expect(twice.logLikelihood).toBeCloseTo(2 * fit.logLikelihood, 4);
    expect(twice.params['r']).toBeCloseTo(fit.params['r'] ?? NaN, 5);
  });

  it('E[X(t)] is the mean of what simulated newcomers do', () => {
    const truth = { ...TRUTH, dropsAtFirst: model.name === 'mbg-nbd', alpha: 420, maxDays: 1 };
    const params = { r: truth.r, alpha: truth.alpha / 7, a: truth.a, b: truth.b };
    // Long gaps between purchases, so that few fall on one day; everyone is watched for 300 days.
    const newcomers = simulateShop(60_000, { ...truth, maxDays: 300, minDays: 300 }, 3);
    const mean = newcomers.x.reduce((sum, x) => sum + x, 0) / newcomers.x.length;
    expect(Math.abs(mean / model.expectedNew(params, 300 / 7) - 1)).toBeLessThan(0.03);
  });

  it('without dropout becomes NBD', () => {
    const params = { r: 2, alpha: 10, a: 0, b: 1 };
    expect(model.pAlive(params, 3, 1, 50)).toBe(1);
    expect(model.expectedPurchases(params, 20, 3, 1, 50)).toBeCloseTo((20 * 5) / 60, 12);
    expect(model.expectedNew(params, 20)).toBeCloseTo(4, 12);
    expect(model.expectedPurchases({ ...params, a: 1e-9 }, 20, 3, 1, 50)).toBeCloseTo((20 * 5) / 60, 5);
  });
});
