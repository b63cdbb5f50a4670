/** Clustering beyond the reference: against brute force, invariances, and data with nothing in it. */
import { describe, expect, it } from 'vitest';
import { createRandom, normal } from '#core/math/random';
import { dbscan, suggestEps } from './dbscan.ts';
import { discover, METHODS } from './discover.ts';
import { cut, hierarchical, LINKAGES } from './hierarchical.ts';
import { kMeans } from './k-means.ts';
import { proposeNames } from './names.ts';
import { onMap, pca } from './pca.ts';
import { NOISE, sampleRows, squaredDistance, type Points } from './points.ts';
import { prepare } from './prepare.ts';
import { adjustedRand, separation, silhouette } from './quality.ts';
import { suggestK } from './suggest-k.ts';

/** `groups` balls of unit spread, `apart` from the middle of the circle they lie on, with their true labels. */
function balls(seed: string, n: number, d: number, groups: number, apart: number): { points: Points; truth: number[] } {
  const draw = createRandom(seed);
  const truth = Array.from({ length: n }, (_, i) => i % groups);
  const values = Float64Array.from(truth.flatMap((g) => Array.from({ length: d }, (_, f) => apart * (d === 1 ? g : f === 0 ? Math.cos((2 * Math.PI * g) / groups) : f === 1 ? Math.sin((2 * Math.PI * g) / groups) : Math.sin(g * f)) + normal(draw))));
  return { points: { n, d, values }, truth };
}

describe('k-means', () => {
  it('is where every point has its nearest centre and every centre is the mean of its points', () => {
    for (const [d, k] of [[1, 3], [2, 7], [5, 12]] as const) {
      const { points } = balls(`lloyd ${d}`, 400, d, 5, 2);
      const made = kMeans(points, { k, starts: 1 });
      expect(made.converged).toBe(true);
      for (let i = 0; i < points.n; i++) {
        const distances = Array.from({ length: made.k }, (_, c) => squaredDistance(points.values, i * d, made.centres, c * d, d));
        expect(distances[made.labels[i] ?? 0]).toBeLessThanOrEqual(Math.min(...distances) + 1e-9);
      }
      const apart = separation(points, made.labels);
      expect(made.inertia).toBeCloseTo(apart.inertia, 6);
    }
  });

  it('moves and scales with its points', () => {
    const { points } = balls('move', 300, 3, 4, 6);
    const [one, other] = [kMeans(points, { k: 4 }), kMeans({ ...points, values: points.values.map((v) => 1000 * v + 5e4) }, { k: 4 })];
    expect([...other.labels]).toEqual([...one.labels]);
    expect(other.inertia / one.inertia).toBeCloseTo(1e6, 0);
  });

  it('finds on a sample of very many what it finds on all', () => {
    const { points, truth } = balls('many', 60_000, 3, 5, 12);
    const made = kMeans(points, { k: 5 });
    expect(adjustedRand(made.labels, truth)).toBeGreaterThan(0.99);
    expect(made.sizes.reduce((a, b) => a + b)).toBe(60_000);
  });

  it('has no empty cluster, even when asked for more than there are points', () => {
    const values = Float64Array.from([...Array.from({ length: 50 }, () => 1), 2, 3]);
    const made = kMeans({ n: 52, d: 1, values }, { k: 9 });
    expect([made.k, made.sizes, made.inertia]).toEqual([3, [50, 1, 1], 0]);
  });
});

describe('DBSCAN', () => {
  /** Word by word from the paper, every pair measured. */
  function plain({ n, d, values }: Points, eps: number, minPoints: number): number[] {
    const near = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => j).filter((j) => squaredDistance(values, i * d, values, j * d, d) <= eps * eps));
    const labels = new Array<number>(n).fill(NOISE);
    let next = 0;
    for (let i = 0; i < n; i++) {
      if (labels[i] !== NOISE || (near[i]?.length ?? 0) < minPoints) continue;
      const queue = [i];
      labels[i] = next;
      for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
        if ((near[at]?.length ?? 0) < minPoints) continue;
        for (const j of near[at] ?? []) {
          if (labels[j] !== NOISE) continue;
          labels[j] = next;
          queue.push(j);
        }
      }
      next++;
    }
    return labels;
  }

  it('equals the paper on random points of one to six dimensions', () => {
    for (let round = 0; round < 40; round++) {
      const d = 1 + (round % 6);
      const { points } = balls(`dbscan ${round}`, 150, d, 3, 3);
      const [eps, minPoints] = [0.3 + 0.35 * (round % 5) * Math.sqrt(d), 2 + (round % 4)];
      const made = dbscan(points, { eps, minPoints });
      const want = plain(points, eps, minPoints);
      expect(adjustedRand(made.labels, want)).toBeCloseTo(1, 12);
      expect(made.noise).toBe(want.filter((label) => label === NOISE).length);
    }
  });

  it('suggests a radius that finds balls', () => {
    const { points, truth } = balls('eps', 900, 2, 3, 15);
    const made = dbscan(points, { eps: suggestEps(points, 5), minPoints: 5 });
    expect(adjustedRand(made.labels, truth)).toBeGreaterThan(0.9);
  });

  it('refuses a radius of nothing', () => expect(() => dbscan({ n: 1, d: 1, values: Float64Array.of(1) }, { eps: 0, minPoints: 1 })).toThrow(/above 0/));
});

