/** How fast customers are clustered, beside one pass over the data that measures every distance to five centres. */
import { dbscan } from '#core/clustering/dbscan';
import { hierarchical } from '#core/clustering/hierarchical';
import { kMeans } from '#core/clustering/k-means';
import { squaredDistance, type Points } from '#core/clustering/points';
import { createRandom, normal } from '#core/math/random';
import type { Row } from './bench.ts';
import { timed } from './timed.ts';

const K = 5;

/** Customers like a shop's after logs and scaling: five overlapping groups of unequal size in three dimensions. */
function customers(n: number): Points {
  const draw = createRandom(`customers ${n}`);
  const values = new Float64Array(n * 3);
  for (let i = 0; i < n; i++) {
    const group = Math.floor(K * draw() ** 1.5);
    for (let f = 0; f < 3; f++) values[i * 3 + f] = 1.6 * Math.sin(7 * group + 3 * f) + (0.35 + 0.1 * group) * normal(draw);
  }
  return { n, d: 3, values };
}

/** One pass: every point against five centres, the nearest kept. */
function onePass({ n, d, values }: Points): number {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    let least = Infinity;
    for (let c = 0; c < K; c++) least = Math.min(least, squaredDistance(values, i * d, values, c * d, d));
    sum += least;
  }
  return sum;
}

/** Rows of `npm run bench -- --only clustering`. */
export function benchClustering(): Row[] {
  const rows: Row[] = [];
  for (const [n, limit] of [[100_000, 0.5], [1_000_000, 3]] as const) {
    const points = customers(n);
    const size = n >= 1e6 ? '1M' : '100k';
    const floor = timed(5, () => onePass(points)).seconds;
    const { seconds, result: made } = timed(3, () => kMeans(points, { k: K }));
    rows.push({
      name: `k-means k = 5, 10 starts, ${size} × 3`, figure: seconds, unit: 's', peer: { name: 'one distance pass', figure: floor },
      target: { of: 'figure', bound: 'at_most', value: limit }, note: `${made.iterations} iterations on all points, inertia ${made.inertia.toFixed(0)}`,
    });
    if (n > 100_000) continue;
    for (const eps of [0.05, 0.15]) {
      const { seconds: took, result: found } = timed(3, () => dbscan(points, { eps, minPoints: 6 }));
      rows.push({
        name: `DBSCAN eps = ${eps}, ${size} × 3`, figure: took, unit: 's', peer: { name: 'one distance pass', figure: floor },
        target: { of: 'figure', bound: 'at_most', value: 1 }, note: `${found.sizes.length} clusters, ${found.noise} noise`,
      });
    }
    rows.push({ name: `hierarchical, Ward, ${size} × 3`, figure: timed(1, () => hierarchical(points, { linkage: 'ward', k: K })).seconds, unit: 's', peer: null, target: null, note: 'by micro-clusters' });
  }
  const whole = customers(20_000);
  rows.push({ name: 'hierarchical, Ward, 20k × 3', figure: timed(1, () => hierarchical(whole, { linkage: 'ward', k: K })).seconds, unit: 's', peer: null, target: null, note: 'exact' });
  return rows;
}

if (import.meta.main) for (const row of benchClustering()) console.log(row.name.padEnd(40), row.figure.toFixed(3), row.unit, row.peer ? `${(row.figure / row.peer.figure).toFixed(1)} passes` : '', row.note ?? '');
