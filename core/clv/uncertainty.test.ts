/** Standard errors: the published ones, true parameters within them, and none where the likelihood is flat. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseDay } from '#core/calendar/days';
import { simulateBuyers, type BuyersTruth } from '../../bench/simulate-buyers.ts';
import { hasReference, referenceJson, referenceOrders } from '../../tests/support/reference-orders.ts';
import { models } from './registry.ts';
import { summarise } from './summary.ts';
import { cubaturePoints, parameterUncertainty, spendUncertainty } from './uncertainty.ts';
import { fitGammaGamma } from './gamma-gamma.ts';

const COMMON = { p: 6, q: 4, v: 15, minDays: 200, maxDays: 600, horizonDays: 1 } as const;
const CASES: [keyof typeof models, BuyersTruth, Record<string, number>][] = [
  ['pareto-nbd', { ...COMMON, leaves: 'at any time', r: 0.8, alpha: 70, s: 0.7, beta: 120 }, { r: 0.8, alpha: 10, s: 0.7, beta: 120 / 7 }],
  ['mbg-nbd', { ...COMMON, leaves: 'after a purchase', r: 0.8, alpha: 70, a: 0.9, b: 2.5, dropsAtFirst: true }, { r: 0.8, alpha: 10, a: 0.9, b: 2.5 }],
  ['bg-nbd', { ...COMMON, leaves: 'after a purchase', r: 0.8, alpha: 70, a: 0.9, b: 2.5, dropsAtFirst: false }, { r: 0.8, alpha: 10, a: 0.9, b: 2.5 }],
];

describe.each(CASES)('%s', (name, shopTruth, truth) => {
  const model = models[name];

  it('true parameters lie within three standard errors, of behaviour and of spend', () => {
    const shop = simulateBuyers(5000, shopTruth, 17);
    const fit = model.fit(shop);
    const { method, standardErrors, draws } = parameterUncertainty(model, fit, shop);
    expect(method).toBe('hessian');
    expect(draws.length).toBe(8);
    for (const [symbol, value] of Object.entries(truth)) {
      const off = Math.abs((fit.params[symbol] ?? NaN) - value) / (standardErrors?.[symbol] ?? NaN);
      expect(off, `${symbol}: ${fit.params[symbol]} ± ${standardErrors?.[symbol]} for ${value}`).toBeLessThan(3);
    }
    const spend = fitGammaGamma(shop);
    const own = spendUncertainty(spend, shop);
    for (const symbol of ['p', 'q', 'v'] as const) expect(Math.abs(spend.params[symbol] - COMMON[symbol]) / (own.standardErrors?.[symbol] ?? NaN)).toBeLessThan(3);
  });

  it('four times the customers halve the errors; the unit of time scales those of times alone', () => {
    const shop = simulateBuyers(1500, shopTruth, 3);
    const fit = model.fit(shop);
    const one = parameterUncertainty(model, fit, shop).standardErrors ?? {};
    const four = parameterUncertainty(model, fit, { ...shop, weights: new Float64Array(shop.x.length).fill(4) }).standardErrors ?? {};
    const days = parameterUncertainty(model, model.fit(shop, { unitDays: 1 }), shop).standardErrors ?? {};
    for (const symbol of model.symbols) {
      expect((four[symbol] ?? NaN) / (one[symbol] ?? NaN)).toBeCloseTo(0.5, 4);
      expect((days[symbol] ?? NaN) / (one[symbol] ?? NaN) / (model.times.includes(symbol) ? 7 : 1)).toBeCloseTo(1, 2);
    }
  });

  it('where everyone is alike there are no standard errors, but refits whose forecasts agree; the seed decides them', () => {
    const alike = { x: new Float64Array(80).fill(4), tx: new Float64Array(80).fill(80), T: new Float64Array(80).fill(120) };
    const fit = model.fit(alike);
    const first = parameterUncertainty(model, fit, alike, { seed: 3, replicates: 8 });
    expect([first.method, first.standardErrors]).toEqual(['bootstrap', null]);
    for (const params of first.draws) expect(Object.values(params).every(Number.isFinite)).toBe(true);
    expect(parameterUncertainty(model, fit, alike, { seed: 3, replicates: 8 }).draws).toEqual(first.draws);
  });
});

describe('cubaturePoints', () => {
  it('have the mean and the covariance they are made from', () => {
    const covariance = Float64Array.of(0.04, 0.01, 0.01, 0.09);
    const points = cubaturePoints(Float64Array.of(1, -2), covariance);
    const mean = [0, 1].map((i) => points.reduce((sum, point) => sum + (point[i] ?? 0), 0) / points.length);
    expect(mean[0]).toBeCloseTo(1, 12);
    expect(mean[1]).toBeCloseTo(-2, 12);
    for (const [i, j, expected] of [[0, 0, 0.04], [0, 1, 0.01], [1, 1, 0.09]] as const) {
      expect(points.reduce((sum, point) => sum + ((point[i] ?? 0) - (mean[i] ?? 0)) * ((point[j] ?? 0) - (mean[j] ?? 0)), 0) / points.length).toBeCloseTo(expected, 12);
    }
  });
});

const schema = z.object({ models: z.object({ bgnbd: z.object({ se: z.array(z.number()) }), mbgnbd: z.object({ se: z.array(z.number()) }), pnbd: z.object({ se: z.array(z.number()) }) }) });

describe.each(['cdnow_sample', 'cdnow_full'])('%s', (shop) => {
  it.runIf(hasReference(`standard errors on ${shop}`, `reference/${shop}.json`, `data/${shop}.csv`))('agrees with the published standard errors', () => {
    const summary = summarise(referenceOrders(`data/${shop}.csv`).events, { calibrationEnd: parseDay('1997-09-30') ?? NaN, countZero: true });
    const reference = schema.parse(referenceJson(`reference/${shop}.json`)).models;
    for (const [name, { se }] of [['bg-nbd', reference.bgnbd], ['mbg-nbd', reference.mbgnbd], ['pareto-nbd', reference.pnbd]] as const) {
      const model = models[name];
      const { standardErrors } = parameterUncertainty(model, model.fit(summary), summary);
      model.symbols.forEach((symbol, i) => { expect((standardErrors?.[symbol] ?? NaN) / (se[i] ?? NaN), `${name} ${symbol}`).toBeCloseTo(1, 2); });
    }
  });
});
