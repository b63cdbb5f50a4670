/** What decides how sales count, and what is known of connected platforms, as a program asks for it. */
import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { z } from 'zod';
import type {} from '../support/provided.ts';
import { call, newCompany, newKey, problemOf } from './api-client.ts';

let shop: Awaited<ReturnType<typeof newCompany>>;
let viewer: Record<string, string>;

const get = async (path: string): Promise<unknown> => (await call('GET', `/api/v1${path}`, { headers: shop.as })).body;
const send = async (method: string, path: string, body?: unknown) => await call(method, `/api/v1${path}`, { headers: shop.as, ...(body === undefined ? {} : { body }) });
const sale = (externalId: string, over: Record<string, unknown> = {}) => ({ externalId, customer: { email: 'ann@x.io' }, occurredAt: '2026-03-01T12:00:00Z', amount: '10.00', currency: 'EUR', ...over });

const customers = z.object({ rows: z.array(z.object({ id: z.string(), orders: z.number(), historicalValue: z.object({ amount: z.string(), currency: z.string() }) })) });
async function worth(): Promise<string[]> {
  return customers.parse(await get('/customers')).rows.map(({ orders, historicalValue }) => `${String(orders)} orders, ${historicalValue.amount} ${historicalValue.currency}`).toSorted();
}
/** Slow enough for a caller's hundred requests a minute. */
const soon = async (assertion: () => Promise<void>): Promise<void> => { await vi.waitFor(assertion, { timeout: 20_000, interval: 500 }); };

async function open(): Promise<void> {
  shop = await newCompany();
  viewer = (await newKey(shop.as, 'viewer')).as;
}

