/** A company that has one of everything that the API can name, and the list of the API's routes. */
import { createHmac } from 'node:crypto';
import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { expect, vi } from 'vitest';
import { v7 } from 'uuid';
import { z } from 'zod';
import { insertDiscovery } from '#data/discoveries';
import { insertIdentity } from '#data/identities';
import { openDatabase } from '#data/tenant';
import type { TenantDb } from '#data/tenant';
import { call, newKey } from './api-client.ts';
import type { newCompany } from './api-client.ts';

const document = z.object({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), z.record(z.string(), z.object({ security: z.array(z.unknown()).optional(), 'x-permission': z.string() }))),
});

export interface Route {
  method: string;
  path: string;
  isOpen: boolean;
  /** What it says that it needs. */
  permission: string;
}

export async function routes(): Promise<Route[]> {
  const { paths } = document.parse((await call('GET', '/api/openapi.json')).body);
  return Object.entries(paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => ({
    method: method.toUpperCase(), path, isOpen: (operation.security ?? []).length === 0, permission: operation['x-permission'],
  })));
}

const id = z.object({ id: z.string() });
const rows = z.object({ rows: z.array(id) });

const testEnv = z.object({ DATABASE_URL: z.string(), NEON_ENDPOINT: z.string() }).parse(env);

/** For what no program can ask for. */
export function databaseOf(companyId: string): TenantDb {
  return openDatabase({ url: testEnv.DATABASE_URL, endpoint: testEnv.NEON_ENDPOINT }).tenant(companyId);
}

/** Lets a company ask as often as a test does. */
export async function liftLimits({ as, company: { id: companyId } }: Awaited<ReturnType<typeof newCompany>>): Promise<void> {
  await databaseOf(companyId).run(sql`update companies set settings = jsonb_set(settings, '{apiPerMinute}', '100000000') where id = ${companyId}`);
  // A change of settings has the isolate look them up again.
  expect((await call('PATCH', '/api/v1/company', { headers: as, body: { horizonDays: 365 } })).status).toBe(200);
}

/** One that waits: there are too few customers to look for groups among them. */
async function stockedDiscovery(companyId: string): Promise<string> {
  const made = v7();
  await insertDiscovery(databaseOf(companyId), { id: made, request: { features: ['recency_days'] }, createdBy: null, createdAt: new Date().toISOString() }, 20);
  return made;
}

/** Fills the company. Answers an id of each noun by its name in addresses. */
export async function stock(owner: Awaited<ReturnType<typeof newCompany>>): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
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
  ids.set('requests', await make('POST', '/api/v1/privacy/requests', { kind: 'data_request', customerId: ids.get('customers') }));
  ids.set('models', await first('/api/v1/models'));
  await call('POST', '/api/v1/runs', { headers: as, body: { kind: 'night' } });
  await vi.waitUntil(async () => (await first('/api/v1/runs')) !== '', { timeout: 15_000, interval: 100 });
  ids.set('runs', await first('/api/v1/runs'));
  await vi.waitUntil(async () => (await first('/api/v1/dead-letters')) !== '', { timeout: 15_000, interval: 100 });
  ids.set('dead-letters', await first('/api/v1/dead-letters'));
  await call('PUT', '/api/v1/alert-rules', { headers: as, body: { rules: [{ rule: 'dead_letters', settings: { hours: 0 } }] } });
  ids.set('alerts', await first('/api/v1/alerts'));
  ids.set('import-mappings', await make('POST', '/api/v1/import-mappings', { name: 'Till', headings: ['who', 'when', 'much'], mapping: { columns: { amount: 'much' } } }));
  ids.set('invitations', await make('POST', '/api/v1/invitations', { email: `${crypto.randomUUID()}@shop.example`, role: 'viewer' }));
  ids.set('tests', await make('POST', '/api/v1/models/tests', { challenger: 'pareto-nbd', share: 0.5, days: 60 }));
  ids.set('discoveries', await stockedDiscovery(owner.company.id));
  ids.set('users', owner.user.id);
  ids.set('segments', await make('POST', '/api/v1/segments', { name: 'Everybody', filter: { is: 'orders.count', op: 'gte', value: 0 } }));
  ids.set('event-sources', await make('POST', '/api/v1/event-sources', { name: 'Site' }));
  ids.set('transactionId', await first(`/api/v1/customers/${ids.get('customers') ?? ''}/transactions`));
  ids.set('customerId', ids.get('customers') ?? '').set('currency', 'USD').set('day', '2026-01-02').set('backfillId', crypto.randomUUID());
  expect((await call('PUT', '/api/v1/exchange-rates', { headers: as, body: { rates: [{ currency: 'USD', day: '2026-01-02', rate: 0.9 }] } })).status).toBe(200);
  const identity = v7();
  await insertIdentity(databaseOf(owner.company.id), owner.user.id, { id: identity, provider: 'google', issuer: 'https://accounts.google.com', subject: identity, email: owner.user.email });
  ids.set('identities', identity);
  // Reading a platform's past is not begun here: there is no platform.
  await databaseOf(owner.company.id).run(sql`insert into backfills (company_id, id, integration_id, state)
    values (${owner.company.id}, ${ids.get('backfillId')}, ${ids.get('integrations')}, 'waiting')`);
  return ids;
}
