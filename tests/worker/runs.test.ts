/** A night as a real Workflow: its steps are kept, one that stopped goes on where it was, and not while it works. */
import { createHmac } from 'node:crypto';
import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { openDatabase } from '#data/tenant';
import { queue } from '#worker/jobs/queue';
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
      ['rates', 'fit', 'learn', 'rescore', 'drift', 'keep_values', 'figures', 'forecasts', 'recommend', 'verify', 'close', 'segments', 'metrics', 'holdout', 'retention'].map((name) => [name, 'done', 1]));
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

  it('closes old days, and from then on every door refuses what is dated there', async () => {
    const company = await newCompany();
    const db = openDatabase({ url: testEnv.DATABASE_URL, endpoint: testEnv.NEON_ENDPOINT }).tenant(company.company.id);
    const send = async (path: string, body: unknown, method = 'POST') => (await call(method, `/api/v1${path}`, { headers: company.as, body })).body;
    const yesterday = new Date(Date.now() - 86_400_000).toISOString();
    const sale = (externalId: string, occurredAt: string) => ({ externalId, customer: { externalId: 'c1' }, occurredAt, amount: '12.00', currency: 'EUR', type: 'purchase' });
    await send('/transactions', [sale('old', '2019-03-04T10:00:00Z'), sale('young', yesterday)]);
    const customer = z.object({ rows: z.array(z.object({ id: z.string(), orders: z.number(), historicalValue: z.object({ amount: z.string() }) })) });
    const customers = async () => customer.parse((await call('GET', '/api/v1/customers', { headers: company.as })).body).rows;
    await vi.waitFor(async () => { expect(await customers()).toMatchObject([{ orders: 2 }]); }, { timeout: 10_000 });
    expect(await send('/company/retention?keepYears=3', undefined, 'GET')).toMatchObject({ keepYears: 3, orders: 1, refunds: 0, customers: 1, oldest: '2019-03-04', closedBefore: null });
    expect(await send('/company', { keepYears: 3 }, 'PATCH')).toMatchObject({ keepYears: 3, closedBefore: null });
    // The notice of thirty days, and the sale's own, are over.
    await db.run(sql`with c as (update companies set keep_years_set_at = now() - interval '40 days' where id = ${company.company.id})
      update transactions set created_at = now() - interval '40 days' where company_id = ${company.company.id}`);
    await send('/runs', { kind: 'night' });
    const night = await finished(company);
    const closedBefore = z.string().parse(night.steps.find((step) => step.name === 'close')?.result['closedBefore']);
    expect(night.steps.find((step) => step.name === 'close')?.result).toEqual({ closedBefore, orders: 1, refunds: 0, waiting: 0 });
    const [known] = await customers();
    expect(known).toMatchObject({ orders: 2, historicalValue: { amount: '24.00' } });
    expect(await send(`/customers/${known?.id ?? ''}/transactions`, undefined, 'GET')).toMatchObject({ rows: [{ externalId: 'young' }], closed: { before: closedBefore, orders: 1 } });

    const reason = expect.stringContaining(`the books are closed before ${closedBefore}`);
    // What the API knows of a company may be a minute old; a changed setting is known at once.
    await send('/company', { name: 'Renamed' }, 'PATCH');
    expect(await send('/transactions', [sale('older', '2018-01-01T10:00:00Z'), sale('new', yesterday)])).toMatchObject({ accepted: 1, rejected: [{ index: 0, code: 'books_closed', path: 'occurredAt', reason }] });
    const upload = z.object({ id: z.string() }).parse(await send('/imports?name=old.csv', `customer_id,date,amount\nc1,2018-01-02,10\nc1,${yesterday.slice(0, 10)},10\n`, 'PUT'));
    await vi.waitFor(async () => { expect(await send(`/imports/${upload.id}`, undefined, 'GET')).toMatchObject({ state: 'done', inserted: 1, rejected: 1, rejections: [{ line: 2, code: 'books_closed', column: 'date', reason }] }); }, { timeout: 15_000, interval: 200 });
    const shop = z.object({ secret: z.string(), webhookPath: z.string() }).parse(await send('/integrations', { platform: 'shopify', settings: { shopDomain: 'x.myshopify.com' } }));
    const order = JSON.stringify({ id: 1, admin_graphql_api_id: 'gid://shopify/Order/1', created_at: '2018-01-03T10:00:00Z', processed_at: '2018-01-03T10:00:00Z', updated_at: '2026-11-01T10:00:00Z', currency: 'EUR', financial_status: 'paid', total_price: '10.00', subtotal_price: '10.00', line_items: [] });
    expect((await call('POST', shop.webhookPath, { body: order, headers: {
      'x-shopify-topic': 'orders/updated', 'x-shopify-webhook-id': 'w1', 'x-shopify-shop-domain': 'x.myshopify.com', 'x-shopify-hmac-sha256': createHmac('sha256', shop.secret).update(order).digest('base64'),
    } })).status).toBe(200);
    await vi.waitFor(async () => { expect(await send('/dead-letters', undefined, 'GET')).toMatchObject({ rows: [{ source: 'shopify', error: reason }] }); }, { timeout: 15_000, interval: 200 });
  });
});

it('a job whose company is gone is let go, and tried again only where that can help', async () => {
  const company = await newCompany();
  const job = (id: string, body: unknown) => ({ id, timestamp: new Date(), attempts: 1, body });
  const quiet = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const batch = createMessageBatch('jobs', [job('gone', { type: 'refit', companyId: crypto.randomUUID() }), job('there', { type: 'feed', companyId: company.company.id })]);
  const execution = createExecutionContext();
  await queue(batch, env, execution);
  quiet.mockRestore();
  const { explicitAcks, retryMessages } = await getQueueResult(batch, execution);
  expect([explicitAcks.toSorted(), retryMessages]).toEqual([['gone', 'there'], []]);
});
