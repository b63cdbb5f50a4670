// A cluster told as a rule: found exactly where there is one, cut at round numbers, with a fidelity that can be recounted.
import { expect, it } from 'vitest';
import { createRandom } from '#core/math/random';
import { discover } from './discover.ts';
import { nearest } from './nearest.ts';
import { roundest, ruleTree } from './rule-tree.ts';

it('finds a rule that is there, in round numbers', () => {
  const random = createRandom('rule');
  const spend = Float64Array.from({ length: 3_000 }, () => random() * 1_000);
  const days = Float64Array.from({ length: 3_000 }, () => Math.floor(random() * 400));
  const noise = Float64Array.from({ length: 3_000 }, () => random());
  const features = [{ name: 'noise', values: noise }, { name: 'spend', values: spend }, { name: 'days', values: days }];
  const isIn = (i: number): boolean => (spend[i] ?? 0) > 200 && (days[i] ?? 0) <= 60;
  const { rule, fidelity, depth } = ruleTree(features, isIn);
  expect(depth).toBe(2);
  expect(fidelity).toEqual({ precision: 1, recall: 1, agreement: 1, named: [...spend.keys()].filter(isIn).length });
  expect(rule).toHaveLength(1);
  const bounds = new Map(rule[0]?.map((bound) => [bound.feature, bound]));
  expect(bounds.get('days')).toEqual({ feature: 'days', above: null, most: 60 });
  // Between the two customers on either side of 200, and no more digits than that takes.
  expect(Math.abs((bounds.get('spend')?.above ?? 0) - 200)).toBeLessThan(2);
  expect(String(bounds.get('spend')?.above).length).toBeLessThanOrEqual(6);
  // Either end of one feature: two leaves.
  expect(ruleTree(features, (i) => Math.abs((days[i] ?? 0) - 200) > 150, { deepest: 2 })).toMatchObject({ fidelity: { precision: 1, recall: 1 }, rule: [[{ feature: 'days' }], [{ feature: 'days' }]] });
  // Nothing to find: nobody is named, and it says so.
  expect(ruleTree(features, () => false)).toEqual({ rule: [], depth: 0, fidelity: { precision: null, recall: 0, agreement: 1, named: 0 } });
  const coin = createRandom('coin');
  expect(ruleTree(features, () => coin() < 0.3, { leastLeaf: 100 }).fidelity.recall).toBeLessThan(0.2);
  expect([roundest(59, 60), roundest(199.3, 204), roundest(0.123, 0.126), roundest(3, 4), roundest(-5, 5), roundest(1e9, 1e9 + 1)]).toEqual([59, 200, 0.124, 3, 0, 1e9]);
});

it('a centroid that is kept gives everybody the label that the discovery gave, and later ones theirs', () => {
  const random = createRandom('blobs');
  const n = 900;
  const features = ['a', 'b'].map((name, f) => ({ name, values: Float64Array.from({ length: n }, (_, i) => Math.exp((i % 3) * (f === 0 ? 1 : -1) + random() * 0.4)) }));
  const made = discover(features, { method: 'kmeans', k: 3, scale: 'z-score', log: ['a'], winsorise: 0.02 });
  const kept = { steps: made.steps, centres: made.clusters.map(({ centre }) => centre) };
  for (let i = 0; i < n; i++) expect(nearest(kept, (name) => features.find((one) => one.name === name)?.values[i] ?? 0).label).toBe(made.labels[i]);
  // Far outside: pulled in as the others were.
  expect(nearest(kept, (name) => (name === 'a' ? 1e9 : 0))).toEqual(nearest(kept, (name) => (name === 'a' ? 1e6 : 0)));
  const tree = ruleTree(features, (i) => made.labels[i] === 1);
  expect(tree.fidelity.precision).toBeGreaterThan(0.95);
  expect(tree.fidelity.recall).toBeGreaterThan(0.95);
});
