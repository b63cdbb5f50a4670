/** Every route of the API document: closed to strangers, and another company's ids name nothing. */
import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
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
      '/api/v1/auth/login', '/api/v1/auth/logout', '/api/v1/auth/refresh', '/api/v1/auth/register', '/api/v1/live',
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
const BODIES: Record<string, unknown> = { 'PATCH /api/v1/dead-letters/{id}': { payload: '{}' }, 'POST /api/v1/dead-letters/{id}/discard': { reason: 'x' } };

describe('a second company', () => {
  let owner: Awaited<ReturnType<typeof newCompany>>;
  let stranger: Awaited<ReturnType<typeof newCompany>>;
  const ids = new Map<string, string>();

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
    ids.set('customers', await first('/api/v1/customers'));
    ids.set('models', await first('/api/v1/models'));
    await call('POST', '/api/v1/runs', { headers: as, body: { kind: 'night' } });
    await vi.waitUntil(async () => (await first('/api/v1/runs')) !== '', { timeout: 15_000, interval: 100 });
    ids.set('runs', await first('/api/v1/runs'));
    await vi.waitUntil(async () => (await first('/api/v1/dead-letters')) !== '', { timeout: 15_000, interval: 100 });
    ids.set('dead-letters', await first('/api/v1/dead-letters'));
    await call('PUT', '/api/v1/alert-rules', { headers: as, body: { rules: [{ rule: 'dead_letters', settings: { hours: 0 } }] } });
    ids.set('alerts', await first('/api/v1/alerts'));
  });

  it('gets 404 from every route that takes an id, and the first company still has everything', async () => {
    // What a route must be told to get as far as the id.
    const bodies: Record<string, unknown> = { '/api/v1/customers/{id}/merge': { into: crypto.randomUUID() } };
    const withId = (await routes()).filter(({ path }) => path.includes('{id}'));
    expect(withId.length).toBeGreaterThan(10);
    for (const { method, path } of withId) {
      const noun = path.split('/')[3] ?? '';
      const known = ids.get(noun);
      // A new noun needs an id of its own here.
      expect([path, known]).toEqual([path, expect.stringMatching(/^[0-9a-f-]{36}$/)]);
      const answer = await call(method, path.replace('{id}', known ?? ''), { headers: stranger.as, ...(method === 'GET' ? {} : { body: BODIES[`${method} ${path}`] ?? bodies[path] ?? {} }) });
      expect([method, path, answer.status]).toEqual([method, path, 404]);
    }
    for (const { method, path } of withId) {
      if (method !== 'GET') continue;
      const answer = await call(method, path.replace('{id}', ids.get(path.split('/')[3] ?? '') ?? ''), { headers: owner.as });
      expect([method, path, answer.status]).toEqual([method, path, 200]);
    }
  });

  it('sees nothing of the first in its lists', async () => {
    for (const path of ['/customers', '/imports', '/integrations', '/models', '/dead-letters', '/alerts', '/runs', '/privacy/requests']) {
      const answer = await call('GET', `/api/v1${path}`, { headers: stranger.as });
      expect([path, answer.body]).toEqual([path, expect.objectContaining({ rows: [] })]);
    }
  });

  it('is not reached by an API key that names another company', async () => {
    const key = await newKey(stranger.as, 'admin');
    const swapped = (key.as['authorization'] ?? '').replace(stranger.company.id.replaceAll('-', ''), owner.company.id.replaceAll('-', ''));
    expect((await call('GET', '/api/v1/company', { headers: { authorization: swapped } })).status).toBe(401);
  });
});
