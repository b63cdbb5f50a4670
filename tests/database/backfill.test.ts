/** A backfill on real Postgres, from a local Shopify server: whatever interrupts it, the books end whole, each order once. */
import { sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError } from '#core/errors';
import { listBackfillsToRing } from '#data/backfills';
import { insertIntegration } from '#data/integrations';
import { verifyTenant } from '#data/rebuild';
import { openDatabase } from '#data/tenant';
import { shopify } from '#connectors/shopify/connector';
import { cancelBackfill, listBackfills, runBackfill, startBackfill } from '#operations/backfills';
import { ingestUnits } from '#operations/ingest';
import { requireState } from '#operations/scoring';
import { makeOutside } from '#worker/context/outside';
import type { TenantContext } from '#worker/ports';
import { generatedShop } from '#local/platforms/shopify-orders';
import type { ShopData } from '#local/platforms/shopify-orders';
import { FILES_ORIGIN, startShopifyServer } from '#local/platforms/shopify-server';
import type { ShopifyServer } from '#local/platforms/shopify-server';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { makeTestTenant } from '../support/tenant.ts';

const UNTIL = new Date('2026-11-20T12:00:00Z');
const COUNT = 650;
const data = generatedShop(COUNT, UNTIL);

let database: TestDatabase;
let server: ShopifyServer;
beforeAll(async () => {
  database = await createTestDatabase();
  server = await startShopifyServer({ data, token: 'shpat_test' });
});
afterAll(async () => { await server.close(); });

/** What the shop sold, reckoned from its orders without our code. */
function expected(shop: ShopData): { rows: number; gross: number; refunded: number } {
  const sum = { rows: 0, gross: 0, refunded: 0 };
  const cents = (amount: string): number => Math.round(Number(amount) * 100);
  for (let index = 0; index < shop.count; index++) {
    const order = shop.at(index);
    sum.rows += 1 + order.refunds.length;
    if (order.test || order.cancelledAt !== null || order.displayFinancialStatus === 'PENDING') continue;
    for (const line of order.lineItems) sum.gross += cents(line.originalUnitPriceSet.shopMoney.amount) - cents(line.totalDiscountSet.shopMoney.amount);
    for (const refund of order.refunds) for (const { amountSet } of refund.transactions) sum.refunded += cents(amountSet.shopMoney.amount);
  }
  return sum;
}

async function open(options: { settings?: Record<string, string>; reach?: (point: string) => void } = {}): Promise<{ ctx: TenantContext; integrationId: string }> {
  const outside = makeOutside({ origins: new Map([['https://fernway.myshopify.com', server.origin], [FILES_ORIGIN, server.origin]]), resolve: null });
  const ctx = await makeTestTenant(database, { outside: outside.fetch, ...(options.reach && { reach: options.reach }) });
  // The test tenant's keyring opens nothing: what stands in the column is the settings as they are.
  const plain: TenantContext = { ...ctx, keys: { ...ctx.keys, decrypt: async (_, text) => text } };
  const integrationId = v7();
  const settings = options.settings ?? { shopDomain: 'fernway.myshopify.com', adminToken: 'shpat_test' };
  await insertIntegration(ctx.db, { id: integrationId, platform: 'shopify', name: 'Fernway', credentials: JSON.stringify(settings), credentialKeyId: 'k1' });
  return { ctx: plain, integrationId };
}

/** Rings as the queue would, at once instead of after the wait, until there is nothing more to do. */
async function ringUntilDone(ctx: TenantContext, id: string): Promise<void> {
  for (let bells = 0; bells < 40; bells++) {
    await ctx.db.run(sql`update backfills set wait_until = null where company_id = ${ctx.companyId} and id = ${id}`);
    if ((await runBackfill(ctx, id)) === null) return;
  }
  throw new Error('The backfill did not end');
}

const sums = z.object({ rows: z.number(), gross: z.number(), refunded: z.number() });
async function books(ctx: TenantContext): Promise<z.infer<typeof sums> | null> {
  return ctx.db.first(sums, sql`select (select count(*)::int from transactions where company_id = ${ctx.companyId}) as rows,
    (select coalesce(sum(gross), 0)::bigint from customer_stats where company_id = ${ctx.companyId}) as gross,
    (select coalesce(sum(refunded), 0)::bigint from customer_stats where company_id = ${ctx.companyId}) as refunded`);
}

