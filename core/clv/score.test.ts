/** Scores: one and many agree, nothing is ever NaN or infinite, and intervals hold what they promise. */
import { describe, expect, it } from 'vitest';
import { gammaDraw, seeded } from '../../bench/simulate-shop.ts';
import { stageRules, STAGES } from './lifecycle.ts';
import { models } from './registry.ts';
import { NO_DAY, scoreAll, scoreCustomer, type ScoreInput, type ScoringParams } from './score.ts';
import { aliveFuture, customerValue, monthlyRate } from './value.ts';

const PARAMS: ScoringParams = {
  behaviour: { model: 'mbg-nbd', params: { r: 0.52, alpha: 6.18, a: 0.89, b: 1.61 }, unitDays: 7 },
  spend: { params: { p: 6.25, q: 3.74, v: 1544 } },
  horizonDays: 365,
  discountAnnual: 0.1,
  stage: stageRules(40),
  tail: 0.1,
};
const ASOF = 20_000;

function customer(change: Partial<ScoreInput> = {}): ScoreInput {
  return { purchaseDays: 4, firstDay: ASOF - 300, lastDay: ASOF - 20, asOfDay: ASOF, repeatSpend: 12_000, netToDate: 16_000, ...change };
}

describe('scoreCustomer', () => {
  it('gives whole minor units, an interval around the mean and a total', () => {
    const score = scoreCustomer(customer(), PARAMS);
    for (const money of [score.expectedSpendPerOrder, score.predictedValue, score.predictedLow, score.predictedHigh]) expect(Number.isInteger(money)).toBe(true);
    expect(score.predictedLow).toBeLessThanOrEqual(score.predictedValue);
    expect(score.predictedHigh).toBeGreaterThan(score.predictedValue);
    expect(score.totalValue).toBe(16_000 + score.predictedValue);
    expect(score.predictedValue).toBeLessThan(score.expectedOrders * score.expectedSpendPerOrder);
    expect(score.stage).toBe('active');
    expect(score.nextOrderDays).toBeGreaterThan(0);
  });

  it('discounts nothing at a rate of zero and reaches further with a longer horizon', () => {
    const plain = scoreCustomer(customer(), { ...PARAMS, discountAnnual: 0 });
    expect(plain.predictedValue / (plain.expectedOrders * plain.expectedSpendPerOrder)).toBeCloseTo(1, 3);
    expect(scoreCustomer(customer(), { ...PARAMS, horizonDays: 730 }).predictedValue).toBeGreaterThan(scoreCustomer(customer(), PARAMS).predictedValue);
    expect(monthlyRate(0.1)).toBeCloseTo(0.00797414, 8);
  });

  it('names no next order for someone most likely gone', () => {
    expect(scoreCustomer(customer({ firstDay: ASOF - 1500, lastDay: ASOF - 1400 }), PARAMS)).toMatchObject({ nextOrderDays: null, stage: 'lapsed' });
  });

  it('stays finite, ordered and within its ranges for any history and any parameters', () => {
    const random = seeded(5);
    const pick = <T>(...of: T[]): T => of[Math.floor(random() * of.length)]!;
    const extremes: Partial<ScoreInput>[] = [
      { purchaseDays: 10_001, repeatSpend: 1e9 }, { firstDay: ASOF, lastDay: ASOF, purchaseDays: 1, repeatSpend: 0 }, { firstDay: ASOF, lastDay: ASOF, purchaseDays: 9 },
      { repeatSpend: 1e13, netToDate: 1e13 }, { lastDay: ASOF + 50 }, { firstDay: ASOF + 10, lastDay: ASOF + 10 }, { repeatSpend: -500 }, { purchaseDays: 0 }, { purchaseDays: 2, firstDay: ASOF - 19_000 },
    ];
    for (let i = 0; i < 1500; i++) {
      const params: ScoringParams = {
        ...PARAMS,
        behaviour: {
          model: pick('mbg-nbd', 'bg-nbd'),
          unitDays: pick(1, 7, 30),
          params: { r: 10 ** (random() * 6 - 3), alpha: 10 ** (random() * 6 - 2), a: pick(0, 1, 10 ** (random() * 8 - 4)), b: pick(1, 10 ** (random() * 8 - 4)) },
        },
        spend: { params: { p: 10 ** (random() * 4 - 1), q: 1 + 10 ** (random() * 5 - 3), v: pick(0, 1, 1e9, 1500) } },
        horizonDays: pick(1, 30, 365, 1825),
        discountAnnual: pick(0, 0.1, 3),
        tail: pick(0.1, 0.025),
      };
      const input = customer(pick(...extremes, {}));
      const score = scoreCustomer(input, params);
      const text = JSON.stringify({ params, input, score });
      for (const value of [score.pAlive, score.expectedOrders, score.expectedSpendPerOrder, score.predictedValue, score.predictedLow, score.predictedHigh, score.totalValue]) expect(Number.isFinite(value), text).toBe(true);
      expect(score.pAlive >= 0 && score.pAlive <= 1, text).toBe(true);
      expect(score.predictedLow >= 0 && score.predictedLow <= score.predictedValue && score.predictedValue <= score.predictedHigh, text).toBe(true);
      expect(score.expectedOrders >= 0, text).toBe(true);
    }
  });
});

