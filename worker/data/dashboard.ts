/** What the dashboard, cohorts and RFM pages read beside the live object: roll-ups, never raw rows. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { customerRow } from './customers.ts';
import type { CustomerDataRow } from './customers.ts';
import { query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';

const trendRow = z.object({ day: z.string(), through: z.string(), gross: z.number(), net: z.number(), orders: z.number(), new_customers: z.number() });
const cohortValueRow = z.object({ month: z.string(), customers: z.number(), historical: z.number(), predicted: z.number() });
const standingRow = z.object({ parked: z.number(), dead: z.number(), first_day: z.string().nullable(), any: z.boolean(), seq: z.number(), epoch: z.number() });

export interface DashboardRows {
  trend: z.infer<typeof trendRow>[];
  top: CustomerDataRow[];
  standing: z.infer<typeof standingRow>;
}

export type Bucket = 'day' | 'week' | 'month';

/** One round trip. `from` null = since the first sale. Empty buckets are filled with zeros. */
export async function readDashboard(db: TenantDb, from: string | null, asOf: string, bucket: Bucket, top: number): Promise<DashboardRows> {
  const company = db.companyId;
  const step = sql.raw(`interval '1 ${bucket}'`);
  const unit = sql.raw(`'${bucket}'`);
  const [trend, best, standing] = await db.transaction([
    query(trendRow, sql`with span as (select coalesce(${from}::date, (select min(day) from daily_rollup where company_id = ${company}), ${asOf}::date) as first),
        buckets as (select b::date as day, (b + ${step} - interval '1 day')::date as through
          from span, generate_series(date_trunc(${unit}, span.first::timestamp), ${asOf}::timestamp, ${step}) b)
      select greatest(b.day, span.first) as day, least(b.through, ${asOf}::date) as through, coalesce(r.gross, 0)::bigint as gross,
        coalesce(r.net, 0)::bigint as net, coalesce(r.orders, 0)::int as orders, coalesce(r.new_customers, 0)::int as new_customers
      from buckets b cross join span
      left join (select date_trunc(${unit}, r.day::timestamp)::date as day, sum(r.gross) as gross, sum(r.gross - r.refunded) as net,
          sum(r.orders) as orders, sum(r.new_customers) as new_customers
        from daily_rollup r cross join span where r.company_id = ${company} and r.day between span.first and ${asOf}::date group by 1) r on r.day = b.day
      order by b.day`),
    query(customerRow, sql`select c.id, c.external_id, c.source, c.name, c.email, c.country, c.acquisition_channel, s.stage, s.orders, s.first_day, s.last_day,
        s.historical_value, s.predicted_value, s.predicted_low, s.predicted_high, s.total_value, s.p_alive, s.recency_score, s.frequency_score, s.monetary_score
      from (select * from customer_stats where company_id = ${company} order by total_value desc nulls last, customer_id limit ${top}) s
      join customers c on c.company_id = ${company} and c.id = s.customer_id order by s.total_value desc, s.customer_id`),
    query(standingRow, sql`select (select count(*)::int from transaction_keys where company_id = ${company} and parked) as parked,
        (select count(*)::int from dead_letters where company_id = ${company} and resolved_at is null) as dead,
        (select min(day) from daily_rollup where company_id = ${company}) as first_day,
        (exists (select from daily_rollup where company_id = ${company}) or exists (select from transaction_keys where company_id = ${company} and parked)) as any,
        (select seq from tenant_clock where company_id = ${company}) as seq, (select epoch from tenant_clock where company_id = ${company}) as epoch`),
  ]);
  return { trend, top: best, standing: standing[0] ?? { parked: 0, dead: 0, first_day: null, any: false, seq: 0, epoch: 0 } };
}

/** What customers are worth by the month of their first order, the last two years of them. */
export async function readCohortValues(db: TenantDb, asOf: string): Promise<z.infer<typeof cohortValueRow>[]> {
  const company = db.companyId;
  // By day first: a hundred thousand dates made months would cost more than reading them.
  return db.rows(cohortValueRow, sql`select date_trunc('month', d.first_day::timestamp)::date as month, sum(d.customers)::int as customers,
      sum(d.historical)::bigint as historical, sum(d.predicted)::bigint as predicted
    from (select s.first_day, count(*) as customers, sum(s.historical_value) as historical, sum(s.predicted_value) as predicted
      from customer_stats s where s.company_id = ${company} and s.first_day > (${asOf}::date - interval '24 months')::date group by s.first_day) d
    group by 1 order by 1`);
}

const firstDay = z.object({ first_day: z.string().nullable() });

export async function readFirstSaleDay(db: TenantDb): Promise<string | null> {
  return (await db.first(firstDay, sql`select min(day) as first_day from daily_rollup where company_id = ${db.companyId}`))?.first_day ?? null;
}

/** [month of first purchase, month, customers, orders, net in minor units] */
const cohortCell = z.tuple([z.string(), z.string(), z.number(), z.number(), z.number()]);
const cohortBooks = z.object({ currency: z.string(), as_of: z.string(), cells: z.array(cohortCell) });

/** All cells through the month that figures are as of, in one row: five years are two thousand of them. Null without a company. */
export async function readCohorts(db: TenantDb, now: Date): Promise<z.infer<typeof cohortBooks> | null> {
  return db.first(cohortBooks, sql`select c.currency, d.as_of, (select coalesce(jsonb_agg(jsonb_build_array(cohort, month, customers, orders, order_net) order by cohort, month), '[]')
      from cohort_month where company_id = c.id and month <= d.as_of and customers > 0) as cells
    from companies c, lateral (select coalesce(c.analysis_date, (${now.toISOString()}::timestamptz at time zone c.time_zone)::date) as as_of) d where c.id = ${db.companyId}`);
}
