/** Everything derived, recounted from the raw rows: to rebuild after a change of settings, and to verify each night. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { amountUnderBasis, dayAggregates, monthAggregates, NOBODY, statsAggregates } from './derive-sql.ts';
import { isFileRefund } from './refunds.ts';
import { lockTenant, seqNow, takeSequence } from './tenant-lock.ts';
import { command, query } from './tenant.ts';
import type { Query, TenantDb } from './tenant.ts';

/** Customers that share one value of the sequence, so that the live object can be fed in pages. */
const CUSTOMERS_PER_SEQ = 2000;

const company_ = (company: string): SQL => sql`c as materialized (select * from companies where id = ${company})`;

/** Days of all customers from the raw rows. */
const recountDays = (company: string): SQL => sql`select t.customer_id, (t.transaction_date at time zone c.time_zone)::date as day, ${dayAggregates}
  from c cross join transactions t where t.company_id = ${company} group by 1, 2, c.count_zero_orders`;

/** What the analysis date lets one see of named customers, from a relation `days`. */
const visibleDays = sql`d as (select days.* from days cross join c where days.customer_id <> ${NOBODY} and days.day <= coalesce(c.analysis_date, 'infinity'::date))`;
const recountStats = sql`select d.customer_id, ${statsAggregates} from d group by d.customer_id`;
const recountMonths = sql`select d.customer_id, date_trunc('month', d.day)::date as month, ${monthAggregates} from d group by 1, 2`;
/** From relations `months` and `stats`. */
const recountCohorts = sql`select date_trunc('month', s.first_day)::date as cohort, m.month, (count(*) filter (where m.purchases > 0))::int as customers,
    sum(m.orders)::int as orders, sum(m.gross)::bigint as gross, sum(m.order_net)::bigint as order_net
  from months m join stats s on s.customer_id = m.customer_id where s.first_day is not null group by 1, 2`;
/** From relations `days` and `stats`. */
const recountRollup = sql`select day, sum(orders)::int as orders, sum(gross)::bigint as gross, sum(refunded)::bigint as refunded,
    sum(buyers)::int as buyers, sum(new_customers)::int as new_customers, sum(unattributed)::int as unattributed, sum(uncounted)::int as uncounted
  from (select day, orders, gross, refunded, (purchases > 0 and customer_id <> ${NOBODY})::int as buyers, 0 as new_customers,
          case when customer_id = ${NOBODY} then orders else 0 end as unattributed, uncounted from days
        union all select first_day, 0, 0, 0, 0, 1, 0, 0 from stats where first_day is not null) x group by day`;
const recountAll = sql`${visibleDays}, stats as materialized (${recountStats}), months as materialized (${recountMonths}), cohorts as (${recountCohorts}), rollup as (${recountRollup})`;

const amountNow = sql`greatest(${amountUnderBasis}, 0)`;
/** A refund keeps its standing here: it follows its order in the next statement. */
const countedNow = sql.raw(`(i.source_counts and i.currency = c.currency and (i.kind = 'order' or i.order_external_id is null or i.counted))`);

/**
 * A wave over a whole tenant reads tables in the order they lie in: merge joins would fetch every row by its key, one
 * random page each, which on a cold cache takes ten times as long.
 */
const readWhole = sql`select set_config('enable_mergejoin', 'off', true), set_config('work_mem', '64MB', true)`;

/** Amounts and standing of every raw row under today's settings; rows that stand right are not written. */
function reappraise(company: string): Query<unknown>[] {
  return [
    command(sql`update transactions i set amount = ${amountNow}, counted = ${countedNow}
      from companies c where c.id = ${company} and i.company_id = ${company} and (i.amount, i.counted) is distinct from (${amountNow}, ${countedNow})`),
    command(sql`update transactions t set customer_id = x.owner, counted = x.counts
      from (select r.id, r.transaction_date, coalesce(o.customer_id, ${NOBODY}) as owner, (r.source_counts and o.id is not null and o.counted and r.currency = c.currency and not (${isFileRefund('r')}
              and exists (select from transaction_keys told where told.company_id = ${company} and told.source = r.source and told.order_external_id = r.order_external_id and not ${isFileRefund('told')}))) as counts
            from transactions r join companies c on c.id = r.company_id
            left join transaction_keys k on k.company_id = ${company} and k.source = r.source and k.external_id = r.order_external_id
            left join transactions o on o.company_id = ${company} and o.id = k.transaction_id and o.transaction_date = k.transaction_date and o.kind = 'order'
            where r.company_id = ${company} and r.kind = 'refund' and r.order_external_id is not null) x
      where t.company_id = ${company} and t.id = x.id and t.transaction_date = x.transaction_date and (t.customer_id, t.counted) is distinct from (x.owner, x.counts)`),
    command(sql`update transactions t set refunded = coalesce(x.refunded, 0)
      from (select o.id, o.transaction_date, r.refunded from transactions o
            left join (select source, order_external_id, sum(amount)::bigint as refunded from transactions
              where company_id = ${company} and kind = 'refund' and counted and order_external_id is not null group by 1, 2) r
              on r.source = o.source and r.order_external_id = o.external_id
            where o.company_id = ${company} and o.kind = 'order' and o.refunded is distinct from coalesce(r.refunded, 0)) x
      where t.company_id = ${company} and t.id = x.id and t.transaction_date = x.transaction_date`),
  ];
}

