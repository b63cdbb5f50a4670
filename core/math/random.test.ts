/** The demo's random numbers: repeatable, independent by seed, and of the distributions they claim. */
import { describe, expect, test } from 'vitest';
import { between, createRandom, exponential, gamma, normal, pickWeighted } from './random.ts';
import type { Random } from './random.ts';

const N = 40_000;
const draws = (one: (random: Random) => number): Float64Array => {
  const random = createRandom('distribution');
  return Float64Array.from({ length: N }, () => one(random));
};
const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: Float64Array): number => {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / values.length;
};

describe('demo random numbers', () => {
  test('a seed always gives the same numbers, another seed others', () => {
    const first = createRandom('a'), again = createRandom('a'), other = createRandom('b');
    const list = Array.from({ length: 100 }, () => first());
    expect(Array.from({ length: 100 }, () => again())).toEqual(list);
    expect(Array.from({ length: 100 }, () => other())).not.toEqual(list);
  });

  test('neighbouring seeds are not correlated', () => {
    const pairs = Array.from({ length: 5_000 }, (_, i) => [createRandom(`customer/${i}`)(), createRandom(`customer/${i + 1}`)()] as const);
    const correlation = pairs.reduce((sum, [a, b]) => sum + (a - 0.5) * (b - 0.5), 0) / pairs.length * 12;
    expect(Math.abs(correlation)).toBeLessThan(0.05);
  });

  test('uniform, normal, exponential and gamma have their means and variances within 3 %', () => {
    const within = (actual: number, wanted: number): void => expect(Math.abs(actual / wanted - 1)).toBeLessThan(0.03);
    within(mean(draws((r) => r())), 0.5);
    within(variance(draws((r) => r())), 1 / 12);
    within(variance(draws(normal)), 1);
    within(mean(draws((r) => exponential(r, 7))), 7);
    within(mean(draws((r) => gamma(r, 2.5, 40))), 40);
    within(variance(draws((r) => gamma(r, 2.5, 40))), 40 ** 2 / 2.5);
    within(mean(draws((r) => gamma(r, 0.6, 3))), 3);
  });

  test('between includes both ends, weights decide and nothing comes from an empty list', () => {
    const random = createRandom('ends');
    expect(new Set(Array.from({ length: 200 }, () => between(random, 2, 4)))).toEqual(new Set([2, 3, 4]));
    const heavy = Array.from({ length: 10_000 }, () => pickWeighted(random, ['a', 'b'], (one) => (one === 'a' ? 3 : 1)));
    expect(heavy.filter((one) => one === 'a').length / heavy.length).toBeCloseTo(0.75, 1);
    expect(() => pickWeighted(random, [], () => 1)).toThrow(RangeError);
  });
});
