/** Hierarchical clustering: everything begins alone and the nearest two are joined, until k are left. */
import { pickRows, bySize, squaredDistance, type Points } from './points.ts';

export const LINKAGES = ['ward', 'average', 'complete', 'single'] as const;
export type Linkage = (typeof LINKAGES)[number];

export interface Hierarchy {
  /** Points or micro-clusters it began with. */
  leaves: number;
  /** Joins in order of height: leaf or earlier join (leaves + its index) on both sides. */
  joins: { a: number; b: number; height: number }[];
}

export interface Hierarchical {
  labels: Int32Array;
  sizes: number[];
  hierarchy: Hierarchy;
  /** Micro-clusters it was run on; null when on the points themselves. */
  micro: number | null;
}

/** Ward needs centres only; the others all distances, which is 8 bytes for each pair. */
const MOST_POINTS: Readonly<Record<Linkage, number>> = { ward: 20_000, average: 5_000, complete: 5_000, single: 5_000 };
const MICRO = 2_000;
/** Rounds of splitting at the most: far outliers are split off first, one at a time. */
const MOST_ROUNDS = 40;

/**
 * Agglomerative clustering by the nearest-neighbour chain (Murtagh 1983; Müllner 2011): the exact hierarchy of the
 * linkage in O(n²). Heights are distances; Ward's is √(2·|A||B|/(|A|+|B|))·|c_A − c_B|. Beyond 20,000 points (Ward) or
 * 5,000 (the others) the points are first gathered into 2,000 micro-clusters, which then stand for their members.
 */
export function hierarchical(points: Points, { linkage, k }: { linkage: Linkage; k: number }): Hierarchical {
  if (points.n <= MOST_POINTS[linkage]) {
    const hierarchy = chain(points, new Float64Array(points.n).fill(1), linkage);
    const { labels, sizes } = bySize(cut(hierarchy, k));
    return { labels, sizes, hierarchy, micro: null };
  }
  const { member, centres, weights } = gather(points, MICRO);
  const hierarchy = chain(centres, weights, linkage);
  const coarse = cut(hierarchy, k);
  const { labels, sizes } = bySize(member.map((micro) => coarse[micro] ?? 0));
  return { labels, sizes, hierarchy, micro: centres.n };
}

/** Labels of the k clusters that are left after all but the k − 1 highest joins. */
export function cut({ leaves, joins }: Hierarchy, k: number): Int32Array {
  const parent = new Int32Array(leaves + joins.length).map((_, i) => i);
  const done = Math.max(0, leaves - Math.max(1, k));
  joins.slice(0, done).forEach(({ a, b }, i) => {
    parent[a] = leaves + i;
    parent[b] = leaves + i;
  });
  const label = new Map<number, number>();
  const out = new Int32Array(leaves);
  for (let i = 0; i < leaves; i++) {
    let at = i;
    while (parent[at] !== at) at = parent[at] ?? at;
    const known = label.get(at) ?? label.size;
    label.set(at, known);
    out[i] = known;
  }
  return out;
}

interface Dissimilarity {
  between(i: number, j: number): number;
  /** The active cluster nearest to `tip`, if it is nearer than `least`; else −1. */
  nearest(tip: number, least: number, active: Int32Array, count: number): number;
  /** Cluster j takes in cluster i. */
  join(i: number, j: number, active: Int32Array, count: number): void;
}

function chain(points: Points, weights: Float64Array, linkage: Linkage): Hierarchy {
  const { n } = points;
  const size = weights.slice();
  const measure = linkage === 'ward' ? byCentres(points, size) : byMatrix(points, size, linkage);
  const active = new Int32Array(n).map((_, i) => i);
  const place = active.slice();
  let count = n;
  const raw: { a: number; b: number; height: number }[] = [];
  const path: number[] = [];
  while (count > 1) {
    if (path.length === 0) path.push(active[0] ?? 0);
    const tip = path[path.length - 1] ?? 0;
    const before = path[path.length - 2] ?? -1;
    let nearest = measure.nearest(tip, before >= 0 ? measure.between(tip, before) : Infinity, active, count);
    if (nearest < 0) nearest = before;
    const least = nearest >= 0 ? measure.between(tip, nearest) : Infinity;
    if (nearest !== before || before < 0) {
      // Distances that overflow are all alike: any partner will do.
      path.push(nearest >= 0 ? nearest : (active[active[0] === tip ? 1 : 0] ?? 0));
      continue;
    }
    path.length -= 2;
    raw.push({ a: tip, b: before, height: Math.sqrt(least) });
    measure.join(tip, before, active, count);
    size[before] = (size[before] ?? 0) + (size[tip] ?? 0);
    const hole = place[tip] ?? 0;
    const moved = active[--count] ?? 0;
    active[hole] = moved;
    place[moved] = hole;
  }
  return { leaves: n, joins: named(raw, n) };
}

/** Joins in order of height, each side named by the join that made it. */
function named(raw: { a: number; b: number; height: number }[], leaves: number): Hierarchy['joins'] {
  const order = raw.map((join, i) => ({ ...join, i })).sort((x, y) => x.height - y.height || x.i - y.i);
  const parent = new Int32Array(leaves).map((_, i) => i);
  const name = new Int32Array(leaves).map((_, i) => i);
  const find = (i: number): number => {
    let at = i;
    while ((parent[at] ?? at) !== at) at = parent[at] = parent[parent[at] ?? at] ?? at;
    return at;
  };
  return order.map(({ a, b, height }, i) => {
    const [x, y] = [find(a), find(b)];
    const join = { a: name[x] ?? 0, b: name[y] ?? 0, height };
    parent[x] = y;
    name[y] = leaves + i;
    return join;
  });
}

