/** Who was in which segment, by day, and what the segments did: customers, comings and goings, orders, money, events. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { rfmSegment } from '#core/rfm/segments';
import { NOBODY } from './derive-sql.ts';
import { lockMetrics, metricDays, rememberDays } from './event-metrics.ts';
import { unnest } from './sql-arrays.ts';
import { command, query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';
import { unseen } from './unseen-tenant.ts';

/** Days counted in one transaction; each reads every stay of its day. */
const DAYS = 8;

const cells = [1, 2, 3, 4, 5].flatMap((r) => [1, 2, 3, 4, 5].map((f) => ({ r, f, name: rfmSegment(r, f) })));

/**
 * Brings stays and figures up to date as of `asOf`: customers whose scores changed since the day was counted last are
 * looked at, all of them the first time that day. Days behind are counted again, as are those on which nothing happened.
 * @returns whether there may be more
 */
export async function countSegmentDays(db: TenantDb, asOf: string, now: string): Promise<boolean> {
  const company = db.companyId;
  const [, , , , , , marked] = await db.transaction([
    command(lockMetrics(company)),
    command(rememberDays(company, daysBehind(company, asOf))),
    command(moveStays(company, asOf)),
    command(countDays(company, asOf)),
    command(countKept(company, asOf)),
    command(sql`insert into metric_days as m (company_id, day, segments_seq, segments_at)
      select ${company}::uuid, d.day, current_setting('app.metric_seq')::bigint, ${now}::timestamptz from ${metricDays(company)} order by d.day
      on conflict (company_id, day) do update set segments_seq = excluded.segments_seq, segments_at = excluded.segments_at`),
    query(z.object({ n: z.number() }), sql`select jsonb_array_length(current_setting('app.metric_days')::jsonb) as n`),
  ]);
  return marked[0]?.n === DAYS;
}

/** When the segments of the day were counted last; null for not yet. */
export async function segmentsCountedAt(db: TenantDb, day: string): Promise<string | null> {
  const found = await db.first(z.object({ segments_at: z.string().nullable() }), sql`select segments_at from metric_days where company_id = ${db.companyId} and day = ${day}::date`);
  return found?.segments_at ?? null;
}

/** Today, days since the last count without a row, and days whose orders or events changed; never before the first day we know stays of. */
function daysBehind(company: string, asOf: string): SQL {
  return sql`with known as (select min(day) as first, max(day) as last from segment_metrics where company_id = ${company})
    select day from (
      select ${asOf}::date as day
      union select g::date from known, generate_series(known.last + 1, ${asOf}::date, interval '1 day') g
      union select r.day from known, daily_rollup r left join metric_days m on m.company_id = ${company} and m.day = r.day
        where r.company_id = ${company} and r.day between known.first and ${asOf}::date and r.seq > coalesce(m.segments_seq, 0)
      union select m.day from known, metric_days m where m.company_id = ${company} and m.day between known.first and ${asOf}::date and m.touched_seq > m.segments_seq) x
    order by day desc limit ${DAYS}`;
}

/** Ends stays that are over and begins new ones, as of the day. A day ends in one segment: what changes back the same day never happened. */
function moveStays(company: string, asOf: string): SQL {
  return sql`with since as (select coalesce((select segments_seq from metric_days where company_id = ${company} and day = ${asOf}::date and segments_at is not null), -1) as seq),
    cell as (select * from ${unnest('x', [['r', 'int', cells.map((c) => c.r)], ['f', 'int', cells.map((c) => c.f)], ['name', 'text', cells.map((c) => c.name)]])}),
    now_in as materialized (
      select s.customer_id, v.dimension, v.segment from since, customer_stats s left join cell on cell.r = s.recency_score and cell.f = s.frequency_score
        cross join lateral (values ('stage', 'stage:' || s.stage), ('rfm', 'rfm:' || cell.name)) v(dimension, segment)
      where s.company_id = ${company} and s.seq > since.seq
      -- Whoever was merged or erased is in nothing any more; looked for once a day.
      union all select o.customer_id, o.dimension, null from since, segment_stays o where since.seq < 0 and o.company_id = ${company} and o.until_day is null
        and not exists (select from customer_stats s where s.company_id = ${company} and s.customer_id = o.customer_id)),
    change as materialized (select n.*, o.segment as was, o.from_day as was_from, p.from_day as earlier from now_in n
      left join segment_stays o on o.company_id = ${company} and o.customer_id = n.customer_id and o.dimension = n.dimension and o.until_day is null
      left join segment_stays p on p.company_id = ${company} and p.customer_id = n.customer_id and p.dimension = n.dimension and p.until_day = ${asOf}::date and p.segment = n.segment
      -- An analysis date that moved back rewrites no history.
      where n.segment is distinct from o.segment and (o.from_day is null or o.from_day <= ${asOf}::date)),
    undone as (delete from segment_stays t using change c where t.company_id = ${company} and t.customer_id = c.customer_id and t.dimension = c.dimension
      and t.from_day = ${asOf}::date and c.was_from = ${asOf}::date and (c.segment is null or c.earlier is not null)),
    reopened as (update segment_stays t set until_day = null from change c where t.company_id = ${company} and t.customer_id = c.customer_id and t.dimension = c.dimension
      and t.from_day = c.earlier and (c.was is null or c.was_from = ${asOf}::date)),
    ended as (update segment_stays t set until_day = ${asOf}::date from change c where t.company_id = ${company} and t.customer_id = c.customer_id and t.dimension = c.dimension
      and t.from_day = c.was_from and c.was_from < ${asOf}::date)
    insert into segment_stays (company_id, customer_id, dimension, from_day, segment)
      select ${company}::uuid, customer_id, dimension, ${asOf}::date, segment from change
      where segment is not null and not (earlier is not null and (was is null or was_from = ${asOf}::date)) order by customer_id, dimension
      on conflict (company_id, customer_id, dimension, from_day) do update set segment = excluded.segment, until_day = null`;
}

