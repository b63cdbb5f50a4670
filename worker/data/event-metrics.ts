/** The daily figures of events: days that were touched are counted again from the raw rows, so late events are in them. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { NOBODY } from './derive-sql.ts';
import { command, query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';
import { unseen } from './unseen-tenant.ts';

/** Days counted in one transaction. */
const DAYS = 31;
/** A key that everybody can read could send any number of types: what is counted of a day ends here, the most frequent first. */
const TYPES_A_DAY = 501;

/** Stands for every type in the roll-up: somebody who viewed and bought is one customer of the day. No event can be called so. */
const ALL_TYPES = '*';

/** One refresh a tenant at a time; writers of the books need not wait for it. */
export function lockMetrics(company: string): SQL {
  return sql`select pg_advisory_xact_lock(hashtextextended(${company}, 8))`;
}

/** The days of `app.metric_days` as table `d`, with their beginning and end. */
export function metricDays(company: string): SQL {
  return sql`(select v.value::date as day, (v.value::date)::timestamp at time zone c.time_zone as begins, (v.value::date + 1)::timestamp at time zone c.time_zone as ends
    from jsonb_array_elements_text(current_setting('app.metric_days')::jsonb) v cross join companies c where c.id = ${company}) d`;
}

/** Keeps the chosen days and how far the books are now: what comes while we count leaves its day behind again. */
export function rememberDays(company: string, days: SQL): SQL {
  return sql`select set_config('app.metric_days', coalesce((select jsonb_agg(day) from (${days}) x), '[]')::text, true),
    set_config('app.metric_seq', (select seq from tenant_clock where company_id = ${company})::text, true)`;
}

/** Of the property `value` in the company's currency, or one that names no currency; minor units. */
function valueOf(digits: number): SQL {
  return sql`coalesce(round(sum(case when jsonb_typeof(e.properties -> 'value') = 'number' and coalesce(e.properties ->> 'currency', c.currency) = c.currency
    then least(greatest((e.properties ->> 'value')::numeric, -1e9), 1e9) end) * ${10 ** digits}::int), 0)::bigint`;
}

/**
 * Counts the days that are behind.
 * @param digits of the company's currency
 * @returns whether there may be more
 */
export async function countEventDays(db: TenantDb, digits: number): Promise<boolean> {
  const company = db.companyId;
  const [, , , , marked] = await db.transaction([
    command(lockMetrics(company)),
    command(rememberDays(company, sql`select day from metric_days where company_id = ${company} and touched_seq > counted_seq order by day desc limit ${DAYS}`)),
    command(sql`with counted as materialized (
        select x.*, row_number() over (partition by x.day order by x.events desc, x.type) as place from (
          select d.day, coalesce(e.type, ${ALL_TYPES}) as type, count(*)::int as events, count(distinct e.customer_id) filter (where e.customer_id <> ${NOBODY})::int as customers,
            count(distinct e.session_id)::int as sessions, ${valueOf(digits)} as value
          from ${metricDays(company)} join companies c on c.id = ${company}
            cross join lateral (select e.type, e.customer_id, e.session_id, e.properties from events e
              where e.company_id = ${unseen(company)} and e.occurred_at >= d.begins and e.occurred_at < d.ends offset 0) e
          group by grouping sets ((d.day, e.type), (d.day))) x),
      gone as (delete from event_metrics m using ${metricDays(company)} where m.company_id = ${company} and m.day = d.day
        and not exists (select from counted n where n.day = m.day and n.type = m.type and n.place <= ${TYPES_A_DAY}))
      insert into event_metrics (company_id, type, day, events, customers, sessions, value)
        select ${company}::uuid, type, day, events, customers, sessions, value from counted where place <= ${TYPES_A_DAY} order by type, day
        on conflict (company_id, type, day) do update set events = excluded.events, customers = excluded.customers, sessions = excluded.sessions, value = excluded.value`),
    command(sql`update metric_days m set counted_seq = current_setting('app.metric_seq')::bigint from ${metricDays(company)} where m.company_id = ${company} and m.day = d.day`),
    query(z.object({ n: z.number() }), sql`select jsonb_array_length(current_setting('app.metric_days')::jsonb) as n`),
  ]);
  return marked[0]?.n === DAYS;
}

