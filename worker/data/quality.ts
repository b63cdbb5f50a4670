/** What the data-quality report and the alert rules read: the inflow in one quick look, the books in a longer one. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { InflowFacts } from '#core/quality/inflow-findings';
import { NOBODY } from './derive-sql.ts';
import { query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';
import { unseen } from './unseen-tenant.ts';

const day = z.object({
  source: z.string(), day: z.string(), received: z.number(), inserted: z.number(), updated: z.number(), repeated: z.number(), rejected: z.number(),
  ignored: z.number(), late: z.number(), hours: z.number(), last_received_at: z.string(),
});
const place = z.object({ today: z.string(), hour: z.number(), currency: z.string(), uncounted: z.number(), fit: z.string().nullable(), fit_error: z.string().nullable() });
const letters = z.object({ source: z.string(), open: z.number(), oldest_at: z.string() });
const integration = z.object({ id: z.string(), name: z.string(), platform: z.string(), health: z.object({ state: z.string(), detail: z.string() }).nullable().catch(null) });
const night = z.object({ state: z.string(), started_at: z.string(), error: z.string().nullable() });
const reconciled = z.object({ integration_id: z.string(), name: z.string(), day: z.string(), ours: z.number().nullable(), theirs: z.number().nullable() });
const field = z.object({
  source: z.string(), topic: z.string(), path: z.string(), kinds: z.string(), kinds_before: z.string().nullable(), kinds_changed_at: z.string().nullable(),
  first_seen: z.string(), seen: z.number(), missed: z.number(),
});
const ruleRow = z.object({ rule: z.string(), enabled: z.boolean(), settings: z.unknown() });
export type AlertRuleRow = z.infer<typeof ruleRow>;

/** Days of inflow that are read: eight weeks of rhythm before a silence of up to two months. */
const INFLOW_DAYS = 120;

/** Everything the alert rules ask, in one round trip that does not grow with the books. */
export async function readInflow(db: TenantDb, now: Date): Promise<{ facts: InflowFacts; rules: AlertRuleRow[]; currency: string }> {
  const company = db.companyId;
  const at = sql`${now.toISOString()}::timestamptz`;
  const [places, days, dead, integrations, nights, reconciliations, fields, rules] = await db.transaction([
    query(place, sql`select (${at} at time zone c.time_zone)::date as today, extract(hour from ${at} at time zone c.time_zone)::int as hour, c.currency,
        (select coalesce(sum(r.uncounted), 0)::int from daily_rollup r where r.company_id = ${company} and r.day > (${at} at time zone c.time_zone)::date - 30) as uncounted,
        m.source as fit, m.error as fit_error
      from companies c left join lateral (select source, error from model_runs where company_id = ${company} order by created_at desc limit 1) m on true where c.id = ${company}`),
    query(day, sql`select source, day, received, inserted, updated, repeated, rejected, ignored, late, hours, last_received_at from source_day
      where company_id = ${company} and day > ${at}::date - ${INFLOW_DAYS}::int order by source, day`),
    query(letters, sql`select source, count(*)::int as open, min(created_at) as oldest_at from dead_letters where company_id = ${company} and resolved_at is null group by source order by source`),
    query(integration, sql`select id, name, platform, health from integrations where company_id = ${company} and disabled_at is null and uninstalled_at is null order by name`),
    query(night, sql`select state, started_at, error from job_runs where company_id = ${company} and kind = 'night' order by started_at desc limit 1`),
    query(reconciled, sql`select r.integration_id, i.name, r.day, (r.ours ->> 'gross')::float8 as ours, (r.theirs ->> 'gross')::float8 as theirs
      from reconciliations r join integrations i on i.company_id = ${company} and i.id = r.integration_id and i.disabled_at is null
      where r.company_id = ${company} and r.day > ${at}::date - 8 order by r.day`),
    query(field, sql`select source, topic, path, kinds, kinds_before, kinds_changed_at, first_seen, seen, missed from payload_fields where company_id = ${company}
      and (path = '' or missed > 0 or first_seen > ${at} - interval '7 days' or kinds_changed_at > ${at} - interval '7 days')`),
    query(ruleRow, sql`select rule, enabled, settings from alert_rules where company_id = ${company}`),
  ]);
  const [here] = places;
  return {
    currency: here?.currency ?? 'EUR', rules,
    facts: {
      now, today: here?.today ?? now.toISOString().slice(0, 10), hour: here?.hour ?? 0, uncounted: here?.uncounted ?? 0,
      fitFailure: here?.fit === 'failed' ? (here.fit_error ?? 'It gave no reason.') : null,
      days: days.map(({ last_received_at, ...rest }) => ({ ...rest, lastReceivedAt: last_received_at })),
      deadLetters: dead.map(({ oldest_at, ...rest }) => ({ ...rest, oldestAt: oldest_at })),
      integrations, night: nights[0] === undefined ? null : { state: nights[0].state, startedAt: nights[0].started_at, error: nights[0].error },
      reconciliations: reconciliations.flatMap(({ integration_id, name, day: on, ours, theirs }) => (ours === null || theirs === null ? [] : [{ integrationId: integration_id, name, day: on, ours, theirs }])),
      fields: fields.map(({ kinds_before, kinds_changed_at, first_seen, ...rest }) => ({ ...rest, kindsBefore: kinds_before, kindsChangedAt: kinds_changed_at, firstSeen: first_seen })),
    },
  };
}

