/** What a fit reads of a tenant, grouped in SQL: histories as of today, the same customers seen from earlier days, and purchases by day. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { HistoricalInput } from '#core/clv/historical';
import { query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';

/** Without a single repeat purchase: a quarter, as in consumer retail. */
const USUAL_GAP_DAYS = 90;

const history = z.object({ x: z.number(), tx: z.number(), t: z.number(), n: z.number(), repeat_spend: z.number() });
const spend = z.object({ x: z.number(), repeat_spend: z.number(), n: z.number() });
const level = z.object({ mean_order_value: z.number().nullable(), median_gap_days: z.number().nullable(), first_day: z.string().nullable(),
  gross: z.number(), net: z.number(), orders: z.number(), customer_years: z.number(), lifespan_years: z.number() });
const bin = z.object({ measure: z.enum(['recency', 'frequency', 'monetary']), value: z.number(), n: z.number() });

export interface FitInput {
  histories: z.infer<typeof history>[];
  spends: z.infer<typeof spend>[];
  meanOrderValue: number | undefined;
  medianGapDays: number | null;
  firstDay: string | null;
  /** What the plain formula needs: average order × orders a year × years. */
  historical: HistoricalInput;
  histograms: z.infer<typeof bin>[];
}

/** Sufficient statistics of the whole tenant as of a day: rows are groups of equal customers, not customers. */
export async function readFitInput(db: TenantDb, asOf: string): Promise<FitInput> {
  const company = db.companyId;
  const buyers = sql`customer_stats s where s.company_id = ${company} and s.purchase_days > 0`;
  const [histories, spends, levels, histograms] = await db.transaction([
    query(history, sql`select s.purchase_days - 1 as x, s.last_day - s.first_day as tx, greatest(${asOf}::date - s.first_day, 0) as t, count(*)::int as n, sum(greatest(s.repeat_spend, 0))::bigint as repeat_spend
      from ${buyers} group by 1, 2, 3`),
    query(spend, sql`select s.purchase_days - 1 as x, s.repeat_spend, count(*)::int as n from ${buyers} and s.purchase_days > 1 and s.repeat_spend > 0 group by 1, 2`),
    query(level, sql`with b as (select s.* from ${buyers}),
      m as (select percentile_cont(0.5) within group (order by (last_day - first_day)::float8 / (purchase_days - 1)) filter (where purchase_days > 1) as gap from b),
      -- Who has been silent for three usual gaps is taken to have left when the next order was due; the others are still here.
      spans as (select b.*, ${asOf}::date - b.last_day > 3 * coalesce(m.gap, ${USUAL_GAP_DAYS}) as gone, coalesce(m.gap, ${USUAL_GAP_DAYS}) as usual from b cross join m),
      active as (select *, (case when gone then last_day - first_day + usual else greatest(${asOf}::date - first_day, 1) end)::float8 / 365.25 as years from spans)
      select (sum(a.gross)::float8 / nullif(sum(a.orders), 0)) as mean_order_value, (select gap from m) as median_gap_days, min(a.first_day) as first_day,
        coalesce(sum(a.gross), 0)::bigint as gross, coalesce(sum(a.historical_value), 0)::bigint as net, coalesce(sum(a.orders), 0)::int as orders,
        coalesce(sum(a.years), 0)::float8 as customer_years,
        -- Mean stay when some have not left yet: all the time anyone was here, by the number who left (exponential, censored).
        coalesce(sum(a.years) / nullif(count(*) filter (where a.gone), 0), 0)::float8 as lifespan_years
      from active a`),
    query(bin, sql`select 'recency' as measure, (s.last_day - '1970-01-01'::date)::bigint as value, count(*)::int as n from ${buyers} group by 2
      union all select 'frequency', s.purchase_days::bigint, count(*)::int from ${buyers} group by 2
      union all select 'monetary', s.historical_value, count(*)::int from ${buyers} group by 2`),
  ]);
  return {
    histories, spends, histograms,
    meanOrderValue: levels[0]?.mean_order_value ?? undefined, medianGapDays: levels[0]?.median_gap_days ?? null, firstDay: levels[0]?.first_day ?? null,
    historical: {
      gross: levels[0]?.gross ?? 0, net: levels[0]?.net ?? 0, orders: levels[0]?.orders ?? 0,
      customerYears: levels[0]?.customer_years ?? 0, lifespanYears: levels[0]?.lifespan_years ?? 0,
    },
  };
}

