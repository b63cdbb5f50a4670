/** What a learned model of spend goes by: the share of each input in what it does, and how much each moves one customer. */
import { treeShap, type Contributions } from '#core/boosting/tree-shap';
import { gainShares } from '#core/boosting/trees';
import { encode } from '#core/learning/encoding';
import { linearContributions, sharesByInput, weightShares } from '#core/learning/linear-reasons';
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
  return linearContributions(regressor, matrix, inputs);
}

/** Share of each input in what the model does, in the encoding's order: gain of its splits, or |weight| of its standardised terms. */
export function valueShares({ regressor, encoding }: ExpectedValue, table: Table): Float64Array {
  const matrix = encode(encoding, table);
  const shares = regressor.name === 'boosted' ? gainShares(regressor.trees, matrix.columns.length) : weightShares(regressor, matrix.columns.length);
  return sharesByInput(shares, matrix, encoding.columns.length);
}
