import { describe, expect, it } from 'vitest';
import { seeded } from '#core/math/seeded';
import { calibrate, calibrationDeciles, calibrationSchema, chooseCalibration, fitIsotonic, fitPlatt } from './calibration.ts';
import { sigmoid } from './logistic.ts';
import { auc, logLoss } from './metrics.ts';

/** Probabilities that are said too boldly: the truth is σ(0.4·logit). */
function bold(rows: number, seed: number) {
  const random = seeded(seed);
  const z = Float64Array.from({ length: rows }, () => 6 * (random() - 0.5));
  return { p: z.map(sigmoid), y: z.map((each) => Number(random() < sigmoid(0.4 * each + 0.3))) };
}

describe('calibration', () => {
  const { p, y } = bold(4000, 1);
  const later = bold(4000, 2);

  it('Platt finds the slope and level that were bent', () => {
    const fit = fitPlatt(p, y);
    if (fit.method !== 'platt') throw new Error('not Platt');
    expect(fit.slope).toBeCloseTo(0.4, 1);
    expect(fit.intercept).toBeCloseTo(0.3, 1);
    expect(logLoss(calibrate(fit, later.p), later.y)).toBeLessThan(logLoss(later.p, later.y) - 0.02);
  });

  it('isotonic is the least-squares rising fit: pools of violators, no better neighbour', () => {
    const fit = fitIsotonic(Float64Array.of(0.1, 0.2, 0.3, 0.4), Float64Array.of(0, 1, 0, 1));
    expect(fit).toMatchObject({ method: 'isotonic', value: [1 / 6, 0.5, 5 / 6] });
    if (fit.method !== 'isotonic') throw new Error('not isotonic');
    expect(fit.at[1]).toBeCloseTo(0.25, 12);
    // Between its points the value rises in a straight line; beyond the last it stays.
    expect([...calibrate(fit, Float64Array.of(0, 0.175, 0.4, 1))].map((each) => Number(each.toFixed(6)))).toEqual([0.166667, 0.333333, 0.833333, 0.833333]);
  });

  it('never turns the ranking round', () => {
    const sorted = Float64Array.from({ length: 500 }, (_, i) => i / 499);
    for (const fit of [fitPlatt(p, y), fitIsotonic(p, y)]) {
      const out = calibrate(fit, sorted);
      for (let i = 1; i < 500; i++) expect(out[i]).toBeGreaterThanOrEqual(out[i - 1]!);
      expect(auc(calibrate(fit, later.p), later.y)).toBeCloseTo(auc(later.p, later.y)!, 2);
      expect(calibrationSchema.parse(JSON.parse(JSON.stringify(fit)))).toEqual(fit);
    }
  });

  it('equal probabilities get one value whatever the order of rows', () => {
    expect(fitIsotonic(Float64Array.of(0.5, 0.5, 0.2), Float64Array.of(0, 1, 0))).toEqual(fitIsotonic(Float64Array.of(0.2, 0.5, 0.5), Float64Array.of(0, 1, 0)));
  });

  it('is chosen where it helps on rows it did not see, and left alone where it would be noise', () => {
    const chosen = chooseCalibration(p, y);
    expect(chosen.calibration.method).not.toBe('none');
    expect(logLoss(chosen.crossFitted, y)).toBeLessThan(logLoss(p, y));
    expect(chosen.tried.map(({ method }) => method)).toEqual(['none', 'platt', 'isotonic']);
    const random = seeded(3);
    const honest = Float64Array.from({ length: 1000 }, random);
    expect(chooseCalibration(honest, honest.map((each) => Number(random() < each))).calibration.method).toBe('none');
  });

  it('cross-fitted values come from fits that did not see the row', () => {
    const { crossFitted, calibration } = chooseCalibration(p, y);
    const outside = p.filter((_, i) => i % 5 !== 0);
    const fit = (calibration.method === 'platt' ? fitPlatt : fitIsotonic)(outside, y.filter((_, i) => i % 5 !== 0));
    expect(crossFitted[0]).toBe(calibrate(fit, p.slice(0, 1))[0]);
    expect(crossFitted[5]).toBe(calibrate(fit, p.slice(5, 6))[0]);
  });

  it.each([['few rows', 50], ['one class', 1000]])('%s: as they came', (name, rows) => {
    const labels = name === 'one class' ? new Float64Array(rows) : y.slice(0, rows);
    expect(chooseCalibration(p.slice(0, rows), labels)).toMatchObject({ calibration: { method: 'none' }, tried: [] });
  });

  it('deciles hold about as many rows each, and what was said and seen', () => {
    const groups = calibrationDeciles(later.p, later.y);
    expect(groups.map(({ rows }) => rows)).toEqual(new Array(10).fill(400));
    expect(groups.reduce((sum, { observed }) => sum + 400 * observed, 0)).toBeCloseTo(later.y.reduce((sum, label) => sum + label, 0), 8);
    expect(calibrationDeciles(p.slice(0, 3), y.slice(0, 3)).reduce((sum, { rows }) => sum + rows, 0)).toBe(3);
  });
});
