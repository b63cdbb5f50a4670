/** A night as a real Workflow: its steps are kept, one that stopped goes on where it was, and not while it works. */
import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { openDatabase } from '#data/tenant';
import { call, newCompany, newKey, problemOf } from './api-client.ts';

const testEnv = z.object({ DATABASE_URL: z.string(), NEON_ENDPOINT: z.string() }).parse(env);
const run = z.object({
  id: z.string(), state: z.string(), day: z.string(), progress: z.number(), canRestart: z.boolean(), error: z.string().nullable(),
  steps: z.array(z.object({ name: z.string(), state: z.string(), attempts: z.number(), result: z.record(z.string(), z.unknown()) })),
});
type Company = Awaited<ReturnType<typeof newCompany>>;

async function nights(of: Company): Promise<z.infer<typeof run>[]> {
  return z.object({ rows: z.array(run) }).parse((await call('GET', '/api/v1/runs?kind=night', { headers: of.as })).body).rows;
}

async function finished(of: Company): Promise<z.infer<typeof run>> {
  return vi.waitFor(async () => {
    const [newest] = await nights(of);
    expect(newest?.state).toBe('done');
    if (!newest) throw new Error('There is no run');
    return newest;
  }, { timeout: 20_000, interval: 100 });
}

describe('a night', () => {
  it('keeps each step with what it found, and can be asked for', async () => {
    const company = await newCompany();
    await call('POST', '/api/v1/transactions', { headers: company.as, body: { externalId: 'o1', customer: { externalId: 'c1' }, occurredAt: '2026-01-05T10:00:00Z', amount: '12.00', currency: 'EUR', type: 'purchase' } });
    await vi.waitFor(async () => {
      const { matched } = z.object({ matched: z.number() }).parse((await call('GET', '/api/v1/customers', { headers: company.as })).body);
      expect(matched).toBe(1);
    }, { timeout: 10_000 });
    expect(await nights(company)).toEqual([]);
    expect((await call('POST', '/api/v1/runs', { headers: company.as, body: { kind: 'night' } })).status).toBe(202);
    const night = await finished(company);
    expect(night.steps.map((step) => [step.name, step.state, step.attempts])).toEqual(
      ['rates', 'fit', 'rescore', 'keep_values', 'figures', 'verify', 'close', 'metrics', 'retention'].map((name) => [name, 'done', 1]));
    expect(night.progress).toBe(1);
    expect(night.steps.find((step) => step.name === 'rescore')?.result).toEqual({ customers: 1 });
    expect(night.steps.find((step) => step.name === 'verify')?.result).toEqual({ differences: 0, examples: [] });
    const again = await call('POST', `/api/v1/runs/${night.id}/restart`, { headers: company.as });
    expect([again.status, problemOf(again).code]).toEqual([409, 'conflict']);
  });

  it('that failed goes on with its first unfinished step, for those who may', async () => {
    const company = await newCompany();
    const id = crypto.randomUUID();
    const step = (name: string, state: string, attempts: number) => ({ name, state, startedAt: null, finishedAt: null, attempts, result: {}, error: null });
    const steps = [step('fit', 'done', 1), step('rescore', 'done', 1), step('keep_values', 'done', 2), step('verify', 'failed', 9), step('retention', 'waiting', 0)];
    const db = openDatabase({ url: testEnv.DATABASE_URL, endpoint: testEnv.NEON_ENDPOINT }).tenant(company.company.id);
    await db.run(sql`insert into job_runs (company_id, id, kind, day, cause, state, steps, error, started_at)
      values (${company.company.id}, ${id}, 'night', '2026-01-02', 'schedule', 'failed', ${JSON.stringify(steps)}::jsonb, 'out of room', now())`);
    const viewer = await newKey(company.as, 'viewer');
    expect((await call('POST', `/api/v1/runs/${id}/restart`, { headers: viewer.as })).status).toBe(403);
    expect((await nights(company))[0]).toMatchObject({ state: 'failed', canRestart: true, error: 'out of room' });
    expect((await call('POST', `/api/v1/runs/${id}/restart`, { headers: company.as })).status).toBe(202);
    const night = await finished(company);
    expect(night).toMatchObject({ id, error: null });
    expect(night.steps.map((one) => one.attempts)).toEqual([1, 1, 2, 10, 1]);
  });
});