/** The figures of the chosen days. Values are known of today only: those of an earlier day stay as they were written then. */
function countDays(company: string, asOf: string): SQL {
  return sql`with d as materialized (select * from ${metricDays(company)}),
    first as (select min(from_day) as day from segment_stays where company_id = ${company}),
    bought as materialized (select cd.day, cd.customer_id, cd.orders, cd.gross - cd.refunded as revenue from d join customer_day cd on cd.company_id = ${company} and cd.day = d.day
      where cd.customer_id <> ${NOBODY}),
    did as materialized (select d.day, e.customer_id, count(*) as events from d cross join lateral (select e.customer_id from events e
      where e.company_id = ${unseen(company)} and e.occurred_at >= d.begins and e.occurred_at < d.ends and e.customer_id <> ${NOBODY} offset 0) e group by d.day, e.customer_id),
    here as (select d.day, t.segment, count(*)::int as customers, (count(*) filter (where t.from_day = d.day and d.day > first.day))::int as entered,
        (count(*) filter (where b.orders > 0))::int as buyers, coalesce(sum(b.orders), 0)::int as orders, coalesce(sum(b.revenue), 0)::bigint as revenue,
        coalesce(sum(did.events), 0)::bigint as events, coalesce(sum(s.historical_value), 0)::bigint as historical, coalesce(sum(s.predicted_value), 0)::bigint as predicted
      from d cross join first join segment_stays t on t.company_id = ${company} and t.from_day <= d.day and (t.until_day is null or t.until_day > d.day)
        left join bought b on b.day = d.day and b.customer_id = t.customer_id
        left join did on did.day = d.day and did.customer_id = t.customer_id
        left join customer_stats s on s.company_id = ${company} and s.customer_id = t.customer_id
      group by d.day, t.segment),
    went as (select d.day, t.segment, count(*)::int as n from d join segment_stays t on t.company_id = ${company} and t.until_day = d.day group by d.day, t.segment),
    figures as materialized (select day, segment, coalesce(customers, 0) as customers, coalesce(entered, 0) as entered, coalesce(n, 0) as went, coalesce(buyers, 0) as buyers,
        coalesce(orders, 0) as orders, coalesce(revenue, 0) as revenue, coalesce(events, 0) as events, coalesce(historical, 0) as historical, coalesce(predicted, 0) as predicted
      from here full join went using (day, segment)),
    gone as (delete from segment_metrics m using d where m.company_id = ${company} and m.day = d.day and m.segment like '%:%'
      and not exists (select from figures f where f.day = m.day and f.segment = m.segment))
    insert into segment_metrics as m (company_id, segment, day, customers, entered, left_count, buyers, orders, revenue, events, historical_value, predicted_value)
      select ${company}::uuid, segment, day, customers, entered, went, buyers, orders, revenue, events, historical, predicted from figures
      order by segment, day
      on conflict (company_id, segment, day) do update set customers = excluded.customers, entered = excluded.entered, left_count = excluded.left_count,
        buyers = excluded.buyers, orders = excluded.orders, revenue = excluded.revenue, events = excluded.events,
        historical_value = case when m.day = ${asOf}::date then excluded.historical_value else m.historical_value end,
        predicted_value = case when m.day = ${asOf}::date then excluded.predicted_value else m.predicted_value end`;
}

