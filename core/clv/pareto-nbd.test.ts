/** Pareto/NBD beyond the reference shops: values against 30-digit quadrature, gradients, recovery, monotonicity, limits. */
import { describe, expect, it } from 'vitest';
import { simulateBuyers } from '../../bench/simulate-buyers.ts';
import { discountedStay } from './pareto-integral.ts';
import { paretoNbd } from './pareto-nbd.ts';

const near = (actual: number, expected: number, relative = 1e-9): void => {
  expect(Math.abs(actual / expected - 1), `${actual} against ${expected}`).toBeLessThan(relative);
};

describe('against mpmath, 30 digits', () => {
  // r, alpha, s, beta, x, tx, T; then log-likelihood, P(alive), E[N], E[N(N−1)], P(N = 0), P(N = 3) over 39, and DERT at 0.0027.
  it.each([
    [[0.553, 10.578, 0.606, 11.669, 2, 30.42857142857143, 38.857142857142854], [-9.554122824149, 0.86918615465116, 1.6742398888457, 4.4234618607733, 0.31895017578552, 0.11005701077985, 7.4600165092417]],
    [[0.553, 10.578, 0.606, 11.669, 0, 0, 38], [-0.51815589778209, 0.30041452374795, 0.36810490066792, 0.43226147773017, 0.76315647207377, 0.018404876362678, 1.6333821872293]],
    [[2, 5, 3, 40, 12, 20, 30], [-22.918154757517, 0.063005970379696, 8.2260752461914, 107.53640265971, 0.099568738426208, 0.066706830036071, 12.120781726646]],
    [[1e4, 2e4, 1e3, 5e4, 30, 40, 52], [-44.802883054722, 0.048233962163087, 13.551147932702, 230.40035293297, 0.038410504452183, 0.034150093410888, 22.072534038928]],
    [[0.2, 0.05, 0.1, 0.02, 5, 9, 52], [-14.667783115023, 0.0049438195378813, 3.7794433768869, 17.395349993853, 0.069524710088998, 0.16278534556455, 31.170864541719]],
    [[1.5, 20, 1, 20, 7, 3, 100], [-14.879105372106, 1.451829597558e-6, 2.3920059052246, 7.039387800733, 0.16701422640752, 0.16570435345644, 9.9817828013005]],
    [[0.8, 9, 2.5, 300, 400, 350, 360], [-364.72921900433, 0.0046018622488651, 39.434283195595, 1634.590231662, 0.0034790194976771, 0.0034285170918481, 188.51603690265]],
  ])('%j', ([r = 0, alpha = 0, s = 0, beta = 0, x = 0, tx = 0, T = 0], [logLikelihood = 0, alive = 0, mean = 0, pairs = 0, silent = 0, three = 0, dert = 0]) => {
    const params = { r, alpha, s, beta };
    near(paretoNbd.pAlive(params, x, tx, T), alive);
    near(paretoNbd.expectedIfAlive(params, 39, x, T), mean);
    near(paretoNbd.pairsIfAlive(params, 39, x, T), pairs, 1e-7);
    near(paretoNbd.silentIfAlive(params, 39, x, T), silent);
    near(paretoNbd.countsIfAlive(params, 39, x, T, 3)[3] ?? NaN, three, 1e-7);
    near(paretoNbd.residualIfAlive(params, 0.0027, x, T), dert, 1e-8);
    // The likelihood takes whole days: a unit of a seventh of a day makes every time above whole.
    const [days, last] = [T * 7, tx * 7].map(Math.round);
    const data = { x: Float64Array.of(x), tx: Float64Array.of(last ?? 0), T: Float64Array.of(days ?? 0) };
    expect(Math.abs(paretoNbd.logLikelihood(params, data, 7) - logLikelihood)).toBeLessThan(1e-7);
  });

  it.each([[0.6, 0.13, 2.9679123390219], [1, 2, 0.36132861688822], [2.5, 1e-4, 0.66653567017303], [50, 3, 0.019209090314054], [1e4, 100, 9.9019607824101e-5]])('discounted stay, s %d, z %d', (s, z, expected) => {
    near(discountedStay(s, z), expected);
  });
});

const TRUTH = { leaves: 'at any time', r: 0.6, alpha: 70, s: 0.8, beta: 120, p: 6, q: 4, v: 15, minDays: 60, maxDays: 400, horizonDays: 180 } as const;

