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
function cellsOf({ n, d, values }: Points, side: number): Cells {
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

/** Cells a leaf of the tree holds. */
const LEAF = 8;

/** Cells within reach of each cell: item[start[c]] … item[start[c + 1] − 1], the cell itself included. */
export interface NearCells {
  start: Int32Array;
  item: Int32Array;
}

/** Boxes in a binary tree, split at the median of their widest side (a k-d tree over boxes: Bentley 1975). */
interface Tree {
  /** Cells in the order of the leaves. */
  items: Int32Array;
  /** For each node its first item, its end, and its children; −1 for a leaf. */
  from: number[];
  to: number[];
  left: number[];
  right: number[];
  /** Corners of the box around each node. */
  low: number[];
  high: number[];
}

function treeOf({ count, low, high }: Cells, d: number): Tree {
  const tree: Tree = { items: new Int32Array(count).map((_, c) => c), from: [], to: [], left: [], right: [], low: [], high: [] };
  const build = (from: number, to: number): number => {
    const node = tree.from.push(from) - 1;
    tree.to.push(to);
    tree.left.push(-1);
    tree.right.push(-1);
    let widest = -1;
    let axis = 0;
    for (let f = 0; f < d; f++) {
      let least = Infinity;
      let most = -Infinity;
      for (let k = from; k < to; k++) {
        const c = (tree.items[k] ?? 0) * d + f;
        least = Math.min(least, low[c] ?? 0);
        most = Math.max(most, high[c] ?? 0);
      }
      tree.low.push(least);
      tree.high.push(most);
      if (most - least > widest) {
        widest = most - least;
        axis = f;
      }
    }
    if (to - from > LEAF) {
      tree.items.subarray(from, to).sort((a, b) => (low[a * d + axis] ?? 0) - (low[b * d + axis] ?? 0));
      const middle = (from + to) >> 1;
      tree.left[node] = build(from, middle);
      tree.right[node] = build(middle, to);
    }
    return node;
  };
  if (count > 0) build(0, count);
  return tree;
}

/** The same cells numbered as the tree has them, so that neighbours lie together in memory. */
function renumbered(cells: Cells, items: Int32Array, d: number): Cells {
  const out: Cells = { count: cells.count, start: new Int32Array(cells.count + 1), order: new Int32Array(cells.order.length), values: new Float64Array(cells.values.length), low: new Float64Array(cells.low.length), high: new Float64Array(cells.high.length) };
  let used = 0;
  items.forEach((old, c) => {
    const from = cells.start[old] ?? 0;
    const to = cells.start[old + 1] ?? 0;
    out.order.set(cells.order.subarray(from, to), used);
    out.values.set(cells.values.subarray(from * d, to * d), used * d);
    out.low.set(cells.low.subarray(old * d, (old + 1) * d), c * d);
    out.high.set(cells.high.subarray(old * d, (old + 1) * d), c * d);
    used += to - from;
    out.start[c + 1] = used;
  });
  return out;
}

/** Squared distance between two boxes, the first at `a` of its corners, the second at `b`. */
function boxGap(low: ArrayLike<number>, high: ArrayLike<number>, a: number, otherLow: ArrayLike<number>, otherHigh: ArrayLike<number>, b: number, d: number): number {
  let sum = 0;
  for (let f = 0; f < d; f++) {
    const after = (low[a + f] ?? 0) - (otherHigh[b + f] ?? 0);
    const before = (otherLow[b + f] ?? 0) - (high[a + f] ?? 0);
    const apart = after > before ? after : before;
    if (apart > 0) sum += apart * apart;
  }
  return sum;
}

/**
 * Cells of a side, and for each those whose box lies within `reach` of its own. The tree is walked once for each leaf and
 * not for each cell. Memory: 4 bytes for each pair of near cells.
 */
export function nearCells(points: Points, side: number, reach: number): { cells: Cells; near: NearCells } {
  const { d } = points;
  const raw = cellsOf(points, side);
  const tree = treeOf(raw, d);
  const cells = renumbered(raw, tree.items, d);
  const squared = reach * reach;
  const start = new Int32Array(cells.count + 1);
  let item = new Int32Array(Math.max(1024, 8 * cells.count));
  let used = 0;
  const stack: number[] = [];
  const low = Float64Array.from(tree.low);
  const high = Float64Array.from(tree.high);
  const leaves: number[] = [];
  for (let node = 0; node < tree.from.length; node++) {
    if ((tree.left[node] ?? -1) >= 0) continue;
    leaves.length = 0;
    stack.push(0);
    for (let other = stack.pop(); other !== undefined; other = stack.pop()) {
      if (boxGap(low, high, other * d, low, high, node * d, d) > squared) continue;
      const left = tree.left[other] ?? -1;
      if (left >= 0) stack.push(tree.right[other] ?? 0, left);
      else leaves.push(other);
    }
    for (let c = tree.from[node] ?? 0; c < (tree.to[node] ?? 0); c++) {
      if (used + leaves.length * LEAF > item.length) {
        const bigger = new Int32Array(2 * item.length + leaves.length * LEAF);
        bigger.set(item);
        item = bigger;
      }
      for (const leaf of leaves) {
        for (let other = tree.from[leaf] ?? 0; other < (tree.to[leaf] ?? 0); other++) {
          if (boxGap(cells.low, cells.high, other * d, cells.low, cells.high, c * d, d) <= squared) item[used++] = other;
        }
      }
      start[c + 1] = used;
    }
  }
  return { cells, near: { start, item } };
}
