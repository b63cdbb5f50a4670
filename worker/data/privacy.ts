/** Requests about people's data: kept, listed, and found again by the job that works on the long ones. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { RequestRow } from './erase.ts';
import type { TenantDb } from './tenant.ts';

const row = z.object({
  id: z.string(), kind: z.enum(['data_request', 'erasure', 'deletion', 'shop_erasure', 'uninstalled']), source: z.string(), externalId: z.string(),
  integrationId: z.string().nullable(), customerId: z.string().nullable(), state: z.enum(['open', 'done', 'failed']),
  requestedAt: z.string(), dueAt: z.string().nullable(), finishedAt: z.string().nullable(), finishedBy: z.string().nullable(), result: z.record(z.string(), z.number()), error: z.string().nullable(),
});
export type PrivacyRequestRow = z.infer<typeof row>;

const COLUMNS = sql`id, kind, source, external_id as "externalId", integration_id as "integrationId", (select c.id from customers c where c.company_id = privacy_requests.company_id and c.id = customer_id) as "customerId", state,
  requested_at as "requestedAt", due_at as "dueAt", finished_at as "finishedAt", finished_by as "finishedBy", result, error`;

export interface NewRequest extends RequestRow {
  customerId: string | null;
  state: 'open' | 'done';
  dueAt: string | null;
  finishedAt: string | null;
}

/** Keeps a request; one that is kept already stays as it is. */
export async function keepRequest(db: TenantDb, r: NewRequest): Promise<void> {
  await db.run(sql`insert into privacy_requests (company_id, id, kind, source, external_id, integration_id, customer_id, subject_hash, state, requested_at, due_at, finished_at)
    values (${db.companyId}, ${r.id}, ${r.kind}, ${r.source}, ${r.externalId}, ${r.integrationId}::uuid, ${r.customerId}::uuid, ${r.subjectHash}, ${r.state}, ${r.requestedAt}, ${r.dueAt}, ${r.finishedAt})
    on conflict (company_id, source, kind, external_id) do nothing`);
}

/** Open ones first, then newest first. */
export async function listRequests(db: TenantDb, limit: number): Promise<PrivacyRequestRow[]> {
  return db.rows(row, sql`select ${COLUMNS} from privacy_requests where company_id = ${db.companyId} order by state = 'open' desc, requested_at desc, id limit ${limit}`);
}

export async function readRequest(db: TenantDb, id: string): Promise<PrivacyRequestRow | null> {
  return db.first(row, sql`select ${COLUMNS} from privacy_requests where company_id = ${db.companyId} and id = ${id}`);
}

/** Shops that are to be erased and are not yet. */
export async function openShopErasures(db: TenantDb): Promise<PrivacyRequestRow[]> {
  return db.rows(row, sql`select ${COLUMNS} from privacy_requests where company_id = ${db.companyId} and kind = 'shop_erasure' and state = 'open' order by requested_at, id`);
}

/** Ends a request; `error` says for people why nothing could be done. */
export async function closeRequest(db: TenantDb, id: string, state: 'open' | 'done' | 'failed', finishedAt: string | null, error: string | null): Promise<void> {
  await db.run(sql`update privacy_requests set state = ${state}, finished_at = ${finishedAt}, error = ${error} where company_id = ${db.companyId} and id = ${id}`);
}

/** Ends a request for data; one that is ended stays as it is. `counts`: rows given out, by part of the file. */
export async function answerRequest(db: TenantDb, id: string, { at, by, counts }: { at: string; by: string | null; counts: Readonly<Record<string, number>> }): Promise<void> {
  await db.run(sql`update privacy_requests set state = 'done', finished_at = ${at}, finished_by = ${by}, result = ${JSON.stringify(counts)}::jsonb
    where company_id = ${db.companyId} and id = ${id} and state = 'open'`);
}

/** Connections of this platform that still deliver, besides `exceptId`. */
export async function otherShops(db: TenantDb, platform: string, exceptId: string | null): Promise<number> {
  const found = await db.first(z.object({ n: z.number() }), sql`select count(*)::int as n from integrations
    where company_id = ${db.companyId} and platform = ${platform} and disabled_at is null and uninstalled_at is null and id is distinct from ${exceptId}::uuid`);
  return found?.n ?? 0;
}

