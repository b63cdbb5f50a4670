/** Discovery of segments: features in; clusters with names, sizes, stability and a map out. */
import { assertNever } from '#core/errors';
import { createRandom } from '#core/math/random';
import { dbscan, suggestEps } from './dbscan.ts';
import { hierarchical, type Linkage } from './hierarchical.ts';
import { kMeans } from './k-means.ts';
import { proposeNames } from './names.ts';
import { onMap, pca, type Axis } from './pca.ts';
import { NOISE, sampleRows, type Points } from './points.ts';
import { prepare, type Feature, type Preparation, type Step } from './prepare.ts';
import { separation, silhouette, type Separation, type Silhouette } from './quality.ts';
import { stability } from './stability.ts';
import { suggestK, type KSuggestion } from './suggest-k.ts';

export const METHODS = ['kmeans', 'dbscan', 'hierarchical'] as const;
export type Method = (typeof METHODS)[number];

export interface DiscoverOptions extends Preparation {
  method: Method;
  /** Left out: suggested. Of no use to DBSCAN. */
  k?: number;
  linkage?: Linkage;
  /** For DBSCAN; left out: suggested. */
  eps?: number;
  minPoints?: number;
  starts?: number;
  seed?: string;
}

export interface Cluster {
  /** As in `labels`; 0 is the largest. */
  label: number;
  name: string;
  size: number;
  /** Of all customers. */
  share: number;
  /** Mean of each feature as it was given. */
  means: Record<string, number>;
  /** Mean of each prepared feature in standard deviations from everyone's. */
  deviations: Record<string, number>;
  /** Bootstrap Jaccard; null where it was not asked of fewer than two clusters. */
  stability: number | null;
  /** Mean of each prepared feature, in the order of `features`: what a nearest centroid is measured to. */
  centre: number[];
}

export interface Discovery {
  method: Method;
  features: string[];
  /** How each of them was prepared. */
  steps: Step[];
  /** −1 is noise. */
  labels: Int32Array;
  clusters: Cluster[];
  noise: number;
  suggestion: KSuggestion | null;
  eps: number | null;
  minPoints: number | null;
  silhouette: Silhouette;
  separation: Separation;
  /** Where a sample of the customers lies on the two widest axes. */
  map: { axes: Axis[]; points: { row: number; label: number; x: number; y: number }[] };
  notes: string[];
}

const MAP_POINTS = 2_000;

/** Where a discovery stands, before each part that takes time. */
export type Stage = 'prepare' | 'suggest' | 'cluster' | 'stability' | 'map' | 'quality';

