/** Why a row's score is what it is: the exact Shapley value of each column in a sum of trees. */
import type { Matrix } from '#core/learning/encoding';
import { treeCount, type Trees } from './trees.ts';

export interface Contributions {
  /** The mean score over training rows: what is expected of a row nothing is known of. */
  expected: number;
  /** rows × players, row by row; with `expected` they sum to the row's score. */
  values: Float64Array;
}

/** One entry a player on the way to a node; level l of the recursion has its own stretch of each array. */
interface Path {
  player: Int32Array;
  /** Share of paths that run through when the player is unknown, and whether the row's own value runs through. */
  zero: Float64Array;
  one: Float64Array;
  /** Permutation weights of Lundberg's algorithm, by size of subset. */
  weight: Float64Array;
}

/**
 * TreeSHAP, path-dependent (Lundberg, Erion & Lee 2018, algorithm 2): exact Shapley values of the game in which an unknown column
 * sends a row both ways, by cover. Columns with the same entry in `player` (the levels of one category) are one player.
 * O(rows · leaves · depth²). @param players how many there are. @param base score before the first tree.
 */
export function treeShap(trees: Trees, matrix: Matrix, base: number, player: ArrayLike<number> = matrix.columns.map((_, c) => c), players = matrix.columns.length): Contributions {
  const walk = new Walk(trees, matrix, player, players);
  const values = new Float64Array(matrix.rows * players);
  for (let row = 0; row < matrix.rows; row++) walk.addRow(row, values.subarray(row * players, (row + 1) * players));
  return { expected: expectedScore(trees, base), values };
}

/** Σ over trees of the mean leaf value by cover, plus `base`. */
export function expectedScore(trees: Trees, base: number): number {
  let sum = base;
  for (let tree = 0; tree < treeCount(trees); tree++) {
    const root = trees.start[tree] ?? 0;
    const end = trees.start[tree + 1] ?? 0;
    let weighted = 0;
    for (let at = root; at < end; at++) if ((trees.feature[at] ?? -1) < 0) weighted += (trees.cover[at] ?? 0) * (trees.value[at] ?? 0);
    sum += (trees.cover[root] ?? 0) > 0 ? weighted / (trees.cover[root] ?? 1) : 0;
  }
  return sum;
}

function deepest(trees: Trees): number {
  const depth = new Int32Array(trees.feature.length);
  let most = 0;
  for (let at = 0; at < depth.length; at++) {
    if ((trees.feature[at] ?? -1) < 0) continue;
    const left = trees.left[at] ?? 0;
    depth[left] = depth[left + 1] = (depth[at] ?? 0) + 1;
    most = Math.max(most, (depth[at] ?? 0) + 1);
  }
  return most;
}

class Walk {
  private readonly trees: Trees;
  private readonly matrix: Matrix;
  private readonly player: ArrayLike<number>;
  private readonly path: Path;
  private row = 0;
  private out: Float64Array = new Float64Array(0);

  constructor(trees: Trees, matrix: Matrix, player: ArrayLike<number>, players: number) {
    this.trees = trees;
    this.matrix = matrix;
    this.player = player;
    const levels = deepest(trees) + 2;
    const longest = Math.min(levels, players + 2);
    const size = levels * (longest + 1);
    this.path = { player: new Int32Array(size), zero: new Float64Array(size), one: new Float64Array(size), weight: new Float64Array(size) };
  }

  /** Adds the contributions of one row to `out`. */
  addRow(row: number, out: Float64Array): void {
    this.row = row;
    this.out = out;
    for (let tree = 0; tree < treeCount(this.trees); tree++) this.visit(this.trees.start[tree] ?? 0, 0, 0, 0, 1, 1, -1);
  }

