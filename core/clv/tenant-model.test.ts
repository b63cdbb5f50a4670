/** Tenant fits: which fallback serves when, what is said about it, and evidence from a real holdout. */
import { describe, expect, it } from 'vitest';
import { parseDay } from '#core/calendar/days';
import { simulateShop, type ShopTruth } from '../../bench/simulate-shop.ts';
import { hasReference, referenceOrders } from '../../tests/support/reference-orders.ts';
import { scoreCustomer } from './score.ts';
import type { ShopColumns } from './shop-fit.ts';
import { summarise } from './summary.ts';
import { fitTenant, scoringParams, tenantModelSchema, type TenantModel } from './tenant-model.ts';

const TRUTH: ShopTruth = { r: 0.5, alpha: 42, a: 0.9, b: 1.6, dropsAtFirst: true, p: 6, q: 4, v: 1500, maxDays: 300 };

function columns(count: number, change: Partial<ShopTruth> = {}): ShopColumns {
  const shop = simulateShop(count, { ...TRUTH, ...change }, 11);
  return { x: shop.x, tx: shop.tx, T: shop.T, mRepeat: shop.m };
}

/** Everything a fit says and everything a customer would be shown is finite, and it survives storage. */
function expectUsable(model: TenantModel): void {
  expect(tenantModelSchema.parse(JSON.parse(JSON.stringify(model)))).toEqual(model);
  const params = scoringParams(model, { horizonDays: 365, discountAnnual: 0.1, medianGapDays: null });
  for (const purchaseDays of [1, 2, 30]) {
    const score = scoreCustomer({ purchaseDays, firstDay: 19_000, lastDay: purchaseDays > 1 ? 19_200 : 19_000, asOfDay: 19_250, repeatSpend: 4000 * (purchaseDays - 1), netToDate: 4000 * purchaseDays }, params);
    for (const value of [score.pAlive, score.expectedOrders, score.predictedValue, score.predictedLow, score.predictedHigh]) expect(Number.isFinite(value)).toBe(true);
  }
}

