import { expect, it } from 'vitest';
import { seeded, shuffle } from './seeded.ts';

it('draws and deals the same for the same seed, and every position as often', () => {
  expect(Array.from({ length: 3 }, seeded(7))).toEqual(Array.from({ length: 3 }, seeded(7)));
  const first = new Float64Array(4);
  const random = seeded(1);
  for (let turn = 0; turn < 4000; turn++) first[shuffle(Int32Array.of(0, 1, 2, 3), random)[0]!]!++;
  for (const count of first) expect(Math.abs(count - 1000)).toBeLessThan(150);
});
