/** Sample quantiles by the R-7 rule, the one every percentile of the product uses. */

/**
 * Quantile of ascending `sorted` at probability `p` in [0, 1]: linear interpolation at (n − 1)·p
 * (Hyndman & Fan 1996, definition 7). NaN for an empty sample.
 */
export function quantileSorted(sorted: ArrayLike<number>, p: number): number {
  const n = sorted.length;
  if (n === 0) return NaN;
  const position = (n - 1) * Math.min(1, Math.max(0, p));
  const below = Math.floor(position);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(n - 1, below + 1)] ?? low;
  return low + (high - low) * (position - below);
}

/** The same for values in any order; the input is left as it is. */
export function quantile(values: ArrayLike<number>, p: number): number {
  return quantileSorted(Float64Array.from(values).sort(), p);
}
