/** Sales that several records tell of: which they are, which might be, and what a person says about it. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { paid } from './derive-sql.ts';
import { deriveTouched } from './derive.ts';
import { linkRefundsOf } from './refunds.ts';
import { attachRecords, daysOf, joinNames, kinOfSales, namesOfSales, salesOfNames, settleSales, touchedSales } from './sales.ts';
import { scorable, selectUnscored } from './scores.ts';
import type { Scorable } from './scores.ts';
import { command, query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';
import { lockTenant, takeSequence } from './tenant-lock.ts';

const record = z.object({
  id: z.string(), source: z.string(), external_id: z.string(), label: z.string().nullable(), status: z.string(), occurred_at: z.string(),
  of_record: z.boolean(), counted: z.boolean(), source_counts: z.boolean(), currency: z.string(), stated: z.number(),
  customer_id: z.string().nullable(), customer_name: z.string().nullable(), customer_email: z.string().nullable(),
});
export type SaleRecordRow = z.infer<typeof record>;

const recordColumns = sql`t.id, t.source, t.external_id, t.label, t.status, t.transaction_date as occurred_at, t.of_record, t.counted, t.source_counts, t.currency,
  ${paid('t')} as stated, c.id as customer_id, c.name as customer_name, c.email as customer_email`;

const saleRecord = record.extend({ sale_id: z.string() });
/** Sales of more than one record by sale id, after `after`. Records of one sale stand together, the one of record first. */
export async function listPairedRecords(db: TenantDb, limit: number, after: string | null): Promise<z.infer<typeof saleRecord>[]> {
  const company = db.companyId;
  return db.rows(saleRecord, sql`with sale as (select k.sale_id from transaction_keys k
      where k.company_id = ${company} and k.sale_id is not null and ${after === null ? sql`true` : sql`k.sale_id < ${after}`}
      group by k.sale_id having count(*) > 1 order by k.sale_id desc limit ${limit})
    select k.sale_id, ${recordColumns} from sale
    join transaction_keys k on k.company_id = ${company} and k.sale_id = sale.sale_id
    join transactions t on t.company_id = ${company} and t.id = k.transaction_id and t.transaction_date = k.transaction_date and t.kind = 'order'
    left join customers c on c.company_id = ${company} and c.id = t.customer_id
    order by k.sale_id desc, t.of_record desc, t.transaction_date, t.id`);
}

const suggestion = z.object({ left_id: z.string(), right_id: z.string() });
/** Orders this far apart may be one sale. */
const NEAR = sql.raw(`interval '15 minutes'`);

/**
 * Pairs of orders since `since` that look like one sale: other platforms, the same total and currency, the same customer
 * or e-mail address, minutes apart, not yet one sale and not set apart by anyone. Newest first, with their records.
 */
export async function listSuggestedPairs(db: TenantDb, since: string, limit: number): Promise<{ left: SaleRecordRow; right: SaleRecordRow }[]> {
  const company = db.companyId;
  const twin = (whose: SQL): SQL => sql`select b.* from ${whose} cross join lateral (select * from transactions b where b.company_id = ${company} and b.customer_id = w.customer_id
    and b.transaction_date between a.transaction_date - ${NEAR} and a.transaction_date + ${NEAR} offset 0) b`;
  const pairs = await db.rows(suggestion, sql`with recursive source as (
      (select k.source from transaction_keys k where k.company_id = ${company} order by k.source limit 1)
      union all select (select k.source from transaction_keys k where k.company_id = ${company} and k.source > source.source order by k.source limit 1) from source where source.source is not null)
    select a.id as left_id, b.id as right_id
    from transactions a
    join transaction_keys ka on ka.company_id = ${company} and ka.source = a.source and ka.external_id = a.external_id and not ka.separated
    left join customers ca on ca.company_id = ${company} and ca.id = a.customer_id
    cross join lateral (${twin(sql`(select a.customer_id) w`)}
      union ${twin(sql`(select o.id as customer_id from customers o where o.company_id = ${company} and o.email_key = ca.email_key and o.id <> a.customer_id) w`)}) b
    join transaction_keys kb on kb.company_id = ${company} and kb.source = b.source and kb.external_id = b.external_id and not kb.separated
    where (select count(source.source) from source) > 1
      and a.company_id = ${company} and a.kind = 'order' and b.kind = 'order' and a.source_counts and b.source_counts and a.source < b.source
      and a.customer_id <> '00000000-0000-0000-0000-000000000000' and a.transaction_date >= ${since} and a.currency = b.currency
      and ${paid('a')} = ${paid('b')} and ${paid('a')} > 0 and (ka.sale_id is null or kb.sale_id is null or ka.sale_id <> kb.sale_id) and a.of_record and b.of_record
    order by a.transaction_date desc, a.id, b.id limit ${limit}`);
  const records = await readOrders(db, pairs.flatMap((p) => [p.left_id, p.right_id]));
  const byId = new Map(records.map((r) => [r.id, r]));
  return pairs.flatMap((p) => {
    const [left, right] = [byId.get(p.left_id), byId.get(p.right_id)];
    return left && right ? [{ left, right }] : [];
  });
}

