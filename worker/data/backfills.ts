/** Readings of a platform's history: one worker at a time holds each, and every page moves its cursor on. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database, TenantDb } from './tenant.ts';

/** Longer than one page takes to come and to be written. One that takes longer is read again by the next; nothing is lost. */
const LEASE = sql.raw(`interval '45 seconds'`);

const backfillRow = z.object({
  id: z.string(), integrationId: z.string(), state: z.enum(['waiting', 'running', 'done', 'cancelled', 'failed']), fromDay: z.string().nullable(),
  recordsRead: z.number(), recordsExpected: z.number().nullable(), inserted: z.number(), updated: z.number(), rejected: z.number(),
  waitUntil: z.string().nullable(), error: z.string().nullable(), createdAt: z.string(), startedAt: z.string().nullable(), finishedAt: z.string().nullable(),
});
export type BackfillRow = z.infer<typeof backfillRow>;

const COLUMNS = sql`id, integration_id as "integrationId", state, from_day as "fromDay", records_read as "recordsRead", records_expected as "recordsExpected",
  inserted, updated, rejected, wait_until as "waitUntil", error, created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt"`;

/** Null when one is at work for this integration already. */
export async function insertBackfill(db: TenantDb, one: { id: string; integrationId: string; fromDay: string | null }): Promise<BackfillRow | null> {
  return db.first(backfillRow, sql`insert into backfills (company_id, id, integration_id, state, from_day)
    values (${db.companyId}, ${one.id}, ${one.integrationId}, 'waiting', ${one.fromDay}) on conflict do nothing returning ${COLUMNS}`);
}

/** Newest first. */
export async function listBackfillRows(db: TenantDb, integrationId: string, limit: number): Promise<BackfillRow[]> {
  return db.rows(backfillRow, sql`select ${COLUMNS} from backfills
    where company_id = ${db.companyId} and integration_id = ${integrationId} order by created_at desc, id desc limit ${limit}`);
}

/** Ends one that is at work, whoever holds it; null when there is none. What it has read stays. */
export async function cancelBackfillRow(db: TenantDb, integrationId: string, id: string): Promise<BackfillRow | null> {
  return db.first(backfillRow, sql`update backfills set state = 'cancelled', finished_at = now(), lease_until = null
    where company_id = ${db.companyId} and integration_id = ${integrationId} and id = ${id} and state in ('waiting', 'running') returning ${COLUMNS}`);
}

/** Ends whatever is at work for an integration that goes. */
export async function cancelBackfillsOf(db: TenantDb, integrationId: string): Promise<void> {
  await db.run(sql`update backfills set state = 'cancelled', finished_at = now(), lease_until = null
    where company_id = ${db.companyId} and integration_id = ${integrationId} and state in ('waiting', 'running')`);
}

const claimed = backfillRow.extend({ cursor: z.string().nullable(), timeZone: z.string() });
export type ClaimedBackfill = z.infer<typeof claimed>;

/** Takes one that waits, or whose worker fell silent; null when there is nothing to take now. */
export async function claimBackfill(db: TenantDb, id: string, token: string): Promise<ClaimedBackfill | null> {
  return db.first(claimed, sql`update backfills set state = 'running', started_at = coalesce(started_at, now()), lease_token = ${token}, lease_until = now() + ${LEASE}
    where company_id = ${db.companyId} and id = ${id} and state in ('waiting', 'running') and (lease_until is null or lease_until < now())
      and (wait_until is null or wait_until <= now() + interval '1 second')
    returning ${COLUMNS}, cursor, (select c.time_zone from companies c where c.id = backfills.company_id) as "timeZone"`);
}

export interface BackfillStep {
  cursor: string;
  read: number;
  expected: number | null;
  inserted: number;
  updated: number;
  rejected: number;
}

const progress = z.object({ recordsRead: z.number() });

/** Adds a page that is in the books; null when it was cancelled or is held by another: stop then. */
export async function advanceBackfill(db: TenantDb, id: string, token: string, step: Omit<BackfillStep, 'cursor'> & { cursor: string | null }): Promise<z.infer<typeof progress> | null> {
  return db.first(progress, sql`update backfills set cursor = coalesce(${step.cursor}, cursor), records_read = records_read + ${step.read},
      records_expected = coalesce(${step.expected}::int, records_expected), inserted = inserted + ${step.inserted}, updated = updated + ${step.updated},
      rejected = rejected + ${step.rejected}, wait_until = null, error = null, lease_until = now() + ${LEASE}
    where company_id = ${db.companyId} and id = ${id} and lease_token = ${token} and state = 'running' returning records_read as "recordsRead"`);
}

/** Gives it back, for the next job or for a later one. @param error why it waits, in words; null when nothing is wrong */
export async function releaseBackfill(db: TenantDb, id: string, token: string, waitSeconds: number, error: string | null): Promise<void> {
  await db.run(sql`update backfills set lease_until = null, wait_until = case when ${waitSeconds}::float8 > 0 then now() + make_interval(secs => ${waitSeconds}::float8) end, error = ${error}
    where company_id = ${db.companyId} and id = ${id} and lease_token = ${token} and state = 'running'`);
}

/** Ends it, if it is still ours. */
export async function endBackfill(db: TenantDb, id: string, token: string, state: 'done' | 'failed', error: string | null): Promise<void> {
  await db.run(sql`update backfills set state = ${state}, error = ${error}, finished_at = now(), lease_until = null, wait_until = null
    where company_id = ${db.companyId} and id = ${id} and lease_token = ${token} and state = 'running'`);
}

const due = z.object({ company_id: z.string(), backfill_id: z.string() });
/** Those that nobody works on although they could go on. */
export async function listBackfillsToRing(database: Database): Promise<{ companyId: string; backfillId: string }[]> {
  const rows = await database.lookup(due, sql`select company_id, backfill_id from backfills_to_ring()`);
  return rows.map((r) => ({ companyId: r.company_id, backfillId: r.backfill_id }));
}
