/** Comparing our books with a platform's: our side of the records, and what was found on each day. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { ComparedDay } from '#core/reconcile/compare';
import { NOBODY, statedAmount } from './derive-sql.ts';
import { unnest } from './sql-arrays.ts';
import type { Database, TenantDb } from './tenant.ts';
import { unseen } from './unseen-tenant.ts';

const bookRow = z.object({
  kind: z.enum(['order', 'refund']), externalId: z.string(), orderExternalId: z.string().nullable(), day: z.string(), currency: z.string(), sourceCounts: z.boolean(),
  ofRecord: z.boolean(), counted: z.boolean(), stated: z.number(), amount: z.number(), label: z.string().nullable(), customerId: z.string().nullable(),
  versionAt: z.string(), versionRank: z.number(),
});
export type BookRow = z.infer<typeof bookRow>;

/**
 * Our records of these names with their refunds, and all orders of a time with theirs.
 * @param between instants; null for the named ones alone
 */
export async function readBooks(db: TenantDb, source: string, names: readonly string[], between: { from: string; to: string } | null): Promise<BookRow[]> {
  const company = db.companyId;
  return db.rows(bookRow, sql`with named as (select u.external_id from ${unnest('u', [['external_id', 'text', [...names]]])}
      ${between === null ? sql`` : sql`union select t.external_id from transactions t where t.company_id = ${company} and t.source = ${source} and t.kind = 'order'
        and t.transaction_date >= ${between.from} and t.transaction_date < ${between.to}`}),
    keys as (
      select k.* from named n cross join lateral (select k.external_id, k.transaction_id, k.transaction_date, k.version_at, k.version_rank from transaction_keys k
        where k.company_id = ${unseen(company)} and k.source = ${source} and k.external_id = n.external_id offset 0) k
      union select k.* from named n cross join lateral (select k.external_id, k.transaction_id, k.transaction_date, k.version_at, k.version_rank from transaction_keys k
        where k.company_id = ${unseen(company)} and k.source = ${source} and k.order_external_id = n.external_id and k.order_external_id is not null offset 0) k)
    select i.kind, i.external_id as "externalId", i.order_external_id as "orderExternalId", to_char(i.transaction_date at time zone c.time_zone, 'YYYY-MM-DD') as day,
      i.currency, i.source_counts as "sourceCounts", i.of_record as "ofRecord", i.counted, ${statedAmount}::bigint as stated, i.amount, i.label,
      nullif(i.customer_id, ${NOBODY}::uuid) as "customerId", keys.version_at as "versionAt", keys.version_rank as "versionRank"
    from keys cross join lateral (select t.* from transactions t
      where t.company_id = ${unseen(company)} and t.id = keys.transaction_id and t.transaction_date = keys.transaction_date offset 0) i
    join companies c on c.id = ${company}`);
}

/** Keeps what was found, a day a row; what an earlier look at the same day found is replaced. */
export async function keepReconciliation(db: TenantDb, integrationId: string, days: readonly ComparedDay[], at: string): Promise<void> {
  await db.run(sql`insert into reconciliations (company_id, integration_id, day, theirs, ours, drift, checked_at)
    select ${db.companyId}::uuid, ${integrationId}::uuid, u.day, u.theirs, u.ours, u.drift, ${at}::timestamptz from ${unnest('u', [
      ['day', 'date', days.map((d) => d.day)], ['theirs', 'jsonb', days.map((d) => JSON.stringify(d.theirs))],
      ['ours', 'jsonb', days.map((d) => JSON.stringify(d.ours))], ['drift', 'jsonb', days.map((d) => JSON.stringify(d.drift))],
    ])} order by u.day
    on conflict (company_id, integration_id, day) do update set theirs = excluded.theirs, ours = excluded.ours, drift = excluded.drift, checked_at = excluded.checked_at`);
}

const figures = z.object({ orders: z.number(), gross: z.number(), refunds: z.number(), refunded: z.number() });
const cause = z.enum(['refund_dating', 'order_dating', 'test_orders', 'zero_orders', 'currency', 'duplicates', 'not_arrived', 'gone', 'amount']);
const dayRow = z.object({
  day: z.string(), theirs: figures, ours: figures, checkedAt: z.string(),
  drift: z.array(z.object({
    cause, records: z.number(), orders: z.number(), amount: z.number(), mended: z.boolean(),
    examples: z.array(z.object({ kind: z.enum(['order', 'refund']), externalId: z.string(), label: z.string().nullable(), customerId: z.string().nullable(), amount: z.number() })),
  })),
});
export type ReconciledDay = z.infer<typeof dayRow>;

/** The last days that were compared, newest first. */
export async function listReconciledDays(db: TenantDb, integrationId: string, limit: number): Promise<ReconciledDay[]> {
  return db.rows(dayRow, sql`select day, theirs, ours, drift, checked_at as "checkedAt" from reconciliations
    where company_id = ${db.companyId} and integration_id = ${integrationId} order by day desc limit ${limit}`);
}

const status = z.object({ state: z.enum(['running', 'done', 'failed']), startedAt: z.string(), finishedAt: z.string().nullable(), error: z.string().nullable() });
export type ReconciliationStatus = z.infer<typeof status>;

export async function writeReconciliationStatus(db: TenantDb, integrationId: string, value: ReconciliationStatus): Promise<void> {
  await db.run(sql`update integrations set reconciliation = ${JSON.stringify(value)}::jsonb where company_id = ${db.companyId} and id = ${integrationId}`);
}

const facts = z.object({ status: status.nullable(), revenueBasis: z.enum(['net_sales', 'with_shipping', 'total_paid']), shops: z.number() });
/** How the last look went, and what comparing must know: `shops` is how many integrations of this platform there have been. */
export async function readReconciliationFacts(db: TenantDb, integrationId: string): Promise<z.infer<typeof facts> | null> {
  return db.first(facts, sql`select i.reconciliation as status, c.revenue_basis as "revenueBasis",
      (select count(*)::int from integrations o where o.company_id = i.company_id and o.platform = i.platform) as shops
    from integrations i join companies c on c.id = i.company_id where i.company_id = ${db.companyId} and i.id = ${integrationId}`);
}

const due = z.object({ company_id: z.string(), integration_id: z.string(), nightly: z.boolean() });
/** Integrations whose minute of the hour `at` is; `nightly` in the hour after three of the company's night. */
export async function listToReconcile(database: Database, at: Date): Promise<{ companyId: string; integrationId: string; nightly: boolean }[]> {
  const rows = await database.lookup(due, sql`select company_id, integration_id, nightly from integrations_to_reconcile(${at.toISOString()})`);
  return rows.map((r) => ({ companyId: r.company_id, integrationId: r.integration_id, nightly: r.nightly }));
}