/** As `discovering`, in one go. */
export function discover(features: readonly Feature[], options: DiscoverOptions): Discovery {
  const work = discovering(features, options);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/**
 * Cluster customers by features (parallel columns of equal length). Never throws for odd data: without a feature that
 * differs, or with fewer than three customers, everybody is one cluster and the notes say so.
 * @throws RangeError for settings that make no sense
 */
export function* discovering(features: readonly Feature[], options: DiscoverOptions): Generator<Stage, Discovery, void> {
  const { seed = 'discover', linkage = 'ward', starts = 10, method } = options;
  yield 'prepare';
  const { points, names, steps, notes: found } = prepare(features, options);
  const notes = [...found];
  const n = points.n;
  let suggestion: KSuggestion | null = null;
  let eps: number | null = null;
  let minPoints: number | null = null;
  let labels: Int32Array = new Int32Array(n);
  let cluster: ((points: Points) => Int32Array) | null = null;
  if (points.d === 0 || n < 3) notes.push(n < 3 ? 'Fewer than three customers: all are one cluster' : 'No feature differs between customers: all are one cluster');
  else {
    let k = options.k ?? 0;
    if (method !== 'dbscan' && options.k === undefined) {
      yield 'suggest';
      suggestion = suggestK(points, 10, seed);
      notes.push(...suggestion.notes);
      k = suggestion.k;
    }
    yield 'cluster';
    switch (method) {
      case 'kmeans': {
        const made = kMeans(points, { k, starts, seed });
        if (made.k < k) notes.push(`There are only ${made.k} different customers: ${made.k} clusters in place of ${k}`);
        if (!made.converged) notes.push('k-means had not settled when its iterations ran out');
        labels = made.labels;
        cluster = (some) => kMeans(some, { k, starts: 3, seed }).labels;
        break;
      }
      case 'hierarchical': {
        const made = hierarchical(points, { linkage, k });
        if (made.micro !== null) notes.push(`So many customers were first gathered into ${made.micro} micro-clusters`);
        labels = made.labels;
        cluster = (some) => hierarchical(some, { linkage, k }).labels;
        break;
      }
      case 'dbscan': {
        const within = options.minPoints ?? Math.max(4, 2 * points.d);
        const radius = options.eps ?? suggestEps(points, within, seed);
        [eps, minPoints] = [radius, within];
        if (options.eps === undefined) notes.push(`eps ${radius.toPrecision(4)} is where distances to the ${within}th neighbour bend most`);
        if (!(radius > 0)) throw new RangeError(`eps must be above 0, not ${radius}`);
        labels = dbscan(points, { eps: radius, minPoints: within }).labels;
        // Where points are drawn fewer to a cluster, fewer make a core.
        cluster = (some) => dbscan(some, { eps: radius, minPoints: Math.max(2, Math.round((within * some.n) / n)) }).labels;
        break;
      }
      default:
        assertNever(method);
    }
  }
  const count = labels.reduce((most, label) => Math.max(most, label), NOISE) + 1;
  yield 'stability';
  const steady = cluster && count > 1 ? stability(points, labels, count, cluster, seed) : null;
  yield 'map';
  const turned = pca(points);
  const shown = sampleRows(n, MAP_POINTS, createRandom(`${seed} map`));
  const places = onMap(turned, points, shown);
  yield 'quality';
  return {
    method, features: names, steps, labels, suggestion, eps, minPoints,
    clusters: describe(features, points, names, labels, count, steady?.jaccard ?? null),
    noise: labels.reduce((sum, label) => sum + (label < 0 ? 1 : 0), 0),
    silhouette: silhouette(points, labels, seed),
    separation: separation(points, labels),
    map: { axes: turned.axes.slice(0, 2), points: Array.from(shown, (row, i) => ({ row, label: labels[row] ?? NOISE, x: places[i]?.x ?? 0, y: places[i]?.y ?? 0 })) },
    notes,
  };
}

function describe(features: readonly Feature[], { n, d, values }: Points, names: readonly string[], labels: Int32Array, count: number, jaccard: number[] | null): Cluster[] {
  const sizes = new Int32Array(count);
  const raw = Array.from({ length: count }, () => new Float64Array(features.length));
  const prepared = Array.from({ length: count }, () => new Float64Array(d));
  const mean = new Float64Array(d);
  const squares = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    const label = labels[i] ?? NOISE;
    for (let f = 0; f < d; f++) {
      const value = values[i * d + f] ?? 0;
      mean[f] = (mean[f] ?? 0) + value / n;
      squares[f] = (squares[f] ?? 0) + (value * value) / n;
    }
    if (label < 0) continue;
    sizes[label] = (sizes[label] ?? 0) + 1;
    const [own, sums] = [prepared[label], raw[label]];
    for (let f = 0; f < d; f++) if (own) own[f] = (own[f] ?? 0) + (values[i * d + f] ?? 0);
    features.forEach((feature, f) => sums && (sums[f] = (sums[f] ?? 0) + (feature.values[i] ?? 0)));
  }
  const deviations = prepared.map((own, c) =>
    Array.from(own, (sum, f) => {
      const spread = Math.sqrt(Math.max(0, (squares[f] ?? 0) - (mean[f] ?? 0) ** 2));
      return spread > 0 ? (sum / Math.max(1, sizes[c] ?? 1) - (mean[f] ?? 0)) / spread : 0;
    }),
  );
  const called = proposeNames(deviations, names);
  return Array.from(sizes, (size, label) => ({
    label, name: called[label] ?? '', size, share: size / n,
    means: Object.fromEntries(features.map(({ name }, f) => [name, (raw[label]?.[f] ?? 0) / Math.max(1, size)])),
    deviations: Object.fromEntries(names.map((name, f) => [name, deviations[label]?.[f] ?? 0])),
    stability: jaccard?.[label] ?? null,
    centre: Array.from(prepared[label] ?? [], (sum) => sum / Math.max(1, size)),
  }));
}
