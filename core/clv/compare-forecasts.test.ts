/** A challenger wins only beyond noise: pairs of losses over origins; and origins leave enough to fit on. */
import { describe, expect, it } from 'vitest';
import { seeded } from '#core/math/seeded';
import { compareForecasts } from './compare-forecasts.ts';
import { rollingOrigins } from './rolling-origins.ts';

function losses(seed: number, count: number, shift: number): Float64Array {
  const random = seeded(seed);
  return Float64Array.from({ length: count }, () => random() + shift);
}

describe('compareForecasts', () => {
  it('names a model that is better by more than chance, at every origin', () => {
    const standing = [1, 2, 3].map((seed) => losses(seed, 2000, 0));
    const better = standing.map((each) => each.map((loss, i) => loss - 0.02 + (i % 2 === 0 ? 0.1 : -0.1)));
    expect(compareForecasts('b', standing, better)).toMatchObject({ challenger: 'b', better: true });
    expect(compareForecasts('b', better, standing).better).toBe(false);
  });

  it('calls noise noise: of a hundred equal models at most a few win', () => {
    let wins = 0;
    for (let trial = 0; trial < 100; trial++) {
      const standing = [1, 2, 3].map((seed) => losses(100 * trial + seed, 300, 0));
      const other = [4, 5, 6].map((seed) => losses(100 * trial + seed, 300, 0));
      if (compareForecasts('b', standing, other).better) wins++;
    }
    expect(wins).toBeLessThan(6);
  });

  it('does not take more origins of the same customers for more evidence, nor one good origin for three', () => {
    const one = [losses(1, 500, 0)];
    const noisy = one.map((each) => each.map((loss, i) => loss + (i % 2 === 0 ? 0.5 : -0.51)));
    const single = compareForecasts('b', one, noisy);
    const threefold = compareForecasts('b', [...one, ...one, ...one], [...noisy, ...noisy, ...noisy]);
    expect(threefold.standardError).toBeCloseTo(single.standardError, 12);
    const uneven = compareForecasts('b', [losses(1, 500, 0), losses(2, 500, 0)], [losses(1, 500, -0.5), losses(2, 500, 0.01)]);
    expect(uneven.better).toBe(false);
  });

  it('refuses forecasts of other customers', () => {
    expect(() => compareForecasts('b', [losses(1, 3, 0)], [losses(1, 4, 0)])).toThrow(/other customers/);
  });
});

describe('rollingOrigins', () => {
  it('leaves a third to fit on, and looks no further than what has come', () => {
    const origins = rollingOrigins(1000, 1546, 4, 365);
    expect(origins).toHaveLength(4);
    for (const { calibrationEnd, horizonDays } of origins) {
      expect(horizonDays).toBe(182);
      expect(calibrationEnd + horizonDays).toBeLessThanOrEqual(1546);
      expect(calibrationEnd - 1000).toBeGreaterThanOrEqual(182);
    }
    expect(origins[0]?.calibrationEnd).toBe(1546 - 182);
    expect(new Set(origins.map((origin) => origin.calibrationEnd)).size).toBe(4);
  });

  it('gives none when the history is too short', () => {
    expect(rollingOrigins(0, 40, 3, 365)).toEqual([]);
    expect(rollingOrigins(5, 5, 3, 365)).toEqual([]);
  });
});
