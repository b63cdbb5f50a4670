/** Contracts that renew: written with the batch that tells of them, read as lists and as what they bring a month. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { SubscriptionRow } from './batch-rows.ts';
import { NOBODY } from './derive-sql.ts';
import { namedIds } from './ingest-people.ts';
import { unnest } from './sql-arrays.ts';
import type { TenantDb } from './tenant.ts';

/** The newest version stands, every version is remembered: in whatever order they come, the result is one. */
export function writeSubscriptions(company: string, rows: SubscriptionRow[]): SQL | null {
  if (rows.length === 0) return null;
  return sql`with i as materialized (select u.*, coalesce(person.id, ${NOBODY}::uuid) as customer_id from ${unnest('u', [
      ['source', 'text', rows.map((r) => r.source)],
      ['external_id', 'text', rows.map((r) => r.externalId)],
      ['version_at', 'timestamptz', rows.map((r) => r.version.updatedAt)],
      ['version_rank', 'smallint', rows.map((r) => r.version.rank)],
      ['person', 'int', rows.map((r) => r.person)],
      ['status', 'text', rows.map((r) => r.status)],
      ['plan', 'text', rows.map((r) => r.plan)],
      ['currency', 'text', rows.map((r) => r.currency)],
      ['monthly_amount', 'bigint', rows.map((r) => r.monthlyAmount)],
      ['started_at', 'timestamptz', rows.map((r) => r.startedAt)],
      ['current_period_end', 'timestamptz', rows.map((r) => r.currentPeriodEnd)],
      ['cancel_at', 'timestamptz', rows.map((r) => r.cancelAt)],
      ['ended_at', 'timestamptz', rows.map((r) => r.endedAt)],
    ])} left join (${namedIds('app.people', 'g')}) person on person.g = u.person),
    remembered as (insert into subscription_changes (company_id, source, external_id, version_at, version_rank, status, currency, monthly_amount)
      select distinct on (source, external_id, version_at, version_rank) ${company}::uuid, source, external_id, version_at, version_rank, status, currency, monthly_amount
      from i order by source, external_id, version_at, version_rank on conflict do nothing)
    insert into subscriptions as s (company_id, source, external_id, customer_id, status, plan, currency, monthly_amount, started_at,
        current_period_end, cancel_at, ended_at, version_at, version_rank)
      select distinct on (source, external_id) ${company}::uuid, source, external_id, customer_id, status, plan, currency, monthly_amount, started_at,
        current_period_end, cancel_at, ended_at, version_at, version_rank
      from i order by source, external_id, version_at desc, version_rank desc
      on conflict (company_id, source, external_id) do update set
        customer_id = case when excluded.customer_id = ${NOBODY} then s.customer_id else excluded.customer_id end,
        status = excluded.status, plan = excluded.plan, currency = excluded.currency, monthly_amount = excluded.monthly_amount, started_at = excluded.started_at,
        current_period_end = excluded.current_period_end, cancel_at = excluded.cancel_at, ended_at = excluded.ended_at,
        version_at = excluded.version_at, version_rank = excluded.version_rank
      where (excluded.version_at, excluded.version_rank) > (s.version_at, s.version_rank)`;
}

const listRow = z.object({
  source: z.string(), external_id: z.string(), customer_id: z.string().nullable(), customer_name: z.string().nullable(), customer_email: z.string().nullable(),
  customer_external_id: z.string().nullable(), status: z.string(), plan: z.string().nullable(), currency: z.string(), monthly_amount: z.number(),
  started_at: z.string(), current_period_end: z.string().nullable(), cancel_at: z.string().nullable(), ended_at: z.string().nullable(),
});
export type SubscriptionDataRow = z.infer<typeof listRow>;

export interface SubscriptionFilter {
  status: string | null;
  customerId: string | null;
}

/** The last row of the page before. */
export interface SubscriptionPlace {
  startedAt: string;
  source: string;
  externalId: string;
}

