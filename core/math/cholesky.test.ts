import { expect, it } from 'vitest';
import { solveCholesky } from './cholesky.ts';
import { seeded, shuffle } from './seeded.ts';

it('solves positive definite systems', () => {
  const random = seeded(3);
  for (let size = 1; size <= 12; size++) {
    const factor = Float64Array.from({ length: size * size }, () => random() - 0.5);
    const a = new Float64Array(size * size);
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) {
      for (let k = 0; k < size; k++) a[i * size + j]! += factor[i * size + k]! * factor[j * size + k]!;
      if (i === j) a[i * size + j]! += 0.1;
    }
    const x = Float64Array.from({ length: size }, () => random() * 10);
    const b = x.map((_, i) => x.reduce((sum, value, j) => sum + a[i * size + j]! * value, 0));
    solveCholesky(a, b)!.forEach((value, i) => expect(value).toBeCloseTo(x[i]!, 6));
  }
});

it('says so when a matrix is not positive definite', () => {
  expect(solveCholesky(Float64Array.of(1, 1, 1, 1), Float64Array.of(1, 1))).toBeNull();
  expect(solveCholesky(Float64Array.of(-1), Float64Array.of(1))).toBeNull();
  expect(solveCholesky(Float64Array.of(NaN), Float64Array.of(1))).toBeNull();
});

it('draws and deals the same for the same seed, and every position as often', () => {
  expect(Array.from({ length: 3 }, seeded(7))).toEqual(Array.from({ length: 3 }, seeded(7)));
  const first = new Float64Array(4);
  const random = seeded(1);
  for (let turn = 0; turn < 4000; turn++) first[shuffle(Int32Array.of(0, 1, 2, 3), random)[0]!]!++;
  for (const count of first) expect(Math.abs(count - 1000)).toBeLessThan(150);
});
