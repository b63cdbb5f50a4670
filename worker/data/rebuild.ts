/** Everything derived, recounted from the raw rows: to rebuild after a change of settings, and to verify each night. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { appraisal } from './appraisal.ts';
import { closedSums, dayFigures, monthAggregates, NOBODY, rateOn, rowSums, statsAggregates } from './derive-sql.ts';
import { applySettings } from './company.ts';
import type { PendingSettings } from './company.ts';
import { insertRates } from './exchange-rates.ts';
import type { RateRow } from './exchange-rates.ts';
import { lockTenant, seqNow, takeSequence } from './tenant-lock.ts';
import { command, query } from './tenant.ts';
import type { Query, TenantDb } from './tenant.ts';

/** Customers that share one value of the sequence, so that the live object can be fed in pages. */
const CUSTOMERS_PER_SEQ = 2000;

const company_ = (company: string): SQL => sql`c as materialized (select * from companies where id = ${company})`;

/** Days of all customers from the raw rows, and from the sums of those that were removed. */
const recountDays = (company: string): SQL => sql`select customer_id, day, ${dayFigures('r', 'k')}
  from (select t.customer_id, (t.transaction_date at time zone c.time_zone)::date as day, ${rowSums}
      from c cross join transactions t where t.company_id = ${company} group by 1, 2) r
    full join (select k.customer_id, k.day, ${closedSums} from closed_sales k where k.company_id = ${company} group by 1, 2) k using (customer_id, day)
    cross join c`;

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

/**
 * A wave over a whole tenant reads tables in the order they lie in: merge joins would fetch every row by its key, one
 * random page each, which on a cold cache takes ten times as long. Nested loops are for few rows; a tenant that has just
 * grown has no statistics yet, looks like one row, and would be read once for each of its rows. Joins that can be
 * nothing else stay loops at a forbidding price, which must not count as a reason to compile.
 */
const readWhole = sql`select set_config('enable_mergejoin', 'off', true), set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true), set_config('work_mem', '64MB', true)`;

/** Which records belong to a sale by what payments are named, unless a person set them apart. */
function reattach(company: string): Query<unknown> {
  return command(sql`update transaction_keys k set sale_id = x.sale_id
    from (select k.source, k.external_id, case when k.separated or t.kind <> 'order' then null else p.sale_id end as sale_id
        from transaction_keys k join transactions t on t.company_id = ${company} and t.id = k.transaction_id and t.transaction_date = k.transaction_date
        left join payment_keys p on p.company_id = ${company} and p.key = k.source || ':' || k.external_id
        where k.company_id = ${company} and (k.sale_id is not null or p.sale_id is not null)) x
    where k.company_id = ${company} and k.source = x.source and k.external_id = x.external_id and k.sale_id is distinct from x.sale_id
      and (exists (select from payment_keys where company_id = ${company}))`);
}

/** Amounts and standing of every raw row under today's settings and rates; rows that stand right are not written. */
function reappraise(company: string): Query<unknown>[] {
  return [
    reattach(company),
    command(sql`with ${appraisal(company)}
      update transactions t set customer_id = x.customer_id, of_record = x.of_record, counted = x.counted, amount = x.amount, refunded = x.refunded from appraisal x
      where t.company_id = ${company} and t.id = x.id and t.transaction_date = x.transaction_date
        and (t.customer_id, t.of_record, t.counted, t.amount, t.refunded) is distinct from (x.customer_id, x.of_record, x.counted, x.amount, x.refunded)`),
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

/** Settings to put in force together with the figures counted by them. */
export interface SettingsChange {
  settings: PendingSettings;
  /** Rates to another currency of the company, by who said them; null when it stays. */
  rates: { ecb: readonly RateRow[]; manual: readonly RateRow[] } | null;
}

/**
 * In another currency: its own rates, and what was said in the former currency: sums of closed days at the rate of each
 * day, costs of acquisition, and predictions until each customer is scored again, at the newest of them.
 */
function changeSettings(company: string, { settings, rates }: SettingsChange): Query<unknown>[] {
  const apply = command(applySettings(company, settings));
  if (rates === null) return [apply];
  const rate = sql`select r.factor from exchange_rates r join companies c on c.id = r.company_id and c.currency = r.currency where r.company_id = ${company} order by r.day desc limit 1`;
  return [
    command(sql`delete from exchange_rates where company_id = ${company}`),
    command(insertRates(company, rates.ecb, 'ecb')),
    command(insertRates(company, rates.manual, 'manual')),
    command(sql`update customers set acquisition_cost = round(acquisition_cost * r.factor)::bigint from (${rate}) r where company_id = ${company} and acquisition_cost is not null`),
    command(sql`update customer_stats set predicted_value = round(predicted_value * r.factor)::bigint, predicted_low = round(predicted_low * r.factor)::bigint,
      predicted_high = round(predicted_high * r.factor)::bigint, expected_spend = round(expected_spend * r.factor)::bigint from (${rate}) r where company_id = ${company} and predicted_high > 0`),
    command(closedInCurrency(company)),
    apply,
    command(sql`delete from foreign_currencies f using companies c where f.company_id = ${company} and c.id = ${company} and f.currency = c.currency`),
    command(sql`insert into foreign_currencies (company_id, currency) select distinct t.company_id, t.currency from transactions t join companies c on c.id = t.company_id
      where t.company_id = ${company} and t.currency <> c.currency on conflict do nothing`),
  ];
}

/** Sums of closed days go over at each day's own rate; before the first rate there is, at that one. `c` still has the former currency. */
function closedInCurrency(company: string): SQL {
  const first = sql`(select x.factor from exchange_rates x where x.company_id = ${company} and x.currency = c.currency order by x.day limit 1)`;
  return sql`update closed_sales k set gross = round(k.gross * r.factor)::bigint, refunded = round(k.refunded * r.factor)::bigint, order_net = round(k.order_net * r.factor)::bigint
    from (select d.day, coalesce(${rateOn(company, 'c.currency', 'd.day')}, ${first}) as factor
      from companies c cross join (select distinct day from closed_sales where company_id = ${company}) d where c.id = ${company}) r
    where k.company_id = ${company} and k.day = r.day`;
}

/**
 * Brings every derived row of the tenant to what the raw rows say, in one transaction under its lock, and starts a new
 * epoch: readers see the old figures until it commits. Scores follow by a wave over all customers.
 */
export async function rebuildTenant(db: TenantDb, change: SettingsChange | null = null): Promise<void> {
  const company = db.companyId;
  await db.transaction([
    command(lockTenant(company)),
    command(takeSequence(company)),
    command(readWhole),
    ...(change === null ? [] : changeSettings(company, change)),
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
          historical_value = coalesce(a.gross - a.refunded, 0), total_value = coalesce(a.gross - a.refunded, 0) + s.predicted_value, repeat_spend = coalesce(a.repeat_spend, 0), version = s.version + 1, seq = w.seq
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
    query(difference, sql`with ${appraisal(company)}, days as materialized (${recountDays(company)}), ${recountAll}
      select * from (
        ${compare('transactions',
          sql`select id::text as key, concat_ws('|', customer_id, of_record, counted, amount, refunded) as figures from transactions where company_id = ${company}`,
          sql`select id::text as key, concat_ws('|', customer_id, of_record, counted, amount, refunded) as figures from appraisal`)}
        union all ${compare('customer_day',
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
