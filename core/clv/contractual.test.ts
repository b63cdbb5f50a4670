/** Churn and the value of contracts, against closed forms and simulated futures. */
import { describe, expect, it } from 'vitest';
import { churnOf, contractsValue, contractValue, monthsOf } from './contractual.ts';
import type { Churn } from './contractual.ts';
import { betaQuantile } from '../math/incomplete-beta.ts';

/** A rate known beyond doubt. */
const certain = (p: number): Churn => {
  const weight = 1e9;
  return { ...churnOf([]), a: p * weight, b: (1 - p) * weight, mean: p, tail: 0.1, source: 'observed' };
};
const year = { months: 12, discountMonthly: 0.01 };

/** mulberry32 */
function random(seed: number) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

describe('churn', () => {
  it('is the shipped prior without months, and says so', () => {
    expect(churnOf([])).toMatchObject({ source: 'prior', contractMonths: 0, mean: 0.05 });
    expect(churnOf([]).high - churnOf([]).low).toBeGreaterThan(0.1);
  });

  it('comes from the shop’s own months once there are enough', () => {
    const churn = churnOf(Array.from({ length: 12 }, () => ({ atStart: 500, churned: 15 })));
    expect(churn).toMatchObject({ source: 'observed', contractMonths: 6000, churned: 180 });
    expect(churn.mean).toBeCloseTo(0.0301, 4);
    expect(churn.low).toBeLessThan(0.03);
    expect(churn.high).toBeGreaterThan(0.03);
    expect(churn.high - churn.low).toBeLessThan(0.007);
  });
});

describe('value of one contract', () => {
  it('is the geometric series when the rate is certain', () => {
    const ratio = 0.95 / 1.01;
    expect(contractValue(1000, certain(0.05), year).mean).toBeCloseTo((1000 * ratio * (1 - ratio ** 12)) / (1 - ratio), 3);
    expect(contractValue(1000, certain(0.05), { months: null, discountMonthly: 0.01 }).mean).toBeCloseTo((1000 * ratio) / (1 - ratio), 2);
    // Without discount: 1/p − 1 payments to come.
    expect(contractValue(1, certain(0.05), { months: null, discountMonthly: 0 }).mean).toBeCloseTo(19, 3);
  });

  it('has an interval of when she ends it, within nothing and all months', () => {
    const value = contractValue(1000, certain(0.05), { months: 12, discountMonthly: 0 });
    // P(K ≤ 2) = 1 − 0.95³ = 0.143 is the first to pass 0.1; P(K = 12) = 0.54.
    expect(value).toMatchObject({ low: 2000, high: 12000 });
  });

  it('is worth more when the rate is unsure: it may be small', () => {
    expect(contractValue(1, churnOf([]), { months: null, discountMonthly: 0.008 }).mean)
      .toBeGreaterThan(contractValue(1, certain(0.05), { months: null, discountMonthly: 0.008 }).mean);
  });
});

describe('value of all contracts', () => {
  const payers = Array.from({ length: 40 }, (_, i) => 500 + 100 * (i % 7));
  const sums = { total: payers.reduce((s, v) => s + v, 0), squares: payers.reduce((s, v) => s + v * v, 0) };

  it('adds up to the contracts', () => {
    const churn = churnOf([{ atStart: 200, churned: 9 }]);
    expect(contractsValue(sums, churn, year).mean).toBeCloseTo(payers.reduce((s, v) => s + contractValue(v, churn, year).mean, 0), 6);
    expect(contractsValue({ total: 0, squares: 0 }, churn, year)).toMatchObject({ mean: 0, low: 0, high: 0 });
  });

  it('covers simulated futures as often as it says', () => {
    const next = random(7);
    const churn = churnOf([{ atStart: 400, churned: 20 }]);
    const { mean, low, high } = contractsValue(sums, churn, year);
    // p from its posterior through its own quantiles, customers each by their own chance.
    const grid = Array.from({ length: 400 }, (_, i) => betaQuantile((i + 0.5) / 400, churn.a, churn.b));
    let below = 0, above = 0, sum = 0;
    const runs = 4000;
    for (let run = 0; run < runs; run++) {
      const p = grid[Math.floor(next() * grid.length)] ?? 0;
      let worth = 0;
      for (const amount of payers) for (let m = 1; m <= 12 && next() >= p; m++) worth += amount / 1.01 ** m;
      sum += worth;
      if (worth < low) below++;
      if (worth > high) above++;
    }
    expect(sum / runs / mean).toBeCloseTo(1, 2);
    expect(below / runs).toBeGreaterThan(0.07);
    expect(below / runs).toBeLessThan(0.13);
    expect(above / runs).toBeGreaterThan(0.07);
    expect(above / runs).toBeLessThan(0.13);
  });
});

it('takes a horizon in whole months', () => {
  expect([monthsOf(365), monthsOf(90), monthsOf(7), monthsOf(730)]).toEqual([12, 3, 1, 24]);
});
