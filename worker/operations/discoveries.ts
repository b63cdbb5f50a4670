/** Looking for groups of customers that are alike: asked for, worked on by a job that can be stopped, kept for a while. */
import { v7 } from 'uuid';
import { AppError } from '#core/errors';
import { FEATURE_KINDS } from '#core/discovery/features';
import { countFeatureRows, deleteDiscovery, endDiscovery, insertDiscovery, listDiscoveryRows, nameOfSegment, readDiscoveryRow } from '#data/discoveries';
import type { DiscoveryBase, DiscoveryRow, DiscoverySummaryRow } from '#data/discoveries';
import type { TenantContext } from '#worker/ports';
import { audited } from './audit.ts';
import { MOST_NUMBERS } from './feature-table.ts';
import { TimedMap } from './isolate-memory.ts';
import { requirePermission } from './permissions.ts';
import { discoveryRequest, discoveryResult } from './discovery-views.ts';
import type { DiscoveryInput, DiscoveryRequest, DiscoverySummary, DiscoveryView } from './discovery-views.ts';

/** What was found is kept so many times; older ones go with the next. */
const KEPT = 20;
const LEAST_CUSTOMERS = 3;

/**
 * Asks for a discovery and rings for it.
 * @throws AppError `invalid_input` for what cannot be looked for, `not_found` for a segment or cluster that is not there
 */
export async function startDiscovery(ctx: TenantContext, input: DiscoveryInput): Promise<DiscoveryView> {
  requirePermission(ctx, 'segments:write');
  const request = discoveryRequest.parse(input);
  const base = await baseOf(ctx, request);
  const customers = await countFeatureRows(ctx.db, base);
  if (customers < LEAST_CUSTOMERS) throw new AppError('invalid_input', `There ${customers === 1 ? 'is 1 customer' : `are ${String(customers)} customers`} with orders here; groups need at least ${String(LEAST_CUSTOMERS)}`);
  const most = Math.floor(MOST_NUMBERS / request.features.length);
  if (customers > most) {
    throw new AppError('invalid_input', `${String(customers)} customers with ${String(request.features.length)} features are more than can be looked at at once`, {
      errors: [{ path: 'features', message: `Choose ${String(Math.max(1, Math.floor(MOST_NUMBERS / customers)))} of them, or look inside a segment of up to ${String(most)} customers` }],
    });
  }
  const id = v7();
  const { db } = audited(ctx, { action: 'discovery.started', target: { kind: 'discovery', id }, detail: { ...request } });
  await insertDiscovery(db, { id, request, createdBy: whoAsks(ctx), createdAt: ctx.clock.now().toISOString() }, KEPT);
  await ctx.jobs.enqueue({ type: 'discover', companyId: ctx.companyId, discoveryId: id });
  return getDiscovery(ctx, id);
}

/** Looks inside a cluster the same way as it was found; the number of groups is suggested anew. @throws AppError `not_found` */
export async function discoverInside(ctx: TenantContext, id: string, cluster: number): Promise<DiscoveryView> {
  requirePermission(ctx, 'segments:write');
  const { k: _, ...same } = discoveryRequest.parse((await requireDiscovery(ctx, id)).request);
  return startDiscovery(ctx, { ...same, within: { discovery: id, cluster } });
}

function whoAsks({ actor }: TenantContext): string | null {
  return actor.kind === 'user' ? actor.email : actor.kind === 'api_key' ? actor.name : null;
}

/** Whom it looks at. @throws AppError `not_found` */
export async function baseOf(ctx: TenantContext, { within }: DiscoveryRequest): Promise<DiscoveryBase> {
  if (within === undefined) return { kind: 'everybody' };
  if ('segment' in within) {
    if ((await nameOfSegment(ctx.db, within.segment)) === null) throw new AppError('not_found', 'There is no such segment to look inside of');
    return { kind: 'segment', id: within.segment };
  }
  const outer = await readDiscoveryRow(ctx.db, within.discovery);
  const found = outer?.state === 'done' ? discoveryResult.parse(outer.result) : null;
  if (!found || (within.cluster === -1 ? found.noise === 0 : found.clusters[within.cluster] === undefined)) throw new AppError('not_found', 'There is no such cluster to look inside of');
  return { kind: 'cluster', discoveryId: within.discovery, label: within.cluster };
}

