/**
 * What a tenant-local day of a customer amounts to, said once: the incremental path, the rebuild and the nightly
 * recount all read these expressions, so they cannot drift apart.
 */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { unseen } from './unseen-tenant.ts';

/** "Nobody we can name", or a refund whose order has not come. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Amount of a record in its own currency under the company's revenue basis; `i` has the parts, `c` the company. */
export const amountUnderBasis: SQL = sql.raw(`coalesce(i.given, case c.revenue_basis
  when 'with_shipping' then i.goods - i.discount + i.shipping
  when 'total_paid' then i.goods - i.discount + i.shipping + i.tax + i.tip
  else i.goods - i.discount end)`);

/**
 * What one minor unit of a foreign currency is worth on a tenant-local day, in minor units of the company's: the rate of
 * that day or the last before it, else the first within a week after; null where there is none.
 */
function rateOn(company: string, currency: string, day: string): SQL {
  const rates = sql`select x.factor from exchange_rates x where x.company_id = ${unseen(company)} and x.currency = ${sql.raw(currency)}`;
  const on = sql.raw(day);
  return sql`coalesce((${rates} and x.day <= ${on} order by x.day desc limit 1), (${rates} and x.day > ${on} and x.day <= ${on} + 7 order by x.day limit 1))`;
}

/**
 * Amount of a record in the company's currency at the rate of `day`, ≥ 0, rounded half to even once; null without a
 * rate. `i` has the parts, `c` the company. Rates are looked up for foreign records only.
 */
export function appraised(company: string, day: string): SQL {
  const stated = sql`greatest(${amountUnderBasis}, 0)`;
  return sql`case when i.currency = c.currency then ${stated} else round(${stated}::float8 * ${rateOn(company, 'i.currency', day)})::bigint end`;
}

/** The tenant-local day of an instant of the relation `alias`; `c` is the company. */
export function localDayOf(alias: string): string {
  return `(${alias}.transaction_date at time zone c.time_zone)::date`;
}

/** Which of the records `i` (keys `k`) of one sale comes first: one whose state counts, then precedence, then who was there first. */
export const firstOfSale: SQL = sql.raw(`i.source_counts desc, k.precedence desc, i.transaction_date, i.id`);

/** Aggregates over transactions `t` of one customer and day, for company `c`. */
export const dayAggregates: SQL = sql.raw(`
  (count(*) filter (where t.kind = 'order' and t.counted and (t.amount > 0 or c.count_zero_orders)))::int as orders,
  (count(*) filter (where t.kind = 'order' and t.counted and (t.amount > t.refunded or (t.amount = 0 and c.count_zero_orders))))::int as purchases,
  coalesce(sum(t.amount) filter (where t.kind = 'order' and t.counted), 0)::bigint as gross,
  coalesce(sum(t.amount) filter (where t.kind = 'refund' and t.counted), 0)::bigint as refunded,
  (coalesce(sum(t.amount - t.refunded) filter (where t.kind = 'order' and t.counted), 0)
    - coalesce(sum(t.amount) filter (where t.kind = 'refund' and t.counted and t.order_external_id is null), 0))::bigint as order_net,
  (count(*) filter (where t.kind = 'order' and t.source_counts and t.of_record and not t.counted))::int as uncounted`);

/** Sufficient statistics over the visible days `d` of one customer. */
export const statsAggregates: SQL = sql.raw(`
  coalesce(sum(d.orders), 0)::int as orders,
  (count(*) filter (where d.purchases > 0))::int as purchase_days,
  min(d.day) filter (where d.purchases > 0) as first_day,
  max(d.day) filter (where d.purchases > 0) as last_day,
  (array_agg(d.day order by d.day desc) filter (where d.purchases > 0))[2] as previous_day,
  coalesce(sum(d.gross), 0)::bigint as gross,
  coalesce(sum(d.refunded), 0)::bigint as refunded,
  (coalesce(sum(d.order_net) filter (where d.purchases > 0), 0)
    - coalesce((array_agg(d.order_net order by d.day) filter (where d.purchases > 0))[1], 0))::bigint as repeat_spend`);

/** Aggregates of the visible days `d` of one customer and month. */
export const monthAggregates: SQL = sql.raw(`
  sum(d.orders)::int as orders, sum(d.purchases)::int as purchases, sum(d.gross)::bigint as gross, sum(d.order_net)::bigint as order_net`);