/** Leaves every day that has events behind: what a day is has changed, with the time zone. */
export async function reopenEventDays(db: TenantDb): Promise<void> {
  const company = db.companyId;
  await db.run(sql`with days as (select distinct (e.occurred_at at time zone c.time_zone)::date as day from events e join companies c on c.id = ${company} where e.company_id = ${company}
      union select day from metric_days where company_id = ${company})
    insert into metric_days as m (company_id, day, touched_seq) select ${company}::uuid, day, 1 from days order by day
    on conflict (company_id, day) do update set touched_seq = greatest(m.touched_seq, 1), counted_seq = 0`);
}

const dayRow = z.object({ day: z.string(), events: z.number(), customers: z.number(), sessions: z.number(), value: z.number() });
const rangeRow = z.object({ type: z.string(), events: z.number(), customers: z.number(), sessions: z.number(), value: z.number() });
export type EventDayRow = z.infer<typeof dayRow>;
export type EventRangeRow = z.infer<typeof rangeRow>;

/** Every event of the days `from`–`to`, of one type or of all, as the index has them. */
function eventsOf(company: string, range: { from: string; to: string; type: string | null }): SQL {
  return sql`events e where e.company_id = ${company} and e.occurred_at >= (select ${range.from}::date::timestamp at time zone time_zone from companies where id = ${company})
    and e.occurred_at < (select (${range.to}::date + 1)::timestamp at time zone time_zone from companies where id = ${company})
    ${range.type === null ? sql`` : sql`and e.type = ${range.type}`}`;
}

/**
 * Days of the roll-up, and over the whole range people and sessions counted once each: those come from the raw events,
 * since somebody who came on two days is one person. Reads as many index entries as the range has events.
 */
export async function readEventRange(db: TenantDb, range: { from: string; to: string; type: string | null }): Promise<{ days: EventDayRow[]; customers: number; sessions: number }> {
  const company = db.companyId;
  const [days, customers, sessions] = await db.transaction([
    query(dayRow, sql`select day, events, customers, sessions, value from event_metrics
      where company_id = ${company} and type = ${range.type ?? ALL_TYPES} and day between ${range.from}::date and ${range.to}::date order by day`),
    query(z.object({ n: z.number() }), sql`select count(*)::int as n from (select distinct e.customer_id from ${eventsOf(company, range)} and e.customer_id <> ${NOBODY}) x`),
    query(z.object({ n: z.number() }), sql`select count(*)::int as n from (select distinct e.session_id from ${eventsOf(company, range)} and e.session_id is not null) x`),
  ]);
  return { days, customers: customers[0]?.n ?? 0, sessions: sessions[0]?.n ?? 0 };
}

/** Each type over the range, the most frequent first; people and sessions are counted once each. */
export async function readEventTypes(db: TenantDb, range: { from: string; to: string }): Promise<EventRangeRow[]> {
  const company = db.companyId;
  const all = { ...range, type: null };
  return await db.rows(rangeRow, sql`with totals as (select type, sum(events)::int as events, sum(value)::bigint as value from event_metrics
      where company_id = ${company} and day between ${range.from}::date and ${range.to}::date and type <> ${ALL_TYPES} group by type),
    people as (select type, count(*)::int as n from (select distinct e.type, e.customer_id from ${eventsOf(company, all)} and e.customer_id <> ${NOBODY}) x group by type),
    visits as (select type, count(*)::int as n from (select distinct e.type, e.session_id from ${eventsOf(company, all)} and e.session_id is not null) x group by type)
    select t.type, t.events, coalesce(p.n, 0) as customers, coalesce(v.n, 0) as sessions, t.value
    from totals t left join people p on p.type = t.type left join visits v on v.type = t.type order by t.events desc, t.type limit ${TYPES_A_DAY}`);
}
