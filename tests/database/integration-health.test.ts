/** The hourly look at a platform: what is kept, whose turn it is, and what a gap is. */
import { sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { woocommerce } from '#connectors/woocommerce/connector';
import { listDueForHealth } from '#data/integration-health';
import { insertIntegration, readIntegration } from '#data/integrations';
import { openDatabase } from '#data/tenant';
import { ingestUnits } from '#operations/ingest';
import { checkIntegration, ringHealthChecks, runHealthCheck } from '#operations/integration-health';
import { requireState } from '#operations/scoring';
import type { Job, TenantContext } from '#worker/ports';
import { startWooCommerceShop } from '../../local/platforms/woocommerce-server.ts';
import type { WooShop } from '../../local/platforms/woocommerce-server.ts';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { makeTestTenant } from '../support/tenant.ts';

const STORE = 'https://woo.example';
const HOUR = 3_600_000;

let made: TestDatabase;
let shop: WooShop;
let ctx: TenantContext;
let now: Date;
let waiting = 0;

beforeAll(async () => {
  made = await createTestDatabase();
  shop = await startWooCommerceShop({ orders: 3, from: '2026-01-01T08:00:00Z' });
});
afterAll(async () => { await shop.close(); });

beforeEach(async () => {
  now = new Date(Date.now() + 3 * HOUR);
  waiting = 0;
  shop.webhooks = [];
  const tenant = await makeTestTenant(made, { now: () => now, outside: (url, init) => fetch(url.replace(STORE, shop.url), init) });
  const stats = async () => ({ waiting, oldestReceivedAt: null, acceptedTotal: 0, lastReceivedAt: null });
  ctx = { ...tenant, inbox: { ...tenant.inbox, stats }, keys: { ...tenant.keys, decrypt: async (_keyId, sealed) => sealed } };
});

async function connect(settings: Record<string, string> = { consumerKey: shop.consumerKey, consumerSecret: shop.consumerSecret }): Promise<string> {
  const row = await insertIntegration(ctx.db, { id: v7(), platform: 'woocommerce', name: 'Woo', credentials: JSON.stringify({ storeUrl: STORE, webhookSecret: 's', ...settings }), credentialKeyId: 'k1' });
  if (row === null) throw new Error('not connected');
  return row.id;
}

function turnOn(id: string): void {
  shop.webhooks = woocommerce.topics.map((topic, index) => ({ id: index + 1, name: topic, status: 'active', topic, delivery_url: `https://perennial.example/webhooks/woocommerce/${id}` }));
}

const due = async (at: Date): Promise<string[]> => (await listDueForHealth(openDatabase({ url: made.appUrl, endpoint: made.neonEndpoint }), ['woocommerce'], at))
  .filter(({ companyId }) => companyId === ctx.companyId).map(({ integrationId }) => integrationId);

describe('what is found', () => {
  it('is kept with its time', async () => {
    const id = await connect();
    turnOn(id);
    await expect(checkIntegration(ctx, id)).resolves.toEqual({ checkedAt: now.toISOString(), state: 'healthy', detail: 'All webhooks are on.', gap: null });
    expect((await readIntegration(ctx.db, id))?.health).toMatchObject({ state: 'healthy' });
    const [first] = shop.webhooks;
    if (first) first.status = 'disabled';
    await checkIntegration(ctx, id);
    expect((await readIntegration(ctx.db, id))?.health).toMatchObject({ state: 'disabled', detail: expect.stringContaining('order.created') });
  });

  it('says which keys are missing without asking anybody', async () => {
    const id = await connect({});
    const asked = shop.asked.length;
    await expect(checkIntegration(ctx, id)).resolves.toMatchObject({ state: 'unknown', detail: expect.stringContaining('REST API consumer key, REST API consumer secret') });
    expect(shop.asked.length).toBe(asked);
  });

  it('is unknown when the shop is away, and no reason to try harder', async () => {
    const id = await connect();
    shop.failures.push(503);
    await expect(runHealthCheck(ctx, id)).resolves.toBeUndefined();
    expect((await readIntegration(ctx.db, id))?.health).toMatchObject({ state: 'unknown', detail: expect.stringContaining('503') });
  });
});

describe('a gap', () => {
  it('is the newest order there that has not come, until it has', async () => {
    const id = await connect();
    turnOn(id);
    // Placed after connecting, half an hour ago.
    let placed = shop.place(now.getTime() - HOUR / 2 - (now.getTime() % 1000));
    while (!['processing', 'completed'].includes(placed.order.status)) placed = shop.place(now.getTime() - HOUR / 2 - (now.getTime() % 1000));
    const gap = { label: `#${placed.order.id}`, at: `${placed.order.date_created_gmt}.000Z` };
    await expect(checkIntegration(ctx, id)).resolves.toMatchObject({ state: 'healthy', gap });

    waiting = 1;
    await expect(checkIntegration(ctx, id)).resolves.toMatchObject({ gap: null });
    waiting = 0;

    const records = woocommerce.normalise({ topic: 'order.created', headers: {}, body: JSON.stringify(placed.order) }, { currency: 'EUR', receivedAt: now.toISOString() });
    await ingestUnits(ctx, await requireState(ctx), [{ records, door: 'webhook', source: 'woocommerce', deliveryId: 'd', topic: 'order.created', payload: () => '', headers: {}, receivedAt: now.toISOString() }]);
    await expect(checkIntegration(ctx, id)).resolves.toMatchObject({ gap: null });
    shop.remove(placed.order.id);
  });

  it('is none for orders from before the integration', async () => {
    const id = await connect();
    await ctx.db.run(sql`update integrations set created_at = ${now.toISOString()}::timestamptz where company_id = ${ctx.companyId} and id = ${id}`);
    await expect(checkIntegration(ctx, id)).resolves.toMatchObject({ gap: null });
  });
});

describe('whose turn it is', () => {
  it('is everyone’s once an hour, and nobody’s who was removed', async () => {
    const id = await connect();
    const gone = await connect();
    await ctx.db.run(sql`update integrations set disabled_at = now() where company_id = ${ctx.companyId} and id = ${gone}`);
    expect(await due(now)).toEqual([id]);
    await runHealthCheck(ctx, id);
    expect(await due(new Date(now.getTime() + HOUR / 2))).toEqual([]);
    expect(await due(new Date(now.getTime() + HOUR + 1000))).toEqual([id]);
  });

  it('rings for it, and a second bell does not look again', async () => {
    const id = await connect();
    const rung: Job[] = [];
    const database = openDatabase({ url: made.appUrl, endpoint: made.neonEndpoint });
    await ringHealthChecks({ database, jobs: { ...ctx.jobs, enqueue: async (job) => { rung.push(job); } } }, now);
    expect(rung).toContainEqual({ type: 'health', companyId: ctx.companyId, integrationId: id });
    await runHealthCheck(ctx, id);
    const asked = shop.asked.length;
    await runHealthCheck(ctx, id);
    expect(shop.asked.length).toBe(asked);
  });
});
