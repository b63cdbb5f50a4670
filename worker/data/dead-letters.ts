/** Records that could not be taken: kept with payload, error and history until a person mends, replays or discards them. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { addToDay, hourBit } from './receipts.ts';
import { pgArray, unnest } from './sql-arrays.ts';
import { query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';

export interface DeadLetter {
  id: string;
  door: string;
  source: string;
  deliveryId: string;
  topic: string;
  payload: string;
  headers: Record<string, string>;
  receivedAt: string;
  error: string;
}

/**
 * Keeps them; one that is already there gets another line of history and is open again. The new ones are counted as
 * rejected on the day they came, in the same statement: the same delivery is counted once, however often it fails.
 */
export async function keepDeadLetters(db: TenantDb, letters: readonly DeadLetter[], at: string): Promise<void> {
  await db.run(sql`with kept as (insert into dead_letters as d (company_id, id, door, source, delivery_id, topic, payload, headers, received_at, error, history)
    select ${db.companyId}::uuid, u.*, jsonb_build_array(jsonb_build_object('at', ${at}::text, 'error', u.error)) from ${unnest('u', [
      ['id', 'uuid', letters.map((l) => l.id)],
      ['door', 'text', letters.map((l) => l.door)],
      ['source', 'text', letters.map((l) => l.source)],
      ['delivery_id', 'text', letters.map((l) => l.deliveryId)],
      ['topic', 'text', letters.map((l) => l.topic)],
      ['payload', 'text', letters.map((l) => l.payload)],
      ['headers', 'jsonb', letters.map((l) => JSON.stringify(l.headers))],
      ['received_at', 'timestamptz', letters.map((l) => l.receivedAt)],
      ['error', 'text', letters.map((l) => l.error)],
    ])} order by u.door, u.source, u.delivery_id
    on conflict (company_id, door, source, delivery_id) do update set error = excluded.error, resolved_at = null, resolution = null, history = d.history || excluded.history
    returning d.door, d.source, d.received_at, xmax = 0 as is_new)
    insert into source_day as d (company_id, source, day, received, rejected, hours, last_received_at)
      select ${db.companyId}::uuid, k.source, (k.received_at at time zone c.time_zone)::date, count(*), count(*),
        coalesce(bit_or(${hourBit('k.received_at')}) filter (where k.door in ('webhook', 'api')), 0), max(k.received_at)
      from kept k join companies c on c.id = ${db.companyId} where k.is_new group by 2, 3 order by 2, 3
      ${addToDay}`);
}

const entry = z.object({
  at: z.string(), error: z.string().optional(), event: z.enum(['edited', 'restored', 'replayed', 'discarded', 'reopened']).optional(),
  detail: z.string().optional(), by: z.string().optional(),
});
export type DeadLetterEntry = z.infer<typeof entry>;

const becameSchema = z.object({ kind: z.string(), source: z.string(), externalId: z.string(), label: z.string().nullable() });
export type Became = z.infer<typeof becameSchema>;

const listRow = z.object({
  id: z.string(), door: z.string(), source: z.string(), delivery_id: z.string(), topic: z.string(), error: z.string(), edited: z.boolean(),
  history: z.array(entry), received_at: z.string(), created_at: z.string(), resolved_at: z.string().nullable(),
  resolution: z.enum(['replayed', 'discarded', 'erased']).nullable(), became: z.array(becameSchema), payload: z.string(),
});
export type DeadLetterListRow = z.infer<typeof listRow>;
const fullRow = listRow.extend({ edited_payload: z.string().nullable(), headers: z.record(z.string(), z.string()) });
export type DeadLetterRow = z.infer<typeof fullRow>;

const COLUMNS = sql.raw(`id, door, source, delivery_id, topic, error, edited_payload is not null as edited, history, received_at, created_at, resolved_at, resolution, became, payload`);

export interface DeadLetterFilter {
  state: 'open' | 'resolved' | 'all';
  source: string | null;
}

function where(company: string, { state, source }: DeadLetterFilter): SQL {
  const standing = state === 'all' ? sql`true` : state === 'open' ? sql`resolved_at is null` : sql`resolved_at is not null`;
  return sql`company_id = ${company} and ${standing} and ${source === null ? sql`true` : sql`source = ${source}`}`;
}

