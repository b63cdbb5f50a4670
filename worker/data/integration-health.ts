/** What the last look at a platform's side found, and whose turn it is to be looked at. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database, TenantDb } from './tenant.ts';

export const integrationHealth = z.object({
  checkedAt: z.string(),
  state: z.enum(['healthy', 'disabled', 'missing', 'unknown']),
  /** For people. */
  detail: z.string(),
  /** The newest order there, when it should have arrived and has not. */
  gap: z.object({ label: z.string(), at: z.string() }).nullable(),
});
export type IntegrationHealth = z.infer<typeof integrationHealth>;

export async function keepHealth(db: TenantDb, id: string, health: IntegrationHealth): Promise<void> {
  await db.run(sql`update integrations set health = ${JSON.stringify(health)}::jsonb where company_id = ${db.companyId} and id = ${id} and disabled_at is null`);
}

/** Whether some version of this record has come, counted or not. */
export async function isHere(db: TenantDb, source: string, externalId: string): Promise<boolean> {
  return (await db.first(z.object({ found: z.int() }), sql`
    select 1 as found from transaction_keys where company_id = ${db.companyId} and source = ${source} and external_id = ${externalId}`)) !== null;
}

const due = z.object({ company_id: z.string(), integration_id: z.string() });

/** Integrations of these platforms, of all companies, whose last look is an hour old: longest ago first, a part of them at a time. */
export async function listDueForHealth(database: Database, platforms: readonly string[], at: Date): Promise<{ companyId: string; integrationId: string }[]> {
  const rows = await database.lookup(due, sql`select * from integrations_to_check(${JSON.stringify(platforms)}::jsonb, ${at.toISOString()}::timestamptz)`);
  return rows.map((row) => ({ companyId: row.company_id, integrationId: row.integration_id }));
}
