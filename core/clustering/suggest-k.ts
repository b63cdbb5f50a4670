/** How many clusters there are: where silhouettes are best, and where more clusters stop being more than chance. */
import { createRandom } from '#core/math/random';
import { kMeans } from './k-means.ts';
import { onMap, pca } from './pca.ts';
import { pickRows, sampleRows, type Points } from './points.ts';
import { silhouette } from './quality.ts';

export interface KTrial {
  k: number;
  /** Null for one cluster. */
  silhouette: number | null;
  gap: number;
  /** Standard error of the gap over its reference sets. */
  gapError: number;
}

export interface KSuggestion {
  /** To use: the best silhouette. */
  k: number;
  /** The least k whose gap is not beaten by the next beyond its error; 1 says that there may be no clusters at all. */
  byGap: number;
  trials: KTrial[];
  /** Points it rests on. */
  sampled: number;
  notes: string[];
}

const SAMPLE = 2_000;
const REFERENCES = 10;
const STARTS = 4;

/**
 * Try k = 1 … most on at most 2,000 points. Silhouette: Rousseeuw 1987. Gap: Tibshirani, Walther & Hastie (2001),
 * Gap(k) = E* ln W_k − ln W_k with ten reference sets uniform in the box along the principal axes, and their rule
 * Gap(k) ≥ Gap(k + 1) − s_{k+1}. Deterministic by `seed`.
 */
export function suggestK(points: Points, most = 10, seed = 'suggest k'): KSuggestion {
  const random = createRandom(seed);
  const some = pickRows(points, sampleRows(points.n, SAMPLE, random));
  const highest = Math.max(1, Math.min(most, some.n - 1));
  const sets = Array.from({ length: REFERENCES }, () => uniformLike(some, random));
  const trials: KTrial[] = [];
  const logW = (set: Points, k: number): number => Math.log(Math.max(1e-300, kMeans(set, { k, starts: STARTS, seed }).inertia));
  for (let k = 1; k <= highest; k++) {
    const made = kMeans(some, { k, starts: STARTS, seed });
    if (made.k < k) break;
    const expected = sets.map((set) => logW(set, k));
    const mean = expected.reduce((sum, value) => sum + value, 0) / REFERENCES;
    const deviation = Math.sqrt(expected.reduce((sum, value) => sum + (value - mean) ** 2, 0) / REFERENCES);
    trials.push({ k, silhouette: k > 1 ? silhouette(some, made.labels).mean : null, gap: mean - Math.log(Math.max(1e-300, made.inertia)), gapError: deviation * Math.sqrt(1 + 1 / REFERENCES) });
    if (made.inertia <= 0) break;
  }
  let best = trials[1];
  for (const trial of trials) if ((trial.silhouette ?? -1) > (best?.silhouette ?? -1)) best = trial;
  const rest = trials.findIndex((trial, i) => i + 1 < trials.length && trial.gap >= (trials[i + 1]?.gap ?? 0) - (trials[i + 1]?.gapError ?? 0));
  const byGap = trials[rest < 0 ? trials.length - 1 : rest]?.k ?? 1;
  const notes: string[] = [];
  if (byGap === 1) notes.push('The gap statistic finds no more structure than in evenly spread points: clusters are a way to cut, not groups that exist');
  if (points.n > SAMPLE) notes.push(`The number of clusters was judged on a sample of ${SAMPLE}`);
  return { k: best?.k ?? 1, byGap, trials, sampled: some.n, notes };
}

/** As many points, spread evenly over the box along the principal axes of `points`. */
function uniformLike(points: Points, random: () => number): Points {
  const { n, d } = points;
  const turned = pca(points);
  const ranges = turned.axes.map((axis) => {
    const along = onMap({ axes: [axis], mean: turned.mean }, points, Int32Array.from({ length: n }, (_, i) => i)).map(({ x }) => x);
    return { low: along.reduce((a, b) => Math.min(a, b), Infinity), high: along.reduce((a, b) => Math.max(a, b), -Infinity) };
  });
  const values = new Float64Array(n * d);
  for (let i = 0; i < n; i++) {
    turned.axes.forEach(({ loadings }, a) => {
      const { low, high } = ranges[a] ?? { low: 0, high: 0 };
      const along = low + (high - low) * random();
      for (let f = 0; f < d; f++) values[i * d + f] = (values[i * d + f] ?? 0) + along * (loadings[f] ?? 0);
    });
  }
  return { n, d, values };
}
