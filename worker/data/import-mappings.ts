/** Mappings of columns that people keep under a name. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { TenantDb } from './tenant.ts';

const mappingRow = z.object({ id: z.string(), name: z.string(), header: z.string(), mapping: z.unknown(), createdAt: z.string(), usedAt: z.string().nullable() });
export type MappingRow = z.infer<typeof mappingRow>;

const COLUMNS = sql`id, name, header, mapping, created_at as "createdAt", used_at as "usedAt"`;

/** The last used first. */
export async function listMappingRows(db: TenantDb): Promise<MappingRow[]> {
  return await db.rows(mappingRow, sql`select ${COLUMNS} from import_mappings where company_id = ${db.companyId}
    order by used_at desc nulls last, created_at desc, id limit 500`);
}

/** Keeps it as used now; one of the same name is replaced. */
export async function upsertMapping(db: TenantDb, one: { id: string; name: string; header: string; mapping: unknown }): Promise<MappingRow | null> {
  return await db.first(mappingRow, sql`insert into import_mappings (company_id, id, name, header, mapping, used_at)
    values (${db.companyId}, ${one.id}, ${one.name}, ${one.header}, ${JSON.stringify(one.mapping)}::jsonb, now())
    on conflict (company_id, name) do update set header = excluded.header, mapping = excluded.mapping, used_at = now() returning ${COLUMNS}`);
}

/** The mapping of this name, marked as used; null when there is none. */
export async function useMapping(db: TenantDb, name: string): Promise<MappingRow | null> {
  return await db.first(mappingRow, sql`update import_mappings set used_at = now() where company_id = ${db.companyId} and name = ${name} returning ${COLUMNS}`);
}

/** Null when there is no such mapping, `taken` when another has that name. */
export async function renameMappingRow(db: TenantDb, id: string, name: string): Promise<MappingRow | 'taken' | null> {
  const row = await db.first(mappingRow.extend({ taken: z.boolean() }), sql`
    with other as (select exists (select from import_mappings where company_id = ${db.companyId} and name = ${name} and id <> ${id}) as taken),
      renamed as (update import_mappings set name = ${name} from other where company_id = ${db.companyId} and id = ${id} and not other.taken returning import_mappings.*)
    select ${COLUMNS}, false as taken from renamed
    union all select ${COLUMNS}, true from import_mappings, other where company_id = ${db.companyId} and id = ${id} and other.taken`);
  return row?.taken === true ? 'taken' : row;
}

export async function deleteMappingRow(db: TenantDb, id: string): Promise<boolean> {
  return (await db.first(z.object({ id: z.string() }), sql`delete from import_mappings where company_id = ${db.companyId} and id = ${id} returning id`)) !== null;
}
