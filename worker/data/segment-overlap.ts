/** Who is in which of several segments, counted by every way of being in and not in; and what two of them look like. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { pgArray } from './sql-arrays.ts';
import { query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';
import { unseen } from './unseen-tenant.ts';

const intersectionRow = z.object({ mask: z.number(), customers: z.number(), value: z.number() });
export type IntersectionRow = z.infer<typeof intersectionRow>;

const sideRow = z.object({
  id: z.string(), predicted: z.number(), medianValue: z.number().nullable(), pAlive: z.number().nullable(), churn: z.number().nullable(), orders: z.number(),
  buyers: z.number(), daysSince: z.number().nullable(),
});
export type SideRow = z.infer<typeof sideRow>;

const standingRow = z.object({ id: z.string(), stage: z.string().nullable(), r: z.number(), f: z.number(), customers: z.number() });
/** Members of a segment by where they stand; scores are 0 where there is none yet. */
export type SideStandingRow = z.infer<typeof standingRow>;

export interface OverlapRows {
  /** Bit n of the mask: in the n-th of the segments, and in none whose bit is not set. Largest first; without those that nobody is in. */
  intersections: IntersectionRow[];
  /** Of each segment with members; none where they were not asked for. */
  sides: SideRow[];
  standings: SideStandingRow[];
}

const STATS = sql`customer_stats s on s.company_id = m.company_id and s.customer_id = m.customer_id`;

function membersOf(company: string, ids: readonly string[]): SQL {
  return sql`segment_members m left join ${STATS} where m.company_id = ${unseen(company)} and m.segment_id = any(${pgArray('uuid', ids)})`;
}

/**
 * One round trip. Everybody is read once and added up under the mask of her memberships, however many ways there are.
 * @param today YYYY-MM-DD that days since the last order are counted to; null leaves the figures of the sides out
 */
export async function readOverlap(db: TenantDb, ids: readonly string[], today: string | null): Promise<OverlapRows> {
  const company = db.companyId;
  const [intersections, sides, standings] = await db.transaction([
    query(intersectionRow, sql`select x.mask, count(*)::int as customers, coalesce(sum(s.total_value), 0)::bigint as value from (
        select m.customer_id, bit_or(1 << (w.place::int - 1)) as mask from unnest(${pgArray('uuid', ids)}) with ordinality w(id, place)
        join segment_members m on m.company_id = ${unseen(company)} and m.segment_id = w.id group by 1) x
      left join customer_stats s on s.company_id = ${unseen(company)} and s.customer_id = x.customer_id group by 1 order by 2 desc, 1`),
    today === null ? null : query(sideRow, sql`select m.segment_id as id, coalesce(sum(s.predicted_value), 0)::bigint as predicted, percentile_cont(0.5) within group (order by s.total_value) as "medianValue",
        avg(s.p_alive)::float8 as "pAlive", avg(s.churn)::float8 as churn, coalesce(avg(s.orders), 0)::float8 as orders,
        count(s.last_day)::int as buyers, percentile_cont(0.5) within group (order by ${today}::date - s.last_day) as "daysSince" from ${membersOf(company, ids)} group by 1`),
    today === null ? null : query(standingRow, sql`select m.segment_id as id, s.stage, coalesce(s.recency_score, 0)::int as r, coalesce(s.frequency_score, 0)::int as f, count(*)::int as customers
      from ${membersOf(company, ids)} group by 1, 2, 3, 4`),
  ] as const);
  return { intersections, sides, standings };
}
