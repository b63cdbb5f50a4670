/** Free attempts, then doubling waits up to a quarter of an hour, forgiven by success or an hour of peace. */
import { describe, expect, it } from 'vitest';
import { GrowingDelay, LONGEST_DELAY_MS } from './growing-delay.ts';

const START = Date.UTC(2026, 0, 1);

describe('growing delay', () => {
  it('lets the free attempts through, then doubles the wait', () => {
    const delay = new GrowingDelay();
    let now = START;
    const waits: number[] = [];
    for (let n = 0; n < 9; n++) {
      const { allowed, waitSeconds } = delay.attempt(now, 5);
      expect(allowed).toBe(true);
      waits.push(waitSeconds);
      now += waitSeconds * 1000;
    }
    expect(waits).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 16]);
    expect(delay.attempt(now - 1, 5)).toEqual({ allowed: false, waitSeconds: 1 });
  });

  it('never lets more than the free attempts through at one moment, however many come', () => {
    const delay = new GrowingDelay();
    const allowed = Array.from({ length: 500 }, () => delay.attempt(START, 5)).filter((result) => result.allowed);
    expect(allowed).toHaveLength(5);
  });

  it('waits a quarter of an hour at most: fewer than a hundred guesses a day', () => {
    const delay = new GrowingDelay();
    let now = START, guesses = 0;
    for (; now < START + 86_400_000; guesses++) now += Math.max(1, delay.attempt(now, 5).waitSeconds * 1000);
    expect(guesses).toBeLessThan(115);
    expect(delay.attempt(now, 5).waitSeconds * 1000).toBe(LONGEST_DELAY_MS);
  });

  it('forgets after success and after an hour', () => {
    const delay = new GrowingDelay();
    for (let n = 0; n < 5; n++) delay.attempt(START, 5);
    expect(delay.attempt(START, 5).allowed).toBe(false);
    expect(new GrowingDelay(delay.state).attempt(START + 3_600_001, 5)).toEqual({ allowed: true, waitSeconds: 0 });
    delay.takeBack();
    expect(delay.attempt(START, 5)).toEqual({ allowed: true, waitSeconds: 1 });
    delay.clear();
    expect(delay.attempt(START, 5)).toEqual({ allowed: true, waitSeconds: 0 });
  });
});
