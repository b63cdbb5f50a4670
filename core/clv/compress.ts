/** Customers with the same history share one row and a weight: a fit then costs what the distinct histories cost. */
import type { BehaviourData } from './behaviour.ts';

/** Unique rows with weights, in order of first appearance. */
export type CompressedData = Required<BehaviourData>;

/**
 * Unique (x, tx, T) rows, values cleaned to what a history can be: whole, x ≥ 0, T ≥ 0, 0 ≤ tx ≤ T, tx = 0 when x = 0.
 * Rows that hold NaN are dropped. O(n) by open addressing; about 0.1 s for a million rows.
 */
export function compress(data: BehaviourData): CompressedData {
  const count = data.x.length;
  let capacity = 1024;
  let slots = new Int32Array(capacity).fill(-1);
  let x = new Float64Array(512);
  let tx = new Float64Array(512);
  let T = new Float64Array(512);
  let weights = new Float64Array(512);
  let used = 0;
  for (let i = 0; i < count; i++) {
    const rx = Math.max(0, Math.round(data.x[i] ?? 0));
    const rT = Math.max(0, Math.round(data.T[i] ?? 0));
    const rtx = rx === 0 ? 0 : Math.min(rT, Math.max(0, Math.round(data.tx[i] ?? 0)));
    const weight = data.weights ? (data.weights[i] ?? 0) : 1;
    if (!(weight > 0) || !Number.isFinite(rx + rT + rtx)) continue;
    let slot = hash(rx, rtx, rT) & (capacity - 1);
    for (;;) {
      const row = slots[slot] ?? 0;
      if (row < 0) break;
      if (x[row] === rx && tx[row] === rtx && T[row] === rT) break;
      slot = (slot + 1) & (capacity - 1);
    }
    const row = slots[slot] ?? 0;
    if (row >= 0) {
      weights[row] = (weights[row] ?? 0) + weight;
      continue;
    }
    if (used === x.length) {
      x = grown(x);
      tx = grown(tx);
      T = grown(T);
      weights = grown(weights);
    }
    x[used] = rx;
    tx[used] = rtx;
    T[used] = rT;
    weights[used] = weight;
    slots[slot] = used++;
    if (used * 2 > capacity) {
      capacity *= 4;
      slots = new Int32Array(capacity).fill(-1);
      for (let r = 0; r < used; r++) {
        let free = hash((x[r] ?? 0), (tx[r] ?? 0), (T[r] ?? 0)) & (capacity - 1);
        while ((slots[free] ?? 0) >= 0) free = (free + 1) & (capacity - 1);
        slots[free] = r;
      }
    }
  }
  return { x: x.slice(0, used), tx: tx.slice(0, used), T: T.slice(0, used), weights: weights.slice(0, used) };
}

function hash(x: number, tx: number, T: number): number {
  let h = Math.imul(x | 0, 0x9e3779b1) ^ Math.imul(tx | 0, 0x85ebca6b) ^ Math.imul(T | 0, 0xc2b2ae35);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return h ^ (h >>> 13);
}

function grown(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const bigger = new Float64Array(array.length * 2);
  bigger.set(array);
  return bigger;
}