describe('fitTenant', () => {
  it('fits a shop with data', () => {
    const model = fitTenant(columns(2000));
    expect([model.source, model.spendSource, model.tail]).toEqual(['fitted', 'fitted', 0.1]);
    expect(model.behaviour.model).toBe('mbg-nbd');
    expectUsable(model);
  });

  it.each([
    ['no customers', columns(0)],
    ['49 customers', columns(49)],
    ['59 days', columns(500, { maxDays: 59 })],
  ])('assumes an ordinary shop with %s, and says so', (_, data) => {
    const model = fitTenant(data, { meanOrderValue: 3500 });
    expect(model.source).toBe('prior');
    expect(model.notes[0]).toMatch(/too few to learn from/);
    expect(model.spend.populationMean).toBeGreaterThan(0);
    expectUsable(model);
  });

  it('starts at fifty customers and sixty days', () => {
    expect(fitTenant(columns(50, { minDays: 60 })).source).not.toBe('prior');
  });

  it.each(['bg-nbd', 'pareto-nbd'] as const)('serves under %s as well: its own fit, its prior, its limit', (model) => {
    expect(fitTenant(columns(2000), { model }).source).toBe('fitted');
    const prior = fitTenant(columns(20), { model, meanOrderValue: 3500, unitDays: 1 });
    expect([prior.source, prior.behaviour.model]).toEqual(['prior', model]);
    expect(prior.behaviour.params['alpha']).toBeGreaterThan(50);
    const limit = fitTenant(columns(3000, { a: 1e-5, b: 10, dropsAtFirst: false }), { model });
    expect(limit.source).toBe('nbd-limit');
    for (const made of [fitTenant(columns(2000), { model }), prior, limit]) expectUsable(made);
  });

  it('has wider intervals on a prior', () => {
    const customer = { purchaseDays: 5, firstDay: 0, lastDay: 200, asOfDay: 220, repeatSpend: 14_000, netToDate: 17_500 };
    const company = { horizonDays: 365, discountAnnual: 0, medianGapDays: 40 };
    const own = scoreCustomer(customer, scoringParams(fitTenant(columns(2000)), company));
    const assumed = scoreCustomer(customer, scoringParams(fitTenant(columns(20), { meanOrderValue: 3500 }), company));
    const width = (score: typeof own): number => (score.predictedHigh - score.predictedLow) / score.predictedValue;
    expect(width(assumed)).toBeGreaterThan(1.2 * width(own));
  });

  it('without measurable dropout takes customers to stay, and says so', () => {
    const model = fitTenant(columns(3000, { a: 1e-5, b: 10, dropsAtFirst: false }));
    expect(model.source).toBe('nbd-limit');
    expect(model.behaviour.params['a']).toBe(0);
    expect(model.notes.join()).toMatch(/no measurable churn yet/i);
    expectUsable(model);
  });

  it('predicts no money where none was ever taken, and copes with nobody returning', () => {
    const none = new Float64Array(200);
    const model = fitTenant({ x: none, tx: none, T: new Float64Array(200).fill(100), mRepeat: none });
    expect(model.spend.populationMean).toBe(0);
    expectUsable(model);
  });

  it('copes with histories that cannot be: tx past T, negative spans, NaN, a single huge customer', () => {
    const data = columns(300);
    data.x.set([10_000, 3, 2, NaN, 5]);
    data.tx.set([299, 900, -4, 10, 0]);
    data.T.set([300, 200, 50, 100, 100]);
    data.mRepeat?.set([1e9, 1e9, -5, NaN, 0]);
    expectUsable(fitTenant(data));
  });

  it('is the same from rows grouped beforehand', () => {
    const data = columns(1000);
    const { x, tx, T } = data;
    const grouped = fitTenant({ x, tx, T, weights: new Float64Array(x.length).fill(1), spend: { x, m: data.mRepeat ?? x } });
    expect(grouped).toEqual(fitTenant(data));
  });
});

