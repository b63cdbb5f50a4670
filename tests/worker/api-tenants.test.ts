/** Every route of the API document: closed to strangers, and another company's ids name nothing. */
import { createHmac } from 'node:crypto';
import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { openDatabase } from '#data/tenant';
import { call, newCompany, newKey, problemOf } from './api-client.ts';

const document = z.object({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), z.record(z.string(), z.object({ security: z.array(z.unknown()).optional() }))),
});

interface Route {
  method: string;
  path: string;
  isOpen: boolean;
}

async function routes(): Promise<Route[]> {
  const { paths } = document.parse((await call('GET', '/api/openapi.json')).body);
  return Object.entries(paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => ({
    method: method.toUpperCase(), path, isOpen: (operation.security ?? []).length === 0,
  })));
}

const id = z.object({ id: z.string() });
const rows = z.object({ rows: z.array(id) });

describe('every route', () => {
  it('is closed without credentials, except those that give or spend them', async () => {
    const all = await routes();
    expect(all.length).toBeGreaterThan(30);
    expect(all.filter((route) => route.isOpen).map(({ path }) => path).sort()).toEqual([
      '/api/v1/auth/forgot-password', '/api/v1/auth/login', '/api/v1/auth/logout', '/api/v1/auth/refresh', '/api/v1/auth/register', '/api/v1/auth/reset-password',
      '/api/v1/auth/verify-email', '/api/v1/live',
    ]);
    for (const { method, path, isOpen } of all) {
      if (isOpen) continue;
      const answer = await call(method, path.replace('{id}', crypto.randomUUID()));
      expect([method, path, answer.status]).toEqual([method, path, 401]);
      expect(problemOf(answer).code).toBe('unauthenticated');
    }
  });

  it('answers unknown addresses with a problem document', async () => {
    for (const path of ['/api/nothing', '/api/v1/nothing', '/api/v1/customers/not-an-id/value/x']) {
      const answer = await call('GET', path);
      expect(answer.status).toBe(404);
      expect(problemOf(answer).requestId).toBe(answer.headers.get('x-request-id'));
    }
  });

  it('is described on a page without scripts', async () => {
    const answer = await call('GET', '/api/docs');
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('/api/v1/transactions');
    expect(answer.body).not.toContain('<script');
  });
});

/** What a route asks for before it looks anything up. */
const BODIES: Record<string, unknown> = {
  'PATCH /api/v1/dead-letters/{id}': { payload: '{}' }, 'POST /api/v1/dead-letters/{id}/discard': { reason: 'x' }, 'PATCH /api/v1/import-mappings/{id}': { name: 'x' },
  'POST /api/v1/customers/{id}/merge': { into: crypto.randomUUID() },
};
const testEnv = z.object({ DATABASE_URL: z.string(), NEON_ENDPOINT: z.string() }).parse(env);
/** Lists that are the same for everybody, and that of one's own sessions, which nobody lacks. */
const COMMON = ['/api/v1/integrations/platforms', '/api/v1/alert-rules', '/api/v1/benchmarks', '/api/v1/sessions'];

