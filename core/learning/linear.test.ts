/** Logistic and ridge regression against what defines them. */
import { describe, expect, it } from 'vitest';
import { seeded, shuffle } from '#core/math/seeded';
import { designRows, fitLinearDesign } from './linear-design.ts';
import { fitLogistic, sigmoid } from './logistic.ts';
import { fitRidge } from './ridge.ts';

function sample(rows: number, terms: number, seed: number) {
  const random = seeded(seed);
  const x = Float64Array.from({ length: rows * terms }, () => 2 * (random() + random() + random() - 1.5));
  const truth = Float64Array.from({ length: terms }, (_, k) => (k % 2 === 0 ? 1 : -0.5) / (1 + k / 4));
  const z = Float64Array.from({ length: rows }, (_, i) => 0.3 + truth.reduce((sum, w, k) => sum + w * x[i * terms + k]!, 0));
  return { x, y: z.map((each) => Number(random() < sigmoid(each))), target: z.map((each) => each + random() - 0.5), truth };
}

/** Penalised negative log-likelihood, written out plainly. */
function loss(x: Float64Array, y: Float64Array, l2: number, b: number, w: Float64Array): number {
  let sum = 0;
  y.forEach((label, i) => {
    const z = b + w.reduce((total, each, k) => total + each * x[i * w.length + k]!, 0);
    sum -= label * Math.log(sigmoid(z)) + (1 - label) * Math.log(1 - sigmoid(z));
  });
  return sum + (l2 / 2) * w.reduce((total, each) => total + each * each, 0);
}

describe('logistic regression', () => {
  it('stands at the minimum: every finite difference of the penalised loss is nought', () => {
    const { x, y } = sample(300, 4, 1);
    const fit = fitLogistic(x, y, { l2: 2 });
    expect(fit.converged).toBe(true);
    const step = 1e-5;
    for (let k = -1; k < 4; k++) {
      const at = (shift: number): number => loss(x, y, 2, fit.intercept + (k < 0 ? shift : 0), fit.weights.map((w, j) => w + (j === k ? shift : 0)));
      expect(Math.abs((at(step) - at(-step)) / (2 * step))).toBeLessThan(1e-4);
    }
    expect(fit.logLikelihood).toBeCloseTo(-loss(x, y, 0, fit.intercept, fit.weights), 8);
  });

  it('finds the weights the data were drawn with', () => {
    const { x, y, truth } = sample(20_000, 3, 2);
    fitLogistic(x, y).weights.forEach((w, k) => expect(Math.abs(w - truth[k]!)).toBeLessThan(0.06));
  });

  it('agrees by Newton and by BFGS, which takes over for many terms', () => {
    const rows = 120;
    const terms = 410;
    const wide = sample(rows, terms, 3);
    const fit = fitLogistic(wide.x, wide.y, { l2: 5 });
    const step = 1e-4;
    for (const k of [0, 17, 409]) {
      const at = (shift: number): number => loss(wide.x, wide.y, 5, fit.intercept, fit.weights.map((w, j) => w + (j === k ? shift : 0)));
      expect(Math.abs((at(step) - at(-step)) / (2 * step))).toBeLessThan(1e-2);
    }
  });

  it('does not depend on the order of rows', () => {
    const { x, y } = sample(400, 3, 4);
    const order = shuffle(new Int32Array(400).map((_, i) => i), seeded(9));
    const other = fitLogistic(Float64Array.from({ length: x.length }, (_, at) => x[order[Math.floor(at / 3)]! * 3 + (at % 3)]!), Float64Array.from(order, (i) => y[i]!));
    fitLogistic(x, y).weights.forEach((w, k) => expect(other.weights[k]).toBeCloseTo(w, 9));
  });

  it.each([
    ['separable', Float64Array.of(-2, -1, 1, 2), Float64Array.of(0, 0, 1, 1)],
    ['one class', Float64Array.of(-2, -1, 1, 2), Float64Array.of(1, 1, 1, 1)],
    ['no term', new Float64Array(0), Float64Array.of(1, 0, 0)],
    ['a column twice', Float64Array.of(1, 1, -1, -1, 2, 2, 0, 0), Float64Array.of(0, 0, 1, 0)],
  ])('%s: finite and settled', (_, x, y) => {
    const fit = fitLogistic(x, y);
    expect([fit.converged, Number.isFinite(fit.intercept), fit.weights.every(Number.isFinite)]).toEqual([true, true, true]);
  });
});

