/** From raw rows to everything derived, for the touched customers only: differences, taken under the tenant's lock. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { closedSums, dayFigures, monthAggregates, NOBODY, rowSums, statsAggregates } from './derive-sql.ts';
import { seqNow } from './tenant-lock.ts';
import { unseen } from './unseen-tenant.ts';

/**
 * One statement: days of the `pairs` (customer_id, day) are aggregated from `transactions` and `closed_sales`, the customers' statistics
 * and months from all their days, and the roll-ups move by after − before. Every part reads the state before this
 * statement, so "before" needs no copy. Lookups are lateral with `offset 0`: by index, row by row, whatever the planner
 * believes of a tenant it has no statistics of. All days of the touched stand apart (`other_days`), so that the pairs are
 * taken out of them once; beside the lookup the planner would go through all pairs for each customer.
 */
export function deriveTouched(company: string, pairs: SQL): SQL {
  return sql`with pairs as materialized (select distinct p.customer_id, p.day from (${pairs}) p),
    c as materialized (select * from companies where id = ${company}),
    touched as materialized (select distinct customer_id from pairs where customer_id <> ${NOBODY}),
    day_rows as (select p.customer_id, p.day, ${rowSums}
      from pairs p cross join c left join lateral (select t.kind, t.counted, t.source_counts, t.of_record, t.amount, t.refunded, t.order_external_id from transactions t
        where t.company_id = ${unseen(company)} and t.customer_id = p.customer_id
          and t.transaction_date >= (p.day::timestamp at time zone c.time_zone) and t.transaction_date < ((p.day + 1)::timestamp at time zone c.time_zone) offset 0) t on true
      group by p.customer_id, p.day),
    day_after as materialized (select r.customer_id, r.day, ${dayFigures('r', 'k')}
      from day_rows r cross join c left join lateral (select ${closedSums} from closed_sales k
        where r.day < c.closed_before and k.company_id = ${unseen(company)} and k.customer_id = r.customer_id and k.day = r.day offset 0) k on true),
    day_before as materialized (select d.* from pairs p cross join lateral (select * from customer_day d where d.company_id = ${unseen(company)} and d.customer_id = p.customer_id and d.day = p.day offset 0) d),
    write_days as (insert into customer_day (company_id, customer_id, day, orders, purchases, gross, refunded, order_net, uncounted)
      select ${company}::uuid, customer_id, day, orders, purchases, gross, refunded, order_net, uncounted from day_after order by customer_id, day
      on conflict (company_id, customer_id, day) do update set orders = excluded.orders, purchases = excluded.purchases, gross = excluded.gross,
        refunded = excluded.refunded, order_net = excluded.order_net, uncounted = excluded.uncounted),
    other_days as materialized (select o.* from touched cross join lateral (select o.customer_id, o.day, o.orders, o.purchases, o.gross, o.refunded, o.order_net
      from customer_day o where o.company_id = ${unseen(company)} and o.customer_id = touched.customer_id offset 0) o),
    d as materialized (select v.* from (
        select customer_id, day, orders, purchases, gross, refunded, order_net from day_after where customer_id <> ${NOBODY}
        union all
        select o.* from other_days o where not exists (select from pairs p where p.customer_id = o.customer_id and p.day = o.day)) v
      cross join c where v.day <= coalesce(c.analysis_date, 'infinity'::date)),
    stats_after as materialized (select touched.customer_id, ${statsAggregates} from touched left join d on d.customer_id = touched.customer_id group by touched.customer_id),
    stats_before as materialized (select s.* from touched cross join lateral (select * from customer_stats s where s.company_id = ${unseen(company)} and s.customer_id = touched.customer_id offset 0) s),
    write_stats as (update customer_stats s set orders = a.orders, purchase_days = a.purchase_days, first_day = a.first_day, last_day = a.last_day, previous_day = a.previous_day,
        gross = a.gross, refunded = a.refunded, historical_value = a.gross - a.refunded, repeat_spend = a.repeat_spend,
        version = s.version + 1, seq = ${seqNow}
      from stats_after a where s.company_id = ${unseen(company)} and s.customer_id = a.customer_id and s.customer_id = any(array(select customer_id from touched))),
    day_moves as (
      select day, orders, gross, refunded, uncounted, (purchases > 0 and customer_id <> ${NOBODY})::int as buyers, 0 as new_customers,
        case when customer_id = ${NOBODY} then orders else 0 end as unattributed from day_after
      union all select day, -orders, -gross, -refunded, -uncounted, -(purchases > 0 and customer_id <> ${NOBODY})::int, 0,
        case when customer_id = ${NOBODY} then -orders else 0 end from day_before
      union all select first_day, 0, 0, 0, 0, 0, 1, 0 from stats_after where first_day is not null
      union all select first_day, 0, 0, 0, 0, 0, -1, 0 from stats_before where first_day is not null),
    write_rollup as (insert into daily_rollup as r (company_id, day, orders, gross, refunded, buyers, new_customers, unattributed, uncounted, seq)
      select ${company}::uuid, day, sum(orders), sum(gross), sum(refunded), sum(buyers), sum(new_customers), sum(unattributed), sum(uncounted), ${seqNow}
      from day_moves group by day order by day
      on conflict (company_id, day) do update set orders = r.orders + excluded.orders, gross = r.gross + excluded.gross, refunded = r.refunded + excluded.refunded,
        buyers = r.buyers + excluded.buyers, new_customers = r.new_customers + excluded.new_customers,
        unattributed = r.unattributed + excluded.unattributed, uncounted = r.uncounted + excluded.uncounted, seq = excluded.seq),
    month_after as materialized (select d.customer_id, date_trunc('month', d.day)::date as month, ${monthAggregates} from d group by 1, 2),
    month_before as materialized (select m.* from touched cross join lateral (select * from customer_month m where m.company_id = ${unseen(company)} and m.customer_id = touched.customer_id offset 0) m),
    write_months as (insert into customer_month (company_id, customer_id, month, orders, purchases, gross, order_net)
      select ${company}::uuid, customer_id, month, coalesce(a.orders, 0), coalesce(a.purchases, 0), coalesce(a.gross, 0), coalesce(a.order_net, 0)
      from month_after a full join month_before b using (customer_id, month)
      where (coalesce(a.orders, 0), coalesce(a.purchases, 0), coalesce(a.gross, 0), coalesce(a.order_net, 0)) is distinct from (b.orders, b.purchases, b.gross, b.order_net)
      order by customer_id, month
      on conflict (company_id, customer_id, month) do update set orders = excluded.orders, purchases = excluded.purchases,
        gross = excluded.gross, order_net = excluded.order_net),
    cohort_moves as (
      select date_trunc('month', s.first_day)::date as cohort, m.month, (m.purchases > 0)::int as customers, m.orders, m.gross, m.order_net
        from month_after m join stats_after s on s.customer_id = m.customer_id where s.first_day is not null
      union all select date_trunc('month', s.first_day)::date, m.month, -(m.purchases > 0)::int, -m.orders, -m.gross, -m.order_net
        from month_before m join stats_before s on s.customer_id = m.customer_id where s.first_day is not null)
    insert into cohort_month as r (company_id, cohort, month, customers, orders, gross, order_net)
      select ${company}::uuid, cohort, month, sum(customers), sum(orders), sum(gross), sum(order_net) from cohort_moves group by cohort, month
      having sum(abs(customers)) + sum(abs(orders)) + sum(abs(gross)) + sum(abs(order_net)) > 0 order by cohort, month
      on conflict (company_id, cohort, month) do update set customers = r.customers + excluded.customers, orders = r.orders + excluded.orders,
        gross = r.gross + excluded.gross, order_net = r.order_net + excluded.order_net`;
}
