/** The tenant's id as a value the planner learns only when the statement runs. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';

/**
 * For the condition `company_id = …` of lookups. Given the id itself, the planner of a busy database looks it up among
 * the tenants it has statistics of, and takes one it has never seen for empty: then any index that begins with the
 * company seems as good as the right one, and a lookup walks the whole tenant. Not knowing the id, it assumes an
 * average tenant, for which only the right index is cheap.
 */
export function unseen(company: string): SQL {
  return sql`(select ${company}::uuid)`;
}
