/** Clusterings of the reference files: inertia, sizes, silhouettes and agreement with the known labels. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseDay } from '#core/calendar/days';
import { hasReference, referenceJson, referenceOrders } from '../../tests/support/reference-orders.ts';
import { referenceFile } from '../../tests/support/reference.ts';
import { customerFeatures } from './customer-features.ts';
import { dbscan } from './dbscan.ts';
import { hierarchical, LINKAGES } from './hierarchical.ts';
import { kMeans } from './k-means.ts';
import type { Points } from './points.ts';
import { prepare } from './prepare.ts';
import { adjustedRand, separation, silhouette } from './quality.ts';

const result = z.object({ silhouette: z.number(), ari: z.number(), sizes: z.array(z.number()) });
const schema = z.record(
  z.string(),
  z.object({
    csv: z.string(), n: z.number(), dims: z.number(), standardize: z.string(), k: z.number(),
    kmeans: result.extend({ inertia: z.number(), db: z.number(), ch: z.number() }),
    agglomerative_ward: result, agglomerative_average: result, agglomerative_complete: result, agglomerative_single: result,
    dbscan: z.object({ eps: z.number(), min_samples: z.number(), ari_noise_as_one_cluster: z.number(), clusters: z.number(), noise: z.number(), sizes: z.array(z.number()) }),
  }),
);
const FILE = 'reference/clustering.json';
const NAMES = ['iris', 'wine', 'aggregation', 's-set1', 'R15', 'spiral', 'jain', 'xclara'];

function load(csv: string, standardize: boolean): { points: Points; truth: number[] } {
  const rows = referenceFile(csv).toString('utf8').trim().split('\n').slice(1).map((line) => line.split(','));
  const d = (rows[0]?.length ?? 1) - 1;
  const values = Float64Array.from(rows.flatMap((row) => row.slice(0, d).map(Number)));
  if (standardize) {
    for (let f = 0; f < d; f++) {
      const column = rows.map((_, i) => values[i * d + f] ?? 0);
      const mean = column.reduce((a, b) => a + b, 0) / column.length;
      const deviation = Math.sqrt(column.reduce((sum, v) => sum + (v - mean) ** 2, 0) / column.length);
      column.forEach((v, i) => (values[i * d + f] = (v - mean) / deviation));
    }
  }
  const names = [...new Set(rows.map((row) => row[d]))];
  return { points: { n: rows.length, d, values }, truth: rows.map((row) => names.indexOf(row[d])) };
}

describe.runIf(hasReference('clustering of the reference files', FILE))('reference', () => {
  const reference = hasReference('', FILE) ? schema.parse(referenceJson(FILE)) : {};
  describe.each(NAMES)('%s', (name) => {
    const want = reference[name];
    const data = () => load(want?.csv ?? '', want?.standardize !== 'none');

    it('k-means', () => {
      const { points, truth } = data();
      const made = kMeans(points, { k: want?.k ?? 0 });
      expect(made.converged).toBe(true);
      expect(made.inertia).toBeLessThanOrEqual(1.005 * (want?.kmeans.inertia ?? NaN));
      expect(silhouette(points, made.labels).mean).toBeCloseTo(want?.kmeans.silhouette ?? NaN, 2);
      const apart = separation(points, made.labels);
      expect(apart.inertia).toBeCloseTo(made.inertia, 4);
      if (made.inertia <= 1.00001 * (want?.kmeans.inertia ?? NaN)) {
        expect(made.sizes).toEqual(want?.kmeans.sizes);
        expect(adjustedRand(made.labels, truth)).toBeCloseTo(want?.kmeans.ari ?? NaN, 4);
        expect(apart.daviesBouldin).toBeCloseTo(want?.kmeans.db ?? NaN, 4);
        expect((apart.calinskiHarabasz ?? NaN) / (want?.kmeans.ch ?? NaN)).toBeCloseTo(1, 3);
      }
    });

    it.each(LINKAGES)('hierarchical, %s', (linkage) => {
      const { points, truth } = data();
      const made = hierarchical(points, { linkage, k: want?.k ?? 0 });
      const expected = want?.[`agglomerative_${linkage}`];
      expect(made.sizes).toEqual(expected?.sizes);
      expect(adjustedRand(made.labels, truth)).toBeCloseTo(expected?.ari ?? NaN, 4);
      expect(silhouette(points, made.labels).mean).toBeCloseTo(expected?.silhouette ?? NaN, 4);
    });

    it('DBSCAN', () => {
      const { points, truth } = data();
      const made = dbscan(points, { eps: want?.dbscan.eps ?? 0, minPoints: want?.dbscan.min_samples ?? 0 });
      expect(made.sizes).toEqual(want?.dbscan.sizes);
      expect(made.noise).toBe(want?.dbscan.noise);
      expect(adjustedRand(made.labels, truth)).toBeCloseTo(want?.dbscan.ari_noise_as_one_cluster ?? NaN, 4);
    });
  });
});

const rfm = ['reference/rfm_cohort_cdnow_full.json', 'data/cdnow_full.csv'] as const;
describe.runIf(hasReference('k-means of the full CDNOW file', ...rfm))('the reference shop', () => {
  it('has the reference clusters by recency, frequency and money', () => {
    const wanted = z.object({ kmeans_rfm: z.object({ k: z.record(z.string(), z.object({ inertia: z.number(), silhouette: z.number(), sizes: z.array(z.number()) })) }) }).parse(referenceJson(rfm[0])).kmeans_rfm.k;
    const { events } = referenceOrders(rfm[1]);
    const features = customerFeatures(events, parseDay('1998-07-01') ?? NaN, true).features.slice(0, 3).map((each) => (each.name === 'monetary' ? { ...each, values: each.values.map((minor) => minor / 100) } : each));
    const { points } = prepare(features, { scale: 'z-score', log: features.map(({ name }) => name), winsorise: 0 });
    for (const [k, want] of Object.entries(wanted)) {
      const made = kMeans(points, { k: Number(k) });
      expect(made.inertia).toBeLessThanOrEqual(1.005 * want.inertia);
      expect(Math.abs(silhouette(points, made.labels).mean - want.silhouette)).toBeLessThan(0.02);
    }
  });
});
