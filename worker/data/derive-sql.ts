/**
 * What a tenant-local day of a customer amounts to, said once: the incremental path, the rebuild and the nightly
 * recount all read these expressions, so they cannot drift apart.
 */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';

/** "Nobody we can name", or a refund whose order has not come. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Amount of a record in its own currency under the company's revenue basis; `i` has the parts, `c` the company. */
export const amountUnderBasis: SQL = sql.raw(`coalesce(i.given, case c.revenue_basis
  when 'with_shipping' then i.goods - i.discount + i.shipping
  when 'total_paid' then i.goods - i.discount + i.shipping + i.tax + i.tip
  else i.goods - i.discount end)`);

/** Aggregates over transactions `t` of one customer and day, for company `c`. */
export const dayAggregates: SQL = sql.raw(`
  (count(*) filter (where t.kind = 'order' and t.counted and (t.amount > 0 or c.count_zero_orders)))::int as orders,
  (count(*) filter (where t.kind = 'order' and t.counted and (t.amount > t.refunded or (t.amount = 0 and c.count_zero_orders))))::int as purchases,
  coalesce(sum(t.amount) filter (where t.kind = 'order' and t.counted), 0)::bigint as gross,
  coalesce(sum(t.amount) filter (where t.kind = 'refund' and t.counted), 0)::bigint as refunded,
  (coalesce(sum(t.amount - t.refunded) filter (where t.kind = 'order' and t.counted), 0)
    - coalesce(sum(t.amount) filter (where t.kind = 'refund' and t.counted and t.order_external_id is null), 0))::bigint as order_net,
  (count(*) filter (where t.kind = 'order' and t.source_counts and not t.counted))::int as uncounted`);

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
