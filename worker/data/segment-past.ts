/** What is kept of one customer's figures on a day that is over: sums of her days, values that the night put aside, stages and groups. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';

const daysRow = z.object({
  orders: z.number(), purchaseDays: z.number(), gross: z.number(), refunded: z.number(), firstDay: z.string().nullable(), lastDay: z.string().nullable(), previousDay: z.string().nullable(),
  /** Whether anything of hers happened on the day itself, after its night. */
  isMoved: z.boolean(),
  /** Whether a refund came later: it may have emptied an earlier day of purchases. */
  isRefundedLater: z.boolean(),
});
const valuesRow = z.object({ predictedValue: z.number(), predictedLow: z.number(), predictedHigh: z.number(), totalValue: z.number(), pAlive: z.number().nullable() });
const stayRow = z.object({ dimension: z.enum(['stage', 'rfm']), segment: z.string() });
const memberRow = z.object({ segmentId: z.string() });

export interface PastRows {
  days: z.infer<typeof daysRow>;
  /** As the night before the day found them; null where none were kept. */
  values: z.infer<typeof valuesRow> | null;
  /** At the end of the day, without the name of their dimension; null where nothing is known. */
  stage: string | null;
  rfmGroup: string | null;
  /** Segments that she was in at `until`. */
  segments: string[];
}

/**
 * @param day YYYY-MM-DD, the company's
 * @param until the last instant of the day
 */
export async function loadPast(db: TenantDb, customerId: string, day: string, until: string): Promise<PastRows> {
  const company = db.companyId;
  const [days, values, stays, members] = await db.transaction([
    query(daysRow, sql`with d as materialized (select * from customer_day where company_id = ${company} and customer_id = ${customerId}),
        b as (select day from d where day <= ${day}::date and purchases > 0)
      select coalesce(sum(orders) filter (where day <= ${day}::date), 0)::int as orders, (select count(*)::int from b) as "purchaseDays",
        coalesce(sum(gross) filter (where day <= ${day}::date), 0)::bigint as gross, coalesce(sum(refunded) filter (where day <= ${day}::date), 0)::bigint as refunded,
        (select min(day) from b) as "firstDay", (select max(day) from b) as "lastDay", (select day from b order by day desc offset 1 limit 1) as "previousDay",
        coalesce(bool_or(day = ${day}::date), false) as "isMoved", coalesce(bool_or(day > ${day}::date and refunded > 0), false) as "isRefundedLater" from d`),
    query(valuesRow, sql`select predicted_value as "predictedValue", predicted_low as "predictedLow", predicted_high as "predictedHigh", total_clv as "totalValue", p_alive as "pAlive"
      from clv_calculations where company_id = ${company} and customer_id = ${customerId} and calculated_for = ${day}::date`),
    query(stayRow, sql`select dimension, split_part(segment, ':', 2) as segment from segment_stays
      where company_id = ${company} and customer_id = ${customerId} and from_day <= ${day}::date and (until_day is null or until_day > ${day}::date)`),
    query(memberRow, sql`select h.segment_id as "segmentId" from (select distinct on (segment_id) segment_id, change from segment_changes
      where company_id = ${company} and customer_id = ${customerId} and at <= ${until}::timestamptz order by segment_id, at desc, seq desc) h where h.change = 'entered'`),
  ] as const);
  const [sums] = days;
  if (sums === undefined) throw new Error('Sums without a group are always one row');
  const inOf = (dimension: 'stage' | 'rfm'): string | null => stays.find((one) => one.dimension === dimension)?.segment ?? null;
  return { days: sums, values: values[0] ?? null, stage: inOf('stage'), rfmGroup: inOf('rfm'), segments: members.map((one) => one.segmentId) };
}
