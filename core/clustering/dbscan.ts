/** DBSCAN: clusters of any shape, as chains of points with enough neighbours; what is left over is noise. */
import { createRandom } from '#core/math/random';
import { nearCells, type Cells, type NearCells } from './cells.ts';
import { bySize, NOISE, sampleRows, squaredDistance, type Points } from './points.ts';

export interface DbscanOptions {
  /** Radius of a neighbourhood, d ≤ eps. */
  eps: number;
  /** Points within it that make a core point, itself included. */
  minPoints: number;
}

export interface Dbscan {
  /** 0 is the largest cluster; −1 is noise. */
  labels: Int32Array;
  sizes: number[];
  noise: number;
  corePoints: number;
}

/**
 * Ester, Kriegel, Sander & Xu (1996), exactly, by cells of side eps / √d (Gunawan 2013): all points of a cell are
 * neighbours, so cells are joined and not points, and dense cells need no counting. A border point within reach of several
 * clusters goes to the one whose first core point comes first, as in a search in order of points.
 * @throws RangeError when eps is not above 0
 */
export function dbscan(points: Points, { eps, minPoints }: DbscanOptions): Dbscan {
  if (!(eps > 0)) throw new RangeError(`eps must be above 0, not ${eps}`);
  const { n, d } = points;
  const reach = eps * eps;
  // A hair less than eps / √d, so that rounding cannot put two points of a cell out of reach.
  const { cells, near } = nearCells(points, (eps / Math.sqrt(d)) * (1 - 1e-9), eps);
  const core = corePoints(cells, near, d, reach, minPoints);
  const hasCore = new Uint8Array(cells.count);
  for (let c = 0; c < cells.count; c++) for (let p = cells.start[c] ?? 0; p < (cells.start[c + 1] ?? 0); p++) if (core[p] === 1) hasCore[c] = 1;
  const root = joined(cells, near, d, reach, core, hasCore);
  // Clusters are numbered by their first core point in the order the points came in.
  const first = new Int32Array(cells.count).fill(n);
  for (let c = 0; c < cells.count; c++) {
    const r = root[c] ?? 0;
    for (let p = cells.start[c] ?? 0; p < (cells.start[c + 1] ?? 0); p++) if (core[p] === 1) first[r] = Math.min(first[r] ?? n, cells.order[p] ?? n);
  }
  const labels = new Int32Array(n).fill(NOISE);
  const roots = [...first.keys()].filter((r) => (first[r] ?? n) < n).sort((a, b) => (first[a] ?? 0) - (first[b] ?? 0));
  const number = new Int32Array(cells.count).fill(NOISE);
  roots.forEach((r, label) => (number[r] = label));
  let cores = 0;
  for (let c = 0; c < cells.count; c++) {
    const own = hasCore[c] === 1 ? (number[root[c] ?? 0] ?? NOISE) : NOISE;
    for (let p = cells.start[c] ?? 0; p < (cells.start[c + 1] ?? 0); p++) {
      if (core[p] === 1) {
        cores++;
        labels[cells.order[p] ?? 0] = own;
        continue;
      }
      let best = own;
      for (let k = near.start[c] ?? 0; k < (near.start[c + 1] ?? 0); k++) {
        const other = near.item[k] ?? 0;
        const label = hasCore[other] === 1 ? (number[root[other] ?? 0] ?? NOISE) : NOISE;
        if (label < 0 || (best >= 0 && label >= best)) continue;
        for (let q = cells.start[other] ?? 0; q < (cells.start[other + 1] ?? 0); q++) {
          if (core[q] === 1 && squaredDistance(cells.values, p * d, cells.values, q * d, d) <= reach) {
            best = label;
            break;
          }
        }
      }
      labels[cells.order[p] ?? 0] = best;
    }
  }
  const sized = bySize(labels);
  return { labels: sized.labels, sizes: sized.sizes, noise: sized.labels.reduce((sum, label) => sum + (label < 0 ? 1 : 0), 0), corePoints: cores };
}