describe('how sales count', () => {
  beforeAll(async () => {
    await open();
    // One sale that the till and the shop both tell of, one given away, and one abroad.
    await send('POST', '/transactions', [
      sale('t1', { source: 'till' }), sale('s1', { source: 'shop', occurredAt: '2026-03-01T12:05:00Z' }),
      sale('z1', { customer: { email: 'eve@x.io' }, amount: '0.00' }),
      sale('d1', { customer: { email: 'bob@x.io' }, currency: 'USD', occurredAt: '2026-04-01T12:00:00Z' }),
    ]);
    await soon(async () => { expect((await worth()).length).toBe(3); });
  });

  describe('pairings', () => {
    const record = z.object({ id: z.string(), externalId: z.string(), source: z.string(), counted: z.boolean() });

    it('suggests what looks like one sale; a person joins it and parts it again', async () => {
      const { rows } = z.object({ rows: z.array(z.tuple([record, record])) }).parse(await get('/pairings/suggestions'));
      expect(rows.map((pair) => pair.map((one) => `${one.source} ${one.externalId} ${String(one.counted)}`).toSorted())).toEqual([['shop s1 true', 'till t1 true']]);
      const [left, right] = rows[0] ?? [];
      const pair = { transactionIds: [left?.id, right?.id] };
      expect((await call('POST', '/api/v1/pairings', { headers: viewer, body: pair })).status).toBe(403);
      expect((await send('POST', '/pairings', { transactionIds: [left?.id, left?.id] })).status).toBe(400);
      expect((await send('POST', '/pairings', { transactionIds: [left?.id, crypto.randomUUID()] })).status).toBe(404);
      expect((await send('POST', '/pairings', pair)).status).toBe(204);
      expect(await worth()).toContain('1 orders, 10.00 EUR');
      const joined = z.object({ rows: z.array(z.object({ records: z.array(record) })) }).parse(await get('/pairings')).rows;
      expect(joined.map((one) => one.records.map(({ counted }) => counted))).toEqual([[true, false]]);
      expect((await send('DELETE', `/pairings/${right?.id ?? ''}`)).status).toBe(204);
      expect(await worth()).toContain('2 orders, 20.00 EUR');
      expect(await get('/pairings/suggestions')).toEqual({ rows: [] });
    });
  });

  describe('exchange rates', () => {
    const changed = z.object({ changed: z.number(), rebuild: z.object({ runId: z.string() }).nullable() });
    const rate = { currency: 'USD', day: '2026-03-01', rate: 0.5 };

    it('count a sale abroad from the day they hold, by a recount that can be followed', async () => {
      expect((await call('PUT', '/api/v1/exchange-rates', { headers: viewer, body: { rates: [rate] } })).status).toBe(403);
      const own = await send('PUT', '/exchange-rates', { rates: [rate, { ...rate, currency: 'EUR' }] });
      expect([own.status, problemOf(own).errors]).toEqual([400, [{ path: 'rates[1].currency', message: 'Your own currency' }]]);
      const put = changed.parse((await send('PUT', '/exchange-rates', { rates: [rate] })).body);
      expect(put.changed).toBe(1);
      await soon(async () => { expect(await get(`/runs/${put.rebuild?.runId ?? ''}`)).toMatchObject({ kind: 'rebuild', state: 'done' }); });
      expect(await worth()).toContain('1 orders, 5.00 EUR');
      expect(await get('/exchange-rates')).toMatchObject({ currency: 'EUR', rates: [{ ...rate, origin: 'manual' }], wanted: [{ currency: 'USD', latest: { rate: 0.5 } }] });
      expect(changed.parse((await send('PUT', '/exchange-rates', { rates: [rate] })).body)).toEqual({ changed: 0, rebuild: null });
    });

    it('are removed by currency and day', async () => {
      expect((await send('DELETE', '/exchange-rates/USD/2026-03-02')).status).toBe(404);
      expect((await send('DELETE', '/exchange-rates/USD/2026-03-01')).status).toBe(200);
      expect(await get('/exchange-rates')).toMatchObject({ rates: [] });
    });
  });

  describe('settings of the company', () => {
    it('that decide how sales count are pending until everything is recounted by them', async () => {
      const zone = await send('PATCH', '/company', { timeZone: 'Europe/Atlantis' });
      expect([zone.status, problemOf(zone).errors?.[0]?.path]).toEqual([400, 'timeZone']);
      const answer = await send('PATCH', '/company', { name: 'Shop of shops', countZeroOrders: true, timeZone: 'America/New_York' });
      const asked = z.object({ rebuild: z.object({ runId: z.string() }) }).loose().parse(answer.body);
      expect(asked).toMatchObject({ name: 'Shop of shops', countZeroOrders: false, timeZone: 'Europe/Berlin', pending: { countZeroOrders: true, timeZone: 'America/New_York' } });
      expect(await worth()).toContain('0 orders, 0.00 EUR');
      await soon(async () => { expect(await get(`/runs/${asked.rebuild.runId}`)).toMatchObject({ kind: 'rebuild', state: 'done', error: null }); });
      const inForce = z.object({ pending: z.unknown(), rebuild: z.unknown() }).loose().parse(await get('/company'));
      expect(inForce).toMatchObject({ countZeroOrders: true, timeZone: 'America/New_York', rebuild: null });
      expect(inForce.pending).toEqual({});
      // What was given away is an order from now on.
      expect(await worth()).toContain('1 orders, 0.00 EUR');
      expect((await send('PATCH', '/company', { countZeroOrders: true })).body).toMatchObject({ rebuild: null });
    });

    it('another currency waits for rates, says so, and comes into force by those entered by hand', async () => {
      const unknown = await send('PATCH', '/company', { currency: 'Dirham' });
      expect([unknown.status, problemOf(unknown).errors?.[0]?.path]).toEqual([400, 'currency']);
      expect((await call('PATCH', '/api/v1/company', { headers: viewer, body: { currency: 'AED' } })).status).toBe(403);
      // The European Central Bank publishes none of dirhams, where it can be reached at all.
      expect((await send('PATCH', '/company', { currency: 'AED' })).body).toMatchObject({ currency: 'EUR', pending: { currency: 'AED' }, waiting: null });
      const reason: unknown = expect.stringMatching(/European Central Bank|could not be|cannot be/);
      await soon(async () => { expect(await get('/company')).toMatchObject({ currency: 'EUR', pending: { currency: 'AED' }, waiting: { reason, since: expect.stringMatching(/^20/), ratesFrom: '2026-03-01' } }); });
      expect(await worth()).toContain('2 orders, 20.00 EUR');
      expect((await send('PUT', '/exchange-rates', { rates: [{ currency: 'AED', day: '2026-03-01', rate: 0.25 }] })).status).toBe(200);
      await soon(async () => { expect(await get('/company')).toMatchObject({ currency: 'AED', pending: {}, rebuild: null, waiting: null }); });
      expect(await worth()).toContain('2 orders, 80.00 AED');
    });
  });
});

