/** Points sorted into small cubes, and a tree over the cubes: who is within reach of whom, without comparing all. */
import type { Points } from './points.ts';

export interface Cells {
  /** How many hold a point. */
  count: number;
  /** Points of cell c: order[start[c]] … order[start[c + 1] − 1]. */
  start: Int32Array;
  order: Int32Array;
  /** Coordinates in that order, row by row. */
  values: Float64Array;
  /** Corners of the box around each cell's points: count × d. */
  low: Float64Array;
  high: Float64Array;
}

/** Cells of a given side, by hashing: O(n · d). Any two points of one cell are closer than side · √d. */
export function cellsOf({ n, d, values }: Points, side: number): Cells {
  const least = new Float64Array(d).fill(Infinity);
  for (let i = 0; i < n; i++) for (let f = 0; f < d; f++) least[f] = Math.min(least[f] ?? 0, values[i * d + f] ?? 0);
  const at = new Float64Array(n * d);
  for (let i = 0; i < n; i++) for (let f = 0; f < d; f++) at[i * d + f] = Math.floor(((values[i * d + f] ?? 0) - (least[f] ?? 0)) / side);
  let capacity = 1024;
  while (capacity < 2 * n) capacity *= 2;
  const slots = new Int32Array(capacity).fill(-1);
  const cell = new Int32Array(n);
  const leader: number[] = [];
  const same = (i: number, j: number): boolean => {
    for (let f = 0; f < d; f++) if (at[i * d + f] !== at[j * d + f]) return false;
    return true;
  };
  for (let i = 0; i < n; i++) {
    let hash = 0;
    for (let f = 0; f < d; f++) hash = Math.imul(hash ^ ((at[i * d + f] ?? 0) | 0), 0x9e3779b1) ^ (hash >>> 15);
    let slot = (hash ^ (hash >>> 13)) & (capacity - 1);
    while ((slots[slot] ?? 0) >= 0 && !same(leader[slots[slot] ?? 0] ?? 0, i)) slot = (slot + 1) & (capacity - 1);
    if ((slots[slot] ?? 0) < 0) {
      slots[slot] = leader.length;
      leader.push(i);
    }
    cell[i] = slots[slot] ?? 0;
  }
  const count = leader.length;
  const start = new Int32Array(count + 1);
  for (let i = 0; i < n; i++) start[(cell[i] ?? 0) + 1] = (start[(cell[i] ?? 0) + 1] ?? 0) + 1;
  for (let c = 0; c < count; c++) start[c + 1] = (start[c + 1] ?? 0) + (start[c] ?? 0);
  const next = start.slice();
  const out: Cells = { count, start, order: new Int32Array(n), values: new Float64Array(n * d), low: new Float64Array(count * d).fill(Infinity), high: new Float64Array(count * d).fill(-Infinity) };
  for (let i = 0; i < n; i++) {
    const c = cell[i] ?? 0;
    const place = next[c] ?? 0;
    next[c] = place + 1;
    out.order[place] = i;
    for (let f = 0; f < d; f++) {
      const value = values[i * d + f] ?? 0;
      out.values[place * d + f] = value;
      if (value < (out.low[c * d + f] ?? 0)) out.low[c * d + f] = value;
      if (value > (out.high[c * d + f] ?? 0)) out.high[c * d + f] = value;
    }
  }
  return out;
}

const LEAF = 8;

/** Boxes in a binary tree, split at the median of their widest side (a k-d tree over boxes: Bentley 1975). */
export class CellTree {
  readonly #cells: Cells;
  readonly #d: number;
  readonly #items: Int32Array;
  /** For each node: first item, end, left child (−1 for a leaf; the right one follows it in `#right`). */
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  readonly #left: number[] = [];
  readonly #right: number[] = [];
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  readonly #stack = new Int32Array(256);

  constructor(cells: Cells, d: number) {
    this.#cells = cells;
    this.#d = d;
    this.#items = new Int32Array(cells.count).map((_, c) => c);
    const most = 2 * Math.max(1, Math.ceil(cells.count / (LEAF / 2))) + 1;
    this.#low = new Float64Array(most * d);
    this.#high = new Float64Array(most * d);
    if (cells.count > 0) this.#build(0, cells.count);
  }

  #build(from: number, to: number): number {
    const d = this.#d;
    const node = this.#from.length;
    this.#from.push(from);
    this.#to.push(to);
    this.#left.push(-1);
    this.#right.push(-1);
    let widest = -1;
    let axis = 0;
    for (let f = 0; f < d; f++) {
      let low = Infinity;
      let high = -Infinity;
      for (let k = from; k < to; k++) {
        const c = (this.#items[k] ?? 0) * d + f;
        low = Math.min(low, this.#cells.low[c] ?? 0);
        high = Math.max(high, this.#cells.high[c] ?? 0);
      }
      this.#low[node * d + f] = low;
      this.#high[node * d + f] = high;
      if (high - low > widest) {
        widest = high - low;
        axis = f;
      }
    }
    if (to - from > LEAF) {
      const low = this.#cells.low;
      this.#items.subarray(from, to).sort((a, b) => (low[a * d + axis] ?? 0) - (low[b * d + axis] ?? 0));
      const middle = (from + to) >> 1;
      this.#left[node] = this.#build(from, middle);
      this.#right[node] = this.#build(middle, to);
    }
    return node;
  }

  /** Writes into `found` the cells whose box is within `reach` (squared) of the box of cell `c`, itself included; returns how many. */
  near(c: number, reach: number, found: number[]): number {
    const d = this.#d;
    let used = 0;
    let depth = 1;
    this.#stack[0] = 0;
    while (depth > 0) {
      const node = this.#stack[--depth] ?? 0;
      if (this.#gap(this.#low, this.#high, node * d, c * d) > reach) continue;
      const left = this.#left[node] ?? -1;
      if (left >= 0) {
        this.#stack[depth++] = left;
        this.#stack[depth++] = this.#right[node] ?? 0;
        continue;
      }
      for (let k = this.#from[node] ?? 0; k < (this.#to[node] ?? 0); k++) {
        const other = this.#items[k] ?? 0;
        if (this.#gap(this.#cells.low, this.#cells.high, other * d, c * d) <= reach) found[used++] = other;
      }
    }
    return used;
  }

  /** Squared distance between the box at `a` of the given corners and the box of the cell at `b`. */
  #gap(low: Float64Array, high: Float64Array, a: number, b: number): number {
    let sum = 0;
    for (let f = 0; f < this.#d; f++) {
      const apart = Math.max((low[a + f] ?? 0) - (this.#cells.high[b + f] ?? 0), (this.#cells.low[b + f] ?? 0) - (high[a + f] ?? 0), 0);
      sum += apart * apart;
    }
    return sum;
  }
}
