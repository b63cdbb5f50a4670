/** BG/BB: the published donations fit and predictions, recovery from simulated periods, and what theory says. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { gammaDraw, seeded } from '../../bench/simulate-shop.ts';
import { hasReference, referenceJson } from '../../tests/support/reference-orders.ts';
import { referenceFile } from '../../tests/support/reference.ts';
import { bgBb } from './bg-bb.ts';
import { parameterUncertainty } from './uncertainty.ts';

const referenceSchema = z.object({
  params: z.record(z.string(), z.number()),
  loglik: z.number(),
  sum_expected_next5: z.number(),
  patterns: z.array(z.object({ x: z.number(), tx: z.number(), n: z.number(), count: z.number(), palive_next: z.number(), expected_next5: z.number() })),
  tolerance: z.object({ params_rel: z.number(), loglik_abs: z.number(), pred_rel: z.number() }),
});

const within = (actual: number, expected: number, relative: number): void => {
  expect(Math.abs(actual - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(relative * Math.abs(expected));
};

describe.runIf(hasReference('BG/BB on donations', 'reference/donations_bgbb.json', 'data/donations_bgbb.csv'))('donations', () => {
  it('agrees with the published fit, P(alive) and expected donations', () => {
    const reference = referenceSchema.parse(referenceJson('reference/donations_bgbb.json'));
    const lines = referenceFile('data/donations_bgbb.csv').toString('utf8').trim().split('\n').slice(1).map((line) => line.split(',').map(Number));
    const column = (i: number): Float64Array => Float64Array.from(lines, (line) => line[i] ?? NaN);
    const data = { x: column(0), tx: column(1), T: column(2), weights: column(3) };
    const fit = bgBb.fit(data);
    expect([fit.converged, fit.degenerate, fit.n]).toEqual([true, false, 11_104]);
    expect(Math.abs(fit.logLikelihood - reference.loglik)).toBeLessThanOrEqual(reference.tolerance.loglik_abs);
    expect(bgBb.logLikelihood(fit.params, data, 1)).toBeCloseTo(fit.logLikelihood, 8);
    for (const [symbol, value] of Object.entries(reference.params)) within(fit.params[symbol] ?? NaN, value, reference.tolerance.params_rel);
    let total = 0;
    for (const each of reference.patterns) {
      const expected = bgBb.expectedPurchases(fit.params, 5, each.x, each.tx, each.n);
      within(bgBb.pAlive(fit.params, each.x, each.tx, each.n), each.palive_next, reference.tolerance.pred_rel);
      within(expected, each.expected_next5, reference.tolerance.pred_rel);
      total += each.count * expected;
    }
    within(total, reference.sum_expected_next5, reference.tolerance.pred_rel);
  });
});

const TRUTH = { alpha: 1.2, beta: 2, gamma: 0.8, delta: 5 };

/** `count` customers watched for `least` … `most` periods. */
function simulatePeriods(count: number, seed: number, least: number, most: number) {
  const random = seeded(seed);
  const beta = (a: number, b: number): number => {
    const one = gammaDraw(a, random);
    return one / (one + gammaDraw(b, random));
  };
  const column = (): Float64Array => new Float64Array(count);
  const data = { x: column(), tx: column(), T: column() };
  for (let i = 0; i < count; i++) {
    const buys = beta(TRUTH.alpha, TRUTH.beta);
    const leaves = beta(TRUTH.gamma, TRUTH.delta);
    const n = least + Math.floor(random() * (most - least + 1));
    data.T[i] = n;
    for (let t = 1; t <= n && random() >= leaves; t++) {
      if (random() >= buys) continue;
      data.x[i] = (data.x[i] ?? 0) + 1;
      data.tx[i] = t;
    }
  }
  return data;
}

