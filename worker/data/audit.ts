/** The audit log in Postgres: written beside the deed, read newest first, sealed into a chain. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { query } from './tenant.ts';
import type { Database, TenantDb } from './tenant.ts';
import { unnest } from './sql-arrays.ts';

export interface NewAuditEntry {
  id: string;
  at: string;
  actor: { kind: 'user' | 'api_key' | 'operator' | 'visitor'; id: string | null; name: string | null; sessionId: string | null };
  action: string;
  target: { kind: string; id: string | null; name: string | null } | null;
  detail: Record<string, unknown>;
  askedFrom: { address: string | null; userAgent: string | null; requestId: string | null };
}

/**
 * Keeps the entry once, whether it is sent again or not. `whenChanged`: only in a transaction that has an id of its
 * own, which it gets with its first change, or the first row that it locks for one; an attempt that found nothing to
 * change leaves no entry.
 */
export function auditStatement(companyId: string, entry: NewAuditEntry, whenChanged: boolean): SQL {
  const { id, at, actor, action, target, detail, askedFrom } = entry;
  return sql`insert into audit_log (company_id, id, at, actor_kind, actor_id, actor_name, session_id, action, target_kind, target_id, target_name, detail, address, user_agent, request_id)
    select ${companyId}::uuid, ${id}::uuid, ${at}::timestamptz, ${actor.kind}, ${actor.id}, ${actor.name}, ${actor.sessionId}, ${action},
      ${target?.kind ?? null}, ${target?.id ?? null}, ${target?.name ?? null}, ${JSON.stringify(detail)}::jsonb, ${askedFrom.address}, ${askedFrom.userAgent}, ${askedFrom.requestId}
    ${whenChanged ? sql`where pg_current_xact_id_if_assigned() is not null` : sql``}
    on conflict (company_id, id) do nothing returning true as noted`;
}

/** For what changes nothing in Postgres itself. */
export async function keepAuditEntry(db: TenantDb, entry: NewAuditEntry): Promise<void> {
  await db.run(auditStatement(db.companyId, entry, false));
}

const entryRow = z.object({
  id: z.string(), at: z.string(), actorKind: z.enum(['user', 'api_key', 'operator', 'visitor']), actorId: z.string().nullable(), actorName: z.string().nullable(),
  sessionId: z.string().nullable(), action: z.string(), targetKind: z.string().nullable(), targetId: z.string().nullable(), targetName: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()), address: z.string().nullable(), userAgent: z.string().nullable(), requestId: z.string().nullable(),
  sealedAs: z.number().nullable(),
});
export type AuditRow = z.infer<typeof entryRow>;

const COLUMNS = sql`a.id, a.at, a.actor_kind as "actorKind", a.actor_id as "actorId", a.actor_name as "actorName", a.session_id as "sessionId", a.action,
  a.target_kind as "targetKind", a.target_id as "targetId", a.target_name as "targetName", a.detail, a.address, a.user_agent as "userAgent", a.request_id as "requestId"`;

export interface AuditFilter {
  /** A user's or key's id. */
  actorId?: string | undefined;
  /** One action, or all of a kind: `api_key` means every `api_key.…`. */
  action?: string | undefined;
  targetId?: string | undefined;
  /** Inclusive and exclusive instants. */
  from?: string | undefined;
  to?: string | undefined;
}

/** Newest first, after the entry `after`. */
export async function listAuditRows(db: TenantDb, filter: AuditFilter, limit: number, after: { at: string; id: string } | null): Promise<AuditRow[]> {
  const { actorId, action, targetId, from, to } = filter;
  return await db.rows(entryRow, sql`select ${COLUMNS}, s.position as "sealedAs"
    from audit_log a left join audit_seals s on s.company_id = ${db.companyId} and s.entry_id = a.id
    where a.company_id = ${db.companyId}
      ${actorId === undefined ? sql`` : sql`and a.actor_id = ${actorId}`}
      ${action === undefined ? sql`` : sql`and (a.action = ${action} or starts_with(a.action, ${`${action}.`}))`}
      ${targetId === undefined ? sql`` : sql`and a.target_id = ${targetId}`}
      ${from === undefined ? sql`` : sql`and a.at >= ${from}::timestamptz`}
      ${to === undefined ? sql`` : sql`and a.at < ${to}::timestamptz`}
      ${after === null ? sql`` : sql`and (a.at, a.id) < (${after.at}::timestamptz, ${after.id}::uuid)`}
    order by a.at desc, a.id desc limit ${limit}`);
}

