/** Numbers as small integers: each column cut into at most 255 bins of about equal weight, once, before any tree is grown. */
import type { Matrix, Values } from '#core/learning/encoding';

/** Cut points, learned from training rows. */
export interface Bins {
  /** Ascending, per column; bin b holds edge[b − 1] < value ≤ edge[b], the last bin everything above. */
  edges: Float64Array[];
}

/** Rows as bins. */
export interface BinnedRows {
  rows: number;
  /** Per column, one byte a row; missing values lie in the bin after the last. */
  bins: Uint8Array[];
  /** Bins of each column, the one for missing values included. */
  count: Int32Array;
}

/** With the bin for missing values a bin still fits a byte. */
const MOST_VALUE_BINS = 255;

/**
 * Cut points from all values of each column, so that they depend neither on chance nor on the order of rows: midpoints between
 * neighbouring distinct values while those are few, else at equal steps of rank (LightGBM's histograms: Ke and others 2017,
 * algorithm 1). O(n log n) a column, one column's copy at a time.
 */
export function fitBins(matrix: Matrix, most = MOST_VALUE_BINS): Bins {
  return { edges: matrix.columns.map((values) => cutPoints(Float64Array.from(values).filter((value) => !Number.isNaN(value)).sort(), Math.max(2, Math.min(MOST_VALUE_BINS, most)))) };
}

function cutPoints(sorted: Float64Array, most: number): Float64Array {
  const between: number[] = [];
  for (let i = 1; i < sorted.length && between.length < most; i++) {
    if ((sorted[i] ?? 0) > (sorted[i - 1] ?? 0)) between.push(midpoint(sorted[i - 1] ?? 0, sorted[i] ?? 0));
  }
  if (between.length < most) return Float64Array.from(between);
  const cuts: number[] = [];
  let at = 0;
  for (let k = 1; k < most; k++) {
    at = Math.max(at, Math.floor((k * sorted.length) / most));
    // A cut lies between two distinct values: where a value is common, after all of its rows.
    while (at < sorted.length && at > 0 && sorted[at] === sorted[at - 1]) at++;
    if (at >= sorted.length) break;
    const cut = midpoint(sorted[at - 1] ?? 0, sorted[at] ?? 0);
    if (cuts.length === 0 || cut > (cuts[cuts.length - 1] ?? 0)) cuts.push(cut);
  }
  return Float64Array.from(cuts);
}

/** Strictly below `high`, also where rounding or infinity would say otherwise. */
function midpoint(low: number, high: number): number {
  const middle = low + (high - low) / 2;
  return middle < high && middle >= low ? middle : low;
}

/** Each value's bin. The edges may come from other rows: values beyond them fall into the outermost bins. */
export function binRows(bins: Bins, matrix: Matrix): BinnedRows {
  const count = Int32Array.from(bins.edges, (edges) => edges.length + 2);
  return { rows: matrix.rows, count, bins: bins.edges.map((edges, column) => binColumn(edges, matrix.columns[column] ?? new Float64Array(0))) };
}

function binColumn(edges: Float64Array, values: Values): Uint8Array {
  const out = new Uint8Array(values.length);
  const missing = edges.length + 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    if (Number.isNaN(value)) {
      out[i] = missing;
      continue;
    }
    let low = 0;
    let high = edges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((edges[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    out[i] = low;
  }
  return out;
}
