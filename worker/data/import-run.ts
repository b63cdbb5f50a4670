/** The running side of an import: one worker at a time holds it, and every batch moves its offset on. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { addToDay } from './receipts.ts';
import { unnest } from './sql-arrays.ts';
import { command, query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';
import { unseen } from './unseen-tenant.ts';

const LEASE = sql.raw(`interval '45 seconds'`);

const claimed = z.object({
  id: z.string(), name: z.string(), file_key: z.string(), state: z.string(), mapping: z.unknown(), bytes_total: z.number().nullable(), read_to: z.number().nullable(), bytes_read: z.number(), lines_read: z.number(),
  rejected: z.number(), skipped: z.number(), anyway_of: z.string().nullable(), time_zone: z.string(), created_at: z.string(),
  /** When the file itself was made an import: later than this no sale can be. */
  uploaded_at: z.string(),
});
export type ClaimedImport = z.infer<typeof claimed>;

/** Takes an import that waits, or whose worker fell silent; null when there is nothing to take. */
export async function claimImport(db: TenantDb, id: string, token: string): Promise<ClaimedImport | null> {
  return db.first(claimed, sql`update imports set state = case when state = 'undoing' then state else 'running' end, started_at = coalesce(started_at, now()),
      time_zone = coalesce(time_zone, (select c.time_zone from companies c where c.id = imports.company_id)), lease_token = ${token}, lease_until = now() + ${LEASE}
    where company_id = ${db.companyId} and id = ${id} and state in ('waiting', 'running', 'undoing') and (lease_until is null or lease_until < now())
    returning id, name, file_key, state, mapping, bytes_total, read_to, bytes_read, lines_read, rejected, skipped, anyway_of, time_zone, created_at,
      coalesce((select o.created_at from imports o where o.company_id = imports.company_id and o.id = imports.anyway_of), created_at) as uploaded_at`);
}

/** Says that its worker is still there: before its first batch it may read for longer than a lease lasts. */
export async function holdImport(db: TenantDb, id: string, token: string): Promise<void> {
  await db.run(sql`update imports set lease_until = now() + ${LEASE} where company_id = ${db.companyId} and id = ${id} and lease_token = ${token} and lease_until is not null`);
}

/** Keeps the mapping that the whole import is read with. */
export async function fixMapping(db: TenantDb, id: string, mapping: unknown): Promise<void> {
  await db.run(sql`update imports set mapping = ${JSON.stringify(mapping)}::jsonb where company_id = ${db.companyId} and id = ${id}`);
}

export interface ImportStep {
  /** What the refused lines count as coming from. */
  source: string;
  /** Where in the content the next unread line starts. */
  position: number;
  /** Bytes of the stored file that were read. */
  fileRead: number;
  linesRead: number;
  inserted: number;
  unchanged: number;
  /** Of the unchanged lines, those without an id of their own. */
  skipped: number;
  /** As many of these as are kept. */
  skippedLines: { line: number; raw: string }[];
  rejections: { line: number; code: string; reason: string; column: string | null; raw: string }[];
}

const progress = z.object({ lines_read: z.number(), rejected: z.number(), skipped: z.number(), state: z.string() });

/** Adds a step, and counts its refused lines as received and refused; null when the import was cancelled or is held by another: stop then. */
export async function advanceImport(db: TenantDb, id: string, token: string, step: ImportStep): Promise<z.infer<typeof progress> | null> {
  const company = db.companyId;
  const r = step.rejections;
  const kept = step.skippedLines;
  const [, , rows] = await db.transaction([
    command(sql`insert into import_rejections (company_id, import_id, line, code, reason, column_name, raw)
      select ${company}::uuid, ${id}::uuid, u.* from ${unnest('u', [
        ['line', 'int', r.map((x) => x.line)], ['code', 'text', r.map((x) => x.code)], ['reason', 'text', r.map((x) => x.reason)],
        ['column_name', 'text', r.map((x) => x.column)], ['raw', 'text', r.map((x) => x.raw)],
      ])} on conflict do nothing`),
    command(sql`insert into import_skipped (company_id, import_id, line, raw)
      select ${company}::uuid, ${id}::uuid, u.* from ${unnest('u', [['line', 'int', kept.map((x) => x.line)], ['raw', 'text', kept.map((x) => x.raw)]])}
      on conflict do nothing`),
    query(progress, sql`with moved as (update imports set bytes_read = ${step.position}, file_read = greatest(file_read, least(${step.fileRead}, bytes_total)), lines_read = lines_read + ${step.linesRead}, inserted = inserted + ${step.inserted},
          unchanged = unchanged + ${step.unchanged}, skipped = skipped + ${step.skipped}, rejected = rejected + ${r.length}, lease_until = now() + ${LEASE}
        where company_id = ${company} and id = ${id} and lease_token = ${token} and state = 'running' returning company_id, created_at, lines_read, rejected, skipped, state),
      refused as (insert into source_day as d (company_id, source, day, received, rejected, last_received_at)
        select m.company_id, ${step.source}::text, (m.created_at at time zone c.time_zone)::date, ${r.length}::int, ${r.length}::int, m.created_at from moved m join companies c on c.id = m.company_id where ${r.length}::int > 0
        ${addToDay})
      select lines_read, rejected, skipped, state from moved`),
  ]);
  return rows[0] ?? null;
}

export interface RecordName {
  source: string;
  externalId: string;
}

/**
 * Which of these names stand in the books without import `id` having brought them, as indexes into `names`. What this
 * import wrote before an interruption is therefore never among them, nor what an import beside it wrote meanwhile missing.
 */
export async function broughtByOthers(db: TenantDb, id: string, names: readonly RecordName[]): Promise<Set<number>> {
  const found = await db.first(z.object({ others: z.array(z.int()) }), sql`select coalesce(jsonb_agg(u.idx), '[]') as others
    from ${unnest('u', [['idx', 'int', names.map((_, n) => n)], ['source', 'text', names.map((n) => n.source)], ['external_id', 'text', names.map((n) => n.externalId)]])}
    cross join lateral (select k.import_id from transaction_keys k
      where k.company_id = ${unseen(db.companyId)} and k.source = u.source and k.external_id = u.external_id offset 0) k
    where k.import_id is distinct from ${id}::uuid`);
  return new Set(found?.others ?? []);
}

/** Ends it, if it is still ours. */
export async function endImport(db: TenantDb, id: string, token: string, state: 'done' | 'failed', error: string | null): Promise<void> {
  await db.run(sql`update imports set state = ${state}, error = ${error}, finished_at = now(), lease_until = null,
      file_read = case when ${state === 'done'} then coalesce(bytes_total, file_read) else file_read end
    where company_id = ${db.companyId} and id = ${id} and lease_token = ${token} and state = 'running'`);
}

/** Gives it back for the next job. */
export async function releaseImport(db: TenantDb, id: string, token: string): Promise<void> {
  await db.run(sql`update imports set lease_until = null where company_id = ${db.companyId} and id = ${id} and lease_token = ${token}`);
}