describe('a second company', () => {
  let owner: Awaited<ReturnType<typeof newCompany>>;
  let stranger: Awaited<ReturnType<typeof newCompany>>;
  const ids = new Map<string, string>();

  /** The address of what the first company has. A new noun, and a new part in braces, needs something of its own here. */
  const addressOf = (path: string): string => path.split('/').map((part, n, parts) => {
    if (!part.startsWith('{')) return part;
    const name = part === '{id}' ? parts[n - 1] ?? '' : part.slice(1, -1);
    const known = ids.get(name);
    if (known === undefined || known === '') throw new Error(`${path}: the first company has no ${name}`);
    return known;
  }).join('/');
  const withId = async (): Promise<Route[]> => (await routes()).filter(({ path }) => path.includes('{') && !path.startsWith('/api/v1/import-templates/'));

  beforeAll(async () => {
    [owner, stranger] = [await newCompany('Owner'), await newCompany('Stranger')];
    const { as } = owner;
    const make = async (method: string, path: string, body: unknown): Promise<string> => id.parse((await call(method, path, { headers: as, body })).body).id;
    ids.set('api-keys', (await newKey(as, 'viewer')).id);
    ids.set('integrations', await make('POST', '/api/v1/integrations', { platform: 'shopify', settings: { shopDomain: 'x.myshopify.com' } }));
    const shop = z.object({ secret: z.string(), webhookPath: z.string() }).parse((await call('POST', '/api/v1/integrations', { headers: as, body: { platform: 'shopify', settings: { shopDomain: 'y.myshopify.com' } } })).body);
    const poison = '{ "id": 1';
    await call('POST', shop.webhookPath, { body: poison, headers: {
      'x-shopify-topic': 'orders/create', 'x-shopify-webhook-id': 'w1', 'x-shopify-shop-domain': 'y.myshopify.com', 'x-shopify-hmac-sha256': createHmac('sha256', shop.secret).update(poison).digest('base64'),
    } });
    ids.set('imports', await make('PUT', '/api/v1/imports?name=a.csv', 'customer_id,date,amount\n1,2026-01-02,10\n'));
    const receipt = await call('POST', '/api/v1/transactions', { headers: as, body: { externalId: 'o1', customer: { externalId: 'c1' }, occurredAt: '2026-11-01', amount: 10, currency: 'EUR' } });
    ids.set('batches', z.object({ batchId: z.string() }).parse(receipt.body).batchId);
    await call('POST', '/api/v1/models/refit', { headers: as });
    await vi.waitUntil(async () => rows.parse((await call('GET', '/api/v1/customers', { headers: as })).body).rows.length > 0, { timeout: 15_000, interval: 100 });
    const first = async (path: string): Promise<string> => rows.parse((await call('GET', path, { headers: as })).body).rows[0]?.id ?? '';
    ids.set('sessions', await first('/api/v1/sessions'));
    ids.set('customers', await first('/api/v1/customers'));
    ids.set('models', await first('/api/v1/models'));
    await call('POST', '/api/v1/runs', { headers: as, body: { kind: 'night' } });
    await vi.waitUntil(async () => (await first('/api/v1/runs')) !== '', { timeout: 15_000, interval: 100 });
    ids.set('runs', await first('/api/v1/runs'));
    await vi.waitUntil(async () => (await first('/api/v1/dead-letters')) !== '', { timeout: 15_000, interval: 100 });
    ids.set('dead-letters', await first('/api/v1/dead-letters'));
    await call('PUT', '/api/v1/alert-rules', { headers: as, body: { rules: [{ rule: 'dead_letters', settings: { hours: 0 } }] } });
    ids.set('alerts', await first('/api/v1/alerts'));
    ids.set('import-mappings', await make('POST', '/api/v1/import-mappings', { name: 'Till', headings: ['who', 'when', 'much'], mapping: { columns: { amount: 'much' } } }));
    ids.set('event-sources', await make('POST', '/api/v1/event-sources', { name: 'Site' }));
    ids.set('transactionId', await first(`/api/v1/customers/${ids.get('customers') ?? ''}/transactions`));
    ids.set('currency', 'USD').set('day', '2026-01-02').set('backfillId', crypto.randomUUID());
    expect((await call('PUT', '/api/v1/exchange-rates', { headers: as, body: { rates: [{ currency: 'USD', day: '2026-01-02', rate: 0.9 }] } })).status).toBe(200);
    // Reading a platform's past is not begun here: there is no platform.
    await openDatabase({ url: testEnv.DATABASE_URL, endpoint: testEnv.NEON_ENDPOINT }).tenant(owner.company.id).run(sql`insert into backfills (company_id, id, integration_id, state)
      values (${owner.company.id}, ${ids.get('backfillId')}, ${ids.get('integrations')}, 'waiting')`);
  });

  it('gets 404 from every route that names something, and the first company still has everything', async () => {
    const all = await withId();
    expect(all.length).toBeGreaterThan(35);
    for (const { method, path } of all) {
      const answer = await call(method, addressOf(path), { headers: stranger.as, ...(method === 'GET' ? {} : { body: BODIES[`${method} ${path}`] ?? {} }) });
      expect([method, path, answer.status]).toEqual([method, path, 404]);
    }
    for (const { method, path } of all) {
      if (method !== 'GET') continue;
      expect([method, path, (await call(method, addressOf(path), { headers: owner.as })).status]).toEqual([method, path, 200]);
    }
    for (const list of ['import-mappings', 'event-sources']) expect((await call('GET', `/api/v1/${list}`, { headers: owner.as })).body).toMatchObject({ rows: [{ id: ids.get(list) }] });
    expect((await call('GET', '/api/v1/exchange-rates', { headers: owner.as })).body).toMatchObject({ rates: [{ currency: 'USD', rate: 0.9 }] });
    const cancelled = await call('POST', addressOf('/api/v1/integrations/{id}/backfills/{backfillId}/cancel'), { headers: owner.as });
    expect([cancelled.status, cancelled.body]).toEqual([200, expect.objectContaining({ state: 'cancelled' })]);
  });

  it('sees nothing of the first in its lists', async () => {
    const lists = (await routes()).filter(({ method, path, isOpen }) => method === 'GET' && !isOpen && !path.includes('{'));
    expect(lists.length).toBeGreaterThan(20);
    const theirs = [...ids].flatMap(([noun, known]) => (noun === 'currency' || noun === 'day' ? [] : [known])).concat(owner.company.id);
    for (const { path } of lists) {
      const answer = await call('GET', path, { headers: stranger.as });
      expect([path, answer.status]).toEqual([path, path.startsWith('/api/v1/analytics/') ? expect.any(Number) : 200]);
      expect([path, theirs.filter((known) => JSON.stringify(answer.body).includes(known))]).toEqual([path, []]);
      const listed = z.object({ rows: z.array(z.unknown()) }).safeParse(answer.body).data?.rows ?? [];
      if (!COMMON.includes(path)) expect([path, listed]).toEqual([path, []]);
    }
  });

  it('is not reached by an API key that names another company', async () => {
    const key = await newKey(stranger.as, 'admin');
    const swapped = (key.as['authorization'] ?? '').replace(stranger.company.id.replaceAll('-', ''), owner.company.id.replaceAll('-', ''));
    expect((await call('GET', '/api/v1/company', { headers: { authorization: swapped } })).status).toBe(401);
  });
});