  /** `from`: where the parent's path of `depth` entries begins; the node's own is written behind it. */
  private visit(node: number, from: number, parentLength: number, depth: number, zero: number, one: number, player: number): void {
    const { path, trees } = this;
    const at = from + parentLength;
    for (let k = 0; k < depth; k++) {
      path.player[at + k] = path.player[from + k] ?? 0;
      path.zero[at + k] = path.zero[from + k] ?? 0;
      path.one[at + k] = path.one[from + k] ?? 0;
      path.weight[at + k] = path.weight[from + k] ?? 0;
    }
    this.extend(at, depth, zero, one, player);
    const feature = trees.feature[node] ?? -1;
    if (feature < 0) {
      for (let k = 1; k <= depth; k++) {
        const who = path.player[at + k] ?? 0;
        this.out[who] = (this.out[who] ?? 0) + this.unwoundSum(at, depth, k) * ((path.one[at + k] ?? 0) - (path.zero[at + k] ?? 0)) * (trees.value[node] ?? 0);
      }
      return;
    }
    const left = trees.left[node] ?? 0;
    const value = this.matrix.columns[feature]?.[this.row] ?? NaN;
    const goesLeft = Number.isNaN(value) ? trees.missingLeft[node] === 1 : value <= (trees.threshold[node] ?? 0);
    const hot = goesLeft ? left : left + 1;
    const cold = goesLeft ? left + 1 : left;
    const who = this.player[feature] ?? 0;
    let knownZero = 1;
    let knownOne = 1;
    let next = depth + 1;
    for (let k = 1; k <= depth; k++) {
      if (path.player[at + k] !== who) continue;
      // Asked before on this way: both answers become one.
      knownZero = path.zero[at + k] ?? 1;
      knownOne = path.one[at + k] ?? 1;
      this.unwind(at, depth, k);
      next--;
      break;
    }
    const cover = trees.cover[node] ?? 1;
    this.visit(hot, at, depth + 1, next, ((trees.cover[hot] ?? 0) / cover) * knownZero, knownOne, who);
    this.visit(cold, at, depth + 1, next, ((trees.cover[cold] ?? 0) / cover) * knownZero, 0, who);
  }

  /** Algorithm 2, EXTEND. */
  private extend(at: number, depth: number, zero: number, one: number, player: number): void {
    const { path } = this;
    path.player[at + depth] = player;
    path.zero[at + depth] = zero;
    path.one[at + depth] = one;
    path.weight[at + depth] = depth === 0 ? 1 : 0;
    for (let i = depth - 1; i >= 0; i--) {
      path.weight[at + i + 1] = (path.weight[at + i + 1] ?? 0) + (one * (path.weight[at + i] ?? 0) * (i + 1)) / (depth + 1);
      path.weight[at + i] = (zero * (path.weight[at + i] ?? 0) * (depth - i)) / (depth + 1);
    }
  }

  /** Algorithm 2, UNWIND: takes entry `k` of a path of depth + 1 entries back out. */
  private unwind(at: number, depth: number, k: number): void {
    const { path } = this;
    const one = path.one[at + k] ?? 0;
    const zero = path.zero[at + k] ?? 0;
    let next = path.weight[at + depth] ?? 0;
    for (let i = depth - 1; i >= 0; i--) {
      if (one !== 0) {
        const held = path.weight[at + i] ?? 0;
        path.weight[at + i] = (next * (depth + 1)) / ((i + 1) * one);
        next = held - ((path.weight[at + i] ?? 0) * zero * (depth - i)) / (depth + 1);
      } else {
        path.weight[at + i] = ((path.weight[at + i] ?? 0) * (depth + 1)) / (zero * (depth - i));
      }
    }
    for (let i = k; i < depth; i++) {
      path.player[at + i] = path.player[at + i + 1] ?? 0;
      path.zero[at + i] = path.zero[at + i + 1] ?? 0;
      path.one[at + i] = path.one[at + i + 1] ?? 0;
    }
  }

  /** Σ of the weights that UNWIND of entry `k` would leave. */
  private unwoundSum(at: number, depth: number, k: number): number {
    const { path } = this;
    const one = path.one[at + k] ?? 0;
    const zero = path.zero[at + k] ?? 0;
    let next = path.weight[at + depth] ?? 0;
    let total = 0;
    for (let i = depth - 1; i >= 0; i--) {
      if (one !== 0) {
        const part = (next * (depth + 1)) / ((i + 1) * one);
        total += part;
        next = (path.weight[at + i] ?? 0) - (part * zero * (depth - i)) / (depth + 1);
      } else if (zero > 0) {
        total += (path.weight[at + i] ?? 0) / ((zero * (depth - i)) / (depth + 1));
      }
    }
    return total;
  }
}
