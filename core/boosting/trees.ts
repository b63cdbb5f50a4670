/** Grown trees as flat arrays, one after the other, and how they score rows. */
import type { Matrix } from '#core/learning/encoding';
import type { Bins, BinnedRows } from './bins.ts';

/** Parallel columns, one entry a node; the nodes of a tree stand together, its root first, children after their parent. */
export interface Trees {
  /** Index of each tree's root, and at the end the number of nodes. */
  start: Int32Array;
  /** Column the node asks; −1 is a leaf. */
  feature: Int16Array;
  /** Left when value ≤ threshold. */
  threshold: Float64Array;
  /** The same question asked of a bin. */
  bin: Uint8Array;
  /** Index of the left child; the right one stands behind it. */
  left: Int32Array;
  /** 1 when missing values go left. */
  missingLeft: Uint8Array;
  /** What the node adds to the score if it were a leaf. */
  value: Float64Array;
  /** Training rows that came through, by weight. */
  cover: Float64Array;
  /** Loss saved by the split; 0 at leaves. */
  gain: Float64Array;
}

/** Collects nodes while trees are grown; arrays double when full. */
export class TreeBuilder {
  private nodes: Trees = emptyTrees(256);
  private starts: number[] = [];
  size = 0;

  /** A new leaf; the first after `beginTree` is its root. */
  add(value: number, cover: number): number {
    if (this.size === this.nodes.feature.length) this.nodes = resized(this.nodes, this.size * 2);
    const at = this.size++;
    this.nodes.feature[at] = -1;
    this.nodes.value[at] = value;
    this.nodes.cover[at] = cover;
    return at;
  }

  beginTree(): void {
    this.starts.push(this.size);
  }

  /** Turn leaf `at` into a question whose children are `left` and `left + 1`. */
  split(at: number, feature: number, bin: number, missingLeft: boolean, left: number, gain: number): void {
    this.nodes.feature[at] = feature;
    this.nodes.bin[at] = bin;
    this.nodes.missingLeft[at] = missingLeft ? 1 : 0;
    this.nodes.left[at] = left;
    this.nodes.gain[at] = gain;
  }

  setValue(at: number, value: number): void {
    this.nodes.value[at] = value;
  }

  value(at: number): number {
    return this.nodes.value[at] ?? 0;
  }

  /** Adds `scale` × the leaf of each row that `index` names to `score`, in the tree grown last. */
  addLast(rows: BinnedRows, index: Int32Array, score: Float64Array): void {
    addTree(this.nodes, this.starts[this.starts.length - 1] ?? 0, rows, index, score);
  }

  /** The first `trees` trees, with thresholds read from `bins`. */
  finish(bins: Bins, trees = this.starts.length): Trees {
    const size = this.starts[trees] ?? this.size;
    const out = resized(this.nodes, size);
    for (let i = 0; i < size; i++) {
      const feature = out.feature[i] ?? -1;
      if (feature < 0) continue;
      const edges = bins.edges[feature] ?? new Float64Array(0);
      // Asking whether a value is there at all: every number goes one way.
      out.threshold[i] = edges[out.bin[i] ?? 0] ?? Infinity;
    }
    return { ...out, start: Int32Array.from([...this.starts.slice(0, trees), size]) };
  }
}

function emptyTrees(size: number): Trees {
  return {
    start: new Int32Array(1), feature: new Int16Array(size), threshold: new Float64Array(size), bin: new Uint8Array(size), left: new Int32Array(size),
    missingLeft: new Uint8Array(size), value: new Float64Array(size), cover: new Float64Array(size), gain: new Float64Array(size),
  };
}

function resized(trees: Trees, size: number): Trees {
  const out = emptyTrees(size);
  out.feature.set(trees.feature.subarray(0, size));
  out.threshold.set(trees.threshold.subarray(0, size));
  out.bin.set(trees.bin.subarray(0, size));
  out.left.set(trees.left.subarray(0, size));
  out.missingLeft.set(trees.missingLeft.subarray(0, size));
  out.value.set(trees.value.subarray(0, size));
  out.cover.set(trees.cover.subarray(0, size));
  out.gain.set(trees.gain.subarray(0, size));
  return out;
}

/** How many trees there are. */
export function treeCount(trees: Trees): number {
  return trees.start.length - 1;
}

/** Adds the leaf value of each named row of binned data to its score. */
export function addTree(trees: Trees, root: number, rows: BinnedRows, index: Int32Array, score: Float64Array): void {
  const { feature, bin, left, missingLeft, value } = trees;
  for (let k = 0; k < index.length; k++) {
    const i = index[k] ?? 0;
    let at = root;
    for (let asked = feature[at] ?? -1; asked >= 0; asked = feature[at] ?? -1) {
      const held = rows.bins[asked]?.[i] ?? 0;
      const goesLeft = held === (rows.count[asked] ?? 0) - 1 ? missingLeft[at] === 1 : held <= (bin[at] ?? 0);
      at = (left[at] ?? 0) + (goesLeft ? 0 : 1);
    }
    score[i] = (score[i] ?? 0) + (value[at] ?? 0);
  }
}

/** Σ over trees of the leaf each row ends in, plus `base`. Columns stand in the order of the fit; NaN is missing. */
export function sumTrees(trees: Trees, matrix: Matrix, base: number): Float64Array {
  const { start, feature, threshold, left, missingLeft, value } = trees;
  const score = new Float64Array(matrix.rows).fill(base);
  const row = new Float64Array(matrix.columns.length);
  for (let i = 0; i < matrix.rows; i++) {
    for (let c = 0; c < row.length; c++) row[c] = matrix.columns[c]?.[i] ?? NaN;
    let sum = base;
    for (let tree = 0; tree + 1 < start.length; tree++) {
      let at = start[tree] ?? 0;
      for (let asked = feature[at] ?? -1; asked >= 0; asked = feature[at] ?? -1) {
        const held = row[asked] ?? NaN;
        // A comparison with NaN is false, so missing values are asked for first.
        const goesLeft = held !== held ? missingLeft[at] === 1 : held <= (threshold[at] ?? 0);
        at = (left[at] ?? 0) + (goesLeft ? 0 : 1);
      }
      sum += value[at] ?? 0;
    }
    score[i] = sum;
  }
  return score;
}

/** Total loss saved by the splits on each column, as shares of all; zeros when no tree ever split. */
export function gainShares(trees: Trees, columns: number): Float64Array {
  const shares = new Float64Array(columns);
  let total = 0;
  for (let i = 0; i < trees.feature.length; i++) {
    const feature = trees.feature[i] ?? -1;
    if (feature < 0) continue;
    shares[feature] = (shares[feature] ?? 0) + (trees.gain[i] ?? 0);
    total += trees.gain[i] ?? 0;
  }
  return total > 0 ? shares.map((gain) => gain / total) : shares;
}