describe('hierarchical', () => {
  it.each(LINKAGES)('%s joins what is nearest, every time', (linkage) => {
    const { points } = balls(`chain ${linkage}`, 60, 2, 3, 3);
    const { hierarchy } = hierarchical(points, { linkage, k: 1 });
    const clusters = new Map(Array.from({ length: 60 }, (_, i) => [i, [i]]));
    const distance = (a: number[], b: number[]): number => {
      const all = a.flatMap((i) => b.map((j) => Math.sqrt(squaredDistance(points.values, i * 2, points.values, j * 2, 2))));
      if (linkage === 'complete') return Math.max(...all);
      if (linkage === 'single') return Math.min(...all);
      if (linkage === 'average') return all.reduce((x, y) => x + y) / all.length;
      const centre = (c: number[]) => [0, 1].map((f) => c.reduce((sum, i) => sum + (points.values[i * 2 + f] ?? 0), 0) / c.length);
      const [[ax = 0, ay = 0], [bx = 0, by = 0]] = [centre(a), centre(b)];
      return Math.sqrt((2 * a.length * b.length) / (a.length + b.length)) * Math.hypot(ax - bx, ay - by);
    };
    hierarchy.joins.forEach(({ a, b, height }, i) => {
      const open = [...clusters];
      let least = Infinity;
      for (const [x, one] of open) for (const [y, other] of open) if (x < y) least = Math.min(least, distance(one, other));
      expect(height).toBeCloseTo(least, 8);
      expect(distance(clusters.get(a) ?? [], clusters.get(b) ?? [])).toBeCloseTo(height, 8);
      clusters.set(60 + i, [...(clusters.get(a) ?? []), ...(clusters.get(b) ?? [])]);
      clusters.delete(a);
      clusters.delete(b);
    });
    expect(clusters.size).toBe(1);
    for (const k of [1, 2, 5, 60, 99]) expect(new Set(cut(hierarchy, k)).size).toBe(Math.min(k, 60));
  });

  it('finds balls by micro-clusters beyond its limit', () => {
    const { points, truth } = balls('micro', 30_000, 3, 4, 14);
    const made = hierarchical(points, { linkage: 'ward', k: 4 });
    expect(made.micro).toBeGreaterThan(1000);
    expect(adjustedRand(made.labels, truth)).toBeGreaterThan(0.99);
  });
});

describe('measures', () => {
  it('the adjusted Rand index knows names do not matter and chance does', () => {
    expect(adjustedRand([0, 0, 1, 1], [5, 5, 2, 2])).toBe(1);
    // Hubert & Arabie's formula by hand: pairs 2 and 2 and 1 in both, of 6.
    expect(adjustedRand([0, 0, 1, 1], [0, 0, 1, 2])).toBeCloseTo((1 - 2 / 6) / (1.5 - 2 / 6), 12);
    const draw = createRandom('chance');
    const labels = () => Array.from({ length: 3000 }, () => Math.floor(4 * draw()));
    expect(Math.abs(adjustedRand(labels(), labels()))).toBeLessThan(0.01);
  });

  it('the silhouette of a sample is near that of all', () => {
    const { points, truth } = balls('silhouette', 12_000, 2, 3, 4);
    const labels = Int32Array.from(truth);
    const some = silhouette(points, labels);
    const all = silhouette({ ...points, n: 9000, values: points.values.slice(0, 18_000) }, labels.slice(0, 9000));
    expect([some.probed, all.probed]).toEqual([2000, 9000]);
    expect(Math.abs(some.mean - all.mean)).toBeLessThan(0.02);
  });
});

describe('the number of clusters', () => {
  it('is found where balls are apart', () => {
    for (const groups of [2, 4, 5]) {
      const made = suggestK(balls(`groups ${groups}`, 500, 2, groups, 16).points);
      expect(made.k).toBe(groups);
      expect(made.byGap).toBe(groups);
    }
  });

  it('is one by the gap where points are evenly spread, and it says so', () => {
    const draw = createRandom('even');
    const made = suggestK({ n: 400, d: 2, values: Float64Array.from({ length: 800 }, () => draw()) });
    expect(made.byGap).toBe(1);
    expect(made.notes.join()).toMatch(/no more structure/);
  });
});

