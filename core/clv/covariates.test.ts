/** Static covariates: known effects are recovered within their errors, gradients and units hold, and nothing is explained by noise. */
import { describe, expect, it } from 'vitest';
import { simulateBuyers, type BuyersTruth, type SimulatedBuyers } from '../../bench/simulate-buyers.ts';
import { designFrom, fitCovariates } from './covariates.ts';
import { models } from './registry.ts';

const COMMON = { r: 0.9, alpha: 60, p: 6, q: 4, v: 15, minDays: 120, maxDays: 500, horizonDays: 1 } as const;
const PARETO: BuyersTruth = { ...COMMON, leaves: 'at any time', s: 0.9, beta: 150 };
const GEOMETRIC: BuyersTruth = { ...COMMON, leaves: 'after a purchase', a: 0.8, b: 3, dropsAtFirst: true };

function joined(parts: SimulatedBuyers[]) {
  const column = (read: (part: SimulatedBuyers) => Float64Array): Float64Array => Float64Array.from(parts.flatMap((part) => [...read(part)]));
  return { x: column((part) => part.x), tx: column((part) => part.tx), T: column((part) => part.T) };
}

describe.each([
  ['pareto-nbd', PARETO, { ...PARETO, alpha: 60 / Math.exp(0.5), beta: 150 / Math.exp(0.7) }],
  ['mbg-nbd', GEOMETRIC, { ...GEOMETRIC, alpha: 60 / Math.exp(0.5), a: 0.8 * Math.exp(0.7) }],
] as const)('%s', (name, plain, changed) => {
  const model = models[name];
  const size = 3000;
  const data = joined([simulateBuyers(size, plain, 1), simulateBuyers(size, changed, 2)]);
  const values = Array.from({ length: 2 * size }, (_, i) => (i < size ? 'shop' : 'advert'));

  it('recovers the effects on purchase and dropout rate within two and a half standard errors', () => {
    const base = model.fit(data);
    const made = fitCovariates(model, base, data, designFrom([{ name: 'channel', values: values.map((value, i) => (i === 0 ? 'shop' : value)) }]));
    expect(made.fit.converged).toBe(true);
    const [effect] = made.coefficients;
    if (!effect?.purchaseError || !effect.dropoutError) throw new Error('no errors');
    // Equal sizes: the name that sorts first is the base.
    const sign = effect.name === 'channel=advert' ? 1 : -1;
    expect(Math.abs(sign * effect.purchase - 0.5)).toBeLessThan(2.5 * effect.purchaseError);
    expect(Math.abs(sign * effect.dropout - 0.7)).toBeLessThan(2.5 * effect.dropoutError);
    expect(effect.purchaseError).toBeLessThan(0.15);
    expect(made.likelihoodRatio).toBeGreaterThan(30);
    expect(made.degreesOfFreedom).toBe(2);
    expect(made.patterns.length).toBe(2);
  });

  it('finds nothing in noise, and the likelihood never falls below that without covariates', () => {
    const base = model.fit(data);
    const made = fitCovariates(model, base, data, designFrom([{ name: 'coin', values: values.map((_, i) => (i % 2 === 0 ? 'heads' : 'tails')) }]));
    expect(made.fit.logLikelihood).toBeGreaterThanOrEqual(base.logLikelihood - 1e-6);
    expect(made.likelihoodRatio).toBeLessThan(12);
  });

  it('does not depend on the unit of time, nor on the scale of a number', () => {
    const number = { name: 'age', values: values.map((value, i) => String(value === 'advert' ? 30 + (i % 5) : 50 + (i % 5))) };
    const tens = { name: 'age', values: number.values.map((value) => String(Number(value) / 10)) };
    const weeks = fitCovariates(model, model.fit(data), data, designFrom([tens]));
    const days = fitCovariates(model, model.fit(data, { unitDays: 1 }), data, designFrom([tens]));
    expect(days.coefficients[0]?.purchase).toBeCloseTo(weeks.coefficients[0]?.purchase ?? NaN, 3);
    expect(days.fit.logLikelihood + 0).toBeCloseTo(weeks.fit.logLikelihood - data.x.reduce((sum, x) => sum + x, 0) * Math.log(7), 1);
    const ones = fitCovariates(model, model.fit(data), data, designFrom([number]));
    expect((ones.coefficients[0]?.purchase ?? NaN) * 10).toBeCloseTo(weeks.coefficients[0]?.purchase ?? NaN, 2);
  });
});

describe('designFrom', () => {
  it('centres numbers and gives each level but the commonest a column', () => {
    const design = designFrom([{ name: 'age', values: ['10', '20', '30'] }, { name: 'way', values: ['a', 'a', ''] }]);
    expect(design.names).toEqual(['age', 'way=(empty)']);
    expect(design.columns.map((column) => [...column])).toEqual([[-10, 0, 10], [0, 0, 1]]);
  });

  it('refuses what explains nothing and what has too many levels', () => {
    expect(() => designFrom([{ name: 'way', values: ['a', 'a'] }])).toThrow(/same for every customer/);
    expect(() => designFrom([{ name: 'way', values: Array.from({ length: 60 }, (_, i) => `level ${i}`) }])).toThrow(/60 different values/);
  });
});
