/** The work of one discovery: read the numbers in pages, look for groups, describe each as a rule and as a centre. */
import { assertNever, AppError } from '#core/errors';
import { discovering } from '#core/clustering/discover';
import type { Discovery, Stage } from '#core/clustering/discover';
import { nearest } from '#core/clustering/nearest';
import { NOISE } from '#core/clustering/points';
import { fidelity, leastLeafOf, ruleTree, sortedRows } from '#core/clustering/rule-tree';
import type { Feature } from '#core/clustering/prepare';
import { minorDigits } from '#core/commerce/money';
import { endDiscovery, finishDiscovery, keepDiscoveryProgress, readDiscoveryRow } from '#data/discoveries';
import type { TenantContext } from '#worker/ports';
import { baseOf, loggedOf } from './discoveries.ts';
import { discoveryRequest } from './discovery-views.ts';
import type { DiscoveryCluster, DiscoveryRequest, DiscoveryResult } from './discovery-views.ts';
import { readFeatureTable } from './feature-table.ts';
import { asOfDay, requireState } from './scoring.ts';

/** Share of the work that reading is. */
const READ = 0.4;

/** Thrown to leave when nobody wants the answer any more. */
class NotWanted extends Error {}

/**
 * Works on a discovery that waits, from its beginning; safe to repeat, also twice at once: the first to end is kept.
 * @throws AppError `unavailable` to be asked again; other failures end it and are kept with it
 */
export async function runDiscovery(ctx: TenantContext, id: string): Promise<void> {
  const row = await readDiscoveryRow(ctx.db, id);
  if (row === null || (row.state !== 'waiting' && row.state !== 'running')) return;
  const tell = async (progress: number, stage: string, customers: number | null = null): Promise<void> => {
    ctx.failpoints.reach(`discover-${stage}`);
    if (!(await keepDiscoveryProgress(ctx.db, id, { progress, stage, customers }))) throw new NotWanted();
  };
  try {
    const request = discoveryRequest.parse(row.request);
    const base = await baseOf(ctx, request);
    const state = await requireState(ctx);
    const asOf = asOfDay(ctx, state);
    const { ids, features } = await readFeatureTable(ctx, base, request.features, { today: asOf, digits: minorDigits(state.currency) }, (read, expected) => tell(expected === 0 ? 0 : READ * Math.min(1, read / expected), 'read', read));
    const made = await group(features, request, tell);
    await tell(0.92, 'describe');
    const result = resultOf(made, features, { asOf, currency: state.currency });
    await tell(0.98, 'keep');
    const members = new Map<number, string[]>();
    made.labels.forEach((label, i) => {
      const known = members.get(label) ?? [];
      known.push(ids[i] ?? '');
      members.set(label, known);
    });
    await finishDiscovery(ctx.db, id, result, members, ctx.clock.now().toISOString());
  } catch (error) {
    if (error instanceof NotWanted) return;
    if (error instanceof AppError && error.retryable) throw error;
    ctx.log.error('discovery_failed', { companyId: ctx.companyId, discoveryId: id, error: error instanceof Error ? error.message : String(error) });
    await endDiscovery(ctx.db, id, 'failed', error instanceof AppError ? error.publicMessage : 'It could not be done; we have been told', ctx.clock.now().toISOString());
  }
}

type Tell = (progress: number, stage: string, customers?: number | null) => Promise<void>;

async function group(features: Feature[], request: DiscoveryRequest, tell: Tell): Promise<Discovery> {
  const { method, k, linkage, scale, winsorise } = request;
  const work = discovering(features, { method, ...(k === undefined ? {} : { k }), linkage, scale, winsorise, log: loggedOf(request) });
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    await tell(reachedBy(step.value), step.value);
  }
}

function reachedBy(stage: Stage): number {
  switch (stage) {
    case 'prepare': return 0.42;
    case 'suggest': return 0.46;
    case 'cluster': return 0.6;
    case 'stability': return 0.7;
    case 'map': return 0.82;
    case 'quality': return 0.85;
    default: return assertNever(stage);
  }
}

function resultOf(made: Discovery, features: readonly Feature[], { asOf, currency }: { asOf: string; currency: string }): DiscoveryResult {
  const n = made.labels.length;
  const sorted = sortedRows(features);
  const kept = { steps: made.steps, centres: made.clusters.map(({ centre }) => centre) };
  const columns = new Map(features.map(({ name, values }) => [name, values]));
  const closest = made.steps.length > 0 && made.clusters.length > 1 ? Int32Array.from({ length: n }, (_, i) => nearest(kept, (name) => columns.get(name)?.[i] ?? 0).label) : null;
  const clusters = made.clusters.map((cluster): DiscoveryCluster => {
    const member = Uint8Array.from(made.labels, (label) => (label === cluster.label ? 1 : 0));
    const tree = ruleTree(features, (i) => member[i] === 1, { leastLeaf: leastLeafOf(cluster.size), sorted });
    return { ...cluster, rule: tree.rule, ruleFidelity: tree.fidelity, nearestFidelity: closest === null ? null : fidelity(member, (i) => closest[i] === cluster.label) };
  });
  const { silhouette, separation, suggestion, map } = made;
  return {
    asOf, currency, features: made.features, steps: made.steps, clusters, noise: made.noise,
    overall: Object.fromEntries(features.map(({ name, values }) => [name, values.reduce((sum, value) => sum + value / n, 0)])),
    silhouette: silhouette.mean, silhouetteOn: silhouette.probed, daviesBouldin: separation.daviesBouldin,
    suggestion: suggestion && { k: suggestion.k, byGap: suggestion.byGap, sampled: suggestion.sampled, trials: suggestion.trials },
    eps: made.eps, minPoints: made.minPoints,
    axes: map.axes.map(({ loadings, explained }) => ({ loadings: Array.from(loadings), explained })),
    points: map.points.map(({ label, x, y }) => ({ label: Math.max(NOISE, label), x: Number(x.toFixed(3)), y: Number(y.toFixed(3)) })),
    notes: made.notes,
  };
}