describe('the map', () => {
  it('turns points without stretching them', () => {
    const { points } = balls('turn', 200, 2, 3, 5);
    const made = pca(points);
    expect(made.axes.reduce((sum, axis) => sum + axis.explained, 0)).toBeCloseTo(1, 12);
    const [a, b] = onMap(made, points, [3, 90]);
    expect(Math.hypot((a?.x ?? 0) - (b?.x ?? 0), (a?.y ?? 0) - (b?.y ?? 0))).toBeCloseTo(Math.sqrt(squaredDistance(points.values, 6, points.values, 180, 2)), 10);
  });

  it('puts the widest direction first', () => {
    const draw = createRandom('wide');
    const values = Float64Array.from({ length: 1500 }, (_, i) => normal(draw) * (i % 3 === 1 ? 10 : 1));
    const [first] = pca({ n: 500, d: 3, values }).axes;
    expect(first?.loadings[1]).toBeGreaterThan(0.99);
    expect(first?.explained).toBeGreaterThan(0.95);
  });
});

describe('preparation', () => {
  it('pulls in, takes logs, scales, and leaves out what is the same for all', () => {
    const made = prepare([{ name: 'a', values: Float64Array.of(0, 1, 2, 3, 1000) }, { name: 'b', values: new Float64Array(5).fill(7) }], { scale: 'z-score', log: ['a'], winsorise: 0.2 });
    expect(made.names).toEqual(['a']);
    expect(made.notes.join()).toMatch(/b is the same for everyone/);
    const values = [...made.points.values];
    expect(values.reduce((x, y) => x + y)).toBeCloseTo(0, 12);
    expect(values.reduce((sum, v) => sum + v * v, 0) / 5).toBeCloseTo(1, 12);
  });
});

describe('names', () => {
  it('say what sets a cluster apart, each another', () => {
    expect(proposeNames([[-1, 2, 1.5], [1, -0.5, 0], [0.1, 0, 0], [1.2, -0.6, 0.4], [0, 0, 0]], ['recency', 'frequency', 'monetary'])).toEqual(['Frequent, big spenders', 'Long gone, rare', 'Typical', 'Long gone, rare, big spenders', 'Typical (2)']);
  });
});

describe('discovery', () => {
  const base = { scale: 'z-score', log: [], winsorise: 0 } as const;

  it.each(METHODS)('%s names, sizes and places clusters, and finds well separated ones stable', (method) => {
    const { points, truth } = balls('discover', 600, 2, 3, 15);
    const features = [0, 1].map((f) => ({ name: `f${f}`, values: Float64Array.from({ length: 600 }, (_, i) => points.values[i * 2 + f] ?? 0) }));
    const made = discover(features, { ...base, method });
    expect(adjustedRand(made.labels, truth)).toBeGreaterThan(method === 'dbscan' ? 0.8 : 0.95);
    expect(new Set(made.clusters.map((cluster) => cluster.name)).size).toBe(made.clusters.length);
    for (const cluster of made.clusters.slice(0, 3)) expect(cluster.stability).toBeGreaterThan(method === 'dbscan' ? 0.75 : 0.95);
    expect(made.clusters.reduce((sum, cluster) => sum + cluster.size, made.noise)).toBe(600);
    expect(made.map.points.length).toBe(600);
  });

  it('finds clusters unstable where there are none', () => {
    const draw = createRandom('none');
    const features = ['x', 'y'].map((name) => ({ name, values: Float64Array.from({ length: 500 }, () => normal(draw)) }));
    const made = discover(features, { ...base, method: 'kmeans', k: 6 });
    expect(Math.min(...made.clusters.map((cluster) => cluster.stability ?? 1))).toBeLessThan(0.75);
  });

  it.each([
    ['nobody', []], ['one customer', [5]], ['two', [5, 7]], ['all the same', Array.from({ length: 50 }, () => 5)], ['one odd one out', [...Array.from({ length: 50 }, () => 5), 6]],
    ['huge and tiny', Array.from({ length: 60 }, (_, i) => (i % 2 ? 1e15 + i : i * 1e-9))], ['few values', Array.from({ length: 60 }, (_, i) => i % 3)],
  ])('has a finite answer for %s', (_, column) => {
    for (const method of METHODS) {
      const made = discover([{ name: 'v', values: Float64Array.from(column) }], { ...base, method });
      expect(made.labels.length).toBe(column.length);
      for (const cluster of made.clusters) expect([cluster.size, cluster.share, ...Object.values(cluster.means), ...Object.values(cluster.deviations)].every(Number.isFinite)).toBe(true);
      expect(Number.isFinite(made.silhouette.mean) || column.length === 0).toBe(true);
    }
  });
});

it('samples evenly', () => {
  const draw = createRandom('sample');
  const counts = new Int32Array(10);
  for (let round = 0; round < 3000; round++) sampleRows(10, 3, draw).forEach((i) => (counts[i] = (counts[i] ?? 0) + 1));
  for (const count of counts) expect(Math.abs(count / 900 - 1)).toBeLessThan(0.12);
});
