/** What named customers did, one after another: events, and purchases among them. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { NOBODY } from './derive-sql.ts';
import { isMember } from './segment-reads.ts';
import type { TenantDb } from './tenant.ts';

const path = z.object({ kinds: z.array(z.string()), at: z.array(z.number()) });
export type EventPath = z.infer<typeof path>;

/** The name that purchases go by among events. */
export const PURCHASE = 'order';

/**
 * The newest `most` steps since an instant, by customer in order of time, each the newest `each` of them; times in days.
 * Nobody is named.
 * @param segment only of its members; null for everybody
 */
export async function readEventPaths(db: TenantDb, since: string, most: number, each: number, segment: string | null = null): Promise<EventPath[]> {
  const company = db.companyId;
  return db.rows(path, sql`with steps as (
      (select e.customer_id, e.type as kind, e.occurred_at as at from events e
        where e.company_id = ${company} and e.occurred_at >= ${since} and e.customer_id <> ${NOBODY} and ${isMember(company, sql`e.customer_id`, segment)} order by e.occurred_at desc limit ${most})
      union all
      (select t.customer_id, ${PURCHASE}, t.transaction_date from transactions t
        where t.company_id = ${company} and t.transaction_date >= ${since} and t.kind = 'order' and t.counted and t.customer_id <> ${NOBODY} and ${isMember(company, sql`t.customer_id`, segment)} order by t.transaction_date desc limit ${most})),
    ranked as (select *, row_number() over (partition by customer_id order by at desc) as place from steps)
    select array_agg(kind order by at, kind) as kinds, array_agg(extract(epoch from at)::float8 / 86400 order by at, kind) as at from ranked where place <= ${each} group by customer_id`);
}