describe('on simulated shops', () => {
  const shop = simulateBuyers(6000, TRUTH, 5);
  const fit = paretoNbd.fit(shop);

  it('ends at a maximum: no worse than the truth, and every step away is worse', () => {
    expect([fit.converged, fit.degenerate]).toEqual([true, false]);
    const { r, alpha, s, beta } = TRUTH;
    expect(fit.logLikelihood).toBeGreaterThanOrEqual(paretoNbd.logLikelihood({ r, alpha: alpha / 7, s, beta: beta / 7 }, shop, 7));
    for (const symbol of paretoNbd.symbols) {
      for (const factor of [0.97, 1.03]) {
        expect(paretoNbd.logLikelihood({ ...fit.params, [symbol]: (fit.params[symbol] ?? NaN) * factor }, shop, 7)).toBeLessThan(fit.logLikelihood);
      }
    }
  });

  it('does not depend on the unit of time, the order of customers, or whether equal ones are grouped', () => {
    const days = paretoNbd.fit(shop, { unitDays: 1 });
    const back = paretoNbd.fit({ x: shop.x.toReversed(), tx: shop.tx.toReversed(), T: shop.T.toReversed(), weights: new Float64Array(shop.x.length).fill(2) });
    for (const symbol of paretoNbd.symbols) {
      near(days.params[symbol] ?? NaN, (fit.params[symbol] ?? NaN) * (paretoNbd.times.includes(symbol) ? 7 : 1), 1e-5);
      near(back.params[symbol] ?? NaN, fit.params[symbol] ?? NaN, 1e-4);
    }
    near(paretoNbd.pAlive(days.params, 3, 100, 200), paretoNbd.pAlive(fit.params, 3, 100 / 7, 200 / 7), 1e-6);
    near(paretoNbd.expectedPurchases(days.params, 365, 3, 100, 200), paretoNbd.expectedPurchases(fit.params, 365 / 7, 3, 100 / 7, 200 / 7), 1e-6);
    expect(back.n).toBe(12_000);
  });

  it('E[X(t)] is the mean of what simulated newcomers do', () => {
    const newcomers = simulateBuyers(60_000, { ...TRUTH, alpha: 700, minDays: 300, maxDays: 300 }, 3);
    const mean = newcomers.x.reduce((sum, x) => sum + x, 0) / newcomers.x.length;
    near(mean, paretoNbd.expectedNew({ r: 0.6, alpha: 100, s: 0.8, beta: 120 / 7 }, 300 / 7), 0.03);
  });

  it('the next order comes as simulated: half of those who order again by the median, a tenth by the tenth', () => {
    const params = { r: 0.6, alpha: 10, s: 0.8, beta: 17 };
    for (const share of [0.1, 0.5, 0.9]) {
      const at = paretoNbd.nextOrderIfAlive(params, 3, 40, share);
      const ever = 1 - paretoNbd.silentIfAlive(params, 1e9, 3, 40);
      near((1 - paretoNbd.silentIfAlive(params, at, 3, 40)) / ever, share, 1e-6);
    }
  });
});

describe('what theory says of every parameter', () => {
  const params = { r: 0.6, alpha: 10, s: 0.8, beta: 17 };

  it('P(alive) rises with a later last purchase and falls with a longer silence', () => {
    let before = 0;
    for (let tx = 1; tx <= 50; tx++) {
      const alive = paretoNbd.pAlive(params, 4, tx, 50);
      expect(alive).toBeGreaterThan(before);
      before = alive;
    }
    expect(before).toBe(1);
    for (let T = 51; T < 400; T += 10) expect(paretoNbd.pAlive(params, 4, 50, T + 10)).toBeLessThan(paretoNbd.pAlive(params, 4, 50, T));
  });

  it('more purchases mean more to come of someone alive; longer horizons too; discounting takes away', () => {
    for (let x = 0; x < 30; x++) expect(paretoNbd.expectedIfAlive(params, 52, x + 1, 60)).toBeGreaterThan(paretoNbd.expectedIfAlive(params, 52, x, 60));
    for (let t = 1; t < 500; t += 7) expect(paretoNbd.expectedIfAlive(params, t + 7, 2, 60)).toBeGreaterThan(paretoNbd.expectedIfAlive(params, t, 2, 60));
    for (const delta of [0.001, 0.01, 0.1]) expect(paretoNbd.residualIfAlive(params, 2 * delta, 2, 60)).toBeLessThan(paretoNbd.residualIfAlive(params, delta, 2, 60));
  });

  it('counts are a distribution: they sum to one and have the stated mean and pairs', () => {
    const pmf = paretoNbd.countsIfAlive(params, 52, 5, 60, 400);
    let [sum, mean, pairs] = [0, 0, 0];
    pmf.forEach((p, n) => {
      sum += p;
      mean += n * p;
      pairs += n * (n - 1) * p;
    });
    near(sum, 1, 1e-9);
    near(mean, paretoNbd.expectedIfAlive(params, 52, 5, 60), 1e-8);
    near(pairs, paretoNbd.pairsIfAlive(params, 52, 5, 60), 1e-6);
    near(pmf[0] ?? NaN, paretoNbd.silentIfAlive(params, 52, 5, 60), 1e-9);
  });

  it('without dropout becomes NBD, and comes near it as s falls', () => {
    const staying = paretoNbd.stayingParams(2, 10);
    expect(paretoNbd.pAlive(staying, 3, 1, 50)).toBe(1);
    near(paretoNbd.expectedPurchases(staying, 20, 3, 1, 50), (20 * 5) / 60);
    near(paretoNbd.expectedPurchases({ r: 2, alpha: 10, s: 1e-9, beta: 10 }, 20, 3, 1, 50), (20 * 5) / 60, 1e-5);
    expect(paretoNbd.residualIfAlive(staying, 0, 3, 50)).toBe(Infinity);
    expect(paretoNbd.withoutDropout(staying, 7)).toBe(true);
  });
});