/** Days and months are compared, and only what differs is written: most rebuilds change the view, not the days. */
function mergeDays(company: string): Query<unknown>[] {
  return [
    command(sql`with ${company_(company)}, days as materialized (${recountDays(company)}),
      gone as (delete from customer_day d where d.company_id = ${company}
        and not exists (select from days where days.customer_id = d.customer_id and days.day = d.day))
      insert into customer_day as d (company_id, customer_id, day, orders, purchases, gross, refunded, order_net, uncounted)
      select ${company}::uuid, n.customer_id, n.day, n.orders, n.purchases, n.gross, n.refunded, n.order_net, n.uncounted
      from days n left join customer_day o on o.company_id = ${company} and o.customer_id = n.customer_id and o.day = n.day
      where o.customer_id is null or (o.orders, o.purchases, o.gross, o.refunded, o.order_net, o.uncounted) is distinct from (n.orders, n.purchases, n.gross, n.refunded, n.order_net, n.uncounted)
      on conflict (company_id, customer_id, day) do update set orders = excluded.orders, purchases = excluded.purchases, gross = excluded.gross,
        refunded = excluded.refunded, order_net = excluded.order_net, uncounted = excluded.uncounted`),
    command(sql`with ${company_(company)}, days as (select * from customer_day where company_id = ${company}), ${visibleDays},
      months as materialized (${recountMonths}),
      gone as (delete from customer_month m where m.company_id = ${company}
        and not exists (select from months where months.customer_id = m.customer_id and months.month = m.month))
      insert into customer_month as m (company_id, customer_id, month, orders, purchases, gross, order_net)
      select ${company}::uuid, n.customer_id, n.month, n.orders, n.purchases, n.gross, n.order_net
      from months n left join customer_month o on o.company_id = ${company} and o.customer_id = n.customer_id and o.month = n.month
      where o.customer_id is null or (o.orders, o.purchases, o.gross, o.order_net) is distinct from (n.orders, n.purchases, n.gross, n.order_net)
      on conflict (company_id, customer_id, month) do update set orders = excluded.orders, purchases = excluded.purchases, gross = excluded.gross, order_net = excluded.order_net`),
  ];
}

/**
 * Brings every derived row of the tenant to what the raw rows say, in one transaction under its lock, and starts a new
 * epoch: readers see the old figures until it commits. Scores follow by a wave over all customers.
 */
export async function rebuildTenant(db: TenantDb): Promise<void> {
  const company = db.companyId;
  await db.transaction([
    command(lockTenant(company)),
    command(takeSequence(company)),
    command(readWhole),
    ...reappraise(company),
    ...mergeDays(company),
    command(sql`delete from cohort_month where company_id = ${company}`),
    command(sql`delete from daily_rollup where company_id = ${company}`),
    command(sql`with ${company_(company)}, days as (select * from customer_day where company_id = ${company}), ${visibleDays},
      stats as materialized (${recountStats}),
      months as (select customer_id, month, orders, purchases, gross, order_net from customer_month where company_id = ${company}),
      cohorts as (${recountCohorts}), rollup as (${recountRollup}),
      write_stats as (update customer_stats s set orders = coalesce(a.orders, 0), purchase_days = coalesce(a.purchase_days, 0),
          first_day = a.first_day, last_day = a.last_day, previous_day = a.previous_day, gross = coalesce(a.gross, 0), refunded = coalesce(a.refunded, 0),
          historical_value = coalesce(a.gross - a.refunded, 0), repeat_spend = coalesce(a.repeat_spend, 0), version = s.version + 1, seq = w.seq
        from (select w.customer_id, ${seqNow} + (row_number() over (order by w.customer_id)) / ${CUSTOMERS_PER_SEQ}::int as seq
              from customer_stats w where w.company_id = ${company}) w
        left join stats a on a.customer_id = w.customer_id
        where s.company_id = ${company} and s.customer_id = w.customer_id),
      write_cohorts as (insert into cohort_month (company_id, cohort, month, customers, orders, gross, order_net)
        select ${company}::uuid, cohort, month, customers, orders, gross, order_net from cohorts)
      insert into daily_rollup (company_id, day, orders, gross, refunded, buyers, new_customers, unattributed, uncounted, seq)
        select ${company}::uuid, day, orders, gross, refunded, buyers, new_customers, unattributed, uncounted, ${seqNow} from rollup`),
    command(sql`update tenant_clock set epoch = epoch + 1,
        seq = greatest(seq, coalesce((select max(s.seq) from customer_stats s where s.company_id = ${company}), 0)) where company_id = ${company}`),
  ]);
}

