/** Cholesky solves what can be solved and says so when it cannot. */
import { expect, it } from 'vitest';
import { choleskySolve } from './cholesky.ts';

it('solves a system worked out by hand', () => {
  const b = Float64Array.of(2, 5, 9);
  // The upper triangle is never read.
  expect(choleskySolve(Float64Array.of(4, NaN, NaN, 2, 5, NaN, 2, 1, 6), b, 3)).toBe(true);
  const [x = NaN, y = NaN, z = NaN] = b;
  expect(4 * x + 2 * y + 2 * z).toBeCloseTo(2, 12);
  expect(2 * x + 5 * y + z).toBeCloseTo(5, 12);
  expect(2 * x + y + 6 * z).toBeCloseTo(9, 12);
});

it.each([[[1, 0, 2, 1]], [[0, 0, 0, 0]], [[NaN, 0, 0, 1]], [[Infinity, 0, 0, 1]]])('refuses %j', (matrix) => {
  expect(choleskySolve(Float64Array.from(matrix), Float64Array.of(1, 1), 2)).toBe(false);
});
