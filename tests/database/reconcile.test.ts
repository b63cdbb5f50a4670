/** Drifts planted between a local Shopify shop and our books, on real Postgres: each is named by its cause, and the days add up. */
import { sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { insertIntegration } from '#data/integrations';
import { openDatabase } from '#data/tenant';
import { listToReconcile } from '#data/reconciliations';
import { rebuildTenant } from '#data/rebuild';
import { runBackfill, startBackfill } from '#operations/backfills';
import { readReconciliation, runReconciliation, startReconciliation } from '#operations/reconcile';
import type { ReconciliationView } from '#operations/reconcile';
import { makeOutside } from '#worker/context/outside';
import type { TenantContext } from '#worker/ports';
import { shopOrder } from '#local/platforms/shopify-orders';
import type { OrderPlan, ShopData } from '#local/platforms/shopify-orders';
import { FILES_ORIGIN, startShopifyServer } from '#local/platforms/shopify-server';
import type { ShopifyServer } from '#local/platforms/shopify-server';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
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
  const outside = makeOutside({ origins: new Map([['https://fernway.myshopify.com', server.origin], [FILES_ORIGIN, server.origin]]), resolve: null });
  const made = await makeTestTenant(database, { outside: outside.fetch, now: () => NOW });
  ctx = { ...made, keys: { ...made.keys, decrypt: async (_, text) => text } };
  integrationId = v7();
  await insertIntegration(ctx.db, { id: integrationId, platform: 'shopify', name: 'Fernway', credentials: JSON.stringify({ shopDomain: 'fernway.myshopify.com', adminToken: 'shpat_test' }), credentialKeyId: 'k1' });
});
afterAll(async () => { await server.close(); });

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
  server.sell(shop([PLANS[0], PLANS[1], PLANS[6]].filter((plan) => plan !== undefined).map((plan, index) => ({ ...plan, index }))));
  await backfill();
  const { verdict, days, status } = await reconcile();
  expect(status).toMatchObject({ state: 'done', error: null });
  expect(verdict).toEqual({ daysApart: 0, apart: 0, since: '2026-11-11', causes: [], mended: 0 });
  expect(days.find(({ day }) => day === '2026-11-15')).toMatchObject({ theirs: { orders: 0, refunds: 1, refunded: 1_000 }, ours: { refunds: 1, refunded: 1_000 }, drift: [] });
  await ctx.db.run(sql`delete from transactions where company_id = ${ctx.companyId}`);
  await ctx.db.run(sql`delete from transaction_keys where company_id = ${ctx.companyId}`);
});

it('names each planted drift by its cause, fetches what is missing, and the days add up', async () => {
  server.sell(shop([...PLANS, MISSING, GONE]));
  await backfill();
  // The books date the refund on another day than the platform.
  await ctx.db.run(sql`with moved as (update transactions set transaction_date = ${on(16).toISOString()} where company_id = ${ctx.companyId} and kind = 'refund' returning id)
    update transaction_keys k set transaction_date = ${on(16).toISOString()} from moved where k.company_id = ${ctx.companyId} and k.transaction_id = moved.id`);
  // Another platform's order stands for the same sale.
  await ctx.db.run(sql`update transactions set of_record = false, counted = false where company_id = ${ctx.companyId} and label = '#1006'`);
  // The webhook of one never came; the platform no longer has another.
  await ctx.db.run(sql`delete from transaction_keys where company_id = ${ctx.companyId} and external_id = '9820982911946154007'`);
  await ctx.db.run(sql`delete from transactions where company_id = ${ctx.companyId} and label = '#1008'`);
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
  const lookups = openDatabase({ url: database.appUrl, endpoint: database.neonEndpoint });
  const rung: { id: string; nightly: boolean }[] = [];
  for (let minute = 0; minute < 60; minute++) {
    for (const one of await listToReconcile(lookups, new Date(Date.UTC(2026, 10, 20, 2, minute)))) if ([other, integrationId].includes(one.integrationId)) rung.push({ id: one.integrationId, nightly: one.nightly });
  }
  expect(rung.map(({ id }) => id).sort()).toEqual([integrationId, other].sort());
  // Two o'clock in London is three in Berlin.
  expect(rung.every(({ nightly }) => nightly)).toBe(true);
});
