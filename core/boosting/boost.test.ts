/** Boosted trees: what must hold on any data, and what each loss promises. */
import { describe, expect, it } from 'vitest';
import { seeded, shuffle } from '#core/math/seeded';
import type { Matrix } from '#core/learning/encoding';
import { binRows, fitBins } from './bins.ts';
import { boost, predictBoosted } from './boost.ts';
import { baseScore, gradients, meanLoss, pointLoss, type Loss } from './losses.ts';
import { gainShares, treeCount } from './trees.ts';

const LOSSES: Loss[] = [{ name: 'squared' }, { name: 'logistic' }, { name: 'poisson' }, { name: 'tweedie', power: 1.5 }, { name: 'quantile', level: 0.8 }];

function matrixOf(...columns: Float64Array[]): Matrix & { columns: Float64Array[] } {
  return { rows: columns[0]!.length, names: columns.map((_, c) => `c${c}`), columns, source: columns.map((_, c) => c) };
}

/** Three columns, one of them half missing, and labels each loss can take. */
function sample(rows: number, loss: Loss['name'], seed = 1) {
  const random = seeded(seed);
  const a = Float64Array.from({ length: rows }, () => random() * 4);
  const b = Float64Array.from({ length: rows }, () => Math.floor(random() * 5));
  const c = Float64Array.from({ length: rows }, () => (random() < 0.5 ? NaN : random()));
  const signal = a.map((value, i) => value + (b[i]! > 2 ? 1.5 : 0) - (Number.isNaN(c[i]!) ? 1 : 0));
  const y = signal.map((z) => {
    if (loss === 'logistic') return Number(random() < 1 / (1 + Math.exp(2 - z)));
    if (loss === 'poisson' || loss === 'tweedie') return random() < 0.4 ? 0 : Math.round(Math.max(0, z) * 2 * random() * (loss === 'tweedie' ? 10 : 1));
    return z + random() - 0.5;
  });
  return { matrix: matrixOf(a, b, c), y };
}

describe('bins', () => {
  it('few values have a bin each; many are cut at equal ranks; a common value keeps its own', () => {
    const few = fitBins(matrixOf(Float64Array.of(3, 1, 2, 2, NaN)));
    expect([...few.edges[0]!]).toEqual([1.5, 2.5]);
    const random = seeded(2);
    const many = matrixOf(Float64Array.from({ length: 5000 }, (_, i) => (i % 2 === 0 ? 0 : random())));
    const bins = fitBins(many, 20);
    expect(bins.edges[0]!.length).toBeLessThan(20);
    const held = new Float64Array(21);
    binRows(bins, many).bins[0]!.forEach((bin) => held[bin]!++);
    expect(held[0]).toBe(2500);
    for (const count of held.subarray(1, bins.edges[0]!.length + 1)) expect(count).toBeLessThan(300);
  });

  it('missing values and infinities have their places, and the order of rows none', () => {
    const values = Float64Array.of(5, -Infinity, NaN, Infinity, 5, 0);
    const bins = fitBins(matrixOf(values));
    expect([...binRows(bins, matrixOf(values)).bins[0]!]).toEqual([2, 0, 4, 3, 2, 1]);
    expect(fitBins(matrixOf(values.toReversed()))).toEqual(bins);
  });
});

describe.each(LOSSES)('$name loss', (loss) => {
  it('has the derivatives of its own loss', () => {
    const y = loss.name === 'logistic' ? Float64Array.of(0, 1, 1) : Float64Array.of(0, 1, 3.5);
    const score = Float64Array.of(0.3, -0.7, 1.1);
    const gradient = new Float64Array(3);
    const curvature = new Float64Array(3);
    gradients(loss, score, y, gradient, curvature);
    const step = 1e-4;
    score.forEach((f, i) => {
      const at = (shift: number): number => pointLoss(loss, f + shift, y[i]!);
      expect(gradient[i]).toBeCloseTo((at(step) - at(-step)) / (2 * step), 5);
      if (loss.name !== 'quantile') expect(curvature[i]).toBeCloseTo((at(step) - 2 * at(0) + at(-step)) / step ** 2, 3);
    });
  });

  it('starts from the best constant', () => {
    const { y } = sample(400, loss.name);
    const base = baseScore(loss, y);
    const at = (score: number): number => meanLoss(loss, new Float64Array(400).fill(score), y);
    for (const shift of [-0.2, 0.2]) expect(at(base)).toBeLessThanOrEqual(at(base + shift));
  });

  it('learns: the loss on new rows is well below that of the constant', () => {
    const train = sample(3000, loss.name, 1);
    const test = sample(3000, loss.name, 2);
    const model = boost(train.matrix, train.y, { loss, rounds: 150, rate: 0.1, maxDepth: 3 });
    const link = (p: number): number => (loss.name === 'logistic' ? Math.log(p / (1 - p)) : loss.name === 'poisson' || loss.name === 'tweedie' ? Math.log(p) : p);
    const learned = meanLoss(loss, predictBoosted(model, test.matrix).map(link), test.y);
    const constant = meanLoss(loss, new Float64Array(3000).fill(baseScore(loss, train.y)), test.y);
    const possible = { squared: 0.2, logistic: 0.92, poisson: 0.8, tweedie: 0.995, quantile: 0.35 }[loss.name];
    expect(learned).toBeLessThan(loss.name === 'poisson' || loss.name === 'tweedie' ? constant - 0.02 * Math.abs(constant) : possible * constant);
  });

  it('means what it says: the mean of predictions is that of labels, or the level of them lies below', () => {
    const { matrix, y } = sample(3000, loss.name);
    const p = predictBoosted(boost(matrix, y, { loss, rounds: 200, rate: 0.1, l2: 0 }), matrix);
    const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    if (loss.name === 'quantile') expect(Math.abs(mean(y.map((label, i) => Number(label <= p[i]!))) - 0.8)).toBeLessThan(0.03);
    // Tweedie with a log link balances errors by mean^(1 − power), so its mean is only near.
    else expect(Math.abs(mean(p) / mean(y) - 1)).toBeLessThan(loss.name === 'tweedie' ? 0.08 : 0.03);
  });

  it.each([['all the same', new Float64Array(30)], ['one row', Float64Array.of(0)]])('%s: finite', (_, y) => {
    const x = y.map((__, i) => i);
    const p = predictBoosted(boost(matrixOf(x), y, { loss, rounds: 20 }), matrixOf(x));
    expect(p.every((value) => Number.isFinite(value) && Math.abs(value) < 0.5)).toBe(true);
  });
});