/** The orders among `ids`. */
export async function readOrders(db: TenantDb, ids: readonly string[]): Promise<SaleRecordRow[]> {
  if (ids.length === 0) return [];
  const company = db.companyId;
  return db.rows(record, sql`select ${recordColumns} from transactions t left join customers c on c.company_id = ${company} and c.id = t.customer_id
    where t.company_id = ${company} and t.id in (${sql.join(ids.map((id) => sql`${id}`), sql`, `)}) and t.kind = 'order'`);
}

/** `source` and `externalId` of an order. */
export interface OrderName {
  source: string;
  externalId: string;
}

const ofOrders = (names: readonly OrderName[]): SQL => sql`(${sql.join(names.map((n) => sql`(source = ${n.source} and external_id = ${n.externalId})`), sql` or `)})`;

/** A person says these orders are one sale. @returns who needs a score, at most `unscoredLimit` */
export async function pairOrders(db: TenantDb, orders: readonly OrderName[], unscoredLimit: number): Promise<Scorable[]> {
  return reviseSales(db, [
    sql`update transaction_keys set separated = false where company_id = ${db.companyId} and ${ofOrders(orders)}`,
    joinNames(db.companyId, [orders.map((o) => `${o.source}:${o.externalId}`)]),
  ], unscoredLimit);
}

/** A person says this order is a sale of its own, whatever payments say. @returns who needs a score, at most `unscoredLimit` */
export async function separateOrder(db: TenantDb, order: OrderName, unscoredLimit: number): Promise<Scorable[]> {
  return reviseSales(db, [
    sql`update transaction_keys set separated = true where company_id = ${db.companyId} and ${ofOrders([order])}`,
    sql`select set_config('app.sales', coalesce((select jsonb_agg(s.sale_id) from (${salesOfNames(db.companyId, sql`select ${order.source}::text as source, ${order.externalId}::text as external_id`)}) s), '[]')::text, true)`,
  ], unscoredLimit);
}

/** `change` says which sales it touches (`app.sales`); all that follows from it is brought up to date in its transaction. */
async function reviseSales(db: TenantDb, change: readonly [SQL, SQL], unscoredLimit: number): Promise<Scorable[]> {
  const company = db.companyId;
  const days = sql`with touched as (${touchedSales}) ${daysOf(company, kinOfSales(company))}`;
  const [, , , , , , , , , unscored] = await db.transaction([
    command(lockTenant(company)),
    command(takeSequence(company)),
    command(change[0]),
    command(change[1]),
    command(sql`with pairs as (${days}) select set_config('app.pairs', coalesce((select jsonb_agg(jsonb_build_object('customer_id', customer_id, 'day', day)) from pairs), '[]')::text, true)`),
    command(attachRecords(company)),
    command(settleSales(company)),
    command(linkRefundsOf(company, sql`select n.source, n.external_id from (${namesOfSales(company, touchedSales)}) n`)),
    command(deriveTouched(company, sql`select * from (${days}) now union select b.customer_id, b.day from jsonb_to_recordset(current_setting('app.pairs')::jsonb) as b(customer_id uuid, day date)`)),
    query(scorable, selectUnscored(company, unscoredLimit)),
  ]);
  return unscored;
}
