/** Cholesky solves what can be solved and says so when it cannot. */
import { expect, it } from 'vitest';
import { choleskySolve, invertPositive, lowerFactor, solvePositive } from './cholesky.ts';
import { seeded } from './seeded.ts';

it('solves a system worked out by hand', () => {
  const b = Float64Array.of(2, 5, 9);
  // The upper triangle is never read.
  expect(choleskySolve(Float64Array.of(4, NaN, NaN, 2, 5, NaN, 2, 1, 6), b, 3)).toBe(true);
  const [x = NaN, y = NaN, z = NaN] = b;
  expect(4 * x + 2 * y + 2 * z).toBeCloseTo(2, 12);
  expect(2 * x + 5 * y + z).toBeCloseTo(5, 12);
  expect(2 * x + y + 6 * z).toBeCloseTo(9, 12);
});

it('solves and inverts positive definite systems of any size, and leaves them as they were', () => {
  const random = seeded(3);
  for (let size = 1; size <= 12; size++) {
    const factor = Float64Array.from({ length: size * size }, () => random() - 0.5);
    const a = new Float64Array(size * size);
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) {
      for (let k = 0; k < size; k++) a[i * size + j]! += factor[i * size + k]! * factor[j * size + k]!;
      if (i === j) a[i * size + j]! += 0.1;
    }
    const before = a.slice();
    const x = Float64Array.from({ length: size }, () => random() * 10);
    const b = x.map((_, i) => x.reduce((sum, value, j) => sum + a[i * size + j]! * value, 0));
    solvePositive(a, b)!.forEach((value, i) => expect(value).toBeCloseTo(x[i]!, 6));
    const inverse = invertPositive(a, size)!;
    x.forEach((value, i) => expect(b.reduce((sum, each, j) => sum + inverse[i * size + j]! * each, 0)).toBeCloseTo(value, 6));
    expect(a).toEqual(before);
  }
});

it.each([[[1, 1, 1, 1]], [[1, 0, 2, 1]], [[0, 0, 0, 0]], [[NaN, 0, 0, 1]], [[Infinity, 0, 0, 1]]])('refuses %j', (matrix) => {
  const a = Float64Array.from(matrix);
  expect(solvePositive(a, Float64Array.of(1, 1))).toBeNull();
  expect(lowerFactor(a, 2)).toBeNull();
  expect(invertPositive(a, 2)).toBeNull();
  expect(choleskySolve(a.slice(), Float64Array.of(1, 1), 2)).toBe(false);
});
