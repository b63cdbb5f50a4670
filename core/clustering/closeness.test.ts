// How close a call it is, and what alone would turn it: checked by walking along every feature.
import { expect, it } from 'vitest';
import { createRandom } from '#core/math/random';
import { closenessTo } from './closeness.ts';
import { nearest, type Centroids } from './nearest.ts';

const RANGES = { whole: { low: 0, high: 500, step: 1 }, share: { low: 0, high: 1, step: 0.001 }, money: { low: -Infinity, high: Infinity, step: 0.01 } };
/** Along a stretch, its ends with it. */
const EVERY = Array.from({ length: 51 }, (_, i) => i / 50);
const rangeOf = (name: string) => (name === 'days' ? RANGES.whole : name === 'alive' ? RANGES.share : RANGES.money);

it('names the nearest value of one feature that would turn it, and none where there is none', () => {
  const random = createRandom('closeness');
  let turned = 0, hopeless = 0;
  for (let round = 0; round < 60; round++) {
    const centroids: Centroids = {
      steps: [
        { name: 'days', low: 0, high: 380, log: true, centre: 3.5, spread: 1.2 }, { name: 'alive', low: null, high: null, log: false, centre: 0.5, spread: 0.3 },
        { name: 'spent', low: 2, high: 2_000, log: true, centre: 4, spread: 1.5 },
      ],
      centres: Array.from({ length: 2 + (round % 3) }, () => [random() * 4 - 2, random() * 3 - 1.5, random() * 4 - 2]),
    };
    const hers: Record<string, number> = { days: Math.floor(random() * 400), alive: random(), spent: random() * 1_500 };
    const labelAt = (over: Record<string, number>): number => nearest(centroids, (name) => over[name] ?? hers[name] ?? 0).label;
    const now = labelAt({});
    for (const label of centroids.centres.keys()) {
      const found = closenessTo(centroids, label, (name) => hers[name] ?? 0, rangeOf);
      expect(found.holds).toBe(now === label);
      if (found.holds) expect(found.distance).toBeCloseTo(nearest(centroids, (name) => hers[name] ?? 0).distance, 12);
      expect(found.holds ? found.otherDistance - found.distance : found.distance - found.otherDistance).toBeGreaterThanOrEqual(0);
      expect(found.features.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
      for (const { name, value, turnsAt } of found.features) {
        const range = rangeOf(name);
        const flips = (at: number): boolean => (labelAt({ [name]: at }) === label) !== found.holds;
        if (turnsAt === null) {
          hopeless++;
          const [low, high] = [Math.max(0, range.low), Math.min(3_000, range.high)];
          expect(EVERY.some((part) => flips(Math.round((low + (high - low) * part) / range.step) * range.step))).toBe(false);
          continue;
        }
        turned++;
        const way = turnsAt.value - value;
        expect(flips(turnsAt.value)).toBe(true);
        expect(turnsAt.atLeast).toBe(way > 0);
        expect(Math.abs(turnsAt.value / range.step - Math.round(turnsAt.value / range.step))).toBeLessThan(1e-6);
        // A step less does not turn it yet, nor does anything between.
        if (Math.abs(way) > range.step) expect(EVERY.some((part) => flips(value + (way - Math.sign(way) * range.step * 1.01) * part))).toBe(false);
      }
    }
  }
  expect(Math.min(turned, hopeless)).toBeGreaterThan(100);
});
