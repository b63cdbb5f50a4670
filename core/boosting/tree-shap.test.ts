/** TreeSHAP against the definition of the Shapley value, subset by subset. */
import { describe, expect, it } from 'vitest';
import type { Matrix } from '#core/learning/encoding';
import { seeded } from '#core/math/seeded';
import { boost } from './boost.ts';
import { growForest } from './forest.ts';
import { expectedScore, treeShap } from './tree-shap.ts';
import { sumTrees, type Trees } from './trees.ts';

function sample(rows: number, width: number, seed: number): Matrix & { columns: Float64Array[] } {
  const random = seeded(seed);
  const columns = Array.from({ length: width }, (_, c) => Float64Array.from({ length: rows }, () => (c === 1 && random() < 0.3 ? NaN : Math.round(random() * 8))));
  return { rows, names: columns.map((_, c) => `c${c}`), columns, source: columns.map((_, c) => c) };
}

/** Expected score when only the players of `known` are known. */
function value(trees: Trees, matrix: Matrix, row: number, known: ReadonlySet<number>, player: readonly number[]): number {
  const at = (node: number): number => {
    const feature = trees.feature[node]!;
    if (feature < 0) return trees.value[node]!;
    const left = trees.left[node]!;
    if (!known.has(player[feature]!)) return (trees.cover[left]! * at(left) + trees.cover[left + 1]! * at(left + 1)) / trees.cover[node]!;
    const x = matrix.columns[feature]![row]!;
    return at((Number.isNaN(x) ? trees.missingLeft[node] === 1 : x <= trees.threshold[node]!) ? left : left + 1);
  };
  return Array.from(trees.start.subarray(0, -1)).reduce((sum, root) => sum + at(root), 0);
}

function bruteForce(trees: Trees, matrix: Matrix, row: number, player: readonly number[], players: number): number[] {
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
  return Array.from({ length: players }, (_, who) => {
    let sum = 0;
    for (let mask = 0; mask < 2 ** players; mask++) {
      if (mask & (1 << who)) continue;
      const known = new Set(Array.from({ length: players }, (__, k) => k).filter((k) => mask & (1 << k)));
      const weight = (factorial(known.size) * factorial(players - known.size - 1)) / factorial(players);
      sum += weight * (value(trees, matrix, row, new Set([...known, who]), player) - value(trees, matrix, row, known, player));
    }
    return sum;
  });
}

describe('TreeSHAP', () => {
  it.each([1, 2, 3])('equals brute force on boosted trees that ask the same column more than once (seed %i)', (seed) => {
    const matrix = sample(300, 5, seed);
    const random = seeded(seed + 50);
    const y = Float64Array.from({ length: 300 }, (_, i) => matrix.columns[0]![i]! * (matrix.columns[2]![i]! > 4 ? 2 : -1) + (Number.isNaN(matrix.columns[1]![i]!) ? 5 : 0) + random());
    const { trees, base } = boost(matrix, y, { loss: { name: 'squared' }, rounds: 4, rate: 0.5, maxDepth: 6 });
    const { expected, values } = treeShap(trees, matrix, base);
    expect(expected).toBeCloseTo(base + value(trees, matrix, 0, new Set(), [0, 1, 2, 3, 4]), 9);
    for (const row of [0, 1, 17, 123, 299]) bruteForce(trees, matrix, row, [0, 1, 2, 3, 4], 5).forEach((phi, who) => expect(values[row * 5 + who]).toBeCloseTo(phi, 8));
  });

  it('takes the levels of one category as one player', () => {
    const matrix = sample(200, 4, 9);
    const y = matrix.columns[0]!.map((a, i) => a + 3 * matrix.columns[3]![i]!);
    const { trees } = boost(matrix, y, { loss: { name: 'squared' }, rounds: 3, rate: 0.5, maxDepth: 5 });
    const player = [0, 1, 1, 0];
    const { values } = treeShap(trees, matrix, 0, player, 2);
    for (const row of [3, 77, 150]) bruteForce(trees, matrix, row, player, 2).forEach((phi, who) => expect(values[row * 2 + who]).toBeCloseTo(phi, 8));
  });

  it('with the expectation sums to the score, for boosted trees and for forests', () => {
    const matrix = sample(400, 6, 4);
    const random = seeded(8);
    const y = Float64Array.from({ length: 400 }, (_, i) => Number(random() < matrix.columns[0]![i]! / 8));
    const boosted = boost(matrix, y, { loss: { name: 'logistic' }, rounds: 40, rowShare: 0.7, columnShare: 0.6 });
    for (const { trees, base } of [boosted, { trees: growForest(matrix, y, { trees: 10, minLeaf: 5 }).trees, base: 0 }]) {
      const score = sumTrees(trees, matrix, base);
      const { expected, values } = treeShap(trees, matrix, base);
      expect(expected).toBeCloseTo(expectedScore(trees, base), 12);
      score.forEach((each, row) => expect(expected + values.subarray(row * 6, row * 6 + 6).reduce((sum, phi) => sum + phi, 0)).toBeCloseTo(each, 8));
    }
  });

  it('a column no tree asks moves nothing; a model without trees expects its base', () => {
    const matrix = sample(100, 3, 5);
    matrix.columns[2] = new Float64Array(100).fill(1);
    const { trees, base } = boost(matrix, matrix.columns[0]!, { loss: { name: 'squared' }, rounds: 5 });
    const { values } = treeShap(trees, matrix, base);
    for (let row = 0; row < 100; row++) expect(values[row * 3 + 2]).toBe(0);
    expect(treeShap(boost(matrix, new Float64Array(100), { loss: { name: 'squared' }, rounds: 0 }).trees, matrix, 4).expected).toBe(4);
  });
});
