/** A company with purchase histories straight in the roll-ups: for tests of what is learned from them. */
import type pg from 'pg';
import { dayText } from '#core/calendar/days';
import type { Events } from '#core/clv/summary';

/** Id of a customer's number, made in SQL: the same in every run, and as if by chance. */
export function seededId(number: string): string {
  return `overlay(overlay(md5(lpad(to_hex(${number}), 32, '0')::uuid::text) placing '5' from 13) placing '8' from 17)::uuid`;
}

/** `events` as counted orders of the company; ids are made from the customer's number, so that they are the same in every run. */
export async function seedOrderDays(owner: pg.Client, companyId: string, { customer, day, amount }: Events): Promise<void> {
  await owner.query(`with e as (select c, d::date as d, a from unnest($2::int[], $3::text[], $4::bigint[]) as e (c, d, a))
    insert into customer_day (company_id, customer_id, day, orders, purchases, gross, refunded, order_net, uncounted)
    select $1, ${seededId('c')}, d, count(*), count(*), sum(a), 0, sum(a), 0 from e group by c, d`, [companyId, [...customer], Array.from(day, dayText), [...amount]]);
  await owner.query(`insert into customer_stats (company_id, customer_id, orders, purchase_days, first_day, last_day, previous_day, gross, historical_value, repeat_spend, version)
    select $1, customer_id, sum(orders), count(*), min(day), max(day), (array_agg(day order by day desc))[2], sum(gross), sum(order_net), sum(order_net) - (array_agg(order_net order by day))[1], 1
    from customer_day where company_id = $1 group by customer_id`, [companyId]);
  await owner.query(`insert into daily_rollup (company_id, day, orders, gross, refunded, buyers, new_customers, unattributed, uncounted)
    select $1, d.day, sum(d.orders), sum(d.gross), 0, count(*), count(*) filter (where s.first_day = d.day), 0, 0
    from customer_day d join customer_stats s on s.company_id = d.company_id and s.customer_id = d.customer_id where d.company_id = $1 group by d.day`, [companyId]);
  await owner.query('analyze customer_day, customer_stats, daily_rollup');
}
