/** Lists of customers that somebody brought: names are looked up once, whoever they lead to is kept. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { z } from 'zod';
import { markTouched } from './segment-touches.ts';
import { pgArray } from './sql-arrays.ts';
import { command, query } from './tenant.ts';
import type { Query, TenantDb } from './tenant.ts';
import { takeSequence } from './tenant-lock.ts';
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

/** Who is put on a list or taken off it, when and by whom. */
export interface ListWrite {
  list: string;
  customers: readonly string[];
  by: string | null;
  at: string;
}

/** True while the segment that a list was brought for is there. */
const isThere = (company: string, list: string): SQL => sql`exists (select from segments s where s.company_id = ${company} and s.id = ${list} and s.status <> 'archived')`;

function putOn(company: string, { list, customers, by, at }: ListWrite): SQL {
  return sql`insert into list_entries (company_id, list_id, customer_id, added_at, added_by)
    select ${company}::uuid, ${list}::uuid, c.id, ${at}::timestamptz, ${by}::text from customers c where c.company_id = ${unseen(company)} and c.id = any(${pgArray('uuid', customers)}) and c.merged_into is null
      and ${isThere(company, list)} order by 3 on conflict do nothing`;
}

/** For the transaction that makes the segment of this id: behind it, and only where it was made. */
export function entriesOf(company: string, write: ListWrite): Query<unknown> {
  return command(putOn(company, write));
}

const idRow = z.object({ id: z.string() });

/** Whoever was not on it before; their memberships are to be looked at again. Nobody where its segment is archived. */
export function addEntries(db: TenantDb, write: ListWrite): Promise<string[]> {
  return changeEntries(db, write, sql`${putOn(db.companyId, write)} returning customer_id`);
}

/** Whoever was on it before; their memberships are to be looked at again. Nobody where its segment is archived. */
export function removeEntries(db: TenantDb, write: ListWrite): Promise<string[]> {
  const company = db.companyId;
  return changeEntries(db, write, sql`delete from list_entries e where e.company_id = ${unseen(company)} and e.list_id = ${write.list} and e.customer_id = any(${pgArray('uuid', write.customers)})
    and ${isThere(company, write.list)} returning e.customer_id`);
}

async function changeEntries(db: TenantDb, { list, by, at }: ListWrite, change: SQL): Promise<string[]> {
  const company = db.companyId;
  const [, rows] = await db.write([
    command(takeSequence(company)),
    query(idRow, sql`with changed as (${change}),
        touched as (${markTouched(company, sql`select customer_id, ${`list:${list}`} as kind, ${at}::timestamptz as at, ${by}::text as what from changed`)})
      select customer_id as id from changed`),
  ]);
  return rows.map(({ id }) => id);
}

const standingRow = z.object({ people: z.number(), shown: z.array(z.string()) });

/** How many stand on a list, and who of some does. */
export async function readListStanding(db: TenantDb, list: string, some: readonly string[]): Promise<z.infer<typeof standingRow>> {
  const hers = sql`from list_entries e where e.company_id = ${unseen(db.companyId)} and e.list_id = ${list}`;
  const row = await db.first(standingRow, sql`select (select count(*)::int ${hers}) as people, array(select e.customer_id::text ${hers} and e.customer_id = any(${pgArray('uuid', some)})) as shown`);
  return row ?? { people: 0, shown: [] };
}

const entryRow = z.object({ id: z.string(), externalId: z.string(), name: z.string().nullable(), email: z.string().nullable(), addedAt: z.string().nullable(), addedBy: z.string().nullable() });
export type ListEntryRow = z.infer<typeof entryRow>;

/** By id, so that a page that is read while people come and go shows nobody twice. */
export async function readEntries(db: TenantDb, list: string, afterId: string | null, limit: number): Promise<ListEntryRow[]> {
  return db.rows(entryRow, sql`select c.id, c.external_id as "externalId", c.name, c.email, e.added_at as "addedAt", e.added_by as "addedBy" from list_entries e
    cross join lateral (select * from customers c where c.company_id = ${unseen(db.companyId)} and c.id = e.customer_id offset 0) c
    where e.company_id = ${db.companyId} and e.list_id = ${list}${afterId === null ? sql`` : sql` and e.customer_id > ${afterId}::uuid`} order by e.customer_id limit ${limit}`);
}

/** Which of these were brought as a list. */
export async function readLists(db: TenantDb, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db.rows(z.object({ id: z.string() }), sql`select s.id from segments s where s.company_id = ${db.companyId} and s.origin = 'list' and s.id = any(${pgArray('uuid', ids)})`);
  return new Set(rows.map(({ id }) => id));
}
