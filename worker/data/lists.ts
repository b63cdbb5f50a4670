/** Lists of customers that somebody brought: names are looked up once, whoever they lead to is kept. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { pgArray } from './sql-arrays.ts';
import { command, query } from './tenant.ts';
import type { Query, TenantDb } from './tenant.ts';
import { unseen } from './unseen-tenant.ts';

const foundRow = z.object({ name: z.string(), id: z.string() });
export type FoundRow = z.infer<typeof foundRow>;

/**
 * Whom e-mail addresses, ids at a platform and our own ids lead to; somebody who was merged stands for the one she was
 * merged into. A name may lead to several, as an id that two platforms gave.
 * @param names in small letters
 */
export async function findNamed(db: TenantDb, names: readonly string[]): Promise<FoundRow[]> {
  const company = db.companyId, ours = names.filter((name) => z.uuid().safeParse(name).success);
  const [found] = await db.transaction([query(foundRow, sql`select distinct n.name, coalesce(c.merged_into, c.id) as id from unnest(${pgArray('text', names)}) n(name) cross join lateral (
        (select c.id, c.merged_into from customers c where c.company_id = ${unseen(company)} and c.email_key = n.name)
        union all (select c.id, c.merged_into from customers c where c.company_id = ${unseen(company)} and c.external_key = n.name)) c
    union select c.id::text, coalesce(c.merged_into, c.id) from customers c where c.company_id = ${unseen(company)} and c.id = any(${pgArray('uuid', ours)})`)]);
  return found;
}

/** For the transaction that makes the segment of this id: behind it, and only where it was made. */
export function entriesOf(company: string, list: string, customers: readonly string[]): Query<unknown> {
  return command(sql`insert into list_entries (company_id, list_id, customer_id)
    select ${company}::uuid, ${list}::uuid, c.id from customers c where c.company_id = ${unseen(company)} and c.id = any(${pgArray('uuid', customers)}) and c.merged_into is null
      and exists (select from segments s where s.company_id = ${company} and s.id = ${list}) order by 3 on conflict do nothing`);
}

/** Which of these were brought as a list. */
export async function readLists(db: TenantDb, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db.rows(z.object({ id: z.string() }), sql`select s.id from segments s where s.company_id = ${db.companyId} and s.origin = 'list' and s.id = any(${pgArray('uuid', ids)})`);
  return new Set(rows.map(({ id }) => id));
}
