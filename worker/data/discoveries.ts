/** Discoveries as rows: asked for, worked on, kept; and the numbers of customers that they are made from. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { pgArray } from './sql-arrays.ts';
import { command, query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';

const STATES = ['waiting', 'running', 'done', 'cancelled', 'failed'] as const;

const summary = z.object({
  id: z.string(), state: z.enum(STATES), progress: z.number(), stage: z.string().nullable(), request: z.unknown(), customers: z.number().nullable(), clusters: z.number().nullable(),
  error: z.string().nullable(), createdBy: z.string().nullable(), createdAt: z.string(), finishedAt: z.string().nullable(),
});
const whole = summary.extend({ result: z.unknown() });
export type DiscoverySummaryRow = z.infer<typeof summary>;
export type DiscoveryRow = z.infer<typeof whole>;

const columns = sql.raw(`d.id, d.state, d.progress, d.stage, d.request, d.customers, jsonb_array_length(d.result -> 'clusters') as clusters, d.error,
  d.created_by as "createdBy", d.created_at as "createdAt", d.finished_at as "finishedAt"`);

/** Newest first. */
export async function listDiscoveryRows(db: TenantDb, limit: number): Promise<DiscoverySummaryRow[]> {
  return db.rows(summary, sql`select ${columns} from discoveries d where d.company_id = ${db.companyId} order by d.created_at desc, d.id desc limit ${limit}`);
}

export async function readDiscoveryRow(db: TenantDb, id: string): Promise<DiscoveryRow | null> {
  return db.first(whole, sql`select ${columns}, d.result from discoveries d where d.company_id = ${db.companyId} and d.id = ${id}`);
}

/** The oldest beyond `keep` go. */
export async function insertDiscovery(db: TenantDb, row: { id: string; request: unknown; createdBy: string | null; createdAt: string }, keep: number): Promise<void> {
  const company = db.companyId;
  await db.transaction([
    command(sql`insert into discoveries (company_id, id, request, state, created_by, created_at)
      values (${company}, ${row.id}, ${JSON.stringify(row.request)}::jsonb, 'waiting', ${row.createdBy}, ${row.createdAt})`),
    command(sql`with old as (delete from discoveries where company_id = ${company} and id in
        (select id from discoveries where company_id = ${company} order by created_at desc, id desc offset ${keep}) returning id)
      delete from discovery_clusters c using old where c.company_id = ${company} and c.discovery_id = old.id`),
  ]);
}

const standing = z.object({ state: z.enum(STATES) });

/** Tells how far it is. Answers whether it is still wanted. */
export async function keepDiscoveryProgress(db: TenantDb, id: string, at: { progress: number; stage: string; customers: number | null }): Promise<boolean> {
  const row = await db.first(standing, sql`update discoveries set state = 'running', progress = ${at.progress}, stage = ${at.stage}, customers = coalesce(${at.customers}::int, customers)
    where company_id = ${db.companyId} and id = ${id} and state in ('waiting', 'running') returning state`);
  return row !== null;
}

/** Keeps what was found, unless it is not wanted any more. @param members ids by label */
export async function finishDiscovery(db: TenantDb, id: string, result: unknown, members: ReadonlyMap<number, readonly string[]>, at: string): Promise<void> {
  const company = db.companyId;
  const wanted = sql`exists (select from discoveries where company_id = ${company} and id = ${id} and state = 'done')`;
  await db.transaction([
    command(sql`update discoveries set state = 'done', progress = 1, stage = null, result = ${JSON.stringify(result)}::jsonb, finished_at = ${at}
      where company_id = ${company} and id = ${id} and state in ('waiting', 'running')`),
    // Who was erased meanwhile is left out: her id would stay otherwise.
    ...[...members].map(([label, ids]) => command(sql`insert into discovery_clusters (company_id, discovery_id, label, customer_ids)
      select ${company}::uuid, ${id}::uuid, ${label}, array(select i.id from unnest(${pgArray('uuid', ids)}) i(id) join customers c on c.company_id = ${company} and c.id = i.id) where ${wanted}
      on conflict (company_id, discovery_id, label) do update set customer_ids = excluded.customer_ids`)),
  ]);
}

