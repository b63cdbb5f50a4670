/** Figures of segments: worth, comings and goings by day, and what segments share. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';

const worthRow = z.object({ id: z.string(), value: z.number() });
const baseRow = z.object({ customers: z.number(), value: z.number() });
const dayRow = z.object({ id: z.string(), day: z.string(), entered: z.number(), left: z.number() });
export type SegmentDayRow = z.infer<typeof dayRow>;

/** Comings and goings by the company's local day, since a day (YYYY-MM-DD), of one segment or of all. */
const changesSince = (company: string, segment: string | null, since: string, timeZone: string) => sql`select c.segment_id as id, (c.at at time zone ${timeZone})::date as day,
    count(*) filter (where c.change = 'entered')::int as entered, count(*) filter (where c.change = 'left')::int as left
  from segment_changes c where c.company_id = ${company} and c.at >= ${since}::date::timestamp at time zone ${timeZone} ${segment === null ? sql`` : sql`and c.segment_id = ${segment}`} group by 1, 2 order by 1, 2`;

export interface SegmentsRead {
  /** Total value of the members, minor units, by segment; without those that have none. */
  worth: z.infer<typeof worthRow>[];
  base: z.infer<typeof baseRow>;
  days: SegmentDayRow[];
}

/** What the list of segments shows beside their size; in one round trip. */
export async function readSegmentFigures(db: TenantDb, since: string, timeZone: string): Promise<SegmentsRead> {
  const company = db.companyId;
  const [worth, base, days] = await db.transaction([
    query(worthRow, sql`select m.segment_id as id, sum(s.total_value)::bigint as value from segment_members m
      join customer_stats s on s.company_id = m.company_id and s.customer_id = m.customer_id where m.company_id = ${company} group by 1`),
    query(baseRow, sql`select count(*)::int as customers, coalesce(sum(s.total_value), 0)::bigint as value
      from customer_stats s join customers c on c.company_id = s.company_id and c.id = s.customer_id where s.company_id = ${company} and c.merged_into is null`),
    query(dayRow, changesSince(company, null, since, timeZone)),
  ]);
  return { worth, base: base[0] ?? { customers: 0, value: 0 }, days };
}

/** Of one segment. */
export async function readSegmentDays(db: TenantDb, id: string, since: string, timeZone: string): Promise<SegmentDayRow[]> {
  return db.rows(dayRow, changesSince(db.companyId, id, since, timeZone));
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