describe('BG/BB', () => {
  const data = simulatePeriods(6000, 4, 3, 24);
  const fit = bgBb.fit(data);

  it('ends at a maximum near the truth, every parameter within three standard errors of it', () => {
    expect(fit.converged).toBe(true);
    const { standardErrors } = parameterUncertainty(bgBb, fit, data);
    for (const symbol of bgBb.symbols) expect(Math.abs((fit.params[symbol] ?? NaN) - (TRUTH as Record<string, number>)[symbol]!) / (standardErrors?.[symbol] ?? NaN), symbol).toBeLessThan(3);
    expect(fit.logLikelihood).toBeGreaterThanOrEqual(bgBb.logLikelihood(TRUTH, data, 1));
    expect(fit.logLikelihood - bgBb.logLikelihood(TRUTH, data, 1)).toBeLessThan(8);
    for (const symbol of bgBb.symbols) {
      for (const factor of [0.97, 1.03]) expect(bgBb.logLikelihood({ ...fit.params, [symbol]: (fit.params[symbol] ?? NaN) * factor }, data, 1)).toBeLessThan(fit.logLikelihood);
    }
  });

  it('does not depend on the order of rows, nor on whether they are grouped', () => {
    const count = data.x.length;
    const back = (column: Float64Array): Float64Array => column.slice().reverse();
    const other = bgBb.fit({ x: back(data.x), tx: back(data.tx), T: back(data.T), weights: new Float64Array(count).fill(2) });
    expect(other.logLikelihood).toBeCloseTo(2 * fit.logLikelihood, 4);
    for (const symbol of bgBb.symbols) within(other.params[symbol] ?? NaN, fit.params[symbol] ?? NaN, 1e-4);
  });

  it('E[X(n)] is the mean of what simulated newcomers do', () => {
    const newcomers = simulatePeriods(60_000, 9, 12, 12);
    within(newcomers.x.reduce((sum, x) => sum + x, 0) / newcomers.x.length, bgBb.expectedNew(TRUTH, 12), 0.03);
  });

  it('counts are a distribution with the stated mean, pairs and silence', () => {
    for (const [x, n] of [[3, 8], [0, 1], [200, 400]] as const) {
      const pmf = bgBb.countsIfAlive(TRUTH, 20, x, n, 20);
      expect(pmf.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 10);
      within(pmf.reduce((sum, p, m) => sum + m * p, 0), bgBb.expectedIfAlive(TRUTH, 20, x, n), 1e-9);
      within(pmf.reduce((sum, p, m) => sum + m * (m - 1) * p, 0), bgBb.pairsIfAlive(TRUTH, 20, x, n), 1e-9);
      within(bgBb.silentIfAlive(TRUTH, 20, x, n), pmf[0] ?? NaN, 1e-9);
    }
  });

  it('the closed forms of the paper: expectation (eq. 13) and the undiscounted sum of all that is to come', () => {
    const [x, n, ahead] = [3, 8, 20];
    const { alpha, beta, gamma, delta } = { ...TRUTH, gamma: 1.8 };
    const params = { alpha, beta, gamma, delta };
    // δ/(γ − 1) · … of eq. 13, relative to being alive in the next period.
    const gone = (m: number): number => Array.from({ length: m }, (_, i) => (delta + 1 + i) / (gamma + delta + i)).reduce((product, each) => product * each, 1);
    const there = Array.from({ length: n + 1 }, (_, i) => (delta + i) / (gamma + delta + i)).reduce((product, each) => product * each, 1);
    within(bgBb.expectedIfAlive(params, ahead, x, n), (((alpha + x) / (alpha + beta + n)) * (delta / (gamma - 1)) * (gone(n) - gone(n + ahead))) / there, 1e-9);
    within(bgBb.residualIfAlive(params, 1e-6, x, n), bgBb.residualIfAlive(params, 0, x, n), 1e-2);
    expect(bgBb.residualIfAlive(TRUTH, 0, x, n)).toBe(Infinity);
    expect(bgBb.residualIfAlive(params, 0.1, x, n)).toBeLessThan(bgBb.residualIfAlive(params, 0.01, x, n));
  });

  it('P(alive) rises with a later last purchase and falls with a longer silence; the next order comes later for those who buy less', () => {
    for (let tx = 4; tx < 20; tx++) expect(bgBb.pAlive(TRUTH, 3, tx + 1, 20)).toBeGreaterThan(bgBb.pAlive(TRUTH, 3, tx, 20));
    for (let n = 20; n < 60; n++) expect(bgBb.pAlive(TRUTH, 3, 10, n + 1)).toBeLessThan(bgBb.pAlive(TRUTH, 3, 10, n));
    expect(bgBb.nextOrderIfAlive(TRUTH, 1, 30)).toBeGreaterThan(bgBb.nextOrderIfAlive(TRUTH, 20, 30));
    expect(bgBb.pAlive(TRUTH, 900, 900, 100_000)).toBe(0);
  });
});
