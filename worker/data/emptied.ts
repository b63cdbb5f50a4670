/** Customers whom nothing belongs to any more: merged into others, or erased. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { seqNow } from './tenant-lock.ts';
import { unseen } from './unseen-tenant.ts';
import type { TenantDb } from './tenant.ts';

/**
 * Takes scores, days and months off the customers `ids` (a query of ids), after `deriveTouched` has brought their
 * figures to zero. The bare statistics stay with a new sequence value: the live object learns from them that they are empty.
 */
export function emptyCustomers(company: string, ids: SQL): SQL {
  return sql`with e as materialized (${ids}),
    days as (delete from customer_day d using e where d.company_id = ${unseen(company)} and d.customer_id = e.id),
    months as (delete from customer_month m using e where m.company_id = ${unseen(company)} and m.customer_id = e.id)
    update customer_stats s set p_alive = null, churn = null, churn_by = null, expected_orders = null, expected_spend = null, predicted_value = 0, predicted_low = 0, predicted_high = 0, predicted_by = null,
      total_value = 0, next_order_day = null, recency_score = 0, frequency_score = 0, monetary_score = 0, stage = null, scored_for = null,
      scored_version = s.version, seq = ${seqNow}
    from e where s.company_id = ${unseen(company)} and s.customer_id = e.id`;
}

/** Forgets the bare statistics of people who were erased, once the live object knows that they are empty. */
export async function forgetErasedStats(db: TenantDb): Promise<void> {
  await db.run(sql`delete from customer_stats s where s.company_id = ${db.companyId} and s.orders = 0
    and not exists (select from customers c where c.company_id = ${db.companyId} and c.id = s.customer_id)`);
}
