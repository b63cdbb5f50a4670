/** Compressed histories laid out for fast likelihoods: logs are taken once per distinct day, not once per customer. */
import type { BehaviourData } from './behaviour.ts';
import { compress } from './compress.ts';

export interface Rows {
  /** Distinct repeat counts, ascending. */
  xs: Float64Array;
  /** Customers with each distinct count. */
  xWeight: Float64Array;
  /** Row → index into xs. */
  xIndex: Int32Array;
  /** Days, whole. */
  tx: Int32Array;
  T: Int32Array;
  weight: Float64Array;
  /** Customers. */
  n: number;
  sumX: number;
  sumT: number;
  maxDay: number;
}

/** Rows of already compressed or raw data; compressing twice changes nothing. */
export function toRows(data: BehaviourData): Rows {
  const { x, tx, T, weights } = compress(data);
  return layOut(x, tx, T, weights);
}

function layOut(x: Float64Array, tx: Float64Array, T: Float64Array, weight: Float64Array): Rows {
  const xs = Float64Array.from(new Set(x)).sort();
  const position = new Map<number, number>();
  xs.forEach((value, i) => position.set(value, i));
  const xIndex = new Int32Array(x.length);
  for (let i = 0; i < x.length; i++) xIndex[i] = position.get(x[i] ?? 0) ?? 0;
  const xWeight = new Float64Array(xs.length);
  let n = 0;
  let sumX = 0;
  let sumT = 0;
  let maxDay = 0;
  for (let i = 0; i < x.length; i++) {
    const w = weight[i] ?? 0;
    xWeight[xIndex[i] ?? 0] = (xWeight[xIndex[i] ?? 0] ?? 0) + w;
    n += w;
    sumX += w * (x[i] ?? 0);
    sumT += w * (T[i] ?? 0);
    if ((T[i] ?? 0) > maxDay) maxDay = T[i] ?? 0;
  }
  return { xs, xWeight, xIndex, tx: Int32Array.from(tx), T: Int32Array.from(T), weight, n, sumX, sumT, maxDay };
}

/** The same histories with other weights: a resampling of customers. */
export function reweighted(rows: Rows, weight: Float64Array): Rows {
  const xWeight = new Float64Array(rows.xs.length);
  let n = 0;
  let sumX = 0;
  let sumT = 0;
  for (let i = 0; i < weight.length; i++) {
    const w = weight[i] ?? 0;
    const k = rows.xIndex[i] ?? 0;
    xWeight[k] = (xWeight[k] ?? 0) + w;
    n += w;
    sumX += w * (rows.xs[k] ?? 0);
    sumT += w * (rows.T[i] ?? 0);
  }
  return { ...rows, xWeight, weight, n, sumX, sumT };
}

/** About `size` of the rows, evenly spaced: enough to find the neighbourhood of the optimum. Never random. */
export function thin(rows: Rows, size: number): Rows {
  const total = rows.weight.length;
  if (total <= size) return rows;
  const pick = (read: (i: number) => number): Float64Array =>
    Float64Array.from({ length: size }, (_, k) => read(Math.floor((k * total) / size)));
  return layOut(
    pick((i) => (rows.xs[rows.xIndex[i] ?? 0] ?? 0)),
    pick((i) => (rows.tx[i] ?? 0)),
    pick((i) => (rows.T[i] ?? 0)),
    pick((i) => (rows.weight[i] ?? 0)),
  );
}
