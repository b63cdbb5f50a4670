/** Sites and apps that may send events with a key that everybody can read. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database, TenantDb } from './tenant.ts';

const resolvedRow = z.object({ company_id: z.string(), source_id: z.string(), allowed_origins: z.array(z.string()) });

/** Before a tenant is known: whose write key this is; null when it is nobody's or switched off. */
export async function findEventSource(database: Database, writeKey: string): Promise<z.infer<typeof resolvedRow> | null> {
  return (await database.lookup(resolvedRow, sql`select * from find_event_source(${writeKey})`))[0] ?? null;
}

const row = z.object({
  id: z.string(), name: z.string(), writeKey: z.string(), allowedOrigins: z.array(z.string()), createdAt: z.string(), disabledAt: z.string().nullable(),
});
export type EventSourceRow = z.infer<typeof row>;

const COLUMNS = sql`id, name, write_key as "writeKey", allowed_origins as "allowedOrigins", created_at as "createdAt", disabled_at as "disabledAt"`;

export async function insertEventSource(db: TenantDb, source: { id: string; name: string; writeKey: string; allowedOrigins: string[] }): Promise<EventSourceRow | null> {
  return await db.first(row, sql`insert into event_sources (company_id, id, name, write_key, allowed_origins)
    values (${db.companyId}, ${source.id}, ${source.name}, ${source.writeKey}, ${JSON.stringify(source.allowedOrigins)}::jsonb) returning ${COLUMNS}`);
}

/** Newest first. */
export async function listEventSourceRows(db: TenantDb): Promise<EventSourceRow[]> {
  return await db.rows(row, sql`select ${COLUMNS} from event_sources where company_id = ${db.companyId} order by created_at desc, id limit 200`);
}

/** What is undefined stays. Null when there is no such source. */
export async function updateEventSourceRow(
  db: TenantDb, id: string, change: { name?: string | undefined; allowedOrigins?: string[] | undefined; enabled?: boolean | undefined },
): Promise<EventSourceRow | null> {
  const { name, allowedOrigins, enabled } = change;
  return await db.first(row, sql`update event_sources set name = coalesce(${name ?? null}, name),
      allowed_origins = coalesce(${allowedOrigins === undefined ? null : JSON.stringify(allowedOrigins)}::jsonb, allowed_origins),
      disabled_at = ${enabled === undefined ? sql`disabled_at` : enabled ? sql`null` : sql`coalesce(disabled_at, now())`}
    where company_id = ${db.companyId} and id = ${id}::uuid returning ${COLUMNS}`);
}

/** The key of the removed source; null when there was none. Its events stay. */
export async function deleteEventSourceRow(db: TenantDb, id: string): Promise<string | null> {
  const gone = await db.first(z.object({ write_key: z.string() }), sql`delete from event_sources where company_id = ${db.companyId} and id = ${id}::uuid returning write_key`);
  return gone?.write_key ?? null;
}
