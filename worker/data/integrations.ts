/** Integrations in Postgres; credentials are sealed before they come here. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { integrationHealth } from './integration-health.ts';
import { query } from './tenant.ts';
import type { Database, TenantDb } from './tenant.ts';

const endpointRow = z.object({
  company_id: z.string(), integration_id: z.string(), platform: z.string(), credentials: z.string(), credential_key_id: z.string(),
});

/** Before a tenant is known: whose webhook address this is. */
export async function findIntegration(database: Database, platform: string, id: string): Promise<z.infer<typeof endpointRow> | null> {
  return (await database.lookup(endpointRow, sql`select * from find_integration(${platform}, ${id}::uuid)`))[0] ?? null;
}

const row = z.object({
  id: z.string(), platform: z.string(), name: z.string(), credentials: z.string(), credentialKeyId: z.string(), createdAt: z.string(), uninstalledAt: z.string().nullable(),
  health: integrationHealth.nullable(),
});
export type IntegrationRow = z.infer<typeof row>;

const COLUMNS = sql`id, platform, name, credentials, credential_key_id as "credentialKeyId", created_at as "createdAt", uninstalled_at as "uninstalledAt", health`;

export async function insertIntegration(
  db: TenantDb, integration: { id: string; platform: string; name: string; credentials: string; credentialKeyId: string },
): Promise<IntegrationRow | null> {
  return await db.first(row, sql`
    insert into integrations (company_id, id, platform, name, credentials, credential_key_id)
    values (${db.companyId}, ${integration.id}, ${integration.platform}, ${integration.name}, ${integration.credentials}, ${integration.credentialKeyId})
    returning ${COLUMNS}`);
}

/** Newest first; those that were removed are not among them. */
export async function listIntegrationRows(db: TenantDb): Promise<IntegrationRow[]> {
  return await db.rows(row, sql`
    select ${COLUMNS} from integrations where company_id = ${db.companyId} and disabled_at is null order by created_at desc limit 200`);
}

const pastRow = z.object({ id: z.string(), name: z.string(), credentials: z.string(), credentialKeyId: z.string(), isRemoved: z.boolean() });

/** Every integration of a platform that there is or was, newest first, and whether any sale of the platform is in the books. */
export async function readPlatformPast(db: TenantDb, platform: string): Promise<{ shops: z.infer<typeof pastRow>[]; hasSales: boolean }> {
  const [shops, sold] = await db.transaction([
    query(pastRow, sql`select id, name, credentials, credential_key_id as "credentialKeyId", disabled_at is not null as "isRemoved"
      from integrations where company_id = ${db.companyId} and platform = ${platform} order by created_at desc limit 200`),
    query(z.object({ hasSales: z.boolean() }), sql`select exists (select from transaction_keys where company_id = ${db.companyId} and source = ${platform}) as "hasSales"`),
  ]);
  return { shops, hasSales: sold[0]?.hasSales ?? false };
}

export async function readIntegration(db: TenantDb, id: string): Promise<IntegrationRow | null> {
  return await db.first(row, sql`
    select ${COLUMNS} from integrations where company_id = ${db.companyId} and id = ${id} and disabled_at is null`);
}

/** Null when it is gone. */
export async function updateIntegrationRow(
  db: TenantDb, id: string, change: { name: string; credentials: string; credentialKeyId: string },
): Promise<IntegrationRow | null> {
  return await db.first(row, sql`
    update integrations set name = ${change.name}, credentials = ${change.credentials}, credential_key_id = ${change.credentialKeyId}
    where company_id = ${db.companyId} and id = ${id} and disabled_at is null returning ${COLUMNS}`);
}

/** Kept for the history of what it brought; its address stops answering. */
export async function disableIntegration(db: TenantDb, id: string): Promise<boolean> {
  const done = await db.first(z.object({ id: z.string() }), sql`
    update integrations set disabled_at = now() where company_id = ${db.companyId} and id = ${id} and disabled_at is null returning id`);
  return done !== null;
}

/** The platform said so; the first time stays. */
export async function markUninstalled(db: TenantDb, id: string, at: string): Promise<void> {
  await db.run(sql`update integrations set uninstalled_at = coalesce(uninstalled_at, ${at}) where company_id = ${db.companyId} and id = ${id}`);
}
