/** Drifts between a local Shopify shop and our books, each come about as it does in life: named by its cause, and the days add up. */
import { createHmac } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { disableIntegration, insertIntegration } from '#data/integrations';
import { openDatabase } from '#data/tenant';
import { listToReconcile } from '#data/reconciliations';
import { rebuildTenant } from '#data/rebuild';
import { runBackfill, startBackfill } from '#operations/backfills';
import { pairTransactions, separateTransaction, suggestPairings } from '#operations/pairings';
import { processInbox } from '#operations/process-inbox';
import { readReconciliation, runReconciliation, startReconciliation } from '#operations/reconcile';
import type { ReconciliationView } from '#operations/reconcile';
import { makeOutside } from '#worker/context/outside';
import type { AcceptedDelivery, InboxOwner, TenantContext } from '#worker/ports';
import { webhookApp } from '#worker/webhooks/app';
import { gid, shopOrder } from '#local/platforms/shopify-orders';
import type { OrderPlan, ShopData } from '#local/platforms/shopify-orders';
import { FILES_ORIGIN, startShopifyServer } from '#local/platforms/shopify-server';
import type { ShopifyServer } from '#local/platforms/shopify-server';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { memoryInbox } from '../support/memory-inbox.ts';
import { makeTestTenant } from '../support/tenant.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const on = (day: number, hour = 9): Date => new Date(Date.UTC(2026, 10, day, hour));

function shop(plans: OrderPlan[]): ShopData {
  return {
    count: plans.length,
    at(index) {
      const plan = plans[index];
      if (plan === undefined) throw new Error(`The shop has no order ${String(index)}`);
      return shopOrder(plan);
    },
  };
}

let database: TestDatabase;
let server: ShopifyServer;
let ctx: TenantContext;
let integrationId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  server = await startShopifyServer({ data: shop([]), token: 'shpat_test', polls: 0 });
});
afterAll(async () => { await server.close(); });

/** A company with the shop connected. */
async function connect(): Promise<void> {
  const outside = makeOutside({ origins: new Map([['https://fernway.myshopify.com', server.origin], [FILES_ORIGIN, server.origin]]), resolve: null });
  const made = await makeTestTenant(database, { outside: outside.fetch, now: () => NOW });
  ctx = { ...made, keys: { ...made.keys, decrypt: async (_, text) => text } };
  integrationId = v7();
  await insertIntegration(ctx.db, { id: integrationId, platform: 'shopify', name: 'Fernway', credentials: JSON.stringify({ shopDomain: 'fernway.myshopify.com', adminToken: 'shpat_test' }), credentialKeyId: 'k1' });
}

const SECRET = 'signs the webhooks';

/** As a platform sends it: signed, to the webhook address, through inbox and pipeline into the books. */
async function deliver(owner: Extract<InboxOwner, { kind: 'integration' }>, headersOf: (signature: string) => Record<string, string>, payload: unknown): Promise<void> {
  const kept: AcceptedDelivery[] = [];
  const door = webhookApp({ findEndpoint: async () => ({ owner, secret: SECRET }), accept: async (_, delivery) => { kept.push(delivery); }, greeted: async () => undefined, now: () => NOW, makeId: v7, log: ctx.log });
  const body = JSON.stringify(payload);
  const signature = createHmac('sha256', SECRET).update(body).digest('base64');
  const answer = await door.request(`/webhooks/${owner.platform}/${owner.integrationId}`, { method: 'POST', body, headers: headersOf(signature) });
  expect([answer.status, kept.length]).toEqual([200, 1]);
  ctx.inbox = memoryInbox(owner, kept.map((delivery, n) => ({ ...delivery, position: n + 1, attempts: 1 })), 10);
  await processInbox(ctx, owner);
}

const fromShopify = (topic: string, payload: unknown): Promise<void> => deliver({ kind: 'integration', companyId: ctx.companyId, integrationId, platform: 'shopify' },
  (signature) => ({ 'x-shopify-topic': topic, 'x-shopify-hmac-sha256': signature, 'x-shopify-shop-domain': 'fernway.myshopify.com', 'x-shopify-webhook-id': v7(), 'x-shopify-event-id': v7() }), payload);

async function fromWooCommerce(topic: string, payload: unknown): Promise<void> {
  const id = v7();
  await insertIntegration(ctx.db, { id, platform: 'woocommerce', name: 'The other shop', credentials: '{}', credentialKeyId: 'k1' });
  await deliver({ kind: 'integration', companyId: ctx.companyId, integrationId: id, platform: 'woocommerce' },
    (signature) => ({ 'x-wc-webhook-topic': topic, 'x-wc-webhook-signature': signature, 'x-wc-webhook-delivery-id': v7(), 'x-wc-webhook-id': '1' }), payload);
}