it('one class is never certain: half a row of the other is assumed', () => {
  const { intercept, weights } = fitLogistic(Float64Array.of(1, 2, 3), Float64Array.of(1, 1, 1));
  expect([sigmoid(intercept), ...weights]).toEqual([expect.closeTo(3.5 / 4, 10), 0]);
});

describe('ridge regression', () => {
  it('stands at the minimum of |y − b − Xw|² + λ|w|²', () => {
    const { x, target } = sample(200, 5, 5);
    const fit = fitRidge(x, target, { l2: 7 });
    const value = (b: number, w: Float64Array): number => target.reduce((sum, t, i) => sum + (t - b - w.reduce((z, each, k) => z + each * x[i * 5 + k]!, 0)) ** 2, 0) + 7 * w.reduce((sum, each) => sum + each * each, 0);
    for (let k = -1; k < 5; k++) {
      const at = (shift: number): number => value(fit.intercept + (k < 0 ? shift : 0), fit.weights.map((w, j) => w + (j === k ? shift : 0)));
      expect(Math.abs((at(1e-4) - at(-1e-4)) / 2e-4)).toBeLessThan(1e-4);
    }
  });

  it('chooses the penalty by folds: its errors equal those of fitting without each fold', () => {
    const { x, target } = sample(60, 3, 6);
    const fit = fitRidge(x, target);
    for (const { l2, error } of fit.tried) {
      let sum = 0;
      for (let fold = 0; fold < 5; fold++) {
        const inside = Array.from(target.keys()).filter((i) => i % 5 !== fold);
        const part = fitRidge(Float64Array.from(inside.flatMap((i) => [...x.subarray(i * 3, i * 3 + 3)])), Float64Array.from(inside, (i) => target[i]!), { l2 });
        for (let i = fold; i < 60; i += 5) sum += (target[i]! - part.intercept - part.weights.reduce((z, w, k) => z + w * x[i * 3 + k]!, 0)) ** 2;
      }
      expect(error).toBeCloseTo(sum / 60, 8);
    }
    expect(fit.tried.find(({ l2 }) => l2 === fit.l2)?.error).toBe(Math.min(...fit.tried.map(({ error }) => error)));
  });

  it('one row, or terms that repeat each other, still give finite weights', () => {
    expect(fitRidge(Float64Array.of(2), Float64Array.of(5)).intercept).toBeCloseTo(5, 6);
    const twice = fitRidge(Float64Array.of(1, 1, 2, 2, 3, 3), Float64Array.of(1, 2, 3), { l2: 0 });
    expect([twice.intercept, ...twice.weights].every(Number.isFinite)).toBe(true);
  });
});

describe('linear design', () => {
  const matrix = { rows: 4, names: ['a', 'b', 'c'], columns: [Float64Array.of(1, 2, 3, NaN), Float64Array.of(0, 10, 100, -5), Float64Array.of(7, 7, 7, 7)], source: [0, 1, 2] };

  it('fills gaps with the median and marks them, takes logarithms where asked, leaves out what does not vary', () => {
    const design = fitLinearDesign(matrix, new Set([1]));
    expect(design.form).toEqual(['value', 'missing', 'log']);
    expect(design.fill[0]).toBe(2);
    const rows = designRows(design, matrix);
    for (let k = 0; k < 3; k++) {
      const column = Array.from({ length: 4 }, (_, i) => rows[i * 3 + k]!);
      expect(column.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 10);
      expect(column.reduce((sum, value) => sum + value * value, 0) / 4).toBeCloseTo(1, 10);
    }
    // −5 counts as 0 on the log scale.
    expect(rows[0 * 3 + 2]).toBe(rows[3 * 3 + 2]);
    // Beyond what was seen there is no line to follow, and what is missing is no extreme.
    const far = designRows(design, { ...matrix, rows: 3, columns: [Float64Array.of(99, -99, NaN), Float64Array.of(1e9, 0, 10), new Float64Array(3)] });
    expect([far[0], far[2], far[3]]).toEqual([rows[2 * 3], rows[2 * 3 + 2], rows[0]]);
    expect([far[6], far[7]]).toEqual([rows[3 * 3], rows[3 * 3 + 1]]);
  });
});
