/** Everybody whom a filter is asked of: live customers with their statistics. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import type { Reads } from '#core/segments/reads';

/** Whether anything but the id is wanted of the customer herself. */
export type ProfileReads = Pick<Reads, 'profile' | 'attributes'>;

export interface Everybody {
  from: SQL;
  where: SQL;
}

/**
 * `customers c` and `customer_stats s`, one row a customer. Where no profile is read `c` is her id alone and the statistics
 * are all that is read. They outlive somebody who was merged into another or erased, but without orders and a stage: only
 * of those without is looked up whether they are still somebody.
 */
export function everybody(company: string, reads: ProfileReads): Everybody {
  if (reads.profile || reads.attributes.size > 0) {
    return {
      from: sql`customers c join customer_stats s on s.company_id = c.company_id and s.customer_id = c.id`,
      where: sql`c.company_id = ${company} and s.company_id = ${company} and c.merged_into is null`,
    };
  }
  return {
    from: sql`customer_stats s cross join lateral (select s.customer_id as id) c`,
    where: sql`s.company_id = ${company} and ((s.orders > 0 and s.stage is not null) or (s.customer_id in (select k.id from customers k where k.company_id = ${company} and k.merged_into is null)) is true)`,
  };
}
