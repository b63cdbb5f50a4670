/** A cluster that was found becomes a live segment: as a rule that tells it, or by the nearest centre. */
import { z } from 'zod';
import { AppError } from '#core/errors';
import { ruleFilter } from '#core/discovery/rule-filter';
import type { ClusterDefinition } from '#core/segments/definition';
import type { Filter } from '#core/segments/filter';
import type { TenantContext } from '#worker/ports';
import { requireDiscovery } from './discoveries.ts';
import { discoveryRequest, discoveryResult } from './discovery-views.ts';
import type { DiscoveryCluster, DiscoveryRequest, DiscoveryResult } from './discovery-views.ts';
import { requirePermission } from './permissions.ts';
import { createClusterSegment, createSegment, newSegmentSchema } from './segments.ts';
import type { SegmentView } from './segment-views.ts';

export const saveClusterSchema = z.strictObject({
  cluster: z.int().min(0),
  name: z.string().trim().min(1, 'Write a name').max(100, 'At most 100 characters'),
  /** `rule`: conditions that anybody can read and change; `nearest`: as it was found, each time a customer changes. */
  as: z.enum(['rule', 'nearest']),
});
export type SaveCluster = z.infer<typeof saveClusterSchema>;

/** Deeper than that nobody looks inside of clusters. */
const MOST_NESTED = 5;
const HAS_BOUGHT: Filter = { is: 'purchase_days', op: 'gte', value: 1 };

/** @throws AppError `not_found` for a cluster that is not there, `invalid_input` where it cannot be told that way, and as `createSegment` */
export async function saveCluster(ctx: TenantContext, id: string, input: SaveCluster): Promise<SegmentView> {
  requirePermission(ctx, 'segments:write');
  const { cluster: label, name, as } = saveClusterSchema.parse(input);
  const levels = await levelsOf(ctx, id, label);
  const outermost = levels[0]?.request.within;
  const base: Filter = outermost !== undefined && 'segment' in outermost ? { is: 'segment', id: outermost.segment } : HAS_BOUGHT;
  const description = levels.map(({ cluster }) => cluster.name).join(' → ');
  if (as === 'nearest') {
    const nested = levels.map(({ result, cluster }) => ({ steps: result.steps, centres: result.clusters.map(({ centre }) => centre), label: cluster.label }));
    if (nested.some(({ steps, centres }) => steps.length === 0 || centres.length < 2)) throw new AppError('invalid_input', 'With one group only, everybody is nearest to it: keep it as a rule', { errors: [{ path: 'as', message: 'Choose rule' }] });
    const definition: ClusterDefinition = { kind: 'cluster', filter: base, nested };
    return createClusterSegment(ctx, { name, description, definition });
  }
  const rules = levels.map(({ cluster }) => ruleFilter(cluster.rule));
  const told = rules.filter((rule) => rule !== null);
  if (told.length < rules.length) throw new AppError('invalid_input', 'No short rule describes this group', { errors: [{ path: 'as', message: 'Keep it by the nearest centre' }] });
  const parts = base === HAS_BOUGHT ? told : [base, ...told];
  const [only, ...more] = parts;
  return createSegment(ctx, newSegmentSchema.parse({ name, description, origin: 'discovery', filter: only !== undefined && more.length === 0 ? only : { all: parts } }));
}

interface Level {
  request: DiscoveryRequest;
  result: DiscoveryResult;
  cluster: DiscoveryCluster;
}

/** The cluster and those it was found inside of, from the outside in. */
async function levelsOf(ctx: TenantContext, id: string, label: number): Promise<Level[]> {
  const levels: Level[] = [];
  for (let next: { id: string; label: number } | null = { id, label }; next !== null; ) {
    if (levels.length >= MOST_NESTED) throw new AppError('invalid_input', `Groups within groups are kept up to ${String(MOST_NESTED)} deep`);
    const row = await requireDiscovery(ctx, next.id);
    const result = row.result === null ? null : discoveryResult.parse(row.result);
    const cluster = result?.clusters[next.label];
    if (result === null || cluster === undefined) throw new AppError('not_found', 'There is no such group');
    const request = discoveryRequest.parse(row.request);
    levels.unshift({ request, result, cluster });
    const { within } = request;
    next = within !== undefined && 'discovery' in within ? { id: within.discovery, label: within.cluster } : null;
  }
  return levels;
}