/** Orders of a file as a shop has them, through the summary that the product makes, into a fit with a holdout. */
describe('hard shops, from orders to values', () => {
  const START = parseDay('2026-01-01') ?? NaN;
  type Order = [customer: number, day: number, amount: number];
  const each = (count: number, make: (i: number) => Order[]): Order[] => Array.from({ length: count }, (_, i) => make(i)).flat();
  const regular = (who: number): Order[] => Array.from({ length: 1 + (who % 6) }, (_, k): Order => [who, START + (who % 90) + k * (20 + (who % 40)), 1000 + 37 * ((who * 7 + k) % 50)]);
  const CASES: Record<string, { orders: Order[]; source: RegExp; says?: RegExp }> = {
    'a flat likelihood: everyone alike': { orders: each(200, (who) => Array.from({ length: 5 }, (_, k): Order => [who, START + 40 * k, 2500])), source: /fitted|nbd-limit/ },
    'one-time buyers only': { orders: each(300, (who) => [[who, START + (who % 250), 1999]]), source: /prior/, says: /Nobody has bought twice yet/ },
    'twenty customers': { orders: each(20, regular), source: /prior/, says: /20 customers over \d+ days are too few to learn from/ },
    'a customer with ten thousand orders': { orders: [...each(300, regular), ...Array.from({ length: 10_000 }, (_, k): Order => [999, START + (k % 300), 500])], source: /fitted|nbd-limit/ },
    'ten thousand orders on ten thousand days': { orders: [...each(300, regular), ...Array.from({ length: 10_000 }, (_, k): Order => [999, START - 9700 + k, 500])], source: /fitted|nbd-limit|prior/ },
    'all on one day': { orders: each(400, (who) => [[who, START, 1000 + who], [who, START, 20]]), source: /prior/, says: /Nobody has bought twice yet/ },
    'dates yet to come': { orders: [...each(300, regular), ...each(50, (who) => [[who, START + 5000 + who, 1000]])], source: /fitted|nbd-limit/ },
    'amounts of a thousand million': { orders: each(300, (who) => regular(who).map(([id, day, amount]): Order => [id, day, amount * 1e9])), source: /fitted|nbd-limit/ },
    'one of a thousand million among cents': { orders: [...each(300, regular), [3, START + 200, 1e11]], source: /fitted|nbd-limit/ },
    'nothing but refunds and gifts': { orders: each(120, (who) => [[who, START + who, 1000], [who, START + who, -1000], [who, START + who + 5, 0]]), source: /prior/ },
  };
  it.each(Object.entries(CASES))('%s: finite, and explained', (_, { orders, source, says }) => {
    const events = { customer: Int32Array.from(orders, ([who]) => who), day: Int32Array.from(orders, ([, day]) => day), amount: Float64Array.from(orders, ([, , amount]) => amount) };
    const end = START + 320;
    const now = summarise(events, { calibrationEnd: end, observationEnd: end });
    const then = summarise(events, { calibrationEnd: end - 90, observationEnd: end });
    const holdout = { x: then.x, tx: then.tx, T: then.T, mRepeat: then.m, actualOrders: then.holdoutX, actualSpend: then.holdoutSpend, horizonDays: 90 };
    for (const name of ['mbg-nbd', 'bg-nbd', 'pareto-nbd'] as const) {
      const model = fitTenant({ x: now.x, tx: now.tx, T: now.T, mRepeat: now.m }, { model: name, meanOrderValue: 2000, holdout });
      expect(model.source).toMatch(source);
      if (says) expect(model.notes.join()).toMatch(says);
      if (model.source !== 'fitted') expect(model.notes.length).toBeGreaterThan(0);
      expectUsable(model);
      if (then.x.length > 0) expect(Object.values(model.evidence.holdout ?? {}).filter((value) => typeof value === 'number').every(Number.isFinite)).toBe(true);
    }
  });
});

const file = 'data/cdnow_full.csv';
describe.runIf(hasReference('tenant fit with a holdout on cdnow_full', file))('evidence on the reference shop', () => {
  it('holds totals, errors, rising deciles and interval coverage', () => {
    const summary = summarise(referenceOrders(file).events, { calibrationEnd: parseDay('1997-09-30') ?? NaN, observationEnd: parseDay('1998-06-30') ?? NaN, countZero: true });
    const { x, tx, T, m } = summary;
    const history = { x, tx, T, mRepeat: m };
    const model = fitTenant(history, { holdout: { ...history, actualOrders: summary.holdoutX, actualSpend: summary.holdoutSpend, horizonDays: summary.horizonDays } });
    const holdout = model.evidence.holdout;
    if (!holdout) throw new Error('no evidence');
    expect(holdout.expectedOrders).toBeCloseTo(15933.6, 0);
    expect(holdout.actualOrders).toBe(19684);
    expect(holdout.bias).toBeCloseTo(15933.6 / 19684 - 1, 3);
    expect(holdout.mae).toBeCloseTo(0.7945, 3);
    expect(holdout.rmse).toBeCloseTo(1.7396, 3);
    expect(holdout.deciles.length).toBe(10);
    expect(holdout.deciles.reduce((sum, decile) => sum + decile.customers, 0)).toBe(23570);
    const means = holdout.deciles.map((decile) => decile.expected);
    expect(means).toEqual([...means].sort((p, q) => p - q));
    expect(holdout.deciles.at(-1)?.actual).toBeGreaterThan(10 * (holdout.deciles[0]?.actual ?? NaN));
    expect(holdout.intervalTarget).toBeCloseTo(0.8, 12);
    expect(holdout.intervalCoverage).toBeGreaterThan(0.78);
  });
});