/** Ends one that is waiting or at work. Answers whether there was something to end. */
export async function endDiscovery(db: TenantDb, id: string, state: 'cancelled' | 'failed', error: string | null, at: string): Promise<boolean> {
  return (await db.first(standing, sql`update discoveries set state = ${state}, stage = null, error = ${error}, finished_at = ${at}
    where company_id = ${db.companyId} and id = ${id} and state in ('waiting', 'running') returning state`)) !== null;
}

/** Answers whether there was one. */
export async function deleteDiscovery(db: TenantDb, id: string): Promise<boolean> {
  const company = db.companyId;
  const [rows] = await db.transaction([
    query(standing, sql`delete from discoveries where company_id = ${company} and id = ${id} returning state`),
    command(sql`delete from discovery_clusters where company_id = ${company} and discovery_id = ${id}`),
  ]);
  return rows.length > 0;
}

const statRow = z.object({
  id: z.string(), orders: z.number(), purchaseDays: z.number(), firstDay: z.string().nullable(), lastDay: z.string().nullable(), historicalValue: z.number(), predictedValue: z.number(),
  expectedOrders: z.number().nullable(), expectedSpend: z.number().nullable(), pAlive: z.number().nullable(), churn: z.number().nullable(),
});
export type FeatureRow = z.infer<typeof statRow>;

export type DiscoveryBase = { kind: 'everybody' } | { kind: 'segment'; id: string } | { kind: 'cluster'; discoveryId: string; label: number };

/** Whom a discovery looks at, as a condition on `s.customer_id`. */
function insideOf(company: string, base: DiscoveryBase): SQL {
  switch (base.kind) {
    case 'everybody': return sql`true`;
    case 'segment': return sql`s.customer_id in (select m.customer_id from segment_members m where m.company_id = ${company} and m.segment_id = ${base.id})`;
    case 'cluster': return sql`s.customer_id in (select unnest(k.customer_ids) from discovery_clusters k where k.company_id = ${company} and k.discovery_id = ${base.discoveryId} and k.label = ${base.label})`;
  }
}

/** One page of customers who have bought and were scored, by id. */
export async function readFeaturePage(db: TenantDb, base: DiscoveryBase, afterId: string, limit: number): Promise<FeatureRow[]> {
  const company = db.companyId;
  return db.rows(statRow, sql`select s.customer_id as id, s.orders, s.purchase_days as "purchaseDays", s.first_day as "firstDay", s.last_day as "lastDay", s.historical_value as "historicalValue",
      s.predicted_value as "predictedValue", s.expected_orders as "expectedOrders", s.expected_spend as "expectedSpend", s.p_alive as "pAlive", s.churn
    from customer_stats s where s.company_id = ${company} and s.customer_id > ${afterId} and s.purchase_days > 0 and s.orders > 0 and s.p_alive is not null and s.expected_orders is not null
      and ${insideOf(company, base)} order by s.customer_id limit ${limit}`);
}

const counted = z.object({ n: z.number() });

export async function countFeatureRows(db: TenantDb, base: DiscoveryBase): Promise<number> {
  const company = db.companyId;
  const row = await db.first(counted, sql`select count(*)::int as n from customer_stats s where s.company_id = ${company} and s.purchase_days > 0 and s.orders > 0
    and s.p_alive is not null and s.expected_orders is not null and ${insideOf(company, base)}`);
  return row?.n ?? 0;
}

const named = z.object({ name: z.string() });

/** What the segment is called; null when there is none that could be looked inside of. */
export async function nameOfSegment(db: TenantDb, id: string): Promise<string | null> {
  return (await db.first(named, sql`select name from segments where company_id = ${db.companyId} and id = ${id} and status <> 'archived'`))?.name ?? null;
}
