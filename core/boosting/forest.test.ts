import { describe, expect, it } from 'vitest';
import type { Matrix } from '#core/learning/encoding';
import { brierScore } from '#core/learning/metrics';
import { seeded } from '#core/math/seeded';
import { growForest, predictForest } from './forest.ts';
import { treeCount } from './trees.ts';

function sample(rows: number, seed: number): { matrix: Matrix; y: Float64Array } {
  const random = seeded(seed);
  const columns = Array.from({ length: 6 }, () => Float64Array.from({ length: rows }, random));
  const y = Float64Array.from({ length: rows }, (_, i) => Number(random() < (columns[0]![i]! > 0.5 !== columns[1]![i]! > 0.5 ? 0.9 : 0.1)));
  return { matrix: { rows, names: columns.map((_, c) => `c${c}`), columns, source: columns.map((_, c) => c) }, y };
}

describe('random forest', () => {
  const train = sample(2000, 1);
  const test = sample(2000, 2);
  const forest = growForest(train.matrix, train.y, { trees: 80, seed: 3 });
  const p = predictForest(forest, test.matrix);

  it('learns what no single column tells', () => {
    expect(brierScore(p, test.y)).toBeLessThan(0.14);
    expect(p.every((each) => each >= 0 && each <= 1 + 1e-12)).toBe(true);
    expect(treeCount(forest.trees)).toBe(80);
  });

  it('its out-of-bag estimate is that of new rows, not of rows it knows', () => {
    const outside = brierScore(forest.outOfBag, train.y);
    expect(Math.abs(outside - brierScore(p, test.y))).toBeLessThan(0.015);
    expect(brierScore(predictForest(forest, train.matrix), train.y)).toBeLessThan(outside - 0.01);
  });

  it('chance follows the seed alone', () => {
    expect(predictForest(growForest(train.matrix, train.y, { trees: 5, seed: 3 }), test.matrix)).toEqual(predictForest(growForest(train.matrix, train.y, { trees: 5, seed: 3 }), test.matrix));
    expect(growForest(train.matrix, train.y, { trees: 5, seed: 4 }).outOfBag).not.toEqual(growForest(train.matrix, train.y, { trees: 5, seed: 3 }).outOfBag);
  });

  it('leaves hold as many rows as asked, and a regression averages its labels', () => {
    const { trees } = growForest(train.matrix, train.y.map((label) => 1000 * label), { trees: 3, minLeaf: 50 });
    trees.feature.forEach((feature, at) => {
      if (feature < 0) expect(trees.cover[at]).toBeGreaterThanOrEqual(50);
    });
    for (let tree = 0; tree < 3; tree++) expect(trees.cover[trees.start[tree]!]).toBe(2000);
  });

  it('one row, one class, no column that varies: the average, finite', () => {
    const flat: Matrix = { rows: 30, names: ['a'], columns: [new Float64Array(30)], source: [0] };
    expect(predictForest(growForest(flat, new Float64Array(30).fill(1)), flat).every((each) => Math.abs(each - 1) < 1e-9)).toBe(true);
    const none: Matrix = { rows: 3, names: [], columns: [], source: [] };
    expect(predictForest(growForest(none, Float64Array.of(0, 1, 1)), none).every(Number.isFinite)).toBe(true);
    expect(() => growForest({ ...none, rows: 0 }, new Float64Array(0))).toThrow(/at least one row/);
  });
});