export const difference = z.object({ what: z.string(), key: z.string(), stored: z.string().nullable(), recounted: z.string().nullable() });
/** One place where a stored figure is not what the raw rows say. */
export type Difference = z.infer<typeof difference>;

/** Compares every derived row with a recount; an empty list is proof. At most `limit` differences. */
export async function verifyTenant(db: TenantDb, limit = 200): Promise<Difference[]> {
  const company = db.companyId;
  const compare = (what: string, stored: SQL, recounted: SQL): SQL => sql`select ${what}::text as what, coalesce(a.key, b.key) as key, a.figures as stored, b.figures as recounted
    from (${stored}) a full outer join (${recounted}) b on a.key = b.key where a.figures is distinct from b.figures`;
  const [, , rows] = await db.transaction([
    command(lockTenant(company)),
    command(readWhole),
    query(difference, sql`with ${company_(company)}, days as materialized (${recountDays(company)}), ${recountAll}
      select * from (
        ${compare('customer_day',
          sql`select customer_id::text || ' ' || day as key, concat_ws('|', orders, purchases, gross, refunded, order_net, uncounted) as figures
            from customer_day where company_id = ${company} and (orders, purchases, gross, refunded, order_net, uncounted) is distinct from (0, 0, 0::bigint, 0::bigint, 0::bigint, 0)`,
          sql`select customer_id::text || ' ' || day as key, concat_ws('|', orders, purchases, gross, refunded, order_net, uncounted) as figures
            from days where (orders, purchases, gross, refunded, order_net, uncounted) is distinct from (0, 0, 0::bigint, 0::bigint, 0::bigint, 0)`)}
        union all ${compare('customer_stats',
          sql`select customer_id::text as key, concat_ws('|', orders, purchase_days, first_day, last_day, previous_day, gross, refunded, historical_value, repeat_spend) as figures
            from customer_stats where company_id = ${company} and (orders > 0 or gross <> 0 or refunded <> 0)`,
          sql`select customer_id::text as key, concat_ws('|', orders, purchase_days, first_day, last_day, previous_day, gross, refunded, gross - refunded, repeat_spend) as figures
            from stats where orders > 0 or gross <> 0 or refunded <> 0`)}
        union all ${compare('customer_month',
          sql`select customer_id::text || ' ' || month as key, concat_ws('|', orders, purchases, gross, order_net) as figures
            from customer_month where company_id = ${company} and (orders <> 0 or purchases <> 0 or gross <> 0 or order_net <> 0)`,
          sql`select customer_id::text || ' ' || month as key, concat_ws('|', orders, purchases, gross, order_net) as figures
            from months where orders <> 0 or purchases <> 0 or gross <> 0 or order_net <> 0`)}
        union all ${compare('cohort_month',
          sql`select cohort || ' ' || month as key, concat_ws('|', customers, orders, gross, order_net) as figures
            from cohort_month where company_id = ${company} and (customers <> 0 or orders <> 0 or gross <> 0 or order_net <> 0)`,
          sql`select cohort || ' ' || month as key, concat_ws('|', customers, orders, gross, order_net) as figures
            from cohorts where customers <> 0 or orders <> 0 or gross <> 0 or order_net <> 0`)}
        union all ${compare('daily_rollup',
          sql`select day::text as key, concat_ws('|', orders, gross, refunded, buyers, new_customers, unattributed, uncounted) as figures
            from daily_rollup where company_id = ${company} and (orders <> 0 or gross <> 0 or refunded <> 0 or buyers <> 0 or new_customers <> 0 or unattributed <> 0 or uncounted <> 0)`,
          sql`select day::text as key, concat_ws('|', orders, gross, refunded, buyers, new_customers, unattributed, uncounted) as figures
            from rollup where orders <> 0 or gross <> 0 or refunded <> 0 or buyers <> 0 or new_customers <> 0 or unattributed <> 0 or uncounted <> 0`)}
      ) x limit ${limit}`),
  ]);
  return rows;
}
