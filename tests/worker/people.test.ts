/** Through the doors: a body that no inbox row holds, two customers made one, one forgotten, and a shop that removed the app. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { sweepBodies } from '#operations/large-bodies';
import { systemContext } from '#worker/context';
import { call, newCompany, newKey, problemOf } from './api-client.ts';

let shop: Awaited<ReturnType<typeof newCompany>>;
let address: string, integrationId: string;
const SECRET = 'shpss_of_this_test';

async function signed(body: string): Promise<string> {
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(SECRET), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(body)))));
}

async function deliver(topic: string, payload: unknown, changes: Record<string, string> = {}) {
  const body = JSON.stringify(payload);
  return await call('POST', address, { body, headers: { 'x-shopify-topic': topic, 'x-shopify-event-id': crypto.randomUUID(), 'x-shopify-hmac-sha256': await signed(body), ...changes } });
}

function order(id: number, customer: number, lines: number, padding = 0) {
  return {
    id, name: `#${String(id)}`, currency: 'EUR', financial_status: 'paid', created_at: '2026-11-01T10:00:00Z', updated_at: '2026-11-01T10:00:00Z', customer: { id: customer, email: `c${String(customer)}@x.io` },
    line_items: Array.from({ length: lines }, (_, n) => ({
      id: n, product_id: 5_000_000 + n, sku: `SKU-${String(n)}`, title: `Thing ${String(n)}`, product_type: 'Things', quantity: 2, price: '0.25', properties: [{ name: 'note', value: 'x'.repeat(padding) }],
    })),
  };
}

const list = z.object({ rows: z.array(z.object({ id: z.string(), externalId: z.string(), orders: z.number(), historicalValue: z.object({ amount: z.string() }) })) });
const customers = async () => list.parse((await call('GET', '/api/v1/customers', { headers: shop.as })).body).rows;
const deliveries = async () => z.object({ rows: z.array(z.object({ topic: z.string(), state: z.string(), detail: z.string().nullable(), bytes: z.number() })) })
  .parse((await call('GET', `/api/v1/integrations/${integrationId}/deliveries`, { headers: shop.as })).body).rows;
const bodies = async () => (await env.FILES.list({ prefix: `inbox/${shop.company.id}/` })).objects.map(({ key }) => key);

beforeAll(async () => {
  shop = await newCompany();
  const made = z.object({ id: z.string(), webhookPath: z.string() })
    .parse((await call('POST', '/api/v1/integrations', { headers: shop.as, body: { platform: 'shopify', settings: { shopDomain: 'x.myshopify.com', webhookSecret: SECRET } } })).body);
  [integrationId, address] = [made.id, made.webhookPath];
});

describe('a body that no inbox row holds', () => {
  it('is taken whole: 6,000 lines in 5 MB, signed, counted once, and gone from storage', async () => {
    const large = order(1001, 1, 6_000, 700);
    expect(JSON.stringify(large).length).toBeGreaterThan(5_000_000);
    expect((await deliver('orders/paid', large, { 'x-shopify-hmac-sha256': await signed('{}') })).status).toBe(401);
    expect(await bodies()).toEqual([]);
    expect((await deliver('orders/paid', large)).status).toBe(200);
    expect((await deliver('orders/create', order(1002, 2, 1))).status).toBe(200);
    await vi.waitUntil(async () => (await customers()).length === 2, { timeout: 30_000, interval: 400 });
    // 6,000 lines of 2 at 0.25 each.
    expect((await customers()).map((c) => [c.externalId, c.orders, c.historicalValue.amount])).toEqual([['1', 1, '3000.00'], ['2', 1, '0.50']]);
    const [{ id }] = z.tuple([z.object({ id: z.string() })]).rest(z.unknown()).parse(await customers());
    const sold = z.object({ rows: z.array(z.object({ items: z.array(z.object({ sku: z.string().nullable(), category: z.string().nullable(), quantity: z.number(), amount: z.object({ amount: z.string() }) })) })) })
      .parse((await call('GET', `/api/v1/customers/${id}/transactions`, { headers: shop.as })).body).rows[0]?.items;
    expect([sold?.length, sold?.[5_999]]).toEqual([6_000, { sku: 'SKU-5999', category: 'Things', quantity: 2, amount: { amount: '0.50' } }]);
    await vi.waitUntil(async () => (await bodies()).length === 0, { timeout: 10_000, interval: 400 });
    expect((await deliveries()).find((d) => d.topic === 'orders/paid')).toMatchObject({ state: 'processed', bytes: JSON.stringify(large).length });
  }, 60_000);

  it('is refused above 25 MB', async () => {
    const answer = await deliver('orders/paid', { id: 1, note: 'x'.repeat(25_000_000) });
    expect([answer.status, problemOf(answer).code]).toEqual([413, 'too_large']);
  });

  it('that was written and never appended is swept after a day, and one that is waited for is not', async () => {
    const folder = `inbox/${shop.company.id}/shopify.${integrationId}/`;
    const ctx = systemContext(env, shop.company.id);
    const owner = { kind: 'integration', companyId: shop.company.id, integrationId, platform: 'shopify' } as const;
    for (const key of [`${folder}orphan`, `${folder}waiting`, `inbox/${shop.company.id}/strange`]) await env.FILES.put(key, 'body');
    const inbox = { ...ctx.inbox, waitingBodies: async () => [...(await ctx.inbox.waitingBodies(owner)), `${folder}waiting`] };
    const later = (hours: number) => ({ now: () => new Date(Date.now() + hours * 3_600_000) });
    expect(await sweepBodies({ ...ctx, inbox, clock: later(1) })).toBe(0);
    expect(await sweepBodies({ ...ctx, inbox, clock: later(25) })).toBe(1);
    expect(await bodies()).toEqual([`${folder}waiting`, `inbox/${shop.company.id}/strange`]);
  });
});

describe('people', () => {
  it('become one by hand; the old address leads to the one who stays', async () => {
    const [kept, gone] = await customers();
    if (!kept || !gone) throw new Error('two customers are needed');
    const viewer = (await newKey(shop.as, 'viewer')).as;
    const merge = (as: Record<string, string>, body: unknown) => call('POST', `/api/v1/customers/${gone.id}/merge`, { headers: as, body });
    expect(problemOf(await merge(viewer, { into: kept.id })).code).toBe('forbidden');
    expect(problemOf(await merge(shop.as, { into: 'nobody' })).errors).toMatchObject([{ path: 'into' }]);
    expect(await merge(shop.as, { into: kept.id })).toMatchObject({ status: 200, body: { id: kept.id, orders: 2 } });
    expect(problemOf(await merge(shop.as, { into: kept.id })).code).toBe('conflict');
    for (const path of ['', '/value', '/transactions', '/timeline']) expect([path, (await call('GET', `/api/v1/customers/${gone.id}${path}`, { headers: shop.as })).status]).toEqual([path, 200]);
    expect((await call('GET', `/api/v1/customers/${gone.id}`, { headers: shop.as })).body).toMatchObject({ id: kept.id });
    expect((await customers()).map((c) => c.id)).toEqual([kept.id]);
  });

  it('are forgotten when the platform says so, and what comes late names nobody', async () => {
    expect((await deliver('customers/redact', { shop_domain: 'x.myshopify.com', customer: { id: 2, email: 'c2@x.io' } })).status).toBe(200);
    await vi.waitUntil(async () => (await customers()).length === 0, { timeout: 10_000, interval: 400 });
    expect((await deliver('orders/create', order(1003, 1, 4))).status).toBe(200);
    await vi.waitUntil(async () => (await deliveries()).every((d) => d.state !== 'waiting'), { timeout: 10_000, interval: 400 });
    expect(await customers()).toEqual([]);
    const manager = (await newKey(shop.as, 'manager')).as;
    expect((await call('GET', '/api/v1/privacy/requests', { headers: manager })).body).toMatchObject({ rows: [{ kind: 'erasure', source: 'shopify', state: 'done', result: { transactions: 2, customers: 2 } }] });
    expect(problemOf(await call('POST', '/api/v1/privacy/requests', { headers: manager, body: { kind: 'erasure', customerId: crypto.randomUUID() } })).code).toBe('forbidden');
    expect(problemOf(await call('POST', '/api/v1/privacy/requests', { headers: shop.as, body: { kind: 'erasure', customerId: crypto.randomUUID() } })).code).toBe('not_found');
  });

  it('are all that a shop without the app is listened to for', async () => {
    await deliver('orders/edited', { order_edit: { order_id: 1001 } });
    expect((await deliver('app/uninstalled', { id: 7 }, { 'x-shopify-triggered-at': '2026-11-20T10:00:00Z' })).status).toBe(200);
    await vi.waitUntil(async () => (await deliveries()).every((d) => d.state !== 'waiting'), { timeout: 10_000, interval: 400 });
    await deliver('orders/create', order(1004, 9, 1));
    await deliver('customers/data_request', { customer: { id: 9 }, data_request: { id: 9999 } });
    await vi.waitUntil(async () => (await deliveries()).filter((d) => d.state !== 'waiting').length === 8, { timeout: 10_000, interval: 400 });
    expect((await deliveries()).slice(0, 4).map((d) => [d.topic, d.state, d.detail])).toEqual([
      ['customers/data_request', 'processed', null],
      ['orders/create', 'ignored', 'The app was removed at the platform: only privacy requests are acted on'],
      ['app/uninstalled', 'processed', null],
      ['orders/edited', 'ignored', 'An edit moves no money by itself: the update of the order brings it'],
    ]);
    expect(await customers()).toEqual([]);
    expect((await call('GET', '/api/v1/integrations', { headers: shop.as })).body).toMatchObject({ rows: [{ uninstalledAt: '2026-11-20T10:00:00.000Z' }] });
    expect((await call('GET', '/api/v1/privacy/requests', { headers: shop.as })).body).toMatchObject({ rows: [{ kind: 'data_request', state: 'open' }, { kind: 'erasure' }, { kind: 'uninstalled' }] });
    const requests = z.object({ rows: z.array(z.object({ id: z.string(), kind: z.string(), state: z.string(), finishedBy: z.string().nullable() })) });
    const asked = requests.parse((await call('GET', '/api/v1/privacy/requests', { headers: shop.as })).body).rows[0]?.id ?? '';
    const file = await call('GET', `/api/v1/privacy/requests/${asked}/export`, { headers: shop.as });
    expect([file.status, file.headers.get('content-disposition')]).toEqual([200, `attachment; filename="person-${asked}.json"`]);
    expect(file.body).toMatchObject({ about: { request: asked, isKnown: false }, profiles: [], sales: [] });
    expect(requests.parse((await call('GET', '/api/v1/privacy/requests', { headers: shop.as })).body).rows.find(({ id }) => id === asked)).toMatchObject({ state: 'done', finishedBy: shop.user.email });
  });
});