/** Which points, in the order of cells, have enough neighbours. */
function corePoints(cells: Cells, near: NearCells, d: number, reach: number, minPoints: number): Uint8Array {
  const core = new Uint8Array(cells.order.length);
  for (let c = 0; c < cells.count; c++) {
    const from = cells.start[c] ?? 0;
    const to = cells.start[c + 1] ?? 0;
    if (to - from >= minPoints) {
      core.fill(1, from, to);
      continue;
    }
    for (let p = from; p < to; p++) {
      let count = to - from;
      for (let k = near.start[c] ?? 0; k < (near.start[c + 1] ?? 0) && count < minPoints; k++) {
        const other = near.item[k] ?? 0;
        if (other === c) continue;
        for (let q = cells.start[other] ?? 0; q < (cells.start[other + 1] ?? 0); q++) {
          if (squaredDistance(cells.values, p * d, cells.values, q * d, d) <= reach && ++count >= minPoints) break;
        }
      }
      if (count >= minPoints) core[p] = 1;
    }
  }
  return core;
}

/** The cell that stands for each cell's cluster: cells with core points within reach of each other are joined. */
function joined(cells: Cells, near: NearCells, d: number, reach: number, core: Uint8Array, hasCore: Uint8Array): Int32Array {
  const parent = new Int32Array(cells.count).map((_, c) => c);
  const find = (c: number): number => {
    let at = c;
    while ((parent[at] ?? at) !== at) at = parent[at] = parent[parent[at] ?? at] ?? at;
    return at;
  };
  const touch = (a: number, b: number): boolean => {
    for (let p = cells.start[a] ?? 0; p < (cells.start[a + 1] ?? 0); p++) {
      if (core[p] !== 1) continue;
      for (let q = cells.start[b] ?? 0; q < (cells.start[b + 1] ?? 0); q++) {
        if (core[q] === 1 && squaredDistance(cells.values, p * d, cells.values, q * d, d) <= reach) return true;
      }
    }
    return false;
  };
  for (let c = 0; c < cells.count; c++) {
    if (hasCore[c] !== 1) continue;
    for (let k = near.start[c] ?? 0; k < (near.start[c + 1] ?? 0); k++) {
      const other = near.item[k] ?? 0;
      if (other <= c || hasCore[other] !== 1) continue;
      const [a, b] = [find(c), find(other)];
      if (a !== b && touch(c, other)) parent[Math.max(a, b)] = Math.min(a, b);
    }
  }
  return parent.map((_, c) => find(c));
}

/** Points whose distance to their minPoints-th neighbour is looked at for a radius. */
const KNEE_POINTS = 1000;
const KNEE_AGAINST = 20_000;

/**
 * A radius where the sorted distances to the `minPoints`-th nearest point (itself the first) bend most: the farthest from
 * the chord between their ends (Ester & others 1996, 4.2; Satopää & others 2011). From a sample beyond 1,000 points.
 */
export function suggestEps(points: Points, minPoints: number, seed = 'eps'): number {
  const random = createRandom(seed);
  const { d, values } = points;
  const all = sampleRows(points.n, KNEE_AGAINST, random);
  const some = sampleRows(points.n, KNEE_POINTS, random);
  // A sample of 1 in s is s times thinner: the same radius holds 1 in s of the neighbours.
  const rank = Math.max(1, Math.min(all.length - 1, Math.round(((minPoints - 1) * all.length) / points.n)));
  const far = Float64Array.from(some, (i) => {
    const distances = new Float64Array(all.length);
    all.forEach((j, k) => (distances[k] = squaredDistance(values, i * d, values, j * d, d)));
    return Math.sqrt(distances.sort()[rank] ?? 0);
  }).sort();
  const last = far.length - 1;
  const [low = 0, high = 0] = [far[0], far[last]];
  let eps = high;
  let most = -Infinity;
  far.forEach((value, i) => {
    const below = last > 0 && high > low ? i / last - (value - low) / (high - low) : 0;
    if (below > most && value > 0) {
      most = below;
      eps = value;
    }
  });
  return eps > 0 ? eps : halfOfLeast(points, some);
}

/** Where most points share their place with others: half the least distance between two places of the sample; 1 where there is but one. */
function halfOfLeast({ d, values }: Points, rows: Int32Array): number {
  let least = Infinity;
  for (const i of rows) {
    for (const j of rows) {
      const distance = squaredDistance(values, i * d, values, j * d, d);
      if (distance > 0 && distance < least) least = distance;
    }
  }
  return least < Infinity ? Math.sqrt(least) / 2 : 1;
}
