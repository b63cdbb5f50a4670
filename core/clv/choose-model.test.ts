/** Which model serves: on evidence of several earlier days, or as people say. */
import { describe, expect, it } from 'vitest';
import { simulateBuyers, type BuyersTruth } from '../../bench/simulate-buyers.ts';
import { choiceSchema, chooseModel, expectedOrders, type PastColumns } from './choose-model.ts';
import { models } from './registry.ts';

const COMMON = { p: 6, q: 4, v: 1500, minDays: 200, maxDays: 500, horizonDays: 150 } as const;
/** One-time buyers who come back late: a model in which nobody leaves before a repeat purchase is wrong about most of them. */
const MANY_LEAVE: BuyersTruth = { ...COMMON, leaves: 'after a purchase', dropsAtFirst: true, r: 1.6, alpha: 60, a: 1.2, b: 1 };

function past(seeds: readonly number[], truth: BuyersTruth, customers = 2500): PastColumns[] {
  return seeds.map((seed) => {
    const shop = simulateBuyers(customers, truth, seed);
    return { x: shop.x, tx: shop.tx, T: shop.T, mRepeat: shop.m, actualOrders: shop.futureX, actualSpend: shop.futureSpend, horizonDays: truth.horizonDays, calibrationEnd: `2026-01-0${seed}` };
  });
}

describe('chooseModel', () => {
  const origins = past([1, 2, 3], MANY_LEAVE);

  it('promotes the model that is the truth over one that is not, and says by how much', () => {
    const choice = chooseModel(origins, { unitDays: 7, standing: 'bg-nbd' });
    expect(choice).toMatchObject({ standing: 'bg-nbd', chosen: 'mbg-nbd', pinned: false, why: expect.stringMatching(/mbg-nbd forecast better than bg-nbd from each of 3 earlier days, by more than chance/) });
    const verdict = choice.verdicts.find(({ challenger }) => challenger === 'mbg-nbd');
    expect(verdict?.difference).toBeLessThan(-2 * (verdict?.standardError ?? NaN));
    expect(choice.trials.every(({ usable }) => usable)).toBe(true);
    expect(choiceSchema.parse(JSON.parse(JSON.stringify(choice)))).toEqual(choice);
    // The other way round nothing changes.
    expect(chooseModel(origins, { unitDays: 7, standing: 'mbg-nbd' }).chosen).toBe('mbg-nbd');
  });

  it('takes two days at least, days on which somebody bought, and knows groups from customers', () => {
    expect(chooseModel(origins.slice(0, 1), { unitDays: 7, standing: 'bg-nbd' })).toMatchObject({ chosen: 'bg-nbd', why: expect.stringMatching(/too short to compare/) });
    const silent = origins.map((each, i) => (i > 0 ? { ...each, actualOrders: new Float64Array(each.x.length) } : each));
    expect(chooseModel(silent, { unitDays: 7, standing: 'bg-nbd' })).toMatchObject({ chosen: 'bg-nbd', origins: [{ customers: 2500 }] });
    const grouped = chooseModel(origins.map((each) => ({ ...each, weights: new Float64Array(each.x.length).fill(2) })), { unitDays: 7, standing: 'bg-nbd' });
    expect(grouped.origins.map(({ customers }) => customers)).toEqual([5000, 5000, 5000]);
    expect(chooseModel([], { unitDays: 7 })).toMatchObject({ chosen: 'mbg-nbd', verdicts: [], origins: [] });
  });

  it('keeps what people pinned; an unknown pin or standing is passed over', () => {
    const few = past([4, 5], MANY_LEAVE, 300);
    expect(chooseModel(few, { unitDays: 7, standing: 'mbg-nbd', pinned: 'pareto-nbd' })).toMatchObject({ chosen: 'pareto-nbd', pinned: true, why: expect.stringMatching(/^Pinned/) });
    expect(chooseModel(few, { unitDays: 7, standing: 'of-old', pinned: 'gone' })).toMatchObject({ standing: 'mbg-nbd', pinned: false });
  });

  it('does not change with the unit of time or the order of customers', () => {
    const few = past([6, 7], MANY_LEAVE, 600);
    const back = few.map((each) => ({ ...each, x: each.x.toReversed(), tx: each.tx.toReversed(), T: each.T.toReversed(), mRepeat: each.mRepeat.toReversed(), actualOrders: each.actualOrders.toReversed(), actualSpend: each.actualSpend.toReversed() }));
    const [weeks, days, reversed] = [chooseModel(few, { unitDays: 7 }), chooseModel(few, { unitDays: 1 }), chooseModel(back, { unitDays: 7 })];
    weeks.trials.forEach((trial, i) => {
      expect(days.trials[i]?.deviance).toBeCloseTo(trial.deviance, 5);
      expect(reversed.trials[i]?.deviance).toBeCloseTo(trial.deviance, 5);
    });
  });
});

it('orders expected over a horizon are those of the model itself, customer by customer', () => {
  const [origin] = past([8], MANY_LEAVE, 50);
  const params = { r: 1.6, alpha: 60 / 7, a: 1.2, b: 1 };
  const expected = expectedOrders('mbg-nbd', params, origin!, 7);
  expected.forEach((each, i) => expect(each).toBeCloseTo(models['mbg-nbd'].expectedPurchases(params, 150 / 7, origin!.x[i]!, origin!.tx[i]! / 7, origin!.T[i]! / 7), 10));
});
