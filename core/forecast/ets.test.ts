/** Exponential smoothing: a known series, known truths found again, and series with nothing in them. */
import { describe, expect, it } from 'vitest';
import { createRandom, normal } from '#core/math/random';
import { etsPath, fitEts } from './ets.ts';
import { path, smooth, type EtsForm } from './ets-state.ts';

const NILE = [
  1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833,
  701, 916, 692, 1020, 1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649,
  846, 812, 742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
];

/** A series of the form, with errors of a given size. */
function simulate(form: EtsForm, n: number, noise: number, seed: string): Float64Array {
  const draw = createRandom(seed);
  const season = Float64Array.from({ length: form.length }, (_, j) => (form.season === 'multiplicative' ? 1 + 0.4 * Math.sin((2 * Math.PI * j) / form.length) : form.season === 'additive' ? 30 * Math.sin((2 * Math.PI * j) / form.length) : 0));
  let level = 100;
  const growth = form.trend === 'none' ? 0 : 2;
  return Float64Array.from({ length: n }, (_, t) => {
    const error = noise * normal(draw);
    const base = level + growth;
    const s = season[t % form.length] ?? 0;
    level = base + 0.3 * error;
    return (form.season === 'multiplicative' ? base * s : base + s) + error;
  });
}

describe('fitEts', () => {
  // HoltWinters(Nile, beta = FALSE, gamma = FALSE) of R has alpha 0.2466 and ends at 805.04, with its start held at the first value.
  it('smooths the Nile as R does', () => {
    const fit = fitEts(NILE, 1);
    expect(fit.name).toBe('A,N,N');
    expect(fit.smoothing.alpha).toBeCloseTo(0.2466, 2);
    expect(Math.abs((etsPath(fit, 1)[0] ?? NaN) - 805)).toBeLessThan(3);
  });

  it.each([
    [{ trend: 'none', season: 'none', length: 1 }, 'A,N,N'],
    [{ trend: 'additive', season: 'none', length: 1 }, 'A,A'],
    [{ trend: 'additive', season: 'additive', length: 12 }, 'A,A'],
    [{ trend: 'none', season: 'multiplicative', length: 7 }, 'M'],
  ] as const)('foresees a series of the form %j', (form, name) => {
    const all = simulate(form, 144, 2, `form ${name}`);
    const fit = fitEts(all.slice(0, 132), form.length === 1 ? 12 : form.length);
    const made = etsPath(fit, 12);
    const error = Math.sqrt(made.reduce((sum, value, h) => sum + (value - (all[132 + h] ?? 0)) ** 2, 0) / 12);
    expect(error).toBeLessThan(7);
    expect(fit.name).toContain(name);
  });

  it('does not depend on the unit of the values', () => {
    const values = simulate({ trend: 'additive', season: 'multiplicative', length: 12 }, 60, 3, 'unit');
    const [one, many] = [fitEts(values, 12), fitEts(values.map((value) => value * 1e6), 12)];
    expect(many.name).toBe(one.name);
    etsPath(one, 24).forEach((value, h) => expect((etsPath(many, 24)[h] ?? NaN) / value).toBeCloseTo(1e6, 0));
  });

  it.each([
    ['one value', [5]], ['two', [5, 7]], ['a constant', Array.from({ length: 40 }, () => 7)], ['zeros', Array.from({ length: 40 }, () => 0)], ['negative', Array.from({ length: 40 }, (_, t) => -5 - (t % 3))],
    ['a spike', Array.from({ length: 40 }, (_, t) => (t === 20 ? 1e9 : 1))], ['falling to nothing', Array.from({ length: 40 }, (_, t) => Math.max(0, 100 - 5 * t))], ['intermittent', Array.from({ length: 60 }, (_, t) => (t % 9 === 0 ? 4 : 0))],
  ])('is finite for %s', (_, values) => {
    const made = etsPath(fitEts(values, 12), 36);
    expect(made.every(Number.isFinite)).toBe(true);
  });

  it('goes on with a constant exactly', () => {
    etsPath(fitEts(Array.from({ length: 40 }, () => 7), 12), 12).forEach((value) => expect(value).toBeCloseTo(7, 6));
  });
});

describe('the recursions', () => {
  it('are those of the book, worked out by hand', () => {
    const form: EtsForm = { trend: 'damped', season: 'multiplicative', length: 2 };
    const state = { level: 10, growth: 1, season: Float64Array.of(0.5, 1.5) };
    const errors = new Float64Array(2);
    smooth(form, { alpha: 0.5, beta: 0.1, gamma: 0.2, phi: 0.9 }, state, Float64Array.of(6, 15), errors);
    // μ₁ = (10 + 0.9)·0.5 = 5.45, ε₁ = 0.55, l₁ = 10.9 + 0.5·0.55/0.5, b₁ = 0.9 + 0.1·0.55/0.5, s₁ = 0.5 + 0.2·0.55/10.9
    const [l1, b1, s1] = [11.45, 1.01, 0.5 + 0.11 / 10.9];
    const base = l1 + 0.9 * b1;
    const error = 15 - base * 1.5;
    expect([...errors]).toEqual([expect.closeTo(0.55, 12), expect.closeTo(error, 12)]);
    expect(state.level).toBeCloseTo(base + (0.5 * error) / 1.5, 12);
    expect([...state.season]).toEqual([expect.closeTo(s1, 12), expect.closeTo(1.5 + (0.2 * error) / base, 12)]);
    expect(path(form, 0.9, { ...state, level: 10, growth: 1, season: Float64Array.of(2, 3) }, 3)[2]).toBeCloseTo((10 + 0.9 + 0.81 + 0.729) * 2, 12);
  });
});
