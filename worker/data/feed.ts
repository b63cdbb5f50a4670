/** What the tenant's live object has not seen yet, in sequence order. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { STAGES } from '#core/clv/lifecycle';
import type { CustomerContribution, DayTotals, Feed, Position } from '#core/live/feed';
import { query } from './tenant.ts';
import type { Query, TenantDb } from './tenant.ts';

/** Rows a page aims at; a page ends only between two sequence values, so it may hold a few more. */
const PAGE = 4000;

const clockRow = z.object({
  epoch: z.number(), seq: z.number(), upto: z.number(),
  currency: z.string(), time_zone: z.string(), analysis_date: z.string().nullable(), horizon_days: z.number(),
});
const customerRow = z.object({
  id: z.string(), first_day: z.string().nullable(), last_day: z.string().nullable(), purchase_days: z.number(), orders: z.number(),
  historical_value: z.number(), predicted_value: z.number(), recency_score: z.number(), frequency_score: z.number(),
  monetary_score: z.number(), stage: z.enum(STAGES).nullable(), name: z.string().nullable(),
});
const dayRow = z.object({
  day: z.string(), orders: z.number(), gross: z.number(), refunded: z.number(), buyers: z.number(), new_customers: z.number(),
  unattributed: z.number(), uncounted: z.number(),
});

/** Where this page ends: after whole sequence values only. */
const upto = (company: string, start: SQL): SQL => sql`coalesce(
  (select max(x.seq) from (select s.seq from customer_stats s where s.company_id = ${company} and s.seq > ${start} order by s.seq limit ${PAGE}) x having count(*) = ${PAGE}),
  (select k.seq from tenant_clock k where k.company_id = ${company}))`;

/** The three statements of one page; run them in one transaction. */
export function feedQueries(company: string, from: Position): readonly [Query<z.infer<typeof clockRow>>, Query<z.infer<typeof customerRow>>, Query<z.infer<typeof dayRow>>] {
  // A position of another epoch is worth nothing: start at 0.
  const start = sql`(select case when k.epoch = ${from.epoch} then ${from.seq}::bigint else 0 end from tenant_clock k where k.company_id = ${company})`;
  const end = sql`(select ${upto(company, start)})`;
  return [
    query(clockRow, sql`select k.epoch, k.seq, ${upto(company, start)} as upto, c.currency, c.time_zone, c.analysis_date, c.horizon_days
      from tenant_clock k join companies c on c.id = k.company_id where k.company_id = ${company}`),
    query(customerRow, sql`select s.customer_id as id, s.first_day, s.last_day, s.purchase_days, s.orders, s.historical_value, s.predicted_value,
        s.recency_score, s.frequency_score, s.monetary_score, s.stage, c.name
      from customer_stats s left join customers c on c.company_id = s.company_id and c.id = s.customer_id
      where s.company_id = ${company} and s.seq > ${start} and s.seq <= ${end}`),
    query(dayRow, sql`select r.day, r.orders, r.gross, r.refunded, r.buyers, r.new_customers, r.unattributed, r.uncounted
      from daily_rollup r where r.company_id = ${company} and r.seq > ${start} and r.seq <= ${end}`),
  ];
}

/** Rows of `feedQueries` as a feed. */
export function toFeed(from: Position, clocks: z.infer<typeof clockRow>[], customers: z.infer<typeof customerRow>[], days: z.infer<typeof dayRow>[]): Feed {
  const clock = clocks[0];
  if (!clock) throw new Error('The tenant has no clock row');
  return {
    from: clock.epoch === from.epoch ? from : { epoch: clock.epoch, seq: 0 },
    to: { epoch: clock.epoch, seq: clock.upto },
    complete: clock.upto >= clock.seq,
    clock: { currency: clock.currency, timeZone: clock.time_zone, analysisDate: clock.analysis_date, horizonDays: clock.horizon_days },
    customers: customers.map((c): CustomerContribution => ({
      id: c.id, firstDay: c.first_day, lastDay: c.last_day, purchaseDays: c.purchase_days, orders: c.orders,
      historicalValue: c.historical_value, predictedValue: c.predicted_value,
      recencyScore: c.recency_score, frequencyScore: c.frequency_score, monetaryScore: c.monetary_score, stage: c.stage, name: c.name,
    })),
    days: days.map((d): DayTotals => ({
      day: d.day, orders: d.orders, gross: d.gross, refunded: d.refunded, buyers: d.buyers, newCustomers: d.new_customers,
      unattributedOrders: d.unattributed, uncountedOrders: d.uncounted,
    })),
  };
}

/** One page from `from` on. */
export async function readFeed(db: TenantDb, from: Position): Promise<Feed> {
  const [clocks, customers, days] = await db.transaction(feedQueries(db.companyId, from));
  return toFeed(from, clocks, customers, days);
}
