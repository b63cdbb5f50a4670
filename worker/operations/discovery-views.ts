/** What pages and the API get of discoveries. */
import { z } from 'zod';
import { METHODS } from '#core/clustering/discover';
import { LINKAGES } from '#core/clustering/hierarchical';
import { DISCOVERY_FEATURES } from '#core/discovery/features';

const within = z.union([
  z.strictObject({ segment: z.uuid('Not an id of ours') }),
  z.strictObject({ discovery: z.uuid('Not an id of ours'), cluster: z.int().min(-1) }),
], { error: 'Write { "segment": id }, or { "discovery": id, "cluster": number }' });

const unique = (names: readonly string[]): boolean => new Set(names).size === names.length;
const feature = z.enum(DISCOVERY_FEATURES, { error: `One of ${DISCOVERY_FEATURES.join(', ')}` });

/** What to look for; everything but the features has a sensible default. */
export const discoveryRequest = z.strictObject({
  method: z.enum(METHODS).default('kmeans'),
  /** Left out: suggested. DBSCAN finds its own number. */
  k: z.int().min(2, 'At least 2').max(20, 'At most 20').optional(),
  features: z.array(feature).min(1, 'Choose at least one feature').refine(unique, 'Each feature once'),
  within: within.optional(),
  linkage: z.enum(LINKAGES).default('ward'),
  scale: z.enum(['z-score', 'robust']).default('z-score'),
  /** Share pulled in on each side. */
  winsorise: z.number().min(0).max(0.2, 'At most 0.2').default(0.01),
  /** Features of which the logarithm is taken; left out: those that are skewed by nature. */
  log: z.array(feature).refine(unique, 'Each feature once').optional(),
}).refine(({ method, k }) => method !== 'dbscan' || k === undefined, { path: ['k'], error: 'DBSCAN finds the number of clusters itself: leave k out' })
  .refine(({ log, features }) => log === undefined || log.every((name) => features.includes(name)), { path: ['log'], error: 'Only of features that were chosen' });
export type DiscoveryRequest = z.output<typeof discoveryRequest>;
export type DiscoveryInput = z.input<typeof discoveryRequest>;

const bound = z.object({ feature: z.string(), above: z.number().nullable(), most: z.number().nullable() });
const fidelity = z.object({ precision: z.number().nullable(), recall: z.number(), agreement: z.number(), named: z.number() });

const cluster = z.object({
  label: z.number(), name: z.string(), size: z.number(), share: z.number(),
  /** By feature; money in whole units. */
  means: z.record(z.string(), z.number()),
  /** In standard deviations from everybody. */
  deviations: z.record(z.string(), z.number()),
  /** Bootstrap Jaccard. */
  stability: z.number().nullable(),
  centre: z.array(z.number()),
  rule: z.array(z.array(bound)),
  ruleFidelity: fidelity,
  nearestFidelity: fidelity.nullable(),
});
export type DiscoveryCluster = z.infer<typeof cluster>;
export type FidelityView = z.infer<typeof fidelity>;

const step = z.object({ name: z.string(), low: z.number().nullable(), high: z.number().nullable(), log: z.boolean(), centre: z.number(), spread: z.number() });

/** What is kept of a discovery that is done. Names nobody. */
export const discoveryResult = z.object({
  asOf: z.string(), currency: z.string(),
  features: z.array(z.string()),
  steps: z.array(step),
  clusters: z.array(cluster),
  noise: z.number(),
  overall: z.record(z.string(), z.number()),
  silhouette: z.number(), silhouetteOn: z.number(), daviesBouldin: z.number().nullable(),
  suggestion: z.object({ k: z.number(), byGap: z.number(), sampled: z.number(), trials: z.array(z.object({ k: z.number(), silhouette: z.number().nullable(), gap: z.number(), gapError: z.number() })) }).nullable(),
  eps: z.number().nullable(), minPoints: z.number().nullable(),
  axes: z.array(z.object({ loadings: z.array(z.number()), explained: z.number() })),
  points: z.array(z.object({ label: z.number(), x: z.number(), y: z.number() })),
  notes: z.array(z.string()),
});
export type DiscoveryResult = z.infer<typeof discoveryResult>;

export const DISCOVERY_STATES = ['waiting', 'running', 'done', 'cancelled', 'failed'] as const;

export interface DiscoverySummary {
  id: string;
  state: (typeof DISCOVERY_STATES)[number];
  /** 0–1. */
  progress: number;
  /** What it is at, in words; null before and after. */
  stage: string | null;
  request: DiscoveryRequest;
  /** Customers that were grouped; null until they are read. */
  customers: number | null;
  /** Clusters found; null until done. */
  clusters: number | null;
  error: string | null;
  createdBy: string | null;
  createdAt: string;
  finishedAt: string | null;
}

export interface DiscoveryView extends DiscoverySummary {
  result: DiscoveryResult | null;
  /** Of the segment or cluster that was looked inside of; null for everybody, or where it is gone. */
  withinName: string | null;
}
