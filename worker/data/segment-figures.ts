/** Figures of segments: worth, comings and goings by day, and what segments share. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';
import { unseen } from './unseen-tenant.ts';

const worthRow = z.object({ id: z.string(), value: z.number(), at: z.string().nullable() });
const baseRow = z.object({ customers: z.number(), value: z.number() });
const dayRow = z.object({ id: z.string(), day: z.string(), entered: z.number(), left: z.number() });
export type SegmentDayRow = z.infer<typeof dayRow>;
const sizeRow = z.object({ id: z.string(), day: z.string(), members: z.number() });
export type SegmentSizeRow = z.infer<typeof sizeRow>;

/** Comings and goings by the company's local day, since a day (YYYY-MM-DD), of one segment or of all. */
const changesSince = (company: string, segment: string | null, since: string, timeZone: string) => sql`select c.segment_id as id, (c.at at time zone ${timeZone})::date as day,
    count(*) filter (where c.change = 'entered')::int as entered, count(*) filter (where c.change = 'left')::int as left
  from segment_changes c where c.company_id = ${company} and c.at >= ${since}::date::timestamp at time zone ${timeZone} ${segment === null ? sql`` : sql`and c.segment_id = ${segment}`} group by 1, 2 order by 1, 2`;

/** Each off an index alone; whoever was merged into another is worth nothing of her own. */
const baseOf = (company: string) => query(baseRow, sql`select (select count(*) from customers c where c.company_id = ${company})::int - (select count(*) from customers c where c.company_id = ${company} and c.merged_into is not null)::int as customers,
  (select coalesce(sum(s.total_value), 0)::bigint from customer_stats s where s.company_id = ${company}) as value`);

export interface SegmentWorth {
  id: string;
  /** Total value of the members, minor units. */
  value: number;
  /** When it was summed up, where that is not now. */
  at: string | null;
}

export interface SegmentsRead {
  /** By segment; without those that nobody is in. */
  worth: SegmentWorth[];
  base: z.infer<typeof baseRow>;
}

/** What the list of segments shows beside their size, read off the memberships and their history: as exact as these, and as slow as they are many. */
export async function readSegmentFigures(db: TenantDb, since: string, timeZone: string): Promise<SegmentsRead & { days: SegmentDayRow[] }> {
  const company = db.companyId;
  const [worth, base, days] = await db.transaction([
    query(worthRow, sql`select m.segment_id as id, sum(s.total_value)::bigint as value, null as at from segment_members m
      join customer_stats s on s.company_id = m.company_id and s.customer_id = m.customer_id where m.company_id = ${company} group by 1`),
    baseOf(company), query(dayRow, changesSince(company, null, since, timeZone)),
  ]);
  return { worth, base: base[0] ?? { customers: 0, value: 0 }, days };
}

/** The same off the daily figures, which are brought up to date within minutes: a row a segment and day, however many members. One that has none yet is summed up. */
export async function readKeptFigures(db: TenantDb, since: string): Promise<SegmentsRead & { sizes: SegmentSizeRow[] }> {
  const company = db.companyId;
  const newest = sql`(select m.historical_value + m.predicted_value as value, d.segments_at as at from segment_metrics m join metric_days d on d.company_id = m.company_id and d.day = m.day
    where m.company_id = ${unseen(company)} and m.segment = s.id::text order by m.day desc limit 1)`;
  const [worth, base, sizes] = await db.transaction([
    query(worthRow, sql`select s.id, coalesce(kept.value, summed.value)::bigint as value, kept.at from segments s left join lateral ${newest} kept on true
      left join lateral (select coalesce(sum(c.total_value), 0) as value from segment_members m join customer_stats c on c.company_id = m.company_id and c.customer_id = m.customer_id
        where kept.value is null and m.company_id = ${unseen(company)} and m.segment_id = s.id) summed on true
      where s.company_id = ${company} and s.status <> 'archived' and s.members > 0`),
    baseOf(company),
    query(sizeRow, sql`select m.segment as id, m.day, m.customers as members from segment_metrics m where m.company_id = ${company} and m.day >= ${since}::date and m.segment not like '%:%' order by m.day`),
  ]);
  return { worth, base: base[0] ?? { customers: 0, value: 0 }, sizes };
}

/** Of one segment. */
export async function readSegmentDays(db: TenantDb, id: string, since: string, timeZone: string): Promise<SegmentDayRow[]> {
  return db.rows(dayRow, changesSince(db.companyId, id, since, timeZone));
}

const valueRow = z.object({ day: z.string(), value: z.number() });
export type SegmentValueRow = z.infer<typeof valueRow>;

/** What its members were worth, minor units, on the days that the daily figures know since one (YYYY-MM-DD); oldest first. */
export async function readSegmentValues(db: TenantDb, id: string, since: string): Promise<SegmentValueRow[]> {
  return db.rows(valueRow, sql`select m.day, m.historical_value + m.predicted_value as value from segment_metrics m
    where m.company_id = ${db.companyId} and m.segment = ${id}::text and m.day >= ${since}::date order by m.day`);
}

const overlapRow = z.object({ id: z.string(), name: z.string(), members: z.number(), both: z.number() });
export type SegmentOverlapRow = z.infer<typeof overlapRow>;

/** Other segments with members of this one, the largest overlap first. */
export async function readSegmentOverlaps(db: TenantDb, id: string): Promise<SegmentOverlapRow[]> {
  return db.rows(overlapRow, sql`select o.id, o.name, o.members, x.both from (
      select other.segment_id, count(*)::int as both from segment_members m
      join segment_members other on other.company_id = m.company_id and other.customer_id = m.customer_id and other.segment_id <> m.segment_id
      where m.company_id = ${db.companyId} and m.segment_id = ${id} group by 1) x
    join segments o on o.company_id = ${db.companyId} and o.id = x.segment_id and o.status <> 'archived' order by x.both desc, lower(o.name) limit 20`);
}
