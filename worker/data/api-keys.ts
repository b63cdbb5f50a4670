/** API keys in Postgres: only their hashes. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database, TenantDb } from './tenant.ts';

const role = z.enum(['admin', 'manager', 'analyst', 'viewer']);
const resolvedRow = z.object({
  company_id: z.string(), key_id: z.string(), name: z.string(), role, scopes: z.array(z.string()).nullable(), per_minute: z.number().nullable(), expires_at: z.string().nullable(),
});

/** Null when it is unknown or was revoked; one that has expired is found. */
export async function findApiKey(database: Database, keyHash: string): Promise<z.infer<typeof resolvedRow> | null> {
  return (await database.lookup(resolvedRow, sql`select * from find_api_key(${keyHash})`))[0] ?? null;
}

const keyRow = z.object({
  id: z.string(), name: z.string(), prefix: z.string(), role, scopes: z.array(z.string()).nullable(), perMinute: z.number().nullable(), createdBy: z.string().nullable(),
  createdAt: z.string(), expiresAt: z.string().nullable(), lastUsedAt: z.string().nullable(), revokedAt: z.string().nullable(),
});
export type ApiKeyRow = z.infer<typeof keyRow>;

const KEY_COLUMNS = sql`id, name, prefix, role, scopes, per_minute as "perMinute", created_by as "createdBy", created_at as "createdAt", expires_at as "expiresAt",
  last_used_at as "lastUsedAt", revoked_at as "revokedAt"`;

export type NewApiKeyRow = Pick<ApiKeyRow, 'id' | 'name' | 'prefix' | 'role' | 'scopes' | 'perMinute' | 'createdBy' | 'expiresAt'> & { keyHash: string };

export async function insertApiKey(db: TenantDb, key: NewApiKeyRow): Promise<ApiKeyRow | null> {
  return await db.first(keyRow, sql`
    insert into api_keys (company_id, id, name, prefix, key_hash, role, scopes, per_minute, created_by, expires_at)
    values (${db.companyId}, ${key.id}, ${key.name}, ${key.prefix}, ${key.keyHash}, ${key.role}, ${key.scopes === null ? null : JSON.stringify(key.scopes)}::jsonb,
      ${key.perMinute}::int, ${key.createdBy}, ${key.expiresAt}::timestamptz) returning ${KEY_COLUMNS}`);
}

export async function listApiKeyRows(db: TenantDb): Promise<ApiKeyRow[]> {
  return await db.rows(keyRow, sql`select ${KEY_COLUMNS} from api_keys where company_id = ${db.companyId} order by created_at desc limit 500`);
}

/** The hash of the revoked key, or null when there is no such key. */
export async function revokeApiKeyRow(db: TenantDb, id: string): Promise<string | null> {
  const row = await db.first(z.object({ key_hash: z.string() }), sql`
    update api_keys set revoked_at = coalesce(revoked_at, now()) where company_id = ${db.companyId} and id = ${id} returning key_hash`);
  return row?.key_hash ?? null;
}

/** Notes that a key was used; at most once a minute, so that reading costs no writes. */
export async function touchApiKey(db: TenantDb, id: string): Promise<void> {
  await db.run(sql`
    update api_keys set last_used_at = now() where company_id = ${db.companyId} and id = ${id}
      and (last_used_at is null or last_used_at < now() - interval '1 minute')`);
}
