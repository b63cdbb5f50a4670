/** What a linear model goes by: how much each input moves each row, and the share of each in what the model does. */
import type { Matrix } from './encoding.ts';
import { designRows, type LinearDesign, type LinearWeights } from './linear-design.ts';

export interface LinearModel extends LinearWeights {
  design: LinearDesign;
}

/**
 * Exact Shapley values of the linear predictor where columns are taken as independent: wⱼ·(xⱼ − x̄ⱼ) (Lundberg & Lee 2017, cor. 1).
 * @param inputs how many input columns there are; levels of one category are one
 * @returns what is expected of a mean row, and rows × inputs values, row by row
 */
export function linearContributions({ design, intercept, weights }: LinearModel, matrix: Matrix, inputs: number): { expected: number; values: Float64Array } {
  const x = designRows(design, matrix);
  const values = new Float64Array(matrix.rows * inputs);
  for (let i = 0; i < matrix.rows; i++) {
    for (let k = 0; k < weights.length; k++) {
      const at = i * inputs + (matrix.source[design.column[k] ?? 0] ?? 0);
      values[at] = (values[at] ?? 0) + (weights[k] ?? 0) * (x[i * weights.length + k] ?? 0);
    }
  }
  return { expected: intercept, values };
}

/** Share of each encoded column: |weight| of its standardised terms; all nothing where every weight is. */
export function weightShares({ design, weights }: Pick<LinearModel, 'design' | 'weights'>, columns: number): Float64Array {
  const total = weights.reduce((sum, w) => sum + Math.abs(w), 0) || 1;
  const shares = new Float64Array(columns);
  weights.forEach((w, k) => {
    const column = design.column[k] ?? 0;
    shares[column] = (shares[column] ?? 0) + Math.abs(w) / total;
  });
  return shares;
}

/** Shares of encoded columns summed over those that one input became. */
export function sharesByInput(shares: Float64Array, { source }: Pick<Matrix, 'source'>, inputs: number): Float64Array {
  const sums = new Float64Array(inputs);
  shares.forEach((share, column) => {
    const at = source[column] ?? 0;
    sums[at] = (sums[at] ?? 0) + share;
  });
  return sums;
}