const shareDay = z.object({ source: z.string(), day: z.string(), total: z.number(), customer: z.number(), email: z.number(), items: z.number(), channel: z.number(), cost: z.number() });
export type ShareDay = z.infer<typeof shareDay>;
const gapRow = z.object({ currency: z.string(), orders: z.number(), amount: z.number() });
const oddRow = z.object({ source: z.string(), doubles: z.number(), future: z.number(), ancient: z.number() });
const parkedRow = z.object({ source: z.string(), refunds: z.number() });
const quartileRow = z.object({ orders: z.number(), first: z.number().nullable(), median: z.number().nullable(), third: z.number().nullable() });

export interface BookFacts {
  /** Counting orders of the last year by source and local day, and how many of them have what. */
  shares: ShareDay[];
  /** Orders in currencies without a rate. Amount in minor units of that currency. */
  currencies: z.infer<typeof gapRow>[];
  odd: z.infer<typeof oddRow>[];
  parked: z.infer<typeof parkedRow>[];
  quartiles: z.infer<typeof quartileRow>;
}

/** A year of the books, and oddities of all of them: grows with the number of orders. */
export async function readBooks(db: TenantDb, now: Date): Promise<BookFacts> {
  const company = db.companyId;
  const at = sql`${now.toISOString()}::timestamptz`;
  const counting = sql`t.company_id = ${company} and t.kind = 'order' and t.source_counts and t.of_record`;
  const [shares, currencies, odd, parked, quartiles] = await db.transaction([
    query(shareDay, sql`select t.source, (t.transaction_date at time zone c.time_zone)::date as day, count(*)::int as total,
        (count(*) filter (where t.customer_id <> ${NOBODY}))::int as customer, count(p.email)::int as email, count(i.line)::int as items,
        count(t.channel)::int as channel, count(p.acquisition_cost)::int as cost
      from transactions t join companies c on c.id = ${company}
      left join lateral (select p.email, p.acquisition_cost from customers p where p.company_id = ${unseen(company)} and p.id = t.customer_id offset 0) p on true
      left join lateral (select i.line from transaction_items i where i.company_id = ${unseen(company)} and i.transaction_id = t.id and i.line = 0 offset 0) i on true
      where ${counting} and t.transaction_date > ${at} - interval '365 days' and t.transaction_date <= ${at} + interval '1 day' group by 1, 2 order by 1, 2`),
    query(gapRow, sql`select t.currency::text as currency, count(*)::int as orders, sum(coalesce(t.given, t.goods - t.discount))::bigint as amount
      from transactions t join companies c on c.id = ${company} where ${counting} and not t.counted and t.currency <> c.currency group by 1 order by 2 desc`),
    query(oddRow, sql`select t.source, (count(*) filter (where not t.of_record))::int as doubles, (count(*) filter (where t.transaction_date > ${at} + interval '1 day'))::int as future,
        (count(*) filter (where t.transaction_date < '2000-01-01'))::int as ancient
      from transactions t where t.company_id = ${company} and t.kind = 'order' and (not t.of_record or t.transaction_date > ${at} + interval '1 day' or t.transaction_date < '2000-01-01')
      group by 1 order by 1`),
    query(parkedRow, sql`select source, count(*)::int as refunds from transaction_keys where company_id = ${company} and parked group by source order by source`),
    query(quartileRow, sql`select count(*)::int as orders, percentile_cont(0.25) within group (order by ln(t.amount)) as first,
        percentile_cont(0.5) within group (order by ln(t.amount)) as median, percentile_cont(0.75) within group (order by ln(t.amount)) as third
      from transactions t where ${counting} and t.counted and t.amount > 0 and t.transaction_date > ${at} - interval '365 days'`),
  ]);
  return { shares, currencies, odd, parked, quartiles: quartiles[0] ?? { orders: 0, first: null, median: null, third: null } };
}

const outlierRow = z.object({ customer_id: z.string(), name: z.string().nullable(), orders: z.number(), total: z.number(), largest: z.number(), last_at: z.string(), big: z.boolean() });
export type OutlierRow = z.infer<typeof outlierRow>;

/** Orders of the last year outside the bounds (minor units), by customer; the heaviest first. */
export async function readOutliers(db: TenantDb, now: Date, bounds: { above: number; below: number }): Promise<OutlierRow[]> {
  return db.rows(outlierRow, sql`select t.customer_id, min(p.name) as name, count(*)::int as orders, sum(t.amount)::bigint as total, max(t.amount)::bigint as largest,
      max(t.transaction_date) as last_at, t.amount >= ${bounds.above} as big
    from transactions t left join lateral (select p.name from customers p where p.company_id = ${unseen(db.companyId)} and p.id = t.customer_id offset 0) p on true
    where t.company_id = ${db.companyId} and t.kind = 'order' and t.counted and t.amount > 0 and (t.amount >= ${bounds.above} or t.amount <= ${bounds.below})
      and t.transaction_date > ${now.toISOString()}::timestamptz - interval '365 days'
    group by t.customer_id, big order by sum(t.amount) desc limit 50`);
}
