/**
 * Closing old days: single sales and refunds are removed, what they came to stays in `closed_sales`. A day's figures are
 * its rows plus those sums, so nothing derived changes, however far the removal has come.
 */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { NOTICE_DAYS } from '#core/commerce/closed-books';
import { closedSums, localDayOf, NOBODY, rowSums } from './derive-sql.ts';
import { namesOfSales } from './sales.ts';
import { markTouched } from './segment-touches.ts';
import { pgArray } from './sql-arrays.ts';
import { command, query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';
import { takeSequence } from './tenant-lock.ts';
import { unseen } from './unseen-tenant.ts';

/** The first day that stays open when single sales are kept for `years` before the local day `day`: of whole months, so that it rises once a month. */
function openDay(day: string, years: SQL): SQL {
  return sql`(date_trunc('month', ${day}::date) - make_interval(years => ${years}))::date`;
}

const opensAt = (line: string): SQL => sql.raw(`(${line}::timestamp at time zone c.time_zone)`);

/** Whether anything happened on days that are open and before `line`; saves looking through all sales of a young shop. */
function anythingBefore(company: string, line: string): SQL {
  return sql`exists (select from daily_rollup r where r.company_id = ${company} and r.day < ${sql.raw(line)} and r.day >= coalesce(c.closed_before, '-infinity'::date))`;
}

const closedLine = z.object({ closedBefore: z.string().nullable() });

/**
 * Closes the days that are old enough by the company's choice: that choice is a month old, and so is the last of the
 * sales that would go, for whoever reads a history in or takes an import back is not done with them yet.
 * @returns the first open day; null where no day is closed
 */
export async function closeOldDays(db: TenantDb, day: string): Promise<string | null> {
  const company = db.companyId;
  const [, rows] = await db.write([
    command(sql`with c as (select *, ${openDay(day, sql`keep_years`)} as line from companies where id = ${company}),
      due as materialized (select c.* from c where c.keep_years is not null and c.line > coalesce(c.closed_before, '-infinity'::date)
        and c.keep_years_set_at <= ${day}::date - ${NOTICE_DAYS}::int
        and ${anythingBefore(company, 'c.line')})
      update companies o set closed_before = c.line from due c where o.id = ${company}
        and (select max(t.created_at) from transactions t where t.company_id = ${company} and t.transaction_date < ${opensAt('c.line')}) <= ${day}::date - ${NOTICE_DAYS}::int`),
    query(closedLine, sql`select closed_before as "closedBefore" from companies where id = ${company}`),
  ]);
  return rows[0]?.closedBefore ?? null;
}

/**
 * Statement that adds the sums `of` (columns of `closed_sales` from customer_id on) to those of `owner`, an expression
 * over `of` as `k`; what comes to nothing is left out.
 */
export function addClosed(company: string, owner: SQL, of: SQL): SQL {
  return sql`insert into closed_sales as o (company_id, customer_id, day, source, orders, zero_orders, purchases, gross, refunded, order_net, uncounted)
    select ${company}::uuid, ${owner}, k.day, k.source, ${closedSums} from (${of}) k group by 2, 3, 4
    having (sum(k.orders), sum(k.zero_orders), sum(k.gross), sum(k.refunded), sum(k.order_net), sum(k.uncounted)) is distinct from (0::bigint, 0::bigint, 0::numeric, 0::numeric, 0::numeric, 0::bigint)
    order by 2, 3, 4
    on conflict (company_id, customer_id, day, source) do update set orders = o.orders + excluded.orders, zero_orders = o.zero_orders + excluded.zero_orders,
      purchases = o.purchases + excluded.purchases, gross = o.gross + excluded.gross, refunded = o.refunded + excluded.refunded,
      order_net = o.order_net + excluded.order_net, uncounted = o.uncounted + excluded.uncounted`;
}

/** Where a page of keys ended. */
export interface ClosingPosition {
  source: string;
  externalId: string;
}

const page = z.object({ source: z.string().nullable(), externalId: z.string().nullable(), orders: z.number(), refunds: z.number(), waiting: z.number() });

export interface ClosingPage {
  /** Null at the end. */
  after: ClosingPosition | null;
  orders: number;
  refunds: number;
  /** Old records that stay because their sale has a younger one: a refund, or another platform's order. */
  waiting: number;
}

/**
 * Makes sums of the next old sales, under the tenant's lock. What belongs together goes together: an order with its
 * refunds, all records of one sale, and only when the youngest of them lies in closed days. So what stays never leans
 * on what is gone. Repeating a page finds its keys gone.
 * @param limit keys to look at
 */
export async function closePage(db: TenantDb, after: ClosingPosition | null, limit: number): Promise<ClosingPage> {
  const company = db.companyId;
  const keys = (condition: SQL): SQL => sql`select k.source, k.external_id, k.transaction_id, k.transaction_date from transaction_keys k where k.company_id = ${unseen(company)} and ${condition}`;
  const [, rows] = await db.write([
    command(takeSequence(company)),
    query(page, sql`with c as materialized (select *, ${opensAt('closed_before')} as opens_at from companies c where id = ${company}),
      seed as materialized (select k.source, k.external_id, k.order_external_id from transaction_keys k cross join c
        where k.company_id = ${company} and (k.source, k.external_id) > (${after?.source ?? ''}, ${after?.externalId ?? ''}) and k.transaction_date < c.opens_at
        order by k.source, k.external_id limit ${limit}),
      root as materialized (select s.source, s.name, p.sale_id from (select distinct source, case when order_external_id is null then external_id else order_external_id end as name from seed) s
        left join lateral (select p.sale_id from payment_keys p where p.company_id = ${unseen(company)} and p.key = s.source || ':' || s.name offset 0) p on true),
      named as materialized (select r.source || ':' || r.name as sale, r.source, r.name as external_id from root r where r.sale_id is null
        union all select n.sale_id::text, n.source, n.external_id from (${namesOfSales(company, sql`select distinct sale_id from root where sale_id is not null`)}) n),
      kin as materialized (select distinct n.sale, k.* from named n cross join lateral (
          ${keys(sql`k.source = n.source and k.external_id = n.external_id`)}
          union all ${keys(sql`k.source = n.source and k.order_external_id = n.external_id and k.order_external_id is not null`)} offset 0) k),
      old as materialized (select sale from kin cross join c group by sale, c.opens_at having max(kin.transaction_date) < c.opens_at),
      gone as materialized (select distinct kin.source, kin.external_id, kin.transaction_id, kin.transaction_date from kin join old on old.sale = kin.sale),
      records as materialized (select t.* from gone g cross join lateral (select t.* from transactions t
        where t.company_id = ${unseen(company)} and t.id = g.transaction_id and t.transaction_date = g.transaction_date offset 0) t),
      summed as (${addClosed(company, sql`k.customer_id`, sql`select t.customer_id, ${sql.raw(localDayOf('t'))} as day, t.source, ${rowSums} from records t cross join c group by 1, 2, 3`)}),
      heard as (${markTouched(company, sql`select distinct r.customer_id, 'closing' as kind, now() as at, null as what from records r`)}),
      no_items as (delete from transaction_items i where i.company_id = ${unseen(company)} and i.transaction_id = any(array(select transaction_id from gone))),
      no_rows as (delete from transactions t using gone g where t.id = any(array(select transaction_id from gone)) and t.company_id = ${unseen(company)}
        and t.id = g.transaction_id and t.transaction_date = g.transaction_date),
      no_keys as (delete from transaction_keys k using gone g where k.external_id = any(array(select external_id from gone)) and k.company_id = ${unseen(company)}
        and k.source = g.source and k.external_id = g.external_id),
      no_names as (delete from payment_keys p where p.company_id = ${unseen(company)} and p.key = any(array(select n.source || ':' || n.external_id from named n join old on old.sale = n.sale)))
      select (select source from seed order by source desc, external_id desc limit 1) as source, (select external_id from seed order by source desc, external_id desc limit 1) as "externalId",
        (select count(*)::int from records where kind = 'order') as orders, (select count(*)::int from records where kind = 'refund') as refunds,
        (select count(*)::int from seed where not exists (select from gone g where g.source = seed.source and g.external_id = seed.external_id)) as waiting`),
  ]);
  const found = rows[0];
  if (found === undefined) return { after: null, orders: 0, refunds: 0, waiting: 0 };
  const { source, externalId, ...counts } = found;
  return { after: source === null || externalId === null ? null : { source, externalId }, ...counts };
}

const preview = z.object({ years: z.number(), before: z.string(), orders: z.number(), refunds: z.number(), customers: z.number(), oldest: z.string().nullable(), newest: z.string().nullable() });
export type ClosingPreviewRow = z.infer<typeof preview>;

/** What would go of a local day's books for each number of years: single sales and refunds, whose, and when the last of them came in. */
export async function previewClosing(db: TenantDb, day: string, years: readonly number[]): Promise<ClosingPreviewRow[]> {
  const company = db.companyId;
  return db.rows(preview, sql`select y.years, y.line as before, (count(t.id) filter (where t.kind = 'order'))::int as orders, (count(t.id) filter (where t.kind = 'refund'))::int as refunds,
      (count(distinct t.customer_id) filter (where t.customer_id <> ${NOBODY}))::int as customers, min(${sql.raw(localDayOf('t'))}) as oldest, max(t.created_at) as newest
    from companies c cross join lateral (select u.years, ${openDay(day, sql`u.years`)} as line from unnest(${pgArray('int', years)}) u(years)) y
    left join transactions t on ${anythingBefore(company, 'y.line')} and t.company_id = ${company} and t.transaction_date < ${opensAt('y.line')}
    where c.id = ${company} group by 1, 2 order by 1`);
}

/** Gives back the room of chunks that are every tenant's and nobody's any more. Answers how many; none without Timescale. */
export async function dropEmptiedChunks(db: TenantDb): Promise<number> {
  return (await db.first(z.object({ n: z.number() }), sql`select drop_emptied_chunks() as n`))?.n ?? 0;
}
