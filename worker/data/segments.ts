/** Segments as rows: made, changed, listed. Who is in them: segment-work.ts and segment-whole.ts. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { pgArray } from './sql-arrays.ts';
import { command, query } from './tenant.ts';
import type { Query, TenantDb } from './tenant.ts';
import { unseen } from './unseen-tenant.ts';

export const SEGMENT_STATUSES = ['live', 'paused', 'archived'] as const;
export type SegmentStatus = (typeof SEGMENT_STATUSES)[number];

const segmentRow = z.object({
  id: z.string(), name: z.string(), description: z.string(), kind: z.string(), definition: z.unknown(), status: z.enum(SEGMENT_STATUSES), origin: z.string(), folder: z.string().nullable(), tags: z.array(z.string()),
  version: z.number(), evaluatedVersion: z.number(), evaluatedAt: z.string().nullable(), members: z.number(),
  createdAt: z.string(), createdBy: z.string().nullable(), updatedAt: z.string(), updatedBy: z.string().nullable(),
  /** When the definition changed last. */
  definedAt: z.string(),
});
export type SegmentRow = z.infer<typeof segmentRow>;

/** Columns of `segments s`, as `segmentRow` names them. */
const columns = sql.raw(`s.id, s.name, s.description, s.kind, s.definition, s.status, s.origin, s.folder, s.tags, s.version, s.evaluated_version as "evaluatedVersion",
  s.evaluated_at as "evaluatedAt", s.members, s.created_at as "createdAt", s.created_by as "createdBy", s.updated_at as "updatedAt", s.updated_by as "updatedBy", coalesce(s.defined_at, case when s.version > 1 then s.updated_at else s.created_at end) as "definedAt"`);

/** All but the archived, by name. */
export async function listSegmentRows(db: TenantDb): Promise<SegmentRow[]> {
  return db.rows(segmentRow, sql`select ${columns} from segments s where s.company_id = ${db.companyId} and s.status <> 'archived' order by lower(s.name), s.id`);
}

const referred = segmentRow.pick({ id: true, name: true, status: true, origin: true });

/** Of segments that a filter names, the archived too, those that there are. */
export async function readReferred(db: TenantDb, ids: readonly string[]): Promise<z.infer<typeof referred>[]> {
  return db.rows(referred, sql`select s.id, s.name, s.status, s.origin from segments s where s.company_id = ${db.companyId} and s.id = any(${pgArray('uuid', ids)})`);
}

