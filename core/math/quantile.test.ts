/** Quantiles use R-7: the default of R's `quantile` and of numpy. */
import { expect, it } from 'vitest';
import { quantile } from './quantile.ts';

it.each([[0, 1], [0.1, 1.5], [0.25, 2], [0.5, 3], [0.9, 8.5], [1, 10]])('R-7 at %d', (p, expected) => {
  expect(quantile([10, 2, 4, 7, 1, 2], p)).toBeCloseTo(expected, 12);
});

it('has no value for an empty sample and leaves its input alone', () => {
  const values = [3, 1, 2];
  expect(quantile([], 0.5)).toBeNaN();
  expect(quantile(values, 0.5)).toBe(2);
  expect(values).toEqual([3, 1, 2]);
});
