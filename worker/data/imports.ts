/** Imports with their rejected and skipped lines: made, listed, cancelled. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { PRESET_IDS } from '#core/commerce/files/preset-ids';
import { command, query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';

const importRow = z.object({
  id: z.string(), name: z.string(), state: z.enum(['uploading', 'waiting', 'running', 'done', 'cancelled', 'failed', 'undoing', 'undone']),
  bytesTotal: z.number().nullable(), bytesRead: z.number(), linesRead: z.number(), inserted: z.number(), unchanged: z.number(),
  skipped: z.number(), rejected: z.number(), undone: z.number(), preset: z.enum(PRESET_IDS).nullable().catch(null), fileRemovedAt: z.string().nullable(), anywayOf: z.string().nullable(), anywayId: z.string().nullable(), error: z.string().nullable(), createdAt: z.string(), startedAt: z.string().nullable(), finishedAt: z.string().nullable(),
});
export type ImportRow = z.infer<typeof importRow>;

const COLUMNS = sql`id, name, state, bytes_total as "bytesTotal", file_read as "bytesRead", lines_read as "linesRead", inserted, unchanged,
  skipped, rejected, undone, mapping->>'preset' as preset, file_removed_at as "fileRemovedAt", anyway_of as "anywayOf", (select a.id from imports a where a.company_id = imports.company_id and a.anyway_of = imports.id
    and a.state not in ('cancelled', 'failed', 'undoing', 'undone')) as "anywayId", error, created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt"`;

/** An import whose file is still on its way. */
export async function insertImport(
  db: TenantDb, one: { id: string; name: string; fileKey: string; mapping: Record<string, unknown>; createdBy: string | null },
): Promise<void> {
  await db.run(sql`
    insert into imports (company_id, id, name, file_key, state, mapping, created_by)
    values (${db.companyId}, ${one.id}, ${one.name}, ${one.fileKey}, 'uploading', ${JSON.stringify(one.mapping)}::jsonb, ${one.createdBy})`);
}

/**
 * An import of the lines that import `origin` skipped, from the same file, read as it was and as far as it was.
 * @returns the new one, or the one that brings these lines already
 */
export async function insertAnyway(db: TenantDb, one: { id: string; origin: string; createdBy: string | null }): Promise<ImportRow | null> {
  const [, rows] = await db.transaction([
    command(sql`insert into imports (company_id, id, name, file_key, state, mapping, time_zone, bytes_total, read_to, anyway_of, created_by)
      select company_id, ${one.id}, name, file_key, 'waiting', mapping, time_zone, bytes_total, bytes_read, id, ${one.createdBy}::uuid from imports
      where company_id = ${db.companyId} and id = ${one.origin} and file_removed_at is null on conflict do nothing`),
    query(importRow, sql`select ${COLUMNS} from imports where company_id = ${db.companyId} and anyway_of = ${one.origin} and state not in ('cancelled', 'failed', 'undoing', 'undone')`),
  ]);
  return rows[0] ?? null;
}

/** The file is there: the import waits to be read. Null when it was cancelled meanwhile. */
export async function markUploaded(db: TenantDb, id: string, bytes: number): Promise<ImportRow | null> {
  return await db.first(importRow, sql`
    update imports set state = 'waiting', bytes_total = ${bytes} where company_id = ${db.companyId} and id = ${id} and state = 'uploading'
    returning ${COLUMNS}`);
}

export async function markUploadFailed(db: TenantDb, id: string, error: string): Promise<void> {
  await db.run(sql`
    update imports set state = 'failed', error = ${error}, finished_at = now()
    where company_id = ${db.companyId} and id = ${id} and state = 'uploading'`);
}

/** Null when there is no such import or it has ended already. What it has read stays. */
export async function markCancelled(db: TenantDb, id: string): Promise<ImportRow | null> {
  return await db.first(importRow, sql`
    update imports set state = 'cancelled', finished_at = now()
    where company_id = ${db.companyId} and id = ${id} and state in ('uploading', 'waiting', 'running') returning ${COLUMNS}`);
}

export async function readImport(db: TenantDb, id: string): Promise<ImportRow | null> {
  return await db.first(importRow, sql`select ${COLUMNS} from imports where company_id = ${db.companyId} and id = ${id}`);
}

/**
 * Files that nobody needs any more: of imports that ended 30 days ago, or half a year where lines were skipped and not
 * brought since, and no import under way reads them. Marks them as removed.
 * @returns their keys
 */
export async function takeOldFiles(db: TenantDb, now: Date): Promise<string[]> {
  const at = now.toISOString();
  const rows = await db.rows(z.object({ file_key: z.string() }), sql`
    with old as (select i.file_key from imports i where i.company_id = ${db.companyId} and i.file_removed_at is null
      group by i.file_key having bool_and(coalesce(i.finished_at, case when i.state = 'uploading' then i.created_at end) < ${at}::timestamptz - interval '30 days'
        and (i.skipped = 0 or i.state in ('undoing', 'undone') or i.finished_at < ${at}::timestamptz - interval '180 days'
          or exists (select from imports a where a.company_id = ${db.companyId} and a.anyway_of = i.id and a.state = 'done'))))
    update imports set file_removed_at = ${at} from old where imports.company_id = ${db.companyId} and imports.file_key = old.file_key
    returning imports.file_key`);
  return [...new Set(rows.map((row) => row.file_key))];
}

/** Newest first. */
export async function listImportRows(db: TenantDb, limit: number): Promise<ImportRow[]> {
  return await db.rows(importRow, sql`
    select ${COLUMNS} from imports where company_id = ${db.companyId} order by created_at desc, id desc limit ${limit}`);
}

const rejectionRow = z.object({
  line: z.number(), code: z.string(), reason: z.string(), column: z.string().nullable(), raw: z.string(),
});
export type RejectionRow = z.infer<typeof rejectionRow>;

/** Rejected lines of one import in file order, after line `after`. */
export async function listRejectionRows(db: TenantDb, importId: string, after: number, limit: number): Promise<RejectionRow[]> {
  return await db.rows(rejectionRow, sql`
    select line, code, reason, column_name as "column", raw from import_rejections
    where company_id = ${db.companyId} and import_id = ${importId} and line > ${after} order by line limit ${limit}`);
}

const skippedRow = z.object({ line: z.number(), raw: z.string() });
type SkippedRow = z.infer<typeof skippedRow>;

/** Kept skipped lines of one import in file order, after line `after`. */
export async function listSkippedRows(db: TenantDb, importId: string, after: number, limit: number): Promise<SkippedRow[]> {
  return await db.rows(skippedRow, sql`
    select line, raw from import_skipped
    where company_id = ${db.companyId} and import_id = ${importId} and line > ${after} order by line limit ${limit}`);
}