describe('connected platforms', () => {
  beforeAll(open);

  const made = z.object({ id: z.string(), webhookPath: z.string(), secret: z.string() });
  const connect = async (platform: string, settings: Record<string, string>) => made.parse((await send('POST', '/integrations', { platform, settings })).body);

  it('are renamed, and take only settings they have', async () => {
    const { id } = await connect('shopify', { shopDomain: 'x.myshopify.com' });
    expect((await call('PATCH', `/api/v1/integrations/${id}`, { headers: viewer, body: { name: 'x' } })).status).toBe(403);
    const wrong = await send('PATCH', `/integrations/${id}`, { settings: { colour: 'red' } });
    expect([wrong.status, problemOf(wrong).errors?.[0]?.path]).toEqual([400, 'settings.colour']);
    expect((await send('PATCH', `/integrations/${id}`, { name: 'Main shop', settings: { shopDomain: 'y.myshopify.com' } })).body).toMatchObject({ id, name: 'Main shop' });
    expect(await get(`/integrations/${id}/settings`)).toMatchObject({ rows: expect.arrayContaining([expect.objectContaining({ key: 'shopDomain', value: 'y.myshopify.com' })]) });
  });

  it('are one a shop: none twice, and none under the numbers of another one’s orders', async () => {
    const refused = async (platform: string, settings: Record<string, string>) => {
      const answer = await send('POST', '/integrations', { platform, settings });
      return [answer.status, problemOf(answer).detail, problemOf(answer).errors?.[0]?.path];
    };
    const first = await connect('shopify', { shopDomain: 'one.myshopify.com' });
    expect(await refused('shopify', { shopDomain: 'https://One.myshopify.com/' })).toEqual([409, expect.stringContaining('connected already'), 'settings.shopDomain']);
    const second = await connect('shopify', { shopDomain: 'two.myshopify.com' });
    expect((await send('PATCH', `/integrations/${second.id}`, { settings: { shopDomain: 'one.myshopify.com' } })).status).toBe(409);
    expect((await send('DELETE', `/integrations/${first.id}`)).status).toBe(204);
    expect((await send('PATCH', `/integrations/${second.id}`, { settings: { shopDomain: 'one.myshopify.com' } })).status).toBe(200);

    const till = await connect('woocommerce', { storeUrl: 'https://till.example' });
    expect(await refused('woocommerce', { storeUrl: 'https://other.example' })).toEqual([409, expect.stringContaining('company of its own'), 'platform']);
    await send('DELETE', `/integrations/${till.id}`);
    // It has brought nothing: another one may take its place. Once orders came, none may.
    const other = await connect('woocommerce', { storeUrl: 'https://other.example' });
    const order = JSON.stringify({ id: 7, status: 'processing', currency: 'EUR', total: '5.00', date_created_gmt: '2026-11-01T10:00:00', date_modified_gmt: '2026-11-01T10:00:00', customer_id: 0, billing: { email: 'w@x.io' }, line_items: [], refunds: [] });
    expect((await call('POST', other.webhookPath, { body: order, headers: { 'x-wc-webhook-topic': 'order.created', 'x-wc-webhook-id': '1', 'x-wc-webhook-delivery-id': 'd1', 'x-wc-webhook-signature': createHmac('sha256', other.secret).update(order).digest('base64') } })).status).toBe(200);
    await soon(async () => { expect(JSON.stringify(await get('/customers'))).toContain('w@x.io'); });
    await send('DELETE', `/integrations/${other.id}`);
    expect(await refused('woocommerce', { storeUrl: 'https://till.example' })).toEqual([409, expect.stringContaining('other.example'), 'settings.storeUrl']);
    await connect('woocommerce', { storeUrl: 'https://other.example/' });
  });

  it('say what they need before their past can be read and compared, or their side looked at', async () => {
    const { id } = await connect('shopify', { shopDomain: 'z.myshopify.com' });
    for (const action of ['backfill', 'reconcile']) {
      const answer = await send('POST', `/integrations/${id}/${action}`, {});
      expect([action, answer.status, problemOf(answer).errors?.length]).toEqual([action, 400, 1]);
    }
    expect(await get(`/integrations/${id}/backfills`)).toEqual({ rows: [] });
    expect(await get(`/integrations/${id}/reconciliation`)).toMatchObject({ status: null, days: [], missing: ['Admin API access token'] });
    expect((await send('POST', `/integrations/${id}/health`)).status).toBe(409);
    const stripe = await connect('stripe', { webhookSecret: 'whsec_x' });
    expect((await send('POST', `/integrations/${stripe.id}/health`)).body).toMatchObject({ state: 'unknown', detail: expect.stringContaining('Restricted API key') });
  });

  it('bring contracts, which are listed and add up', async () => {
    const { webhookPath, secret } = await connect('stripe', { webhookSecret: 'whsec_of_this_test' });
    const started = Math.floor(Date.now() / 1000) - 40 * 86_400;
    const item = { id: 'si_1', quantity: 1, price: { id: 'price_1', unit_amount: 1500, currency: 'eur', recurring: { interval: 'month', interval_count: 1 } } };
    const contract = { id: 'sub_1', object: 'subscription', customer: 'cus_1', status: 'active', currency: 'eur', created: started, start_date: started, items: { data: [item] } };
    const body = JSON.stringify({ id: 'evt_1', object: 'event', type: 'customer.subscription.created', created: started, data: { object: contract } });
    const signed = await (await fetch(`${inject('platformSigner')}/stripe?secret=${encodeURIComponent(secret)}`, { method: 'POST', body })).text();
    expect((await call('POST', webhookPath, { body, headers: { 'stripe-signature': signed } })).status).toBe(200);
    await soon(async () => {
      expect(await get('/subscriptions')).toMatchObject({ nextCursor: null, subscriptions: [{ externalId: 'sub_1', status: 'active', monthlyAmount: { amount: '15.00', currency: 'EUR' } }] });
    });
    expect(await get('/subscriptions?status=cancelled')).toMatchObject({ subscriptions: [] });
    expect(await get('/subscriptions/summary')).toMatchObject({ mrr: { amount: '15.00', currency: 'EUR' }, payingCustomers: 1, statuses: [{ status: 'active', subscriptions: 1 }] });
  });
});

describe('comparison with other shops', () => {
  it('is off until the company says what it sells and takes part', async () => {
    expect(await get('/benchmarks')).toMatchObject({ settings: { industry: null, share: false }, peers: 'off' });
    const unsaid = await send('PUT', '/benchmarks/settings', { industry: null, share: true });
    expect([unsaid.status, problemOf(unsaid).errors?.[0]?.path]).toEqual([400, 'industry']);
    expect((await call('PUT', '/api/v1/benchmarks/settings', { headers: viewer, body: { industry: 'food', share: true } })).status).toBe(403);
    expect((await send('PUT', '/benchmarks/settings', { industry: 'food', share: true })).body).toMatchObject({ settings: { industry: 'food', share: true }, peers: 'too_few' });
    expect((await send('PUT', '/benchmarks/settings', { industry: 'food', share: false })).body).toMatchObject({ peers: 'off' });
  });
});
