/** Time rules at their boundary: each minute a look at who is due, and a job at the very second that somebody is. */
import { listDueSegments } from '#data/segment-work';
import type { Database } from '#data/tenant';
import type { JobsPort, TenantContext } from '#worker/ports';
import { requireState } from './scoring.ts';
import { tickSegments } from './segment-evaluation.ts';

/** The schedule comes back after so long. */
const EVERY_MS = 60_000;
/** Boundaries that lie closer together are worked off together. */
const APART_SECONDS = 2;

/**
 * Brings memberships up to date. Losing the job loses nothing: the schedule finds by the mark what is due.
 * @returns in how many seconds to come again; null: the schedule is early enough
 */
export async function runSegments(ctx: TenantContext): Promise<number | null> {
  const next = await tickSegments(ctx, await requireState(ctx));
  const wait = next === null ? Infinity : Date.parse(next) - ctx.clock.now().getTime();
  return wait > EVERY_MS ? null : Math.max(APART_SECONDS, Math.ceil(wait / 1000));
}

/** Tenants without live segments, and those where nothing was written and nobody is due, cost nothing. */
export async function ringSegments({ database, jobs }: { database: Database; jobs: JobsPort }, now: Date): Promise<void> {
  for (const { companyId, dueAt } of await listDueSegments(database, new Date(now.getTime() + EVERY_MS))) {
    const wait = dueAt === null ? 0 : Date.parse(dueAt) - now.getTime();
    await jobs.enqueue({ type: 'segments', companyId }, Math.max(0, Math.ceil(wait / 1000)));
  }
}