describe('boosted trees', () => {
  const { matrix, y } = sample(2000, 'squared');
  const squared = { loss: { name: 'squared' as const } };

  it('a single question is the best of all that could be asked', () => {
    const model = boost(matrix, y, { ...squared, rounds: 1, rate: 1, maxDepth: 1, l2: 0 });
    const base = model.base;
    const error = (p: (i: number) => number): number => y.reduce((sum, label, i) => sum + (label - p(i)) ** 2, 0);
    let best = Infinity;
    matrix.columns.forEach((values) => {
      for (const cut of new Set(values)) for (const missingLeft of [true, false]) {
        const left = (i: number): boolean => (Number.isNaN(values[i]!) ? missingLeft : values[i]! <= cut);
        const sums = [0, 0], counts = [0, 0];
        y.forEach((label, i) => { sums[Number(left(i))]! += label; counts[Number(left(i))]!++; });
        if (counts[0] === 0 || counts[1] === 0) continue;
        // Sum of squares less what the two means explain.
        const unexplained = y.reduce((sum, label) => sum + label * label, 0) - sums[0]! ** 2 / counts[0]! - sums[1]! ** 2 / counts[1]!;
        best = Math.min(best, unexplained);
      }
    });
    const p = predictBoosted(model, matrix);
    expect(error((i) => p[i]!)).toBeLessThan(best * 1.01);
    expect(error(() => base)).toBeGreaterThan(best);
  });

  it('does not depend on the order of rows', () => {
    const order = shuffle(new Int32Array(2000).map((_, i) => i), seeded(4));
    const dealt = matrixOf(...matrix.columns.map((values) => Float64Array.from(order, (i) => values[i]!)));
    const p = predictBoosted(boost(matrix, y, squared), matrix);
    const q = predictBoosted(boost(dealt, Float64Array.from(order, (i) => y[i]!), squared), dealt);
    order.forEach((i, k) => expect(q[k]).toBeCloseTo(p[i]!, 6));
  });

  it('does not depend on the scale of a column', () => {
    const bent = matrixOf(...matrix.columns.map((values) => Float64Array.from(values, (value) => Math.exp(value))));
    const p = predictBoosted(boost(matrix, y, squared), matrix);
    predictBoosted(boost(bent, y, squared), bent).forEach((value, i) => expect(value).toBeCloseTo(p[i]!, 8));
  });

  it.each([[1, 'squared'], [-1, 'squared'], [1, 'logistic'], [1, 'poisson'], [-1, 'tweedie']] as const)('direction %i holds everywhere under %s loss, whatever the data say', (direction, name) => {
    const loss = LOSSES.find((each) => each.name === name)!;
    const noisy = sample(800, name, 7);
    const model = boost(noisy.matrix, noisy.y, { loss, rounds: 60, rate: 0.3, maxDepth: 5, monotone: [direction, 0, 0], rowShare: 0.8, seed: 3 });
    for (let turn = 0; turn < 40; turn++) {
      const at = turn * 19;
      const sweep = Float64Array.from({ length: 60 }, (_, k) => k / 12 - 0.5);
      const p = predictBoosted(model, matrixOf(sweep, sweep.map(() => noisy.matrix.columns[1]![at]!), sweep.map(() => noisy.matrix.columns[2]![at]!)));
      for (let k = 1; k < 60; k++) expect(direction * (p[k]! - p[k - 1]!)).toBeGreaterThanOrEqual(-1e-12);
    }
    // The constraint bites on something: without it the same data give a prediction that turns back.
    const free = boost(noisy.matrix, noisy.y, { loss, rounds: 60, rate: 0.3, maxDepth: 5, rowShare: 0.8, seed: 3 });
    const sweep = Float64Array.from({ length: 400 }, (_, k) => k / 100);
    const p = predictBoosted(free, matrixOf(sweep, sweep.map(() => 1), sweep.map(() => 0.5)));
    expect(p.some((value, k) => k > 0 && direction * (value - p[k - 1]!) < 0)).toBe(true);
  });

  it('missing values go where they belong', () => {
    const x = Float64Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? NaN : i));
    const labels = x.map((value) => (Number.isNaN(value) ? 10 : 0));
    const model = boost(matrixOf(x), labels, { ...squared, rounds: 1, rate: 1, maxDepth: 1, l2: 0 });
    predictBoosted(model, matrixOf(Float64Array.of(NaN, 1, 299, -1e9))).forEach((value, i) => expect(value).toBeCloseTo([10, 0, 0, 0][i]!, 10));
  });

  it('a value never missing at the fit follows the greater part', () => {
    const x = Float64Array.from({ length: 100 }, (_, i) => i);
    const model = boost(matrixOf(x), x.map((value) => Number(value < 20)), { ...squared, rounds: 1, rate: 1, maxDepth: 1, l2: 0 });
    expect(predictBoosted(model, matrixOf(Float64Array.of(NaN)))[0]).toBeCloseTo(0, 10);
  });

  it('stops early, keeps the best round, and says so', () => {
    const held = sample(1000, 'squared', 8);
    const model = boost(matrix, y, { ...squared, rounds: 2000, rate: 0.3, patience: 10 }, held);
    expect(model.stoppedEarly).toBe(true);
    expect(treeCount(model.trees)).toBe(model.rounds);
    expect(model.rounds).toBeLessThan(1000);
    expect(meanLoss(squared.loss, predictBoosted(model, held.matrix), held.y)).toBeCloseTo(model.validationLoss!, 10);
    expect(meanLoss(squared.loss, predictBoosted(model, matrix), y)).toBeCloseTo(model.trainingLoss, 10);
  });

  it('chance follows the seed alone', () => {
    const sampled = { ...squared, rowShare: 0.6, columnShare: 0.7, rounds: 30 };
    const p = predictBoosted(boost(matrix, y, { ...sampled, seed: 5 }), matrix);
    expect(predictBoosted(boost(matrix, y, { ...sampled, seed: 5 }), matrix)).toEqual(p);
    expect(predictBoosted(boost(matrix, y, { ...sampled, seed: 6 }), matrix)).not.toEqual(p);
  });

  it('holds its limits: depth, leaves, weight of a child', () => {
    const deep = boost(matrix, y, { ...squared, rounds: 5, maxDepth: 12, maxLeaves: 9, minChildWeight: 30 });
    for (let tree = 0; tree < 5; tree++) {
      const nodes = Array.from({ length: deep.trees.start[tree + 1]! - deep.trees.start[tree]! }, (_, k) => deep.trees.start[tree]! + k);
      const leaves = nodes.filter((at) => deep.trees.feature[at]! < 0);
      expect(leaves.length).toBe(9);
      expect(nodes.length).toBe(17);
      for (const leaf of leaves) expect(deep.trees.cover[leaf]).toBeGreaterThanOrEqual(30);
      expect(leaves.reduce((sum, leaf) => sum + deep.trees.cover[leaf]!, 0)).toBe(2000);
    }
  });

  it('a best-first tree with room for all leaves is the tree grown depth first', () => {
    const options = { ...squared, rounds: 3, maxDepth: 4 };
    const p = predictBoosted(boost(matrix, y, { ...options, maxLeaves: 15, minChildWeight: 200 }), matrix);
    const q = predictBoosted(boost(matrix, y, { ...options, minChildWeight: 200 }), matrix);
    p.forEach((value, i) => expect(value).toBeCloseTo(q[i]!, 10));
  });

  it('gives a column that carries nothing next to no share of the gain', () => {
    const random = seeded(11);
    const shares = gainShares(boost(matrixOf(matrix.columns[0]!, Float64Array.from({ length: 2000 }, random)), y, { ...squared, rounds: 50 }).trees, 2);
    expect(shares[0]! + shares[1]!).toBeCloseTo(1, 10);
    expect(shares[1]).toBeLessThan(0.1);
  });

  it('refuses what it cannot fit, in words', () => {
    expect(() => boost(matrixOf(Float64Array.of(1, 2)), Float64Array.of(0, 0.5), { loss: { name: 'logistic' } })).toThrow(/Row 1: 0.5 is no label for logistic/);
    expect(() => boost(matrixOf(Float64Array.of(1)), Float64Array.of(-1), { loss: { name: 'poisson' } })).toThrow(/at least 0/);
    expect(() => boost(matrixOf(Float64Array.of(1)), Float64Array.of(NaN), squared)).toThrow(/no label/);
    expect(() => boost(matrixOf(new Float64Array(0)), new Float64Array(0), squared)).toThrow(/at least one row/);
    expect(() => boost(matrixOf(Float64Array.of(1)), Float64Array.of(1), { loss: { name: 'quantile', level: 0.5 }, monotone: [1] })).toThrow(/monotone/);
  });
});
