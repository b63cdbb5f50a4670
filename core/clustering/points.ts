/** Points as one flat array, row by row: what every clustering method reads. */
import type { Random } from '#core/math/random';

export interface Points {
  /** How many. */
  n: number;
  /** Numbers each. */
  d: number;
  /** n × d, row by row; all finite. */
  values: Float64Array;
}

/** Label of a point that belongs to no cluster. */
export const NOISE = -1;

/** Square of the Euclidean distance between the rows that begin at `i` of `a` and at `j` of `b`. */
export function squaredDistance(a: Float64Array, i: number, b: Float64Array, j: number, d: number): number {
  let sum = 0;
  for (let f = 0; f < d; f++) {
    const gap = (a[i + f] ?? 0) - (b[j + f] ?? 0);
    sum += gap * gap;
  }
  return sum;
}

/** The rows named by `index`, in that order. */
export function pickRows({ d, values }: Points, index: ArrayLike<number>): Points {
  const out = new Float64Array(index.length * d);
  for (let k = 0; k < index.length; k++) {
    const at = (index[k] ?? 0) * d;
    for (let f = 0; f < d; f++) out[k * d + f] = values[at + f] ?? 0;
  }
  return { n: index.length, d, values: out };
}

/** `size` different row numbers, ascending; all of them where there are no more (Knuth, TAOCP 3.4.2, algorithm S). */
export function sampleRows(n: number, size: number, random: Random): Int32Array {
  const out = new Int32Array(Math.min(n, size));
  let used = 0;
  for (let i = 0; i < n && used < out.length; i++) if ((n - i) * random() < out.length - used) out[used++] = i;
  return out;
}

/** Labels renamed so that the largest cluster is 0; equal sizes by first member. Noise stays. */
export function bySize(labels: Int32Array): { labels: Int32Array; sizes: number[]; /** Old label by new. */ from: number[] } {
  const count = labels.reduce((most, label) => Math.max(most, label), NOISE) + 1;
  const sizes = new Int32Array(count);
  const first = new Int32Array(count).fill(labels.length);
  labels.forEach((label, i) => {
    if (label < 0) return;
    sizes[label] = (sizes[label] ?? 0) + 1;
    first[label] = Math.min(first[label] ?? i, i);
  });
  const from = [...sizes.keys()].filter((label) => (sizes[label] ?? 0) > 0).sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0) || (first[a] ?? 0) - (first[b] ?? 0));
  const to = new Int32Array(count);
  from.forEach((old, label) => (to[old] = label));
  return { labels: labels.map((label) => (label < 0 ? NOISE : (to[label] ?? 0))), sizes: from.map((old) => sizes[old] ?? 0), from };
}
