/** k-means: many careful starts, then exact iterations that skip most distances. */
import { createRandom } from '#core/math/random';
import { plusPlus } from './k-means-starts.ts';
import { bySize, pickRows, sampleRows, squaredDistance, type Points } from './points.ts';

export interface KMeansOptions {
  k: number;
  /** Independent starts. Default 10. */
  starts?: number;
  seed?: string;
  maxIterations?: number;
}

export interface KMeans {
  /** One per point; 0 is the largest cluster. */
  labels: Int32Array;
  /** k × d, row by row. */
  centres: Float64Array;
  /** May be less than asked for: never more than there are different points. */
  k: number;
  sizes: number[];
  /** Sum of squared distances to the own centre. */
  inertia: number;
  /** Of the run that won, on all points. */
  iterations: number;
  converged: boolean;
}

/** Beyond this many points starts are run on a sample of as many; of the best few the one that fits all points best goes on. */
const SAMPLE = 10_000;
const FINALISTS = 3;
/** On all of very many points centres that together move less than this share of the variance (squared) have settled. */
const SETTLED = 1e-7;
/** And on the sample, which is but where the rest begins. */
const NEARLY = 1e-5;

/**
 * Lloyd's algorithm from greedy k-means++ starts (Arthur & Vassilvitskii 2007, with 2 + ln k trials a centre), with
 * Hamerly's bounds ("Making k-means even faster", 2010): the same result as computing every distance. A cluster that
 * loses all its points begins again at the point farthest from its centre. The least inertia of all starts wins.
 * `points` needs at least one row.
 */
export function kMeans(points: Points, { k: asked, starts = 10, seed = 'k-means', maxIterations = 300 }: KMeansOptions): KMeans {
  const random = createRandom(seed);
  const sampled = points.n > SAMPLE;
  const some = sampled ? pickRows(points, sampleRows(points.n, SAMPLE, random)) : points;
  const nearly = sampled ? NEARLY * variance(some) : 0;
  let runs: Run[] = [];
  for (let start = 0; start < starts; start++) {
    const run = lloyd(some, plusPlus(some, asked, random), maxIterations, nearly);
    runs.push(run);
    // Labels of losing runs are of no use, and a million of them ten times over is.
    runs.sort((a, b) => a.inertia - b.inertia);
    runs = runs.slice(0, sampled ? FINALISTS : 1);
  }
  if (sampled) {
    const ranked = runs.map((run) => ({ centres: run.centres, inertia: inertiaFrom(points, run.centres) })).sort((a, b) => a.inertia - b.inertia);
    runs = ranked.slice(0, 1).map(({ centres }) => lloyd(points, centres, maxIterations, SETTLED * variance(points)));
  }
  const best = runs[0];
  if (!best) throw new RangeError('k-means needs at least one start');
  const { labels, sizes, from } = bySize(best.labels);
  const centres = new Float64Array(from.length * points.d);
  from.forEach((old, label) => centres.set(best.centres.subarray(old * points.d, (old + 1) * points.d), label * points.d));
  return { labels, centres, k: from.length, sizes, inertia: best.inertia, iterations: best.iterations, converged: best.converged };
}

interface Run {
  labels: Int32Array;
  centres: Float64Array;
  inertia: number;
  iterations: number;
  converged: boolean;
}