/** One page, newest first, and how many are open in each source. */
export async function listDeadLetterRows(
  db: TenantDb, filter: DeadLetterFilter, page: { limit: number; afterId: string | null },
): Promise<{ rows: DeadLetterListRow[]; open: { source: string; n: number }[] }> {
  // Ids are made in order of time.
  const after = page.afterId === null ? sql`true` : sql`id < ${page.afterId}::uuid`;
  const [rows, open] = await db.transaction([
    query(listRow, sql`select ${COLUMNS} from dead_letters where ${where(db.companyId, filter)} and ${after} order by id desc limit ${page.limit}`),
    query(z.object({ source: z.string(), n: z.number() }), sql`select source, count(*)::int as n from dead_letters
      where company_id = ${db.companyId} and resolved_at is null group by source order by source`),
  ]);
  return { rows, open };
}

export async function readDeadLetter(db: TenantDb, id: string): Promise<DeadLetterRow | null> {
  return db.first(fullRow, sql`select ${COLUMNS}, edited_payload, headers from dead_letters where company_id = ${db.companyId} and id = ${id}`);
}

/** Ids of open letters, oldest first: what came first is replayed first. */
export async function openDeadLetterIds(db: TenantDb, source: string | null, limit: number): Promise<string[]> {
  const rows = await db.rows(z.object({ id: z.string() }), sql`select id from dead_letters where ${where(db.companyId, { state: 'open', source })}
    and (claimed_until is null or claimed_until < now()) order by id limit ${limit}`);
  return rows.map((row) => row.id);
}

const LEASE = sql.raw(`interval '60 seconds'`);

/** Takes those that are open and in nobody's hands. A second press finds none. */
export async function claimDeadLetters(db: TenantDb, ids: readonly string[], token: string): Promise<DeadLetterRow[]> {
  const rows = await db.rows(fullRow, sql`update dead_letters set claim_token = ${token}::uuid, claimed_until = now() + ${LEASE}
    where company_id = ${db.companyId} and id = any(${pgArray('uuid', ids)}) and resolved_at is null and (claimed_until is null or claimed_until < now())
    returning ${COLUMNS}, edited_payload, headers`);
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Resolves what was replayed with what it became, and lets go of the rest. */
export async function settleDeadLetters(db: TenantDb, token: string, replayed: readonly { id: string; became: Became[]; entry: DeadLetterEntry }[], at: string): Promise<void> {
  await db.run(sql`with done as (select * from ${unnest('u', [
      ['id', 'uuid', replayed.map((r) => r.id)],
      ['became', 'jsonb', replayed.map((r) => JSON.stringify(r.became))],
      ['entry', 'jsonb', replayed.map((r) => JSON.stringify([r.entry]))],
    ])}), letters as (select d.id, done.became, done.entry, done.id is not null as is_done from dead_letters d left join done on done.id = d.id
      where d.company_id = ${db.companyId} and d.claim_token = ${token}::uuid)
    update dead_letters d set claim_token = null, claimed_until = null,
      resolved_at = case when l.is_done then ${at}::timestamptz else d.resolved_at end, resolution = case when l.is_done then 'replayed' else d.resolution end,
      became = coalesce(l.became, d.became), history = d.history || coalesce(l.entry, '[]'::jsonb)
    from letters l where d.company_id = ${db.companyId} and d.id = l.id`);
}

/** @returns whether it was open; another's hands may hold it just now */
export async function editDeadLetter(db: TenantDb, id: string, payload: string | null, made: DeadLetterEntry): Promise<boolean> {
  return await change(db, id, sql`edited_payload = ${payload}`, made, sql`resolved_at is null`);
}

export async function discardDeadLetter(db: TenantDb, id: string, at: string, made: DeadLetterEntry): Promise<boolean> {
  return await change(db, id, sql`resolved_at = ${at}::timestamptz, resolution = 'discarded'`, made, sql`resolved_at is null`);
}

/** Only what was discarded: what a replay made of a letter stands in the books. */
export async function reopenDeadLetter(db: TenantDb, id: string, made: DeadLetterEntry): Promise<boolean> {
  return await change(db, id, sql`resolved_at = null, resolution = null`, made, sql`resolution = 'discarded'`);
}

async function change(db: TenantDb, id: string, set: SQL, made: DeadLetterEntry, when: SQL): Promise<boolean> {
  const row = await db.first(z.object({ id: z.string() }), sql`update dead_letters set ${set}, history = history || ${JSON.stringify([made])}::jsonb
    where company_id = ${db.companyId} and id = ${id} and ${when} and (claimed_until is null or claimed_until < now()) returning id`);
  return row !== null;
}
