/** Whether clusters are there when other customers are drawn: bootstrap Jaccard. */
import { createRandom } from '#core/math/random';
import { pickRows, sampleRows, type Points } from './points.ts';

/** Mean Jaccard overlap of each cluster with its best counterpart, 0 to 1. */
export interface Stability {
  jaccard: number[];
  draws: number;
  sampled: number;
}

const SAMPLE = 2_000;
const DRAWS = 20;

/**
 * Hennig, "Cluster-wise assessment of cluster stability" (2007): draw the points with replacement, cluster them the same
 * way, and for each original cluster take the best |A ∩ B| / |A ∪ B| among the new ones, over the points drawn. Above 0.75
 * is stable, 0.6 to 0.75 a pattern, below 0.6 not to be trusted. On a sample of 2,000 where there are more points;
 * `cluster` must give labels for any points. A cluster that a sample or a draw has nothing of counts for nothing there.
 */
export function stability(points: Points, labels: Int32Array, clusters: number, cluster: (points: Points) => Int32Array, seed = 'stability'): Stability {
  const random = createRandom(seed);
  const rows = sampleRows(points.n, SAMPLE, random);
  const sums = new Float64Array(clusters);
  const counts = new Int32Array(clusters);
  for (let draw = 0; draw < DRAWS; draw++) {
    // Each point once, however often it was drawn: the overlap is of sets.
    const chosen = new Set<number>();
    const drawn = rows.map(() => {
      const row = rows[Math.floor(random() * rows.length)] ?? 0;
      chosen.add(row);
      return row;
    });
    const again = cluster(pickRows(points, drawn));
    const labelOf = new Map<number, number>();
    drawn.forEach((row, i) => labelOf.set(row, again[i] ?? -1));
    const olds = new Float64Array(clusters);
    const news = new Map<number, number>();
    const both = new Map<string, number>();
    for (const row of chosen) {
      const [old, fresh] = [labels[row] ?? -1, labelOf.get(row) ?? -1];
      if (old >= 0) olds[old] = (olds[old] ?? 0) + 1;
      if (fresh >= 0) news.set(fresh, (news.get(fresh) ?? 0) + 1);
      if (old >= 0 && fresh >= 0) both.set(`${old} ${fresh}`, (both.get(`${old} ${fresh}`) ?? 0) + 1);
    }
    for (let c = 0; c < clusters; c++) {
      const size = olds[c] ?? 0;
      if (size === 0) continue;
      let best = 0;
      for (const [fresh, other] of news) {
        const shared = both.get(`${c} ${fresh}`) ?? 0;
        best = Math.max(best, shared / (size + other - shared));
      }
      sums[c] = (sums[c] ?? 0) + best;
      counts[c] = (counts[c] ?? 0) + 1;
    }
  }
  return { jaccard: Array.from(sums, (sum, c) => ((counts[c] ?? 0) > 0 ? sum / (counts[c] ?? 1) : 0)), draws: DRAWS, sampled: rows.length };
}
