/** No span of a window's length lets more than the limit through, wherever it begins. */
import { describe, expect, it } from 'vitest';
import { SlidingWindow } from './sliding-window.ts';

describe('sliding window', () => {
  it('lets exactly the limit through at once', () => {
    const window = new SlidingWindow(60);
    const passed = Array.from({ length: 500 }, () => window.take(1_000_000, 100, 1)).filter(({ allowed }) => allowed);
    expect(passed).toHaveLength(100);
    expect(window.take(1_000_000, 100, 1)).toEqual({ allowed: false, limit: 100, remaining: 0, resetSeconds: 61 });
  });

  it('never lets more than the limit through in any span, and nearly all of it in the long run', () => {
    for (const [seconds, limit] of [[60, 100], [60, 600], [1, 7], [10, 1]] as const) {
      const window = new SlidingWindow(seconds);
      const passed: number[] = [];
      const end = seconds * 10_000;
      // Steps that share no factor with a slot, so that requests fall anywhere in it.
      for (let now = 0; now < end; now += seconds * 1.37) {
        if (window.take(now, limit, 1).allowed) passed.push(now);
      }
      for (const start of passed) {
        expect(passed.filter((at) => at >= start && at < start + seconds * 1000).length).toBeLessThanOrEqual(limit);
      }
      expect(passed.length).toBeGreaterThanOrEqual(Math.floor(limit * 10 * 60 / 62));
    }
  });

  it('says when a refused request would pass', () => {
    const window = new SlidingWindow(60);
    window.take(0, 10, 4);
    window.take(20_000, 10, 6);
    const refused = window.take(21_000, 10, 5);
    expect(refused).toMatchObject({ allowed: false, remaining: 0 });
    expect(window.take(21_000 + refused.resetSeconds * 1000 - 1100, 10, 5).allowed).toBe(false);
    expect(window.take(21_000 + refused.resetSeconds * 1000, 10, 5).allowed).toBe(true);
  });

  it('goes on where it was from its slots, and is empty after a window', () => {
    const window = new SlidingWindow(60);
    window.take(5000, 3, 3);
    const again = new SlidingWindow(60, window.slots);
    expect(again.take(6000, 3, 1).allowed).toBe(false);
    expect(again.take(again.emptyAt(), 3, 0)).toEqual({ allowed: true, limit: 3, remaining: 3, resetSeconds: 0 });
  });
});
