/** Refunds and their orders: whose they are, whether they count, and what is left of the order. */
import { FILE_REFUND_PREFIX } from '#core/commerce/file-refund';
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { NOBODY, partsOf, refundWorth, roundedRefund } from './derive-sql.ts';
import { unseen } from './unseen-tenant.ts';

/**
 * Whether the refund is only known as a sum from a file: it counts as long as nobody has told of the order's refunds one
 * by one. `alias` has an external_id.
 */
export function isFileRefund(alias: string): SQL {
  return sql.raw(`starts_with(${alias}.external_id, '${FILE_REFUND_PREFIX}')`);
}

/**
 * For the orders or payments named by `wanted` (source, external_id): their refunds take over customer, standing and
 * rate of the order they net, a refund without one is parked, and each order's `refunded` is summed anew. `wanted` names
 * all of a sale or nothing of it.
 *
 * A refund nets the order it names, or the order of record of that order's sale (or of the payment's, when it names one)
 * if that is of the same platform. Another platform's order of record has refunds of its own: this one is kept uncounted.
 *
 * `left` (source, external_id), a part of `wanted`, are orders that lost a refund: it may have been their last.
 */
export function linkRefundsOf(company: string, wanted: SQL, left: SQL | null = null): SQL {
  return sql`with wanted as (select distinct w.source, w.external_id from (${wanted}) w),
    kin as materialized (select wanted.source, k.* from wanted
      cross join lateral (select k.external_id, k.order_external_id, k.parked, k.transaction_id, k.transaction_date from transaction_keys k
        where k.company_id = ${unseen(company)} and k.source = wanted.source and k.order_external_id = wanted.external_id and k.order_external_id is not null offset 0) k),
    named as materialized (select parent.source, parent.order_external_id, direct.id, direct.transaction_date, case when direct.id is null then payment.sale_id else direct.sale_id end as sale_id
      from (select distinct source, order_external_id from kin) parent
      left join lateral (select t.id, t.transaction_date, k.sale_id from transaction_keys k
        cross join lateral (select t.id, t.transaction_date from transactions t
          where t.company_id = ${unseen(company)} and t.id = k.transaction_id and t.transaction_date = k.transaction_date and t.kind = 'order' offset 0) t
        where k.company_id = ${unseen(company)} and k.source = parent.source and k.external_id = parent.order_external_id offset 0) direct on true
      left join lateral (select p.sale_id from payment_keys p
        where direct.id is null and p.company_id = ${unseen(company)} and p.key = parent.source || ':' || parent.order_external_id offset 0) payment on true),
    o as materialized (select named.source, named.order_external_id, t.id, t.transaction_date, t.customer_id, t.counted, t.source = named.source as nets, ${partsOf('t')}
      from named join companies c on c.id = ${company}
      left join lateral (select k.transaction_id, k.transaction_date from transaction_keys k
        cross join lateral (select t.id from transactions t
          where t.company_id = ${unseen(company)} and t.id = k.transaction_id and t.transaction_date = k.transaction_date and t.kind = 'order' and t.of_record offset 0) t
        where named.sale_id is not null and k.company_id = ${unseen(company)} and k.sale_id = named.sale_id offset 0) top on true
      cross join lateral (select t.id, t.transaction_date, t.customer_id, t.counted, t.source, t.given, t.goods, t.discount, t.tax, t.shipping, t.tip from transactions t
        where t.company_id = ${unseen(company)} and t.kind = 'order'
          and t.id = case when named.sale_id is null then named.id else top.transaction_id end
          and t.transaction_date = case when named.sale_id is null then named.transaction_date else top.transaction_date end offset 0) t),
    worth as materialized (select kin.source, kin.external_id, kin.parked, i.id, i.transaction_date, a.worth,
        o.id as order_id, o.transaction_date as order_date, coalesce(o.customer_id, ${NOBODY}) as owner,
        (i.source_counts and o.id is not null and o.counted and o.nets and a.worth is not null
          and not (${isFileRefund('kin')} and exists (select from kin told where told.source = kin.source and told.order_external_id = kin.order_external_id and not ${isFileRefund('told')}))) as counts
      from kin
      left join o on o.source = kin.source and o.order_external_id = kin.order_external_id
      cross join lateral (select * from transactions i
        where i.company_id = ${unseen(company)} and i.id = kin.transaction_id and i.transaction_date = kin.transaction_date offset 0) i
      join companies c on c.id = ${company}
      cross join lateral (select ${refundWorth(company, `(coalesce(o.transaction_date, i.transaction_date) at time zone c.time_zone)::date`)} as worth offset 0) a),
    child as materialized (select worth.*, ${roundedRefund} as amount from worth),
    parking as (update transaction_keys k set parked = (child.order_id is null) from child
      where k.external_id = any(array(select external_id from child)) and k.company_id = ${unseen(company)} and k.source = child.source and k.external_id = child.external_id and k.parked <> (child.order_id is null)),
    children as (update transactions t set customer_id = child.owner, counted = child.counts, amount = child.amount from child
      where t.id = any(array(select id from child)) and t.company_id = ${unseen(company)} and t.id = child.id and t.transaction_date = child.transaction_date
        and (t.customer_id, t.counted, t.amount) is distinct from (child.owner, child.counts, child.amount)),
    totals as (select order_id, order_date, coalesce(sum(amount) filter (where counts), 0)::bigint as refunded
      from child where order_id is not null group by order_id, order_date
      ${left === null ? sql`` : sql`union all select t.id, t.transaction_date, 0 from (select distinct l.source, l.external_id from (${left}) l) l
        cross join lateral (select k.transaction_id, k.transaction_date from transaction_keys k
          where k.company_id = ${unseen(company)} and k.source = l.source and k.external_id = l.external_id offset 0) k
        cross join lateral (select t.id, t.transaction_date from transactions t
          where t.company_id = ${unseen(company)} and t.id = k.transaction_id and t.transaction_date = k.transaction_date and t.kind = 'order' offset 0) t
        where not exists (select from child where child.order_id = t.id)`})
    update transactions t set refunded = totals.refunded from totals
      where t.id = any(array(select order_id from totals)) and t.company_id = ${unseen(company)} and t.id = totals.order_id and t.transaction_date = totals.order_date and t.refunded <> totals.refunded`;
}
