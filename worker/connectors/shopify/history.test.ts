/** A shop's history from a local server that speaks Shopify's shapes: whole, in pieces, and the same as the webhook tells. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HistoryPage, HistoryWindow, PlatformAccess } from '#connectors/connector';
import { makeOutside } from '#worker/context/outside';
import { generatedShop, shopOrder } from '#local/platforms/shopify-orders';
import type { ShopData } from '#local/platforms/shopify-orders';
import { FILES_ORIGIN, startShopifyServer } from '#local/platforms/shopify-server';
import type { ShopifyServer, ShopifyServerOptions } from '#local/platforms/shopify-server';
import { API_VERSION } from './api-version.ts';
import { shopify } from './connector.ts';
import { shopifyHistory } from './history.ts';
import { bulkOrdersQuery, READ_BULK, READ_REFUNDS, READ_SCOPES, RUN_BULK } from './history-query.ts';

const SHOP = 'https://fernway.myshopify.com';
const TOKEN = 'shpat_test';
const NOW = new Date('2026-11-20T12:00:00Z');
const ALL: HistoryWindow = { from: null, to: null };

let server: ShopifyServer;
const servers: ShopifyServer[] = [];
async function open(options: Partial<ShopifyServerOptions> & { data: ShopData }): Promise<ShopifyServer> {
  const made = await startShopifyServer({ token: TOKEN, ...options });
  servers.push(made);
  return made;
}
beforeAll(async () => { server = await open({ data: generatedShop(1_730, NOW) }); });
afterAll(async () => { await Promise.all(servers.map((one) => one.close())); });

function accessTo(to: ShopifyServer, settings: Record<string, string> = {}): PlatformAccess {
  const outside = makeOutside({ origins: new Map([[SHOP, to.origin], [FILES_ORIGIN, to.origin]]), resolve: null });
  return { settings: { shopDomain: 'fernway.myshopify.com', adminToken: TOKEN, ...settings }, currency: 'EUR', now: () => NOW, fetch: (url, init) => outside.fetch(url, init) };
}

async function readAll(access: PlatformAccess, window: HistoryWindow): Promise<HistoryPage[]> {
  const pages: HistoryPage[] = [];
  let cursor: string | null = null;
  do {
    const page: HistoryPage = await shopifyHistory.read(access, window, cursor);
    pages.push(page);
    cursor = page.cursor;
    expect(cursor?.length ?? 0).toBeLessThan(2048);
  } while (cursor !== null && pages.length < 50);
  return pages;
}

describe('the history of a Shopify shop', () => {
  it('comes whole, in pages, oldest first, with exact ids and every refund under its order', async () => {
    const pages = await readAll(accessTo(server), ALL);
    const units = pages.flatMap((page) => page.units);
    expect(units).toHaveLength(1_730);
    expect(pages.flatMap((page) => page.rejected)).toEqual([]);
    expect(pages.filter((page) => page.units.length > 0).map((page) => page.units.length)).toEqual([500, 500, 500, 230]);
    expect(pages.at(-1)?.expected).toBe(1_730);
    expect(units[1]?.deliveryId).toBe('order:9820982911946154001');
    const refunds = units.flatMap(({ records }) => records).filter((record) => record.kind === 'refund');
    expect(refunds).toHaveLength(Math.ceil((1_730 - 3) / 25));
    expect(refunds[0]).toMatchObject({ orderExternalId: '9820982911946154003', counts: true });
    const times = units.map(({ records: [order] }) => (order?.kind === 'order' ? order.occurredAt : ''));
    expect(times).toEqual([...times].sort());
  });

  it('goes on from any page, and from a server that knows no ranges', async () => {
    const access = accessTo(server);
    const pages = await readAll(access, ALL);
    const second = pages.findIndex((page) => page.units.length > 0);
    const cursor = pages[second]?.cursor ?? null;
    const again = await shopifyHistory.read(access, ALL, cursor);
    expect(again.units.map(({ deliveryId }) => deliveryId)).toEqual(pages[second + 1]?.units.map(({ deliveryId }) => deliveryId));
    const withoutRanges: PlatformAccess = { ...access, fetch: (url, init) => access.fetch(url, url.includes('/files/') ? {} : init) };
    expect((await shopifyHistory.read(withoutRanges, ALL, cursor)).units).toEqual(again.units);
  });

  it('reads only the window that was asked for', async () => {
    const window = { from: '2026-11-01T00:00:00.000Z', to: '2026-11-10T00:00:00.000Z' };
    const orders = (await readAll(accessTo(server), window)).flatMap((page) => page.units).map(({ records }) => records[0]);
    expect(orders.length).toBeGreaterThan(10);
    expect(orders.every((order) => order?.kind === 'order' && order.occurredAt >= window.from && order.occurredAt < window.to)).toBe(true);
    expect(await readAll(accessTo(server), { from: '2030-01-01T00:00:00.000Z', to: null })).toMatchObject([{ units: [] }, { units: [] }, { units: [], cursor: null, expected: 0 }]);
  });

  it('gives the records, and the version, that the webhook of the same order gives', async () => {
    const refund = { cents: 2_000, at: new Date('2026-11-12T09:00:00Z') };
    const one = await open({ data: { count: 1, at: () => shopOrder({ index: 0, at: new Date('2026-11-10T09:00:00Z'), cents: 5_000, discountCents: 500, customer: 4, refund }) } });
    const [unit] = (await readAll(accessTo(one), ALL)).flatMap((page) => page.units);
    const money = (amount: string) => ({ shop_money: { amount, currency_code: 'EUR' }, presentment_money: { amount, currency_code: 'EUR' } });
    const product = { product_id: 632910392, sku: 'COFFEE-0', title: 'Coffee no. 0', name: 'Coffee no. 0 - 250 g', gift_card: false };
    // As Shopify's REST resource has it, written by hand.
    const body = JSON.stringify({
      admin_graphql_api_id: 'gid://shopify/Order/9820982911946154000', name: '#1001', email: 'buyer4@example.com', currency: 'EUR', financial_status: 'partially_refunded', test: false,
      created_at: '2026-11-10T10:00:00+01:00', processed_at: '2026-11-10T10:00:00+01:00', updated_at: '2026-11-12T10:00:00+01:00', cancelled_at: null, taxes_included: false, source_name: 'web',
      total_line_items_price: '50.00', total_line_items_price_set: money('50.00'), total_discounts: '5.00', total_discounts_set: money('5.00'), total_tax: '0.00', total_tax_set: money('0.00'),
      total_shipping_price_set: money('4.90'), total_tip_received: '0.00', current_total_price: '29.90',
      customer: { admin_graphql_api_id: 'gid://shopify/Customer/7000000000000000004', email: 'buyer4@example.com', first_name: 'Ada', last_name: 'Nr. 4', default_address: { country_code: 'AT' } },
      shipping_address: { country_code: 'AT' }, billing_address: null,
      line_items: [{ ...product, quantity: 1, price: '50.00', price_set: money('50.00'), total_discount: '5.00', total_discount_set: money('5.00'), discount_allocations: [{ amount: '5.00', amount_set: money('5.00') }], tax_lines: [] }],
      shipping_lines: [{ price: '4.90', price_set: money('4.90'), discounted_price: '4.90', discounted_price_set: money('4.90'), discount_allocations: [], tax_lines: [] }],
      refunds: [{
        admin_graphql_api_id: 'gid://shopify/Refund/9820982912946154000', order_id: 1, created_at: '2026-11-12T10:00:00+01:00', processed_at: '2026-11-12T10:00:00+01:00',
        refund_line_items: [{ quantity: 1, subtotal: '20.00', subtotal_set: money('20.00'), total_tax: '0.00', total_tax_set: money('0.00'), line_item: product }],
        order_adjustments: [], transactions: [{ kind: 'refund', status: 'success', amount: '20.00', currency: 'EUR', test: false }],
      }],
    });
    expect(unit?.records).toEqual(shopify.normalise({ topic: 'orders/updated', headers: {}, body }, { currency: 'EUR', receivedAt: NOW.toISOString() }));
    // What would be kept as a dead letter is a payload that can be replayed.
    expect(shopify.normalise({ topic: unit?.topic ?? '', headers: {}, body: unit?.payload ?? '' }, { currency: 'EUR', receivedAt: NOW.toISOString() })).toEqual(unit?.records);
  });

  it('rejects one order that cannot be read, and keeps the others', async () => {
    const good = generatedShop(3, NOW);
    const broken = await open({ data: { count: 3, at: (index) => (index === 1 ? { ...good.at(1), lineItems: good.at(1).lineItems.map((line) => ({ ...line, quantity: 1.5 })) } : good.at(index)) } });
    const pages = await readAll(accessTo(broken), ALL);
    expect(pages.flatMap((page) => page.units)).toHaveLength(2);
    expect(pages.flatMap((page) => page.rejected)).toMatchObject([{ deliveryId: 'order:9820982911946154001', topic: 'orders/updated', error: expect.stringContaining('quantity') }]);
  });

  it('waits when Shopify says so, and says in words what it refuses', async () => {
    const busy = await open({ data: generatedShop(700, NOW), throttleEvery: 3, polls: 2 });
    const pages = await readAll(accessTo(busy), ALL);
    expect(pages.flatMap((page) => page.units)).toHaveLength(700);
    expect(pages.filter((page) => page.units.length === 0 && page.waitSeconds > 0).length).toBeGreaterThan(2);
    const refusal = async (to: ShopifyServer, window: HistoryWindow, settings = {}): Promise<unknown> => shopifyHistory.read(accessTo(to, settings), window, null).catch((error: unknown) => error);
    expect(await refusal(server, ALL, { adminToken: 'wrong' })).toMatchObject({ code: 'invalid_input', message: expect.stringContaining('refuses the Admin API access token') });
    expect(await refusal(server, ALL, { shopDomain: 'evil.example.com' })).toMatchObject({ code: 'invalid_input' });
    const narrow = await open({ data: generatedShop(3, NOW), scopes: ['read_orders'] });
    expect(await refusal(narrow, ALL)).toMatchObject({ code: 'invalid_input', message: expect.stringContaining('read_all_orders') });
    expect((await readAll(accessTo(narrow), { from: '2026-11-01T00:00:00.000Z', to: null })).at(-1)?.cursor).toBeNull();
    expect(await refusal(await open({ data: generatedShop(3, NOW), scopes: [] }), ALL)).toMatchObject({ message: expect.stringContaining('read_orders') });
  });
});

describe('the local server', () => {
  it('answers Shopify\'s own client as it answers us', async () => {
    await import('@shopify/shopify-api/adapters/node');
    const { shopifyApi, Session, LogSeverity } = await import('@shopify/shopify-api');
    const { setAbstractFetchFunc } = await import('@shopify/shopify-api/runtime');
    setAbstractFetchFunc(async (url, init) => fetch((typeof url === 'string' ? url : url instanceof URL ? url.href : url.url).replace(SHOP, server.origin), init));
    const api = shopifyApi({ apiKey: 'key', apiSecretKey: 'secret', scopes: ['read_orders'], hostName: 'app.example.com', isEmbeddedApp: false, apiVersion: API_VERSION as never, logger: { level: LogSeverity.Error } });
    const client = new api.clients.Graphql({ session: new Session({ id: 'one', shop: 'fernway.myshopify.com', state: '', isOnline: false, accessToken: TOKEN }) });
    const ask = async (query: string, variables: Record<string, unknown> = {}): Promise<unknown> => (await client.request<Record<string, unknown>>(query, { variables })).data;
    expect(await ask(READ_SCOPES)).toMatchObject({ currentAppInstallation: { accessScopes: [{ handle: 'read_orders' }, { handle: 'read_all_orders' }, { handle: 'read_customers' }] } });
    const started = await ask(RUN_BULK, { query: bulkOrdersQuery(ALL) });
    expect(started).toMatchObject({ bulkOperationRunQuery: { bulkOperation: { id: expect.stringContaining('gid://shopify/BulkOperation/') }, userErrors: [] } });
    const { bulkOperationRunQuery: { bulkOperation: { id } } } = started as { bulkOperationRunQuery: { bulkOperation: { id: string } } };
    expect(await ask(READ_BULK, { id })).toMatchObject({ node: { status: 'RUNNING' } });
    expect(await ask(READ_BULK, { id })).toMatchObject({ node: { status: 'COMPLETED', rootObjectCount: '1730' } });
    expect(await ask(READ_REFUNDS, { ids: ['gid://shopify/Refund/9820982912946154003'] })).toMatchObject({ nodes: [{ transactions: { nodes: [{ kind: 'REFUND', status: 'SUCCESS' }] } }] });
    await expect(ask('query { orders { nope } }')).rejects.toThrow(/doesn't exist/);
    expect(await ask(RUN_BULK, { query: '{ orders { edges { node { id refunds { id refundLineItems { edges { node { quantity } } } } } } } }' }))
      .toMatchObject({ bulkOperationRunQuery: { bulkOperation: null, userErrors: [{ message: expect.stringContaining('within a list') }] } });
  });
});