/** Newest first. */
export async function listSubscriptionRows(db: TenantDb, filter: SubscriptionFilter, limit: number, after: SubscriptionPlace | null): Promise<SubscriptionDataRow[]> {
  const company = db.companyId;
  return db.rows(listRow, sql`select s.source, s.external_id, c.id as customer_id, c.name as customer_name, c.email as customer_email, c.external_id as customer_external_id,
      s.status, s.plan, s.currency, s.monthly_amount, s.started_at, s.current_period_end, s.cancel_at, s.ended_at
    from subscriptions s left join customers c on c.company_id = ${company} and c.id = s.customer_id
    where s.company_id = ${company}
      ${filter.status === null ? sql`` : sql`and s.status = ${filter.status}`}
      ${filter.customerId === null ? sql`` : sql`and s.customer_id = ${filter.customerId}`}
      ${after === null ? sql`` : sql`and (s.started_at, s.source, s.external_id) < (${after.startedAt}::timestamptz, ${after.source}, ${after.externalId})`}
    order by s.started_at desc, s.source desc, s.external_id desc limit ${limit}`);
}

const monthRow = z.object({
  month: z.string(), change: z.number(), new_mrr: z.number(), expansion_mrr: z.number(), contraction_mrr: z.number(), churned_mrr: z.number(), reactivated_mrr: z.number(),
  new_customers: z.number(), churned_customers: z.number(), reactivated_customers: z.number(),
});
const payersRow = z.object({ customers: z.number(), total: z.number(), squares: z.number() });
const statusRow = z.object({ status: z.string(), subscriptions: z.number(), monthly: z.number() });
const gapRow = z.object({ currency: z.string(), subscriptions: z.number() });

export type RecurringMonthRow = z.infer<typeof monthRow>;

const recurringRow = z.object({
  /** Months in which something moved, oldest first; amounts in the tenant's currency. */
  months: z.array(monthRow),
  payers: payersRow,
  statuses: z.array(statusRow),
  /** Currencies of paying contracts without a rate: not included in any sum. */
  gaps: z.array(gapRow),
});
export type RecurringRows = z.infer<typeof recurringRow>;

/**
 * What each contract brought a month, and from when, as of a tenant-local day: `steps`, one a version, with what it changed
 * and whether it is the last. What a contract brought before the first version we know is taken to be the same from its
 * start on, unless that was a trial or a pause; a contract ends when it ended, not when we heard of it. Amounts of all
 * months are converted at the newest rate, so that a moving rate is no movement of contracts.
 */
function steps(company: string, asOf: string, customerId: string | null): SQL {
  return sql`rates as materialized (select distinct on (r.currency) r.currency, r.factor from exchange_rates r
      where r.company_id = ${company} and r.day <= ${asOf}::date order by r.currency, r.day desc),
    contracts as materialized (select s.source, s.external_id, s.started_at, s.ended_at,
        case when s.customer_id = ${NOBODY} then s.source || ' ' || s.external_id else s.customer_id::text end as customer
      from subscriptions s where s.company_id = ${company} ${customerId === null ? sql`` : sql`and s.customer_id = ${customerId}`}),
    told as materialized (select c.source, c.external_id, h.status, h.currency, h.monthly_amount, c.customer, c.started_at, h.version_rank::int as rank,
        case when h.status = 'cancelled' then least(h.version_at, c.ended_at) else h.version_at end as at,
        lag(h.version_at) over (partition by h.source, h.external_id order by h.version_at, h.version_rank) is null as first
      from contracts c join subscription_changes h on h.company_id = ${company} and h.source = c.source and h.external_id = c.external_id),
    known as (select source, external_id, customer, at, rank, status, currency, monthly_amount from told
      union all select source, external_id, customer, started_at, -1, case when status in ('trialing', 'paused') then status else 'active' end, currency, monthly_amount
        from told where first and started_at < at),
    priced as (select k.source, k.external_id, k.customer, k.at, k.rank, k.status, k.currency, f.factor, round(k.monthly_amount * f.factor)::bigint as monthly,
        case when k.status in ('active', 'past_due') then coalesce(round(k.monthly_amount * f.factor)::bigint, 0) else 0 end as pays, c.time_zone
      from known k join companies c on c.id = ${company} left join rates r on r.currency = k.currency
      cross join lateral (select case when k.currency = c.currency then 1 else r.factor end as factor) f
      where k.at < ((${asOf}::date + 1)::timestamp at time zone c.time_zone)),
    steps as materialized (select customer, at, status, currency, factor, monthly, pays, time_zone,
        pays - lag(pays, 1, 0) over w as change, lead(at) over w is null as last
      from priced window w as (partition by source, external_id order by at, rank))`;
}