/** Iterate until no label changes, or all centres together move by no more than `settled` (squared). */
function lloyd(points: Points, from: Float64Array, maxIterations: number, settled = 0): Run {
  const { n, d, values } = points;
  const k = from.length / d;
  let centres = from.slice();
  const labels = new Int32Array(n);
  const upper = new Float64Array(n).fill(Infinity);
  const lower = new Float64Array(n);
  const sums = new Float64Array(k * d);
  const counts = new Int32Array(k);
  const moved = new Float64Array(k);
  const half = new Float64Array(k);
  for (let i = 0; i < n; i++) for (let f = 0; f < d; f++) sums[f] = (sums[f] ?? 0) + (values[i * d + f] ?? 0);
  counts[0] = n;
  let iterations = 0;
  let converged = false;
  let farthest = 0;
  let second = 0;
  let far = 0;
  while (iterations < maxIterations) {
    iterations++;
    halfGaps(centres, k, d, half);
    let changed = 0;
    for (let i = 0; i < n; i++) {
      const own = labels[i] ?? 0;
      let u = (upper[i] ?? 0) + (moved[own] ?? 0);
      const l = (lower[i] ?? 0) - (own === far ? second : farthest);
      const bound = Math.max(half[own] ?? 0, l);
      if (u > bound) {
        const at = i * d;
        u = Math.sqrt(squaredDistance(values, at, centres, own * d, d));
        if (u > bound) {
          let least = Infinity;
          let next = Infinity;
          let label = 0;
          for (let c = 0; c < k; c++) {
            const distance = squaredDistance(values, at, centres, c * d, d);
            if (distance < least) {
              next = least;
              least = distance;
              label = c;
            } else if (distance < next) next = distance;
          }
          upper[i] = Math.sqrt(least);
          lower[i] = Math.sqrt(next);
          if (label !== own) {
            changed++;
            labels[i] = label;
            counts[own] = (counts[own] ?? 0) - 1;
            counts[label] = (counts[label] ?? 0) + 1;
            for (let f = 0; f < d; f++) {
              const value = values[at + f] ?? 0;
              sums[own * d + f] = (sums[own * d + f] ?? 0) - value;
              sums[label * d + f] = (sums[label * d + f] ?? 0) + value;
            }
          }
          continue;
        }
      }
      upper[i] = u;
      lower[i] = l;
    }
    if (changed === 0 && iterations > 1) {
      converged = true;
      break;
    }
    const next = new Float64Array(k * d);
    let reseeded = false;
    for (let c = 0; c < k; c++) {
      const count = counts[c] ?? 0;
      if (count === 0) {
        const lone = farthestPoint(points, centres, labels, counts);
        if (lone >= 0) {
          const old = labels[lone] ?? 0;
          labels[lone] = c;
          counts[c] = 1;
          counts[old] = (counts[old] ?? 0) - 1;
          for (let f = 0; f < d; f++) {
            const value = values[lone * d + f] ?? 0;
            sums[old * d + f] = (sums[old * d + f] ?? 0) - value;
            sums[c * d + f] = value;
          }
          reseeded = true;
        }
      }
    }
    for (let c = 0; c < k; c++) for (let f = 0; f < d; f++) next[c * d + f] = (counts[c] ?? 0) > 0 ? (sums[c * d + f] ?? 0) / (counts[c] ?? 1) : (centres[c * d + f] ?? 0);
    farthest = second = far = 0;
    let shift = 0;
    for (let c = 0; c < k; c++) {
      const step = Math.sqrt(squaredDistance(centres, c * d, next, c * d, d));
      shift += step * step;
      moved[c] = step;
      if (step > farthest) {
        second = farthest;
        farthest = step;
        far = c;
      } else if (step > second) second = step;
    }
    centres = next;
    if (!reseeded && shift <= settled) {
      converged = true;
      break;
    }
    if (reseeded) {
      upper.fill(Infinity);
      lower.fill(0);
    }
  }
  return { labels, centres, inertia: inertiaOf(points, centres, labels), iterations, converged };
}

/** Half the distance of each centre to the nearest other: a point closer than that to its own cannot be nearer to another. */
function halfGaps(centres: Float64Array, k: number, d: number, half: Float64Array): void {
  half.fill(Infinity);
  for (let a = 0; a < k; a++) {
    for (let b = 0; b < a; b++) {
      const gap = Math.sqrt(squaredDistance(centres, a * d, centres, b * d, d)) / 2;
      if (gap < (half[a] ?? 0)) half[a] = gap;
      if (gap < (half[b] ?? 0)) half[b] = gap;
    }
  }
}

/** The point farthest from its centre among clusters of more than one; −1 when every point lies on its own. */
function farthestPoint({ n, d, values }: Points, centres: Float64Array, labels: Int32Array, counts: Int32Array): number {
  let most = 0;
  let found = -1;
  for (let i = 0; i < n; i++) {
    const label = labels[i] ?? 0;
    if ((counts[label] ?? 0) < 2) continue;
    const distance = squaredDistance(values, i * d, centres, label * d, d);
    if (distance > most) {
      most = distance;
      found = i;
    }
  }
  return found;
}

/** Mean over dimensions of the variance. */
function variance({ n, d, values }: Points): number {
  let total = 0;
  for (let f = 0; f < d; f++) {
    let sum = 0;
    let squares = 0;
    const first = values[f] ?? 0;
    for (let i = 0; i < n; i++) {
      const value = (values[i * d + f] ?? 0) - first;
      sum += value;
      squares += value * value;
    }
    total += Math.max(0, squares / n - (sum / n) ** 2) / d;
  }
  return total;
}

/** Sum of squared distances to the nearest of the centres. */
function inertiaFrom({ n, d, values }: Points, centres: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    let least = Infinity;
    for (let c = 0; c < centres.length; c += d) least = Math.min(least, squaredDistance(values, i * d, centres, c, d));
    sum += least;
  }
  return sum;
}

function inertiaOf({ n, d, values }: Points, centres: Float64Array, labels: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += squaredDistance(values, i * d, centres, (labels[i] ?? 0) * d, d);
  return sum;
}
