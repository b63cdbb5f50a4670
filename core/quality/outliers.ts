/** Orders far outside the shop's own sizes, by quartiles of the logarithm: a few giants cannot hide themselves. */

/** Natural logarithms of order amounts in minor units. */
export interface LogQuartiles {
  first: number;
  median: number;
  third: number;
}

/** Standard deviations of a normal distribution between its quartiles. */
const BETWEEN_QUARTILES = 1.349;
const FAR = 4;
/** Shops that sell one thing at one price still differ by shipping and discounts. */
const LEAST_SPREAD = 0.1;
export const LEAST_ORDERS = 50;

/** Amounts in minor units from which, and up to which, an order stands alone. */
export function outlierBounds({ first, median, third }: LogQuartiles): { above: number; below: number } {
  const spread = Math.max(LEAST_SPREAD, (third - first) / BETWEEN_QUARTILES);
  return { above: Math.ceil(Math.exp(median + FAR * spread)), below: Math.floor(Math.exp(median - FAR * spread)) };
}