async function backfill(): Promise<void> {
  const { id } = await startBackfill(ctx, integrationId, {});
  for (let bells = 0; bells < 10; bells++) {
    await ctx.db.run(sql`update backfills set wait_until = null where company_id = ${ctx.companyId} and id = ${id}`);
    if ((await runBackfill(ctx, id)) === null) return;
  }
}

async function reconcile(): Promise<ReconciliationView> {
  await startReconciliation(ctx, integrationId);
  const job = { type: 'reconcile' as const, companyId: ctx.companyId, integrationId, days: 10, to: null, cursor: null };
  expect(await runReconciliation(ctx, job)).toBeNull();
  return readReconciliation(ctx, integrationId);
}

const PLANS: OrderPlan[] = [
  { index: 0, at: on(12), cents: 5_000 },
  { index: 1, at: on(13), cents: 4_000, refund: { cents: 1_000, at: on(15) } },
  { index: 2, at: on(14), cents: 3_000, test: true },
  { index: 3, at: on(15, 8), cents: 0 },
  { index: 4, at: on(16), cents: 2_500, currency: 'JPY' },
  { index: 5, at: on(17), cents: 6_000 },
  { index: 6, at: on(18), cents: 7_000, status: 'PENDING' },
];
const MISSING: OrderPlan = { index: 7, at: on(18, 15), cents: 1_240 };
const GONE: OrderPlan = { index: 8, at: on(19), cents: 800 };

it('agrees to the cent when nothing differs', async () => {
  await connect();
  server.sell(shop([PLANS[0], PLANS[1], PLANS[6]].filter((plan) => plan !== undefined).map((plan, index) => ({ ...plan, index }))));
  await backfill();
  const { verdict, days, status } = await reconcile();
  expect(status).toMatchObject({ state: 'done', error: null });
  expect(verdict).toEqual({ daysApart: 0, apart: 0, since: '2026-11-11', causes: [], mended: 0 });
  expect(days.find(({ day }) => day === '2026-11-15')).toMatchObject({ theirs: { orders: 0, refunds: 1, refunded: 1_000 }, ours: { refunds: 1, refunded: 1_000 }, drift: [] });
});

it('names each drift by its cause, fetches what is missing, and the days add up', async () => {
  await connect();
  server.sell(shop([...PLANS, GONE]));
  await backfill();
  // The webhook dates the refund by when it was processed, the platform's history by when it was made.
  const refunded = shopOrder(PLANS[1] ?? GONE);
  await fromShopify('refunds/create', {
    admin_graphql_api_id: refunded.refunds[0]?.id, order_id: refunded.id.replace(gid('Order', 0).slice(0, -1), ''), created_at: on(15).toISOString(), processed_at: on(16).toISOString(),
    refund_line_items: [{ quantity: 1, subtotal: '10.00', total_tax: '0.00' }], order_adjustments: [], transactions: [{ kind: 'refund', status: 'success', amount: '10.00', currency: 'EUR' }],
  });
  // The same sale was rung up in another shop a few minutes before; a person says that they are one, and the first stands for both.
  await fromWooCommerce('order.created', {
    id: 727, number: '727', status: 'completed', currency: 'EUR', total: '64.90', total_tax: '0.00', shipping_total: '4.90', shipping_tax: '0.00', customer_id: 0,
    date_created_gmt: '2026-11-17T08:55:00', date_paid_gmt: '2026-11-17T08:55:00', date_modified_gmt: '2026-11-17T08:55:00', billing: { email: 'buyer5@example.com', first_name: 'Ada', last_name: 'Nr. 5', country: 'DE' },
    line_items: [{ name: 'Coffee', product_id: 1, quantity: 1, subtotal: '60.00', total: '60.00', total_tax: '0.00' }], refunds: [],
  });
  const [twins] = (await suggestPairings(ctx)).rows;
  expect(twins?.map(({ source, label }) => `${source} ${String(label)}`).sort()).toEqual(['shopify #1006', 'woocommerce #727']);
  if (twins === undefined) throw new Error('no pair was suggested');
  await pairTransactions(ctx, [twins[0].id, twins[1].id]);
  // The webhook of one sale never came; the platform no longer has another.
  server.sell(shop([...PLANS, MISSING]));

  const { verdict, days } = await reconcile();
  const causes = days.toReversed().flatMap(({ day, drift }) => drift.map(({ cause, mended, amount, orders }) => ({ day: day.slice(8), cause, mended, amount, orders })));
  expect(causes).toEqual([
    { day: '14', cause: 'test_orders', mended: false, amount: 3_000, orders: 1 },
    { day: '15', cause: 'refund_dating', mended: false, amount: -1_000, orders: 0 },
    { day: '15', cause: 'zero_orders', mended: false, amount: 0, orders: 1 },
    { day: '16', cause: 'refund_dating', mended: false, amount: 1_000, orders: 0 },
    { day: '16', cause: 'currency', mended: false, amount: 0, orders: 1 },
    { day: '17', cause: 'duplicates', mended: false, amount: 6_000, orders: 1 },
    { day: '18', cause: 'not_arrived', mended: true, amount: 1_240, orders: 1 },
    { day: '19', cause: 'gone', mended: false, amount: -800, orders: -1 },
  ].sort((a, b) => a.day.localeCompare(b.day)));
  for (const { day, theirs, ours, drift } of days) {
    const open = drift.filter(({ mended }) => !mended);
    expect(theirs.gross - theirs.refunded - ours.gross + ours.refunded, day).toBe(open.reduce((sum, one) => sum + one.amount, 0));
    expect(theirs.orders - ours.orders, day).toBe(open.reduce((sum, one) => sum + one.orders, 0));
  }
  expect(verdict).toMatchObject({ daysApart: 5, mended: 1, since: '2026-11-20' });
  // Fetched means in the books, under its customer.
  const found = await ctx.db.first(z.object({ amount: z.number(), counted: z.boolean() }), sql`select amount, counted from transactions where company_id = ${ctx.companyId} and label = '#1008'`);
  expect(found).toEqual({ amount: 1_240, counted: true });
  const fetched = days.find(({ day }) => day === '2026-11-18')?.drift[0];
  expect(fetched?.examples).toMatchObject([{ kind: 'order', externalId: '9820982911946154007', label: '#1008', amount: 1_240 }]);
  expect(fetched?.examples[0]?.customerId).toMatch(/^[0-9a-f-]{36}$/);
  // The next look finds it there, with nothing left to mend.
  expect((await reconcile()).verdict).toMatchObject({ mended: 0, daysApart: 5 });
  // Two sales after all: the day agrees again.
  const shopifys = twins.find(({ source }) => source === 'shopify');
  await separateTransaction(ctx, shopifys?.id ?? '');
  const parted = await reconcile();
  expect(parted.verdict).toMatchObject({ daysApart: 4 });
  expect(parted.days.find(({ day }) => day === '2026-11-17')).toMatchObject({ theirs: { orders: 1, gross: 6_000 }, ours: { orders: 1, gross: 6_000 }, drift: [] });
});