describe('scoreAll', () => {
  it('is scoreCustomer for each', () => {
    const random = seeded(9);
    const count = 500;
    const inputs = Array.from({ length: count }, (): ScoreInput => {
      const purchaseDays = 1 + Math.floor(random() * random() * 12);
      const firstDay = ASOF - Math.floor(random() * 700) - 20;
      const lastDay = purchaseDays > 1 ? firstDay + 10 + Math.floor(random() * (ASOF - firstDay - 10)) : firstDay;
      return { purchaseDays, firstDay, lastDay, previousDay: purchaseDays > 1 ? firstDay : null, asOfDay: ASOF, repeatSpend: (purchaseDays - 1) * 3000, netToDate: 0 };
    });
    const scores = scoreAll(
      {
        purchaseDays: Int32Array.from(inputs, (i) => i.purchaseDays),
        firstDay: Int32Array.from(inputs, (i) => i.firstDay),
        lastDay: Int32Array.from(inputs, (i) => i.lastDay),
        previousDay: Int32Array.from(inputs, (i) => i.previousDay ?? NO_DAY),
        repeatSpend: Float64Array.from(inputs, (i) => i.repeatSpend),
        asOfDay: ASOF,
      },
      PARAMS,
    );
    inputs.forEach((input, i) => {
      const one = scoreCustomer(input, PARAMS);
      expect(scores.predictedValue[i]).toBe(one.predictedValue);
      expect([scores.predictedLow[i], scores.predictedHigh[i], scores.expectedSpendPerOrder[i]]).toEqual([one.predictedLow, one.predictedHigh, one.expectedSpendPerOrder]);
      expect(scores.pAlive[i]).toBe(Math.fround(one.pAlive));
      expect(scores.nextOrderDays[i]).toBe(one.nextOrderDays ?? -1);
      expect(STAGES[scores.stage[i] ?? -1]).toBe(one.stage);
    });
  });
});

describe('interval', () => {
  // The posterior is drawn from: rate and dropout of someone alive, purchases until dropout, order values.
  it.each([[0, 0.6], [1, 0.9], [6, 0.8], [40, 1]])('covers simulated futures of a customer with %d repeats', (x, pAlive) => {
    const random = seeded(x + 1);
    const { r = 0, alpha = 0, a = 0, b = 0 } = PARAMS.behaviour.params;
    const { p, q, v } = PARAMS.spend.params;
    const [T, horizon, m] = [30, 365 / 7, 3000];
    const model = models['mbg-nbd'];
    const future = aliveFuture(model, PARAMS.behaviour.params, x, T, { horizonDays: 365, discountMonthly: 0, unitDays: 7 });
    const value = customerValue(pAlive, future, x, m, PARAMS.spend.params, 0.1);
    const totals: number[] = [];
    for (let i = 0; i < 20_000; i++) {
      let total = 0;
      if (random() < pAlive) {
        const rate = gammaDraw(r + x, random) / (alpha + T);
        const one = gammaDraw(a, random);
        const dropout = one / (one + gammaDraw(b + x + 1, random));
        const nu = gammaDraw(q + p * x, random) / (v + x * m);
        for (let at = -Math.log(1 - random()) / rate; at <= horizon; at += -Math.log(1 - random()) / rate) {
          total += gammaDraw(p, random) / nu;
          if (random() < dropout) break;
        }
      }
      totals.push(total);
    }
    const mean = totals.reduce((sum, total) => sum + total, 0) / totals.length;
    expect(Math.abs(value.value / mean - 1)).toBeLessThan(0.06);
    const above = totals.filter((total) => total > value.high).length / totals.length;
    const below = totals.filter((total) => total < value.low).length / totals.length;
    expect(above).toBeGreaterThan(0.06);
    expect(above).toBeLessThan(0.14);
    expect(below).toBeLessThan(0.14);
  });
});
