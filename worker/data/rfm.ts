/** Where customers stood in the recency × frequency grid on two days, recounted from their days. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { NOBODY } from './derive-sql.ts';
import type { TenantDb } from './tenant.ts';

/** Scores of a day: day numbers for recency, purchase days for frequency; lowest value of the scores 2 to 5. */
export interface DayCuts {
  /** YYYY-MM-DD, its end. */
  day: string;
  recency: readonly number[];
  frequency: readonly number[];
}

const moved = z.object({ from_r: z.number(), from_f: z.number(), to_r: z.number(), to_f: z.number(), customers: z.number(), value: z.number() });
export type RfmMove = z.infer<typeof moved>;

/** 0 for who had not bought by then. */
function score(value: SQL, cuts: readonly number[]): SQL {
  return sql`case when ${value} is null then 0 else 1 ${sql.join(cuts.map((cut) => sql`+ (${value} >= ${cut}::bigint)::int`), sql` `)} end`;
}

/**
 * Customers by their scores at the end of both days, with what they had brought by the later one. Every purchase that is
 * known today counts on its day, also one that was not known then; what was refunded in full since is none.
 * @param from must not be after `to`
 */
export async function readRfmMoves(db: TenantDb, from: DayCuts, to: DayCuts): Promise<RfmMove[]> {
  const until = (day: string): { last: SQL; times: SQL } => ({
    last: sql`max(d.day) filter (where d.purchases > 0 and d.day <= ${day}::date) - '1970-01-01'::date`,
    times: sql`nullif(count(*) filter (where d.purchases > 0 and d.day <= ${day}::date), 0)`,
  });
  const [before, after] = [until(from.day), until(to.day)];
  return db.rows(moved, sql`select from_r, from_f, to_r, to_f, count(*)::int as customers, sum(value)::bigint as value from (
      select ${score(sql`last_before`, from.recency)} as from_r, ${score(sql`times_before`, from.frequency)} as from_f,
        ${score(sql`last_after`, to.recency)} as to_r, ${score(sql`times_after`, to.frequency)} as to_f, value
      from (select ${before.last} as last_before, ${before.times} as times_before, ${after.last} as last_after, ${after.times} as times_after, sum(d.gross - d.refunded) as value
        from customer_day d where d.company_id = ${db.companyId} and d.day <= ${to.day}::date and d.customer_id <> ${NOBODY} group by d.customer_id) c
      where times_after is not null) s
    group by 1, 2, 3, 4`);
}