/** Segments that people made, on the day itself: members as they are, comings and goings by the history. Of a day that is over the figures stay. */
function countKept(company: string, asOf: string): SQL {
  return sql`with day as (select (${asOf}::date)::timestamp at time zone c.time_zone as begins, (${asOf}::date + 1)::timestamp at time zone c.time_zone as ends from companies c where c.id = ${company}),
    moved as (select h.segment_id, (count(*) filter (where h.change = 'entered'))::int as entered, (count(*) filter (where h.change = 'left'))::int as went
      from day join segment_changes h on h.company_id = ${company} and h.at >= day.begins and h.at < day.ends where h.cause ->> 'kind' <> 'edit' group by 1),
    worth as (select m.segment_id, count(*)::int as customers, sum(s.historical_value)::bigint as historical, sum(s.predicted_value)::bigint as predicted
      from segment_members m join customer_stats s on s.company_id = ${company} and s.customer_id = m.customer_id where m.company_id = ${company} group by 1),
    bought as (select m.segment_id, (count(*) filter (where cd.orders > 0))::int as buyers, sum(cd.orders)::int as orders, sum(cd.gross - cd.refunded)::bigint as revenue
      from customer_day cd join segment_members m on m.company_id = ${company} and m.customer_id = cd.customer_id where cd.company_id = ${company} and cd.day = ${asOf}::date group by 1),
    did as (select m.segment_id, count(*)::bigint as events from day join events e on e.company_id = ${company} and e.occurred_at >= day.begins and e.occurred_at < day.ends
      join segment_members m on m.company_id = ${company} and m.customer_id = e.customer_id group by 1)
    insert into segment_metrics (company_id, segment, day, customers, entered, left_count, buyers, orders, revenue, events, historical_value, predicted_value)
      select ${company}::uuid, s.id::text, ${asOf}::date, coalesce(worth.customers, 0), coalesce(moved.entered, 0), coalesce(moved.went, 0), coalesce(bought.buyers, 0), coalesce(bought.orders, 0),
        coalesce(bought.revenue, 0), coalesce(did.events, 0), coalesce(worth.historical, 0), coalesce(worth.predicted, 0)
      from segments s left join moved on moved.segment_id = s.id left join worth on worth.segment_id = s.id left join bought on bought.segment_id = s.id left join did on did.segment_id = s.id
      where s.company_id = ${company} and s.status = 'live' order by 2
    on conflict (company_id, segment, day) do update set customers = excluded.customers, entered = excluded.entered, left_count = excluded.left_count, buyers = excluded.buyers, orders = excluded.orders,
      revenue = excluded.revenue, events = excluded.events, historical_value = excluded.historical_value, predicted_value = excluded.predicted_value`;
}

const isKept = (segment: string): boolean => !segment.includes(':');

/** Stays in a segment that people made, from its history. */
function keptStays(company: string, segment: string): SQL {
  return sql`(select x.customer_id, x.from_day, x.until_day from (select h.customer_id, h.change, (h.at at time zone c.time_zone)::date as from_day,
      lead((h.at at time zone c.time_zone)::date) over (partition by h.customer_id order by h.at, h.seq) as until_day
    from segment_changes h join companies c on c.id = h.company_id where h.company_id = ${company} and h.segment_id::text = ${segment}) x where x.change = 'entered')`;
}

const dayRow = z.object({
  day: z.string(), customers: z.number(), entered: z.number(), left: z.number(), buyers: z.number(), orders: z.number(), revenue: z.number(), events: z.number(),
  historicalValue: z.number(), predictedValue: z.number(),
});
export type SegmentDayRow = z.infer<typeof dayRow>;

/**
 * Days of the roll-up, and over the whole range customers and buyers counted once each, from the stays themselves: reads
 * one index entry a stay, and the purchase days of each customer who stayed.
 */
export async function readSegmentRange(db: TenantDb, range: { segment: string; from: string; to: string }): Promise<{ days: SegmentDayRow[]; customers: number; buyers: number }> {
  const company = db.companyId;
  const stays = sql`${isKept(range.segment) ? keptStays(company, range.segment) : sql`(select * from segment_stays o where o.company_id = ${company} and o.segment = ${range.segment})`} t where t.from_day <= ${range.to}::date and (t.until_day is null or t.until_day > ${range.from}::date)`;
  const [days, customers, buyers] = await db.transaction([
    query(dayRow, sql`select day, customers, entered, left_count as left, buyers, orders, revenue, events, historical_value as "historicalValue", predicted_value as "predictedValue"
      from segment_metrics where company_id = ${company} and segment = ${range.segment} and day between ${range.from}::date and ${range.to}::date order by day`),
    query(z.object({ n: z.number() }), sql`select count(*)::int as n from (select distinct t.customer_id from ${stays}) x`),
    query(z.object({ n: z.number() }), sql`select count(*)::int as n from (select distinct s.customer_id from (select t.customer_id, t.from_day, t.until_day from ${stays}) s
      cross join lateral (select from customer_day cd where cd.company_id = ${unseen(company)} and cd.customer_id = s.customer_id and cd.orders > 0
        and cd.day between greatest(s.from_day, ${range.from}::date) and least(coalesce(s.until_day - 1, ${range.to}::date), ${range.to}::date) limit 1) b) x`),
  ]);
  return { days, customers: customers[0]?.n ?? 0, buyers: buyers[0]?.n ?? 0 };
}
