/** What every raw row of a tenant is worth and whether it counts, from scratch: the whole-tenant twin of `sales.ts` and `refunds.ts`. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { appraised, firstOfSale, localDayOf, NOBODY, partsOf, refundWorth, roundedRefund } from './derive-sql.ts';
import { isFileRefund } from './refunds.ts';

/**
 * Relations `c` (the company) and `appraisal` (id, transaction_date, customer_id, of_record, counted, amount, refunded),
 * for a `with`. Which records share a sale is taken from their keys.
 */
export function appraisal(company: string): SQL {
  return sql`c as materialized (select * from companies where id = ${company}),
    member as materialized (select k.sale_id, i.id, row_number() over (partition by k.sale_id order by ${firstOfSale}) = 1 as of_record
      from transaction_keys k join transactions i on i.company_id = ${company} and i.id = k.transaction_id and i.transaction_date = k.transaction_date and i.kind = 'order'
      where k.company_id = ${company} and k.sale_id is not null),
    orders as materialized (select i.id, i.transaction_date, i.customer_id, i.source, coalesce(m.of_record, true) as of_record,
        i.source_counts and coalesce(m.of_record, true) and a.amount is not null as counted, coalesce(a.amount, 0) as amount, m.sale_id, ${partsOf('i')}
      from c cross join transactions i left join member m on m.id = i.id
      cross join lateral (select ${appraised(company, localDayOf('i'))} as amount) a
      where i.company_id = ${company} and i.kind = 'order'),
    claim as materialized (select i.id, i.source, coalesce(direct.sale_id, case when direct.id is null then p.sale_id end) as sale_id, direct.id as direct_id
      from transactions i
      left join transaction_keys k on k.company_id = ${company} and k.source = i.source and k.external_id = i.order_external_id
      left join orders direct on direct.id = k.transaction_id
      left join payment_keys p on p.company_id = ${company} and p.key = i.source || ':' || i.order_external_id
      where i.company_id = ${company} and i.kind = 'refund' and i.order_external_id is not null),
    target as materialized (select claim.id as refund_id, o.id, o.transaction_date, o.customer_id, o.counted and o.source = claim.source as nets, o.basis, o.total
      from claim join orders o on o.id = claim.direct_id where claim.sale_id is null
      union all select claim.id, o.id, o.transaction_date, o.customer_id, o.counted and o.source = claim.source, o.basis, o.total
      from claim join orders o on o.sale_id = claim.sale_id and o.of_record),
    worth as materialized (select i.id, i.transaction_date, case when i.order_external_id is null then i.customer_id else coalesce(o.customer_id, ${NOBODY}) end as customer_id,
        i.source_counts and a.worth is not null and (i.order_external_id is null or coalesce(o.nets, false))
          and not (${isFileRefund('i')} and exists (select from transaction_keys told where told.company_id = ${company} and told.source = i.source
            and told.order_external_id = i.order_external_id and not ${isFileRefund('told')})) as counts, a.worth, o.id as order_id
      from c cross join transactions i left join target o on o.refund_id = i.id
      cross join lateral (select ${refundWorth(company, `(coalesce(o.transaction_date, i.transaction_date) at time zone c.time_zone)::date`)} as worth) a
      where i.company_id = ${company} and i.kind = 'refund'),
    refunds as materialized (select id, transaction_date, customer_id, counts as counted, ${roundedRefund} as amount, order_id from worth),
    netted as (select order_id, sum(amount)::bigint as refunded from refunds where counted and order_id is not null group by order_id),
    appraisal as materialized (select o.id, o.transaction_date, o.customer_id, o.of_record, o.counted, o.amount, coalesce(netted.refunded, 0) as refunded
      from orders o left join netted on netted.order_id = o.id
      union all select id, transaction_date, customer_id, true, counted, amount, 0 from refunds)`;
}