/** By id the names that a text may use: of all but the archived, and of archived lists, which filters may still ask for, where nothing else has the name. */
export async function readSegmentNames(db: TenantDb): Promise<Map<string, string>> {
  const rows = await db.rows(segmentRow.pick({ id: true, name: true }), sql`select s.id, s.name from segments s where s.company_id = ${db.companyId} and (s.status <> 'archived' or s.origin = 'list'
    and not exists (select from segments o where o.company_id = s.company_id and o.id <> s.id and lower(o.name) = lower(s.name) and (o.status <> 'archived' or o.origin = 'list'))) order by lower(s.name), s.id`);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** After which row a page of archived segments begins. */
export interface ArchivedPlace {
  /** When it was archived, as Postgres writes it. */
  at: string;
  id: string;
}

const archivedRow = segmentRow.extend({ place: z.string() });

/** The archived alone, the latest first; nothing changes of them, so that their last change is that they were archived. `place` is the row's `at`. */
export async function listArchivedRows(db: TenantDb, before: ArchivedPlace | null, limit: number): Promise<z.infer<typeof archivedRow>[]> {
  return db.rows(archivedRow, sql`select ${columns}, s.updated_at::text as place from segments s where s.company_id = ${db.companyId} and s.status = 'archived'
    ${before === null ? sql`` : sql`and (s.updated_at, s.id) < (${before.at}::timestamptz, ${before.id}::uuid)`} order by s.updated_at desc, s.id desc limit ${limit}`);
}

export async function countArchivedRows(db: TenantDb): Promise<number> {
  const row = await db.first(z.object({ n: z.number() }), sql`select count(*)::int as n from segments s where s.company_id = ${db.companyId} and s.status = 'archived'`);
  return row?.n ?? 0;
}

/** An archived one too: its history stays. */
export async function readSegmentRow(db: TenantDb, id: string): Promise<SegmentRow | null> {
  return db.first(segmentRow, sql`select ${columns} from segments s where s.company_id = ${db.companyId} and s.id = ${id}`);
}

export interface SegmentWrite {
  id: string;
  name: string;
  description: string;
  kind: string;
  definition: unknown;
  /** What a change must be of to matter: touches of these kinds are marked. */
  reads: readonly string[];
  status: SegmentStatus;
  origin: string;
  folder: string | null;
  tags: readonly string[];
  by: string | null;
  at: string;
}

/** Evaluation under way looked at other segments than there will be. Where none was live, what happened until now is nobody's concern. */
function beginWork(company: string, at: string): SQL {
  return sql`with live as (select exists (select from segments where company_id = ${company} and status = 'live') as any_live),
    forgotten as (delete from segment_touches where company_id = ${company} and not (select any_live from live))
    insert into segment_ticks as t (company_id, seq, version, ticked_to, next_due) select ${company}::uuid, k.seq, 1, ${at}::timestamptz, ${at}::timestamptz from tenant_clock k where k.company_id = ${company}
    on conflict (company_id) do update set version = t.version + 1, next_due = excluded.next_due,
      seq = case when (select any_live from live) then t.seq else excluded.seq end, ticked_to = case when (select any_live from live) then t.ticked_to else excluded.ticked_to end`;
}

/**
 * Null where a segment that is not archived has the name.
 * @param behind belongs to it, and is written in the same transaction
 */
export async function insertSegmentRow(db: TenantDb, row: SegmentWrite, behind: Query<unknown> | null = null): Promise<SegmentRow | null> {
  const company = db.companyId;
  const [, rows] = await db.write([
    command(beginWork(company, row.at)),
    query(segmentRow, sql`insert into segments as s (company_id, id, name, description, kind, definition, reads, status, origin, folder, tags, created_at, created_by, updated_at, updated_by, defined_at)
      values (${company}, ${row.id}, ${row.name}, ${row.description}, ${row.kind}, ${JSON.stringify(row.definition)}::jsonb, ${pgArray('text', row.reads)}, ${row.status}, ${row.origin}, ${row.folder}, ${pgArray('text', row.tags)}, ${row.at}, ${row.by}, ${row.at}, ${row.by}, ${row.at})
      on conflict (company_id, lower(name)) where status <> 'archived' do nothing returning ${columns}`),
    behind,
  ]);
  return rows[0] ?? null;
}

const changeOutcome = segmentRow.extend({ taken: z.boolean() });

/** Null: there is no such segment (any more), or another one has the name (`taken`). A new definition, and a segment that goes live again, are to be evaluated as a whole. */
export async function updateSegmentRow(db: TenantDb, row: SegmentWrite, isNewDefinition: boolean): Promise<{ row: SegmentRow | null; taken: boolean }> {
  const company = db.companyId;
  const other = sql`exists (select from segments o where o.company_id = ${company} and o.id <> ${row.id} and o.status <> 'archived' and lower(o.name) = lower(${row.name}))`;
  const [, rows, taken] = await db.write([
    command(beginWork(company, row.at)),
    query(segmentRow, sql`update segments s set name = ${row.name}, description = ${row.description}, kind = ${row.kind}, definition = ${JSON.stringify(row.definition)}::jsonb, reads = ${pgArray('text', row.reads)},
        version = s.version + case when ${isNewDefinition}::boolean or (s.status <> 'live' and ${row.status} = 'live') then 1 else 0 end,
        defined_at = case when ${isNewDefinition}::boolean then ${row.at}::timestamptz else s.defined_at end, status = ${row.status}, folder = ${row.folder}, tags = ${pgArray('text', row.tags)}, updated_at = ${row.at}, updated_by = ${row.by}
      where s.company_id = ${company} and s.id = ${row.id} and s.status <> 'archived' and not ${other} returning ${columns}`),
    query(changeOutcome.pick({ taken: true }), sql`select ${other} as taken`),
  ]);
  return { row: rows[0] ?? null, taken: taken[0]?.taken ?? false };
}

/** Its members leave it; its history stays. Answers false when it was archived already. */
export async function archiveSegmentRow(db: TenantDb, id: string, by: string | null, at: string): Promise<boolean> {
  const company = db.companyId;
  const [, , rows] = await db.write([
    command(sql`update tenant_clock set seq = seq + 1 where company_id = ${company}`),
    command(sql`update segment_ticks set version = version + 1 where company_id = ${company}`),
    query(z.object({ id: z.string() }), sql`with gone as (delete from segment_members m where m.company_id = ${unseen(company)} and m.segment_id = ${id}
        and exists (select from segments s where s.company_id = ${company} and s.id = ${id} and s.status <> 'archived') returning customer_id),
      told as (insert into segment_changes (company_id, seq, segment_id, customer_id, change, at, recorded_at, cause)
        select ${company}::uuid, k.seq, ${id}::uuid, g.customer_id, 'left', ${at}, ${at}, '{"kind":"edit","what":"archived"}'::jsonb from gone g join tenant_clock k on k.company_id = ${company})
      update segments s set status = 'archived', members = 0, updated_at = ${at}, updated_by = ${by} where s.company_id = ${company} and s.id = ${id} and s.status <> 'archived' returning s.id`),
  ]);
  return rows.length > 0;
}

/** As it was, live and to be found as a whole. Answers false when it is not archived, or another one has the name. */
export async function restoreSegmentRow(db: TenantDb, { id, name, reads, by, at }: Pick<SegmentWrite, 'id' | 'name' | 'reads' | 'by' | 'at'>): Promise<boolean> {
  const company = db.companyId;
  const [, rows] = await db.write([
    command(beginWork(company, at)),
    query(z.object({ id: z.string() }), sql`update segments s set status = 'live', version = s.version + 1, name = ${name}, reads = ${pgArray('text', reads)}, updated_at = ${at}, updated_by = ${by}
      where s.company_id = ${company} and s.id = ${id} and s.status = 'archived'
        and not exists (select from segments o where o.company_id = ${company} and o.id <> ${id} and o.status <> 'archived' and lower(o.name) = lower(${name})) returning s.id`),
  ]);
  return rows.length > 0;
}

/** Nobody enters or leaves a live one any more; one whose members are still being found stays live. */
export async function pauseSegmentRow(db: TenantDb, id: string, by: string | null, at: string): Promise<void> {
  const company = db.companyId;
  await db.write([
    command(sql`update segment_ticks set version = version + 1 where company_id = ${company}`),
    command(sql`update segments set status = 'paused', updated_at = ${at}, updated_by = ${by} where company_id = ${company} and id = ${id} and status = 'live' and evaluated_version = version`),
  ]);
}