/**
 * An entry as the text that is hashed: every column, in this order, as Postgres writes it. Times to the microsecond
 * and in UTC, so that neither driver nor session changes them.
 */
const CONTENT = sql`jsonb_build_array(a.id, to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), a.actor_kind, a.actor_id, a.actor_name, a.session_id,
  a.action, a.target_kind, a.target_id, a.target_name, a.detail, a.address, a.user_agent, a.request_id)::text`;

const unsealedRow = z.object({ id: z.string(), at: z.string(), content: z.string() });
const headRow = z.object({ position: z.number(), hash: z.string() });
export interface ChainHead { position: number; hash: string }

/** The end of the chain, and the next entries that it does not hold, oldest first. */
export async function readUnsealed(db: TenantDb, limit: number): Promise<{ head: ChainHead | null; entries: z.infer<typeof unsealedRow>[] }> {
  // What is older than the last sealed entry by an hour cannot be under way any more; verification would find it.
  const [heads, entries] = await db.transaction([
    query(headRow, sql`select position, hash from audit_seals where company_id = ${db.companyId} order by position desc limit 1`),
    query(unsealedRow, sql`select a.id, a.at, ${CONTENT} as content from audit_log a
      where a.company_id = ${db.companyId}
        and a.at > coalesce((select s.entry_at from audit_seals s where s.company_id = ${db.companyId} order by s.position desc limit 1), '-infinity') - interval '1 hour'
        and not exists (select from audit_seals s where s.company_id = ${db.companyId} and s.entry_id = a.id)
      order by a.at, a.id limit ${limit}`),
  ]);
  return { head: heads[0] ?? null, entries };
}

export interface NewSeal { position: number; entryId: string; entryAt: string; hash: string }

/** @throws AppError `invalid_input` when somebody else sealed meanwhile: both would write the same position. */
export async function insertSeals(db: TenantDb, seals: readonly NewSeal[]): Promise<void> {
  await db.run(sql`insert into audit_seals (company_id, position, entry_id, entry_at, hash)
    select ${db.companyId}::uuid, t.position, t.entry_id, t.entry_at, t.hash
    from ${unnest('t', [
      ['position', 'bigint', seals.map((one) => one.position)], ['entry_id', 'uuid', seals.map((one) => one.entryId)],
      ['entry_at', 'timestamptz', seals.map((one) => one.entryAt)], ['hash', 'text', seals.map((one) => one.hash)],
    ])} order by t.position`);
}

const linkRow = z.object({ position: z.number(), entryId: z.string(), hash: z.string(), content: z.string().nullable() });
export type ChainLink = z.infer<typeof linkRow>;

/** Links after `after`, each with its entry as it stands now; null when the entry is gone. */
export async function readLinks(db: TenantDb, after: number, limit: number): Promise<ChainLink[]> {
  return await db.rows(linkRow, sql`select s.position, s.entry_id as "entryId", s.hash, case when a.id is null then null else ${CONTENT} end as content
    from audit_seals s left join audit_log a on a.company_id = ${db.companyId} and a.id = s.entry_id
    where s.company_id = ${db.companyId} and s.position > ${after} order by s.position limit ${limit}`);
}

/** Entries that should long be in the chain and are not. */
export async function listStrays(db: TenantDb, before: string, limit: number): Promise<string[]> {
  const rows = await db.rows(z.object({ id: z.string() }), sql`select a.id from audit_log a where a.company_id = ${db.companyId} and a.at < ${before}::timestamptz
    and not exists (select from audit_seals s where s.company_id = ${db.companyId} and s.entry_id = a.id) order by a.at limit ${limit}`);
  return rows.map((row) => row.id);
}

/** Companies with entries that wait to be sealed. */
export async function listToSeal(database: Database): Promise<string[]> {
  const rows = await database.lookup(z.object({ company_id: z.string() }), sql`select * from companies_to_seal()`);
  return rows.map((row) => row.company_id);
}