describe('a backfill', () => {
  it('brings all orders once, however often it breaks off, and tells how far it is', async () => {
    let broken = 0;
    let pages = 0;
    const { ctx, integrationId } = await open({
      reach(point) {
        // After the books have the page and before the cursor has moved: the worst moment.
        if (point === 'before-backfill-advance' && ++pages % 2 === 1 && pages < 8) {
          broken += 1;
          throw new AppError('unavailable', 'Killed on purpose');
        }
      },
    });
    const { id } = await startBackfill(ctx, integrationId, {});
    await ringUntilDone(ctx, id);
    expect(broken).toBeGreaterThan(2);
    expect(await books(ctx)).toEqual(expected(data));
    expect(await verifyTenant(ctx.db)).toEqual([]);
    expect(await listBackfills(ctx, integrationId)).toMatchObject([{ id, state: 'done', recordsRead: COUNT, recordsExpected: COUNT, rejected: 0, error: null }]);
    // A second reading changes nothing.
    const second = await startBackfill(ctx, integrationId, {});
    await ringUntilDone(ctx, second.id);
    expect(await books(ctx)).toEqual(expected(data));
    expect((await listBackfills(ctx, integrationId))[0]).toMatchObject({ id: second.id, inserted: 0, updated: 0 });
  });

  it('leaves a newer webhook alone, and brings what an older one lacks', async () => {
    const { ctx, integrationId } = await open();
    const state = await requireState(ctx);
    const webhook = async (index: number, updatedAt: string, status: string): Promise<void> => {
      const order = data.at(index);
      const [line] = order.lineItems;
      const body = JSON.stringify({
        admin_graphql_api_id: order.id, name: order.name, currency: 'EUR', financial_status: status, created_at: order.createdAt, processed_at: order.processedAt, updated_at: updatedAt,
        line_items: [{ price: line?.originalUnitPriceSet.shopMoney.amount, quantity: 1, title: 'x' }], cancelled_at: status === 'voided' ? updatedAt : null,
      });
      const records = shopify.normalise({ topic: 'orders/updated', headers: {}, body }, { currency: 'EUR', receivedAt: updatedAt });
      await ingestUnits(ctx, state, [{ records, door: 'webhook', source: 'shopify', deliveryId: `w${String(index)}`, topic: 'orders/updated', payload: () => body, headers: {}, receivedAt: updatedAt }]);
    };
    await webhook(1, '2026-11-21T00:00:00Z', 'voided');
    await webhook(2, '2020-01-01T00:00:00Z', 'pending');
    const { id } = await startBackfill(ctx, integrationId, {});
    await ringUntilDone(ctx, id);
    const rows = await ctx.db.rows(z.object({ label: z.string(), status: z.string() }), sql`select label, status from transactions
      where company_id = ${ctx.companyId} and label in ('#1002', '#1003') order by label`);
    expect(rows).toEqual([{ label: '#1002', status: 'cancelled' }, { label: '#1003', status: 'paid' }]);
  });

  it('is one at a time, stops when it is cancelled, and is rung again when its worker is gone', async () => {
    const { ctx, integrationId } = await open();
    const { id } = await startBackfill(ctx, integrationId, { from: '2026-11-01' });
    await expect(startBackfill(ctx, integrationId, {})).rejects.toMatchObject({ code: 'conflict' });
    const lookups = openDatabase({ url: database.appUrl, endpoint: database.neonEndpoint });
    const rung = async (): Promise<boolean> => (await listBackfillsToRing(lookups)).some(({ backfillId }) => backfillId === id);
    expect(await rung()).toBe(true);
    await ctx.db.run(sql`update backfills set state = 'running', lease_token = ${v7()}, lease_until = now() + interval '1 minute' where company_id = ${ctx.companyId} and id = ${id}`);
    expect(await rung()).toBe(false);
    expect(await runBackfill(ctx, id)).toBeNull();
    await ctx.db.run(sql`update backfills set lease_until = now() - interval '1 second' where company_id = ${ctx.companyId} and id = ${id}`);
    expect(await rung()).toBe(true);
    expect(await cancelBackfill(ctx, integrationId, id)).toMatchObject({ state: 'cancelled' });
    expect(await runBackfill(ctx, id)).toBeNull();
    expect(await books(ctx)).toMatchObject({ rows: 0 });
    await expect(cancelBackfill(ctx, integrationId, id)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('fails in words when the key is wrong, and asks for one that is missing', async () => {
    const without = await open({ settings: { shopDomain: 'fernway.myshopify.com' } });
    await expect(startBackfill(without.ctx, without.integrationId, {})).rejects.toMatchObject({ code: 'invalid_input', errors: [{ path: 'settings.adminToken' }] });
    const wrong = await open({ settings: { shopDomain: 'fernway.myshopify.com', adminToken: 'old' } });
    const { id } = await startBackfill(wrong.ctx, wrong.integrationId, {});
    expect(await runBackfill(wrong.ctx, id)).toBeNull();
    expect(await listBackfills(wrong.ctx, wrong.integrationId)).toMatchObject([{ state: 'failed', error: expect.stringContaining('refuses the Admin API access token') }]);
  });
});
