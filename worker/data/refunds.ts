/** Refunds and their orders: whose they are, whether they count, and what is left of the order. */
import { FILE_REFUND_PREFIX } from '#core/commerce/file-refund';
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { NOBODY } from './derive-sql.ts';
import { unseen } from './unseen-tenant.ts';

/**
 * Whether the refund is only known as a sum from a file: it counts as long as nobody has told of the order's refunds one
 * by one. `alias` has an external_id.
 */
export function isFileRefund(alias: string): SQL {
  return sql.raw(`starts_with(${alias}.external_id, '${FILE_REFUND_PREFIX}')`);
}

/**
 * For the orders named by `wanted` (source, external_id): their refunds take over customer and standing, a refund
 * without its order is parked, and each order's `refunded` is summed anew.
 */
export function linkRefundsOf(company: string, wanted: SQL): SQL {
  return sql`with wanted as (select distinct w.source, w.external_id from (${wanted}) w),
    kin as materialized (select wanted.source, k.* from wanted
      cross join lateral (select k.external_id, k.order_external_id, k.parked, k.transaction_id, k.transaction_date from transaction_keys k
        where k.company_id = ${unseen(company)} and k.source = wanted.source and k.order_external_id = wanted.external_id and k.order_external_id is not null offset 0) k),
    o as materialized (select parent.source, parent.order_external_id, t.id, t.transaction_date, t.customer_id, t.counted
      from (select distinct source, order_external_id from kin) parent
      cross join lateral (select k.transaction_id, k.transaction_date from transaction_keys k
        where k.company_id = ${unseen(company)} and k.source = parent.source and k.external_id = parent.order_external_id offset 0) k
      cross join lateral (select t.id, t.transaction_date, t.customer_id, t.counted from transactions t
        where t.company_id = ${unseen(company)} and t.id = k.transaction_id and t.transaction_date = k.transaction_date and t.kind = 'order' offset 0) t),
    child as materialized (select kin.source, kin.external_id, kin.parked, t.id, t.transaction_date, t.amount,
        o.id as order_id, o.transaction_date as order_date, coalesce(o.customer_id, ${NOBODY}) as owner,
        (t.source_counts and o.id is not null and o.counted and t.currency = c.currency
          and not (${isFileRefund('kin')} and exists (select from kin told where told.source = kin.source and told.order_external_id = kin.order_external_id and not ${isFileRefund('told')}))) as counts
      from kin
      left join o on o.source = kin.source and o.order_external_id = kin.order_external_id
      cross join lateral (select t.id, t.transaction_date, t.amount, t.source_counts, t.currency from transactions t
        where t.company_id = ${unseen(company)} and t.id = kin.transaction_id and t.transaction_date = kin.transaction_date offset 0) t
      join companies c on c.id = ${company}),
    parking as (update transaction_keys k set parked = (child.order_id is null) from child
      where k.external_id = any(array(select external_id from child)) and k.company_id = ${unseen(company)} and k.source = child.source and k.external_id = child.external_id and k.parked <> (child.order_id is null)),
    children as (update transactions t set customer_id = child.owner, counted = child.counts from child
      where t.id = any(array(select id from child)) and t.company_id = ${unseen(company)} and t.id = child.id and t.transaction_date = child.transaction_date
        and (t.customer_id <> child.owner or t.counted <> child.counts)),
    totals as (select order_id, order_date, coalesce(sum(amount) filter (where counts), 0)::bigint as refunded
      from child where order_id is not null group by order_id, order_date)
    update transactions t set refunded = totals.refunded from totals
      where t.id = any(array(select order_id from totals)) and t.company_id = ${unseen(company)} and t.id = totals.order_id and t.transaction_date = totals.order_date and t.refunded <> totals.refunded`;
}