it('names a changed amount: a version that passed us by is fetched, one that we have and the platform lacks is told', async () => {
  await rebuildTenant(ctx.db);
  server.sell(shop([...PLANS.map((plan) => (plan.index === 0 ? { ...plan, cents: 5_500, refund: { cents: 200, at: on(19, 7) } } : plan)), MISSING]));
  const { days } = await reconcile();
  const drift = (day: string) => days.find((one) => one.day === `2026-11-${day}`)?.drift.map(({ cause, mended, amount }) => ({ cause, mended, amount }));
  expect(drift('12')).toEqual([{ cause: 'amount', mended: true, amount: 500 }]);
  expect(drift('19')).toContainEqual({ cause: 'not_arrived', mended: true, amount: -200 });
});

it('says in words when the platform refuses, and rings each integration once an hour', async () => {
  const other = v7();
  await insertIntegration(ctx.db, { id: other, platform: 'shopify', name: 'Old key', credentials: JSON.stringify({ shopDomain: 'fernway.myshopify.com', adminToken: 'old' }), credentialKeyId: 'k1' });
  await runReconciliation(ctx, { type: 'reconcile', companyId: ctx.companyId, integrationId: other, days: 3, to: null, cursor: null });
  expect((await readReconciliation(ctx, other)).status).toMatchObject({ state: 'failed', error: expect.stringContaining('refuses the Admin API access token') });
  // Removed while its look waited, it is let go.
  const gone = v7();
  await insertIntegration(ctx.db, { id: gone, platform: 'shopify', name: 'Gone', credentials: '{}', credentialKeyId: 'k1' });
  await disableIntegration(ctx.db, gone);
  expect(await runReconciliation(ctx, { type: 'reconcile', companyId: ctx.companyId, integrationId: gone, days: 3, to: null, cursor: null })).toBeNull();
  const lookups = openDatabase({ url: database.appUrl, endpoint: database.neonEndpoint });
  const rung: { id: string; nightly: boolean }[] = [];
  for (let minute = 0; minute < 60; minute++) {
    for (const one of await listToReconcile(lookups, new Date(Date.UTC(2026, 10, 20, 2, minute)))) if ([other, integrationId].includes(one.integrationId)) rung.push({ id: one.integrationId, nightly: one.nightly });
  }
  expect(rung.map(({ id }) => id).sort()).toEqual([integrationId, other].sort());
  // Two o'clock in London is three in Berlin.
  expect(rung.every(({ nightly }) => nightly)).toBe(true);
});