/** New, more, less, gone and back, by customer and calendar month. */
const movements = sql.raw(`moves as (select customer, date_trunc('month', at at time zone time_zone)::date as month, change from steps where change <> 0),
    monthly as (select customer, month, sum(change)::bigint as change from moves group by 1, 2 having sum(change) <> 0),
    running as (select month, change, (sum(change) over w)::bigint as after, row_number() over w as nth from monthly window w as (partition by customer order by month)),
    named as (select month, change, case when after = change and nth = 1 then 'new' when after = change then 'reactivated'
        when after = 0 then 'churned' when change > 0 then 'expansion' else 'contraction' end as what from running),
    months as (select month, sum(change)::bigint as change,
        coalesce(sum(change) filter (where what = 'new'), 0)::bigint as new_mrr, coalesce(sum(change) filter (where what = 'expansion'), 0)::bigint as expansion_mrr,
        coalesce(sum(change) filter (where what = 'contraction'), 0)::bigint as contraction_mrr, coalesce(sum(change) filter (where what = 'churned'), 0)::bigint as churned_mrr,
        coalesce(sum(change) filter (where what = 'reactivated'), 0)::bigint as reactivated_mrr,
        (count(*) filter (where what = 'new'))::int as new_customers, (count(*) filter (where what = 'churned'))::int as churned_customers,
        (count(*) filter (where what = 'reactivated'))::int as reactivated_customers
      from named group by month)`);

/** The months alone: enough to learn churn from. */
export async function readRecurringMonths(db: TenantDb, asOf: string): Promise<RecurringMonthRow[]> {
  return db.rows(monthRow, sql`with ${steps(db.companyId, asOf, null)}, ${movements} select * from months order by month`);
}

/** Everything the summary needs, as of a tenant-local day: contracts are walked once. Of one customer only when she is named. */
export async function readRecurring(db: TenantDb, asOf: string, customerId: string | null = null): Promise<RecurringRows> {
  const found = await db.first(recurringRow, sql`with ${steps(db.companyId, asOf, customerId)}, ${movements},
      per as (select customer, sum(pays) as pays from steps where last group by 1 having sum(pays) > 0)
    select (select coalesce(jsonb_agg(m order by m.month), '[]') from months m) as months,
      (select jsonb_build_object('customers', count(*), 'total', coalesce(sum(pays), 0), 'squares', coalesce(sum(pays::float8 * pays::float8), 0)) from per) as payers,
      (select coalesce(jsonb_agg(s order by s.status), '[]') from (
        select status, count(*) as subscriptions, coalesce(sum(monthly), 0) as monthly from steps where last group by 1) s) as statuses,
      (select coalesce(jsonb_agg(g order by g.currency), '[]') from (
        select currency, count(*) as subscriptions from steps where last and factor is null and status in ('active', 'past_due', 'trialing') group by 1) g) as gaps`);
  return found ?? { months: [], payers: { customers: 0, total: 0, squares: 0 }, statuses: [], gaps: [] };
}
