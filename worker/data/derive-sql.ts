/**
 * What a tenant-local day of a customer amounts to, said once: the incremental path, the rebuild and the nightly
 * recount all read these expressions, so they cannot drift apart.
 */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { unseen } from './unseen-tenant.ts';

/** "Nobody we can name", or a refund whose order has not come. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** All that was paid by the parts of the relation `alias`. */
const partsPaid = (alias: string): string => `${alias}.goods - ${alias}.discount + ${alias}.shipping + ${alias}.tax + ${alias}.tip`;

/** All that was paid, in the record's own currency. */
export const paid = (alias: string): SQL => sql.raw(`coalesce(${alias}.given, ${partsPaid(alias)})`);

/** What counts of the parts of the relation `alias` under the revenue basis of the company `c`. */
const partsUnderBasis = (alias: string): string => `case c.revenue_basis
  when 'with_shipping' then ${alias}.goods - ${alias}.discount + ${alias}.shipping
  when 'total_paid' then ${partsPaid(alias)}
  else ${alias}.goods - ${alias}.discount end`;

/** Amount of the record `alias` in its own currency under the revenue basis of the company `c`, ≥ 0. */
export const statedOf = (alias: string): string => `greatest(coalesce(${alias}.given, ${partsUnderBasis(alias)}), 0)`;

/** Amount of a record in its own currency under the company's revenue basis, ≥ 0; `i` has the parts, `c` the company. */
export const statedAmount: SQL = sql.raw(statedOf('i'));

/**
 * What one minor unit of a foreign currency is worth on a tenant-local day, in minor units of the company's: the rate of
 * that day or the last before it, else the first within a week after; null where there is none.
 */
export function rateOn(company: string, currency: string, day: string): SQL {
  const rates = sql`select x.factor from exchange_rates x where x.company_id = ${unseen(company)} and x.currency = ${sql.raw(currency)}`;
  const on = sql.raw(day);
  return sql`coalesce((${rates} and x.day <= ${on} order by x.day desc limit 1), (${rates} and x.day > ${on} and x.day <= ${on} + 7 order by x.day limit 1))`;
}

/**
 * Amount of a record in the company's currency at the rate of `day`, ≥ 0, rounded half to even once; null without a
 * rate. `i` has the parts, `c` the company. Rates are looked up for foreign records only.
 */
export function appraised(company: string, day: string): SQL {
  return sql`case when i.currency = c.currency then ${statedAmount} else round(${statedAmount}::float8 * ${rateOn(company, 'i.currency', day)})::bigint end`;
}

/** Columns `basis` and `total` of an order `alias` that is stated by its parts: what counts of it, and all that was paid; else null. */
export function partsOf(alias: string): SQL {
  return sql.raw(`case when ${alias}.given is null then greatest(${partsUnderBasis(alias)}, 0) end as basis, case when ${alias}.given is null then ${partsPaid(alias)} end as total`);
}

/**
 * Unrounded amount of the refund `i` of the order `o` (`partsOf`; null for none) in the company's currency at the rate
 * of `day`; null without a rate. One sum that goes back (a charge, a dispute) has tax and shipping in it: it takes of the
 * order as large a share as it is of all that was paid.
 */
export function refundWorth(company: string, day: string): SQL {
  const share = sql`case when i.given is not null and o.total > 0 then greatest(i.given, 0)::float8 * o.basis::float8 / o.total::float8 else ${statedAmount}::float8 end`;
  return sql`case when i.currency = c.currency then ${share} else ${share} * ${rateOn(company, 'i.currency', day)} end`;
}

/**
 * Amounts of an order's refunds in whole minor units, from columns worth, counts, order_id, transaction_date and id:
 * of those that count the running sum is rounded, so that together they take what one refund of that sum would.
 */
export const roundedRefund: SQL = sql.raw(`(case when counts and order_id is not null then round(sum(worth) over (partition by order_id, counts order by transaction_date, id rows unbounded preceding))
  - coalesce(round(sum(worth) over (partition by order_id, counts order by transaction_date, id rows between unbounded preceding and 1 preceding)), 0)
  else round(coalesce(worth, 0)) end)::bigint`);

/** The tenant-local day of an instant of the relation `alias`; `c` is the company. */
export function localDayOf(alias: string): string {
  return `(${alias}.transaction_date at time zone c.time_zone)::date`;
}

/** Which of the records `i` (keys `k`) of one sale comes first: one whose state counts, then precedence, then who was there first. */
export const firstOfSale: SQL = sql.raw(`i.source_counts desc, k.precedence desc, i.transaction_date, i.id`);

/**
 * What the transactions `t` of one customer and day sum up to. Each figure is a sum over single rows: rows that are
 * removed leave theirs in `closed_sales`, under the same names.
 */
export const rowSums: SQL = sql.raw(`
  (count(*) filter (where t.kind = 'order' and t.counted and t.amount > 0))::int as orders,
  (count(*) filter (where t.kind = 'order' and t.counted and t.amount = 0))::int as zero_orders,
  (count(*) filter (where t.kind = 'order' and t.counted and t.amount > t.refunded))::int as purchases,
  coalesce(sum(t.amount) filter (where t.kind = 'order' and t.counted), 0)::bigint as gross,
  coalesce(sum(t.amount) filter (where t.kind = 'refund' and t.counted), 0)::bigint as refunded,
  (coalesce(sum(t.amount - t.refunded) filter (where t.kind = 'order' and t.counted), 0)
    - coalesce(sum(t.amount) filter (where t.kind = 'refund' and t.counted and t.order_external_id is null), 0))::bigint as order_net,
  (count(*) filter (where t.kind = 'order' and t.source_counts and t.of_record and not t.counted))::int as uncounted`);

const SUMS = ['orders', 'zero_orders', 'purchases', 'gross', 'refunded', 'order_net', 'uncounted'] as const;

/** The sums of `closed_sales` rows `k`, under the names of `rowSums`. */
export const closedSums: SQL = sql.raw(SUMS.map((name) => `sum(k.${name}) as ${name}`).join(', '));

/** Figures of a day of `customer_day` for company `c`, from the sums of its rows and of what was removed; either may be missing. */
export function dayFigures(rows: string, closed: string): SQL {
  const sum = (name: (typeof SUMS)[number]): string => `coalesce(${rows}.${name}, 0) + coalesce(${closed}.${name}, 0)`;
  const withZero = (name: 'orders' | 'purchases'): string => `(${sum(name)} + case when c.count_zero_orders then ${sum('zero_orders')} else 0 end)::int as ${name}`;
  return sql.raw(`${withZero('orders')}, ${withZero('purchases')}, (${sum('gross')})::bigint as gross, (${sum('refunded')})::bigint as refunded,
    (${sum('order_net')})::bigint as order_net, (${sum('uncounted')})::int as uncounted`);
}

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
