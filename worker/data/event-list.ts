/** Reading events: lists by type, customer or session, newest first. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { NOBODY } from './derive-sql.ts';
import type { TenantDb } from './tenant.ts';

const row = z.object({
  id: z.string(), type: z.string(), occurredAt: z.string(), receivedAt: z.string(), customerId: z.string().nullable(), customerName: z.string().nullable(),
  anonymousId: z.string().nullable(), sessionId: z.string().nullable(), source: z.string(), properties: z.record(z.string(), z.unknown()),
});
export type EventDataRow = z.infer<typeof row>;

export interface EventFilter {
  type: string | null;
  customerId: string | null;
  sessionId: string | null;
}

/** Newest first, by the index of whatever is asked for (which keeps nulls last, so the order says so too); `after` is the last row of the page before. */
export async function listEventRows(db: TenantDb, filter: EventFilter, limit: number, after: { at: string; id: string } | null): Promise<EventDataRow[]> {
  const company = db.companyId;
  return await db.rows(row, sql`select e.id, e.type, e.occurred_at as "occurredAt", e.received_at as "receivedAt", nullif(e.customer_id, ${NOBODY}) as "customerId",
      coalesce(c.name, c.email, c.external_id) as "customerName", e.anonymous_id as "anonymousId", e.session_id as "sessionId", e.source, e.properties
    from (select * from events e where e.company_id = ${company}
      ${filter.type === null ? sql`` : sql`and e.type = ${filter.type}`}
      ${filter.customerId === null ? sql`` : sql`and e.customer_id = ${filter.customerId}::uuid`}
      ${filter.sessionId === null ? sql`` : sql`and e.session_id = ${filter.sessionId}`}
      ${after === null ? sql`` : sql`and e.occurred_at <= ${after.at}::timestamptz and (e.occurred_at < ${after.at}::timestamptz or e.id > ${after.id}::uuid)`}
      order by e.occurred_at desc nulls last, e.id limit ${limit}) e
    left join customers c on c.company_id = ${company} and c.id = e.customer_id order by e.occurred_at desc, e.id`);
}