/** Newest first. */
export async function listDiscoveries(ctx: TenantContext): Promise<DiscoverySummary[]> {
  requirePermission(ctx, 'segments:read');
  return (await listDiscoveryRows(ctx.db, KEPT)).map(summaryOf);
}

/** How far each was when somebody last looked, in this isolate. */
const looked = new TimedMap<{ progress: number; since: number }>();
const LOOKED_SECONDS = 600;
/** A bell may be lost, and a job die between two lines: whoever watches one that stands still rings again. */
const STILL_MS = 45_000;

/** @throws AppError `not_found` */
export async function getDiscovery(ctx: TenantContext, id: string): Promise<DiscoveryView> {
  requirePermission(ctx, 'segments:read');
  const row = await requireDiscovery(ctx, id);
  await ringAgain(ctx, row);
  return { ...summaryOf(row), result: row.result === null ? null : discoveryResult.parse(row.result), withinName: await nameOfBase(ctx, discoveryRequest.parse(row.request)) };
}

async function ringAgain(ctx: TenantContext, { id, state, progress }: DiscoveryRow): Promise<void> {
  if (state !== 'waiting' && state !== 'running') return;
  const now = ctx.clock.now();
  const seen = looked.get(id, now);
  if (seen?.progress === progress && now.getTime() - seen.since > STILL_MS) await ctx.jobs.enqueue({ type: 'discover', companyId: ctx.companyId, discoveryId: id });
  else if (seen?.progress === progress) return;
  looked.set(id, { progress, since: now.getTime() }, LOOKED_SECONDS, now);
}

async function nameOfBase(ctx: TenantContext, { within }: DiscoveryRequest): Promise<string | null> {
  if (within === undefined) return null;
  if ('segment' in within) return nameOfSegment(ctx.db, within.segment);
  const outer = await readDiscoveryRow(ctx.db, within.discovery);
  const found = outer?.result == null ? null : discoveryResult.parse(outer.result);
  return found?.clusters[within.cluster]?.name ?? null;
}

export async function requireDiscovery(ctx: TenantContext, id: string): Promise<DiscoveryRow> {
  const row = await readDiscoveryRow(ctx.db, id);
  if (!row) throw new AppError('not_found', 'There is no such discovery; the last twenty are kept');
  return row;
}

/** Stops one that is waiting or at work; one that ended is left as it is. @throws AppError `not_found` */
export async function cancelDiscovery(ctx: TenantContext, id: string): Promise<DiscoveryView> {
  requirePermission(ctx, 'segments:write');
  await requireDiscovery(ctx, id);
  const { db } = audited(ctx, { action: 'discovery.cancelled', target: { kind: 'discovery', id } });
  await endDiscovery(db, id, 'cancelled', null, ctx.clock.now().toISOString());
  return getDiscovery(ctx, id);
}

/** Segments that were made of it stay. @throws AppError `not_found` */
export async function removeDiscovery(ctx: TenantContext, id: string): Promise<void> {
  requirePermission(ctx, 'segments:write');
  await requireDiscovery(ctx, id);
  const { db } = audited(ctx, { action: 'discovery.removed', target: { kind: 'discovery', id } });
  if (!(await deleteDiscovery(db, id))) throw new AppError('not_found', 'There is no such discovery');
}

/** Features of which the logarithm is taken. */
export function loggedOf({ log, features }: DiscoveryRequest): readonly string[] {
  return log ?? features.filter((name) => FEATURE_KINDS[name].log);
}

function summaryOf(row: DiscoverySummaryRow): DiscoverySummary {
  const { id, state, progress, stage, customers, clusters, error, createdBy, createdAt, finishedAt } = row;
  return { id, state, progress, stage, customers, clusters, error, createdBy, createdAt, finishedAt, request: discoveryRequest.parse(row.request) };
}
