/** Compressed rows sorted by repeat count: models whose integrals depend on (x, day) make one table a count and read it per row. */
import type { Rows } from './rows.ts';

export interface RowsByCount {
  /** Rows of count k are start[k] … start[k + 1]. */
  start: Int32Array;
  tx: Int32Array;
  T: Int32Array;
  weight: Float64Array;
  /** By count: the first last-purchase and the latest end among its rows. */
  least: Int32Array;
  most: Int32Array;
}

const made = new WeakMap<Rows, RowsByCount>();

/** Made once for each `rows`: a search evaluates its likelihood a hundred times on the same ones. */
export function rowsByCount(rows: Rows): RowsByCount {
  const known = made.get(rows);
  if (known) return known;
  const counts = rows.xs.length;
  const size = rows.weight.length;
  const start = new Int32Array(counts + 1);
  for (let i = 0; i < size; i++) start[(rows.xIndex[i] ?? 0) + 1] = (start[(rows.xIndex[i] ?? 0) + 1] ?? 0) + 1;
  for (let k = 0; k < counts; k++) start[k + 1] = (start[k + 1] ?? 0) + (start[k] ?? 0);
  const next = start.slice();
  const sorted: RowsByCount = {
    start,
    tx: new Int32Array(size),
    T: new Int32Array(size),
    weight: new Float64Array(size),
    least: new Int32Array(counts).fill(2 ** 31 - 1),
    most: new Int32Array(counts),
  };
  for (let i = 0; i < size; i++) {
    const k = rows.xIndex[i] ?? 0;
    const at = next[k] ?? 0;
    next[k] = at + 1;
    sorted.tx[at] = rows.tx[i] ?? 0;
    sorted.T[at] = rows.T[i] ?? 0;
    sorted.weight[at] = rows.weight[i] ?? 0;
    sorted.least[k] = Math.min(sorted.least[k] ?? 0, rows.tx[i] ?? 0);
    sorted.most[k] = Math.max(sorted.most[k] ?? 0, rows.T[i] ?? 0);
  }
  made.set(rows, sorted);
  return sorted;
}