/** Squared Ward dissimilarities from centres: nothing to store for pairs. */
function byCentres({ d, values }: Points, size: Float64Array): Dissimilarity {
  const centres = values.slice();
  return {
    between(i, j) {
      const [a, b] = [size[i] ?? 1, size[j] ?? 1];
      return ((2 * a * b) / (a + b)) * squaredDistance(centres, i * d, centres, j * d, d);
    },
    nearest(tip, least, active, count) {
      const a = size[tip] ?? 1;
      let found = -1;
      let best = least;
      for (let k = 0; k < count; k++) {
        const other = active[k] ?? 0;
        const b = size[other] ?? 1;
        const distance = ((2 * a * b) / (a + b)) * squaredDistance(centres, tip * d, centres, other * d, d);
        if (distance < best && other !== tip) {
          best = distance;
          found = other;
        }
      }
      return found;
    },
    join(i, j) {
      const [a, b] = [size[i] ?? 1, size[j] ?? 1];
      for (let f = 0; f < d; f++) centres[j * d + f] = (a * (centres[i * d + f] ?? 0) + b * (centres[j * d + f] ?? 0)) / (a + b);
    },
  };
}

/** Squared heights of the other linkages, kept for every pair and updated after Lance & Williams (1967). */
function byMatrix({ n, d, values }: Points, size: Float64Array, linkage: Linkage): Dissimilarity {
  const pairs = new Float64Array((n * (n - 1)) / 2);
  const at = (i: number, j: number): number => (i < j ? i * n - (i * (i + 1)) / 2 + j - i - 1 : j * n - (j * (j + 1)) / 2 + i - j - 1);
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) pairs[at(i, j)] = Math.sqrt(squaredDistance(values, i * d, values, j * d, d));
  return {
    between(i, j) {
      const distance = pairs[at(i, j)] ?? 0;
      return distance * distance;
    },
    nearest(tip, least, active, count) {
      let found = -1;
      let best = Math.sqrt(least);
      for (let k = 0; k < count; k++) {
        const other = active[k] ?? 0;
        if (other === tip) continue;
        const distance = pairs[at(tip, other)] ?? 0;
        if (distance < best) {
          best = distance;
          found = other;
        }
      }
      return found;
    },
    join(i, j, active, count) {
      const [a, b] = [size[i] ?? 1, size[j] ?? 1];
      for (let k = 0; k < count; k++) {
        const other = active[k] ?? 0;
        if (other === i || other === j) continue;
        const [x, y] = [pairs[at(i, other)] ?? 0, pairs[at(j, other)] ?? 0];
        pairs[at(j, other)] = linkage === 'complete' ? Math.max(x, y) : linkage === 'single' ? Math.min(x, y) : (a * x + b * y) / (a + b);
      }
    },
  };
}

/** At most `count` compact groups: split at the mean of the widest side, over and over. */
function gather(points: Points, count: number): { member: Int32Array; centres: Points; weights: Float64Array } {
  const { n, d, values } = points;
  const order = new Int32Array(n).map((_, i) => i);
  let groups: { from: number; to: number }[] = [{ from: 0, to: n }];
  for (let round = 0; groups.length * 2 <= count && round < MOST_ROUNDS; round++) {
    groups = groups.flatMap(({ from, to }) => {
      const axis = widestAxis(order, from, to, d, values);
      if (axis < 0) return [{ from, to }];
      const middle = partition(order, from, to, (i) => values[i * d + axis] ?? 0);
      return middle > from && middle < to ? [{ from, to: middle }, { from: middle, to }] : [{ from, to }];
    });
  }
  const member = new Int32Array(n);
  const centres = pickRows(points, groups.map(({ from }) => order[from] ?? 0));
  const weights = new Float64Array(groups.length);
  groups.forEach(({ from, to }, g) => {
    weights[g] = to - from;
    const mean = new Float64Array(d);
    for (let p = from; p < to; p++) {
      const i = order[p] ?? 0;
      member[i] = g;
      for (let f = 0; f < d; f++) mean[f] = (mean[f] ?? 0) + (values[i * d + f] ?? 0) / (to - from);
    }
    centres.values.set(mean, g * d);
  });
  return { member, centres, weights };
}

/** Moves entries below their mean before the others; returns where these begin. */
function partition(order: Int32Array, from: number, to: number, read: (i: number) => number): number {
  let mean = 0;
  for (let p = from; p < to; p++) mean += read(order[p] ?? 0) / (to - from);
  let used = from;
  for (let p = from; p < to; p++) {
    const i = order[p] ?? 0;
    if (!(read(i) < mean)) continue;
    order[p] = order[used] ?? 0;
    order[used++] = i;
  }
  return used;
}

/** −1 where all points of the group are one. */
function widestAxis(order: Int32Array, from: number, to: number, d: number, values: Float64Array): number {
  let widest = 0;
  let axis = -1;
  for (let f = 0; f < d; f++) {
    let low = Infinity;
    let high = -Infinity;
    for (let p = from; p < to; p++) {
      const value = values[(order[p] ?? 0) * d + f] ?? 0;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    if (high - low > widest) {
      widest = high - low;
      axis = f;
    }
  }
  return axis;
}