const holdoutRow = z.object({ x: z.number(), tx: z.number(), t: z.number(), repeat_spend: z.number(), actual_orders: z.number(), actual_spend: z.number() });
export type HoldoutRow = z.infer<typeof holdoutRow>;

/** The same customers seen from `calibrationEnd`, and what they did until `end`; at most `limit` of them, by id. */
function seenFrom(company: string, calibrationEnd: string, end: string, limit: number): SQL {
  return sql`select d.customer_id, (count(*) filter (where d.day <= ${calibrationEnd}))::int - 1 as x,
      max(d.day) filter (where d.day <= ${calibrationEnd}) - min(d.day) as tx, ${calibrationEnd}::date - min(d.day) as t,
      (coalesce(sum(d.order_net) filter (where d.day <= ${calibrationEnd}), 0) - (array_agg(d.order_net order by d.day))[1])::bigint as repeat_spend,
      (count(*) filter (where d.day > ${calibrationEnd}))::int as actual_orders,
      coalesce(sum(d.order_net) filter (where d.day > ${calibrationEnd}), 0)::bigint as actual_spend
    from (select s.customer_id from customer_stats s where s.company_id = ${company} and s.first_day <= ${calibrationEnd} order by s.customer_id limit ${limit}) s
    join customer_day d on d.company_id = ${company} and d.customer_id = s.customer_id and d.purchases > 0 and d.day <= ${end}
    group by d.customer_id`;
}

/** One row a customer. */
export async function readHoldout(db: TenantDb, calibrationEnd: string, end: string, limit: number): Promise<HoldoutRow[]> {
  return db.rows(holdoutRow, sql`select o.x, o.tx, o.t, o.repeat_spend, o.actual_orders, o.actual_spend from (${seenFrom(db.companyId, calibrationEnd, end, limit)}) o`);
}

const seenRow = holdoutRow.extend({ customer_id: z.string() });

/** As `readHoldout`, with who each is. */
export async function readSeenFrom(db: TenantDb, calibrationEnd: string, end: string, limit: number): Promise<z.infer<typeof seenRow>[]> {
  return db.rows(seenRow, seenFrom(db.companyId, calibrationEnd, end, limit));
}

const originRow = holdoutRow.extend({ n: z.number() });
export type OriginRow = z.infer<typeof originRow>;

/** Groups of `n` customers with equal histories and equally many orders since; money is the mean of the group. */
export async function readOrigin(db: TenantDb, calibrationEnd: string, end: string, limit: number): Promise<OriginRow[]> {
  return db.rows(originRow, sql`select o.x, o.tx, o.t, o.actual_orders, count(*)::int as n, avg(greatest(o.repeat_spend, 0))::float8 as repeat_spend, avg(o.actual_spend)::float8 as actual_spend
    from (${seenFrom(db.companyId, calibrationEnd, end, limit)}) o group by 1, 2, 3, 4`);
}

const dayCount = z.object({ day: z.string(), births: z.number(), repeats: z.number() });
export type DayCount = z.infer<typeof dayCount>;

/** First purchases and repeat purchases of each day, from the roll-ups. */
export async function readPurchasesByDay(db: TenantDb, end: string): Promise<DayCount[]> {
  return db.rows(dayCount, sql`select day, new_customers as births, greatest(buyers - new_customers, 0) as repeats from daily_rollup
    where company_id = ${db.companyId} and day <= ${end} and buyers > 0 order by day`);
}
