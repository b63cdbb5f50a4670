/** Records that could not be taken: kept with payload, error and history until a person decides. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { unnest } from './sql-arrays.ts';
import type { TenantDb } from './tenant.ts';

export interface DeadLetter {
  id: string;
  door: string;
  source: string;
  deliveryId: string;
  topic: string;
  payload: string;
  headers: Record<string, string>;
  receivedAt: string;
  error: string;
}

/** Keeps them; one that is already there gets another line of history and is open again. */
export async function keepDeadLetters(db: TenantDb, letters: readonly DeadLetter[], at: string): Promise<void> {
  await db.run(sql`insert into dead_letters as d (company_id, id, door, source, delivery_id, topic, payload, headers, received_at, error, history)
    select ${db.companyId}::uuid, u.*, jsonb_build_array(jsonb_build_object('at', ${at}::text, 'error', u.error)) from ${unnest('u', [
      ['id', 'uuid', letters.map((l) => l.id)],
      ['door', 'text', letters.map((l) => l.door)],
      ['source', 'text', letters.map((l) => l.source)],
      ['delivery_id', 'text', letters.map((l) => l.deliveryId)],
      ['topic', 'text', letters.map((l) => l.topic)],
      ['payload', 'text', letters.map((l) => l.payload)],
      ['headers', 'jsonb', letters.map((l) => JSON.stringify(l.headers))],
      ['received_at', 'timestamptz', letters.map((l) => l.receivedAt)],
      ['error', 'text', letters.map((l) => l.error)],
    ])}
    on conflict (company_id, door, source, delivery_id) do update set error = excluded.error, resolved_at = null, history = d.history || excluded.history`);
}

const deadLetterRow = z.object({
  id: z.string(), door: z.string(), source: z.string(), delivery_id: z.string(), topic: z.string(), payload: z.string(), error: z.string(),
  history: z.array(z.object({ at: z.string(), error: z.string() })), received_at: z.string(), created_at: z.string(),
});
export type DeadLetterRow = z.infer<typeof deadLetterRow>;

/** Open ones, newest first. */
export async function listOpenDeadLetters(db: TenantDb, limit: number): Promise<DeadLetterRow[]> {
  return db.rows(deadLetterRow, sql`select id, door, source, delivery_id, topic, payload, error, history, received_at, created_at
    from dead_letters where company_id = ${db.companyId} and resolved_at is null order by created_at desc limit ${limit}`);
}
