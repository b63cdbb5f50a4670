/** How good a clustering is: are points nearer to their own than to others, and does it agree with a known one. */
import { createRandom } from '#core/math/random';
import { pickRows, sampleRows, squaredDistance, type Points } from './points.ts';

export interface Silhouette {
  /** −1 to 1; 0 with fewer than two clusters. */
  mean: number;
  /** Points looked at: all, or a sample. */
  probed: number;
  /** Points each was compared with. */
  against: number;
}

/** Up to this many points every pair is measured. */
const MOST_PAIRS_POINTS = 10_000;
const PROBES = 2_000;

/**
 * Mean silhouette (Rousseeuw 1987): (b − a) / max(a, b), with a the mean distance to the own cluster and b to the nearest
 * other; 0 for a cluster of one. Noise is left out. Beyond 10,000 points 2,000 of them are measured against a sample of
 * 10,000: the standard error is then about 0.007.
 */
export function silhouette(points: Points, labels: Int32Array, seed = 'silhouette'): Silhouette {
  const random = createRandom(seed);
  const inside = Int32Array.from([...labels.keys()].filter((i) => (labels[i] ?? -1) >= 0));
  const all = sampleRows(inside.length, MOST_PAIRS_POINTS, random).map((k) => inside[k] ?? 0);
  const probes = sampleRows(all.length, inside.length > MOST_PAIRS_POINTS ? PROBES : all.length, random);
  const { d, values, n } = pickRows(points, all);
  const own = Int32Array.from(all, (i) => labels[i] ?? 0);
  const count = own.reduce((most, label) => Math.max(most, label), -1) + 1;
  const sizes = new Int32Array(count);
  for (const label of own) sizes[label] = (sizes[label] ?? 0) + 1;
  if (sizes.filter((size) => size > 0).length < 2) return { mean: 0, probed: probes.length, against: n };
  const sums = new Float64Array(count);
  let total = 0;
  for (const i of probes) {
    sums.fill(0);
    for (let j = 0; j < n; j++) {
      const label = own[j] ?? 0;
      sums[label] = (sums[label] ?? 0) + Math.sqrt(squaredDistance(values, i * d, values, j * d, d));
    }
    const mine = own[i] ?? 0;
    if ((sizes[mine] ?? 0) < 2) continue;
    const a = (sums[mine] ?? 0) / ((sizes[mine] ?? 0) - 1);
    let b = Infinity;
    for (let c = 0; c < count; c++) if (c !== mine && (sizes[c] ?? 0) > 0) b = Math.min(b, (sums[c] ?? 0) / (sizes[c] ?? 1));
    if (Math.max(a, b) > 0) total += (b - a) / Math.max(a, b);
  }
  return { mean: total / probes.length, probed: probes.length, against: n };
}

export interface Separation {
  /** Davies & Bouldin (1979): mean over clusters of the worst (spread + spread) ÷ distance; less is better. Null where two centres are one. */
  daviesBouldin: number | null;
  /** Caliński & Harabasz (1974): variance between over variance within; more is better. Null with fewer than two clusters. */
  calinskiHarabasz: number | null;
  /** Sum of squared distances to the own centre. */
  inertia: number;
}

/** Both indices from centres; noise is left out. */
export function separation({ d, values }: Points, labels: Int32Array): Separation {
  const k = labels.reduce((most, label) => Math.max(most, label), -1) + 1;
  const centres = new Float64Array(k * d);
  const sizes = new Float64Array(k);
  const mean = new Float64Array(d);
  let n = 0;
  labels.forEach((label, i) => {
    if (label < 0) return;
    n++;
    sizes[label] = (sizes[label] ?? 0) + 1;
    for (let f = 0; f < d; f++) {
      centres[label * d + f] = (centres[label * d + f] ?? 0) + (values[i * d + f] ?? 0);
      mean[f] = (mean[f] ?? 0) + (values[i * d + f] ?? 0);
    }
  });
  for (let c = 0; c < k; c++) for (let f = 0; f < d; f++) centres[c * d + f] = (centres[c * d + f] ?? 0) / Math.max(1, sizes[c] ?? 1);
  for (let f = 0; f < d; f++) mean[f] = (mean[f] ?? 0) / Math.max(1, n);
  const spread = new Float64Array(k);
  let within = 0;
  labels.forEach((label, i) => {
    if (label < 0) return;
    const squared = squaredDistance(values, i * d, centres, label * d, d);
    within += squared;
    spread[label] = (spread[label] ?? 0) + Math.sqrt(squared) / (sizes[label] ?? 1);
  });
  if (k < 2) return { daviesBouldin: null, calinskiHarabasz: null, inertia: within };
  let between = 0;
  let worst = 0;
  for (let a = 0; a < k; a++) {
    between += (sizes[a] ?? 0) * squaredDistance(centres, a * d, mean, 0, d);
    let most = 0;
    for (let b = 0; b < k; b++) {
      if (a === b) continue;
      const apart = Math.sqrt(squaredDistance(centres, a * d, centres, b * d, d));
      most = Math.max(most, ((spread[a] ?? 0) + (spread[b] ?? 0)) / apart);
    }
    worst += most / k;
  }
  return { daviesBouldin: Number.isFinite(worst) ? worst : null, calinskiHarabasz: within > 0 && n > k ? (between / (k - 1)) / (within / (n - k)) : null, inertia: within };
}

/**
 * Adjusted Rand index of two labellings (Hubert & Arabie 1985): 1 when they are the same but for names, 0 as by chance.
 * Noise counts as one cluster.
 */
export function adjustedRand(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const pairs = (count: number): number => (count * (count - 1)) / 2;
  const [rows, columns, cells] = [new Map<number, number>(), new Map<number, number>(), new Map<string, number>()];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0];
    rows.set(x, (rows.get(x) ?? 0) + 1);
    columns.set(y, (columns.get(y) ?? 0) + 1);
    cells.set(`${x} ${y}`, (cells.get(`${x} ${y}`) ?? 0) + 1);
  }
  const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + pairs(count), 0);
  const [inRows, inColumns, inBoth] = [sum(rows.values()), sum(columns.values()), sum(cells.values())];
  const expected = (inRows * inColumns) / Math.max(1, pairs(a.length));
  const most = (inRows + inColumns) / 2;
  return most === expected ? 1 : (inBoth - expected) / (most - expected);
}
