/** What a learned model of spend goes by: the share of each input in what it does, and how much each moves one customer. */
import { treeShap, type Contributions } from '#core/boosting/tree-shap';
import { gainShares } from '#core/boosting/trees';
import { encode } from '#core/learning/encoding';
import { designRows } from '#core/learning/linear-design';
import type { Table } from '#core/learning/table';
import type { ExpectedValue } from './learned-value.ts';

/**
 * How much each input moves what is expected of each row: exact Shapley values, of the logarithm for Tweedie trees, in multiples of `unit`
 * for squared loss and ridge (there wⱼ·(xⱼ − x̄ⱼ), before sums below nothing are raised to it). Levels of one category are one input.
 */
export function valueContributions({ regressor, encoding }: ExpectedValue, table: Table): Contributions {
  const matrix = encode(encoding, table);
  const inputs = encoding.columns.length;
  if (regressor.name === 'boosted') return treeShap(regressor.trees, matrix, regressor.base, matrix.source, inputs);
  const { design, weights, intercept } = regressor;
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

/** Share of each input in what the model does, in the encoding's order: gain of its splits, or |weight| of its standardised terms. */
export function valueShares({ regressor, encoding }: ExpectedValue, table: Table): Float64Array {
  const { source, columns } = encode(encoding, table);
  const shares = new Float64Array(encoding.columns.length);
  const give = (column: number, share: number): void => {
    const at = source[column] ?? 0;
    shares[at] = (shares[at] ?? 0) + share;
  };
  if (regressor.name === 'boosted') gainShares(regressor.trees, columns.length).forEach((share, column) => { give(column, share); });
  else {
    const total = regressor.weights.reduce((sum, w) => sum + Math.abs(w), 0) || 1;
    regressor.weights.forEach((w, k) => { give(regressor.design.column[k] ?? 0, Math.abs(w) / total); });
  }
  return shares;
}
