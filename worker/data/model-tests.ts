/** Tests of two versions of a model: what runs, and what came of it. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { storedModelSchema } from './tenant-state.ts';
import type { StoredModel } from './tenant-state.ts';
import type { TenantDb } from './tenant.ts';

const testRow = z.object({
  id: z.string(), a: storedModelSchema, b: storedModelSchema, share: z.number(), started_for: z.string(), ends_for: z.string(),
  state: z.enum(['running', 'done', 'stopped']), result: z.unknown(),
});
export type TestRow = z.infer<typeof testRow>;

/** Newest first. */
export async function listTests(db: TenantDb, limit: number): Promise<TestRow[]> {
  return db.rows(testRow, sql`select id, a, b, share, started_for, ends_for, state, result from model_tests where company_id = ${db.companyId} order by created_at desc limit ${limit}`);
}

/** @returns false when another one is running */
export async function keepTest(db: TenantDb, test: { id: string; a: StoredModel; b: StoredModel; share: number; startedFor: string; endsFor: string }): Promise<boolean> {
  const kept = await db.rows(z.object({ id: z.string() }), sql`insert into model_tests (company_id, id, a, b, share, started_for, ends_for, state)
    values (${db.companyId}, ${test.id}, ${JSON.stringify(test.a)}::jsonb, ${JSON.stringify(test.b)}::jsonb, ${test.share}, ${test.startedFor}, ${test.endsFor}, 'running')
    on conflict do nothing returning id`);
  return kept.length > 0;
}

export async function endTest(db: TenantDb, id: string, state: 'done' | 'stopped', result: unknown): Promise<boolean> {
  const ended = await db.rows(z.object({ id: z.string() }), sql`update model_tests set state = ${state}, result = ${JSON.stringify(result)}::jsonb, ended_at = now()
    where company_id = ${db.companyId} and id = ${id} and state = 'running' returning id`);
  return ended.length > 0;
}
