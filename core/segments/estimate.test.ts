import { describe, expect, it } from 'vitest';
import { createRandom } from '#core/math/random';
import { reckonUp } from './estimate.ts';

describe('a count reckoned up from a part', () => {
  it('is exact when everybody was looked at, and says what it cannot know otherwise', () => {
    expect(reckonUp(7, 20, 20)).toEqual({ count: 7, low: 7, high: 7 });
    expect(reckonUp(0, 0, 5)).toEqual({ count: 0, low: 0, high: 5 });
    // Nobody among 1,000: with 95 % fewer than 3.8 in 1,000 of the others.
    expect(reckonUp(0, 1_000, 32_000)).toEqual({ count: 0, low: 0, high: 119 });
    expect(reckonUp(1_000, 1_000, 32_000)).toEqual({ count: 32_000, low: 31_881, high: 32_000 });
  });

  it('holds the truth in about 95 of 100 parts, for rare and for common conditions', () => {
    const random = createRandom('parts');
    const all = 32_000, parts = 32, times = 400;
    for (const share of [0.002, 0.05, 0.5]) {
      const truth = Math.round(all * share);
      let held = 0;
      for (let time = 0; time < times; time++) {
        // So many of a part are among those who match: drawn one by one without putting back.
        let matched = 0;
        const looked = all / parts;
        for (let n = 0; n < looked; n++) if (random() * (all - n) < truth - matched) matched++;
        const { low, high } = reckonUp(matched, looked, all);
        if (low <= truth && truth <= high) held++;
      }
      expect(held / times, `of ${share}`).toBeGreaterThan(0.92);
      expect(held / times, `of ${share}`).toBeLessThan(0.985);
    }
  });
});
