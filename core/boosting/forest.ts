/** Random forest: deep trees on bootstrap samples, each node choosing among a few columns, averaged. */
import { seeded } from '#core/math/seeded';
import type { Matrix } from '#core/learning/encoding';
import { binRows, fitBins } from './bins.ts';
import { rising } from './boost.ts';
import { Grower } from './grow.ts';
import { sumTrees, TreeBuilder, type Trees } from './trees.ts';

export interface ForestOptions {
  /** Default 300. */
  trees?: number;
  /** Rows (of the bootstrap sample) a leaf holds at least. Default 10. */
  minLeaf?: number;
  /** Default 30. */
  maxDepth?: number;
  /** Columns tried at each node. Default: the square root of their number. */
  columnsPerNode?: number;
  /** Default 1. */
  seed?: number;
  /** Bins a column at most: an average of many trees gains nothing from finer ones. Default 64. */
  mostBins?: number;
}

export interface Forest {
  /** Leaf values are divided by the number of trees, so that their sum is the average. */
  trees: Trees;
  /** For each training row the average over trees that did not see it; NaN where all did. */
  outOfBag: Float64Array;
}

/**
 * Breiman 2001: each tree on as many rows as there are, drawn with replacement. Labels of 0 and 1 give probabilities (splitting by
 * variance is then splitting by Gini's impurity), any others a regression.
 * @throws RangeError without rows, or for a label that is no finite number.
 */
export function growForest(matrix: Matrix, y: Float64Array, options: ForestOptions = {}): Forest {
  const { trees = 300, minLeaf = 10, maxDepth = 30, seed = 1, mostBins = 64 } = options;
  const count = matrix.rows;
  if (count === 0) throw new RangeError('A forest needs at least one row');
  const odd = y.findIndex((label) => !Number.isFinite(label));
  if (odd >= 0) throw new RangeError(`Row ${odd}: ${y[odd] ?? NaN} is no label for a forest, which takes finite numbers`);
  const columnsPerNode = Math.max(1, Math.min(matrix.columns.length, options.columnsPerNode ?? Math.round(Math.sqrt(matrix.columns.length))));
  const bins = fitBins(matrix, mostBins);
  const rows = binRows(bins, matrix);
  const random = seeded(seed);
  const grower = new Grower(rows, { maxDepth, maxLeaves: Infinity, rate: 1 / trees, columnsPerNode, l2: 0, minChildWeight: minLeaf, minGain: 0, maxStep: Infinity, monotone: null }, random);
  const builder = new TreeBuilder();
  const gradient = new Float64Array(count);
  const weight = new Float64Array(count);
  const inBag = new Int32Array(count);
  const outside = new Int32Array(count);
  const outSum = new Float64Array(count);
  const outTrees = new Int32Array(count);
  const columns = rising(matrix.columns.length);
  for (let tree = 0; tree < trees; tree++) {
    weight.fill(0);
    for (let k = 0; k < count; k++) {
      const row = Math.floor(random() * count);
      weight[row] = (weight[row] ?? 0) + 1;
    }
    let drawn = 0;
    let missed = 0;
    for (let i = 0; i < count; i++) {
      gradient[i] = -(weight[i] ?? 0) * (y[i] ?? 0);
      if ((weight[i] ?? 0) > 0) inBag[drawn++] = i;
      else {
        outside[missed++] = i;
        outTrees[i] = (outTrees[i] ?? 0) + 1;
      }
    }
    grower.grow(inBag.subarray(0, drawn), gradient, weight, columns, true, builder);
    builder.addLast(rows, outside.subarray(0, missed), outSum);
  }
  const outOfBag = outSum.map((sum, i) => ((outTrees[i] ?? 0) > 0 ? (sum * trees) / (outTrees[i] ?? 1) : NaN));
  return { trees: builder.finish(bins), outOfBag };
}

/** The average over all trees. */
export function predictForest(model: Pick<Forest, 'trees'>, matrix: Matrix): Float64Array {
  return sumTrees(model.trees, matrix, 0);
}
