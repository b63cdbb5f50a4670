// Any order of deliveries, duplicates, edits and early refunds ends in the same figures: those of a recount from the raw rows.
import { beforeAll, expect, it } from 'vitest';
import { v7 } from 'uuid';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { OrderRecord, RefundRecord, SaleRecord } from '#core/commerce/record';
import { writeBatch } from '#data/ingest';
import { rebuildTenant, verifyTenant } from '#data/rebuild';
import { openDatabase } from '#data/tenant';
import type { Database, TenantDb } from '#data/tenant';
import { readTenantState } from '#data/tenant-state';
import { ingestUnits } from '#operations/ingest';
import { toBatch } from '#operations/ingest-batch';
import { requireState } from '#operations/scoring';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { count, peopleTenant, take } from '../support/people.ts';
import { orderOf, refundOf, unitOf } from '../support/records.ts';

let database: Database;
let made: TestDatabase;

beforeAll(async () => {
  made = await createTestDatabase();
  database = openDatabase({ url: made.appUrl, endpoint: made.neonEndpoint });
});

async function makeTenant(settings: { timeZone?: string; countZero?: boolean } = {}): Promise<TenantDb> {
  const id = v7();
  const db = database.tenant(id);
  await db.run(sql`with c as (insert into companies (id, slug, name, currency, time_zone, count_zero_orders)
    values (${id}, ${id}, 'Test', 'EUR', ${settings.timeZone ?? 'Europe/Berlin'}, ${settings.countZero ?? false}) returning id)
    insert into tenant_clock (company_id) select id from c`);
  return db;
}

async function ingest(db: TenantDb, records: SaleRecord[]) {
  const identityHash = async (email: string) => `hash-${email}`;
  // As the pipeline does: what the books have none of is not asked.
  const lacks = (await readTenantState(db))?.lacks;
  return writeBatch(db, await toBatch(records, { companyId: db.companyId, identityHash, makeId: () => v7() }), 100, lacks);
}

/** Small deterministic generator (mulberry32). */
function random(seed: number) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const amounts = (given: number, currency = 'EUR') => ({ currency, given, goods: 0, discount: 0, tax: 0, shipping: 0, tip: 0 });

function order(n: number, over: Partial<OrderRecord> = {}): OrderRecord {
  return {
    kind: 'order', source: 'api', externalId: `o${n}`, version: { updatedAt: '2026-01-01T00:00:00.000Z', rank: 1 },
    occurredAt: '2026-01-01T12:00:00.000Z', customer: { externalId: 'c1', email: null, name: null, country: null },
    amounts: amounts(1000), status: 'paid', counts: true, type: 'purchase', channel: null, items: [], label: null, paymentKeys: [], precedence: 80, ...over,
  };
}

function refund(n: number, over: Partial<RefundRecord> = {}): RefundRecord {
  return {
    kind: 'refund', source: 'api', externalId: `r${n}`, version: { updatedAt: '2026-01-02T00:00:00.000Z', rank: 1 },
    occurredAt: '2026-01-05T12:00:00.000Z', orderExternalId: 'o1', customer: null, amounts: amounts(400), status: 'refunded', counts: true, items: [], ...over,
  };
}

const totals = z.object({ orders: z.number(), gross: z.number(), refunded: z.number(), buyers: z.number(), new_customers: z.number() });
const readTotals = (db: TenantDb) => db.first(totals, sql`select coalesce(sum(orders), 0)::int as orders, coalesce(sum(gross), 0)::bigint as gross,
  coalesce(sum(refunded), 0)::bigint as refunded, coalesce(sum(buyers), 0)::int as buyers, coalesce(sum(new_customers), 0)::int as new_customers
  from daily_rollup where company_id = ${db.companyId}`);

it('counts an order once, however often it is delivered', async () => {
  const db = await makeTenant();
  expect(await ingest(db, [order(1)])).toMatchObject({ inserted: 1, updated: 0 });
  expect(await ingest(db, [order(1), order(1)])).toMatchObject({ inserted: 0, updated: 0 });
  expect(await readTotals(db)).toEqual({ orders: 1, gross: 1000, refunded: 0, buyers: 1, new_customers: 1 });
});

it('parks a refund until its order comes, then nets it into the order and counts it on its own day', async () => {
  const db = await makeTenant();
  await ingest(db, [refund(1)]);
  expect(await readTotals(db)).toMatchObject({ gross: 0, refunded: 0 });
  expect(await db.rows(z.object({ parked: z.boolean() }), sql`select parked from transaction_keys where company_id = ${db.companyId}`)).toEqual([{ parked: true }]);
  await ingest(db, [order(1)]);
  expect(await readTotals(db)).toMatchObject({ orders: 1, gross: 1000, refunded: 400 });
  const days = await db.rows(z.object({ day: z.string(), gross: z.number(), refunded: z.number(), order_net: z.number() }),
    sql`select day, gross, refunded, order_net from customer_day where company_id = ${db.companyId} and (gross > 0 or refunded > 0) order by day`);
  expect(days).toEqual([
    { day: '2026-01-01', gross: 1000, refunded: 0, order_net: 600 },
    { day: '2026-01-05', gross: 0, refunded: 400, order_net: 0 },
  ]);
  expect(await verifyTenant(db)).toEqual([]);
});

it('gives an order back what its refund took when the refund turns out to be another order’s, or nobody’s', async () => {
  const db = await makeTenant();
  const left = async () => (await db.rows(z.object({ id: z.string(), refunded: z.number() }), sql`select external_id as id, refunded from transactions where company_id = ${db.companyId} and kind = 'order' order by 1`)).map((row) => row.refunded);
  await ingest(db, [order(1), order(2, { occurredAt: '2026-01-02T12:00:00.000Z', customer: { externalId: 'c2', email: null, name: null, country: null } }), refund(1)]);
  expect(await left()).toEqual([400, 0]);
  await ingest(db, [refund(1, { orderExternalId: 'o2', version: { updatedAt: '2026-01-03T00:00:00.000Z', rank: 1 } })]);
  expect(await left()).toEqual([0, 400]);
  expect(await verifyTenant(db)).toEqual([]);
  await ingest(db, [refund(1, { orderExternalId: null, customer: { externalId: 'c2', email: null, name: null, country: null }, version: { updatedAt: '2026-01-04T00:00:00.000Z', rank: 1 } })]);
  expect(await left()).toEqual([0, 0]);
  expect(await verifyTenant(db)).toEqual([]);
});

it('moves an order to another day and another customer, and ignores an older version that comes late', async () => {
  const db = await makeTenant();
  await ingest(db, [order(1), order(2, { occurredAt: '2026-02-03T12:00:00.000Z' })]);
  await ingest(db, [refund(1)]);
  await ingest(db, [order(1, { version: { updatedAt: '2026-03-01T00:00:00.000Z', rank: 1 }, occurredAt: '2026-01-20T12:00:00.000Z',
    customer: { externalId: 'c2', email: null, name: null, country: null }, amounts: amounts(900) })]);
  await ingest(db, [order(1)]);
  expect(await readTotals(db)).toEqual({ orders: 2, gross: 1900, refunded: 400, buyers: 2, new_customers: 2 });
  expect(await verifyTenant(db)).toEqual([]);
});

it('counts days in the tenant’s zone and zero orders only when the company says so', async () => {
  const record = order(1, { occurredAt: '2026-01-01T23:30:00.000Z', amounts: amounts(0) });
  const without = await makeTenant();
  await ingest(without, [record]);
  expect(await readTotals(without)).toMatchObject({ orders: 0, buyers: 0 });
  const counting = await makeTenant({ countZero: true });
  await ingest(counting, [record]);
  expect(await counting.rows(z.object({ day: z.string(), orders: z.number() }), sql`select day, orders from daily_rollup where company_id = ${counting.companyId}`))
    .toEqual([{ day: '2026-01-02', orders: 1 }]);
});

it('keeps a sale in a currency without a rate, uncounted and reported', async () => {
  const db = await makeTenant();
  await ingest(db, [order(1, { amounts: amounts(500, 'USD') })]);
  expect(await db.rows(z.object({ gross: z.number(), uncounted: z.number() }), sql`select gross, uncounted from daily_rollup where company_id = ${db.companyId}`))
    .toEqual([{ gross: 0, uncounted: 1 }]);
});

it('recognises a guest by e-mail address, also within one batch', async () => {
  const db = await makeTenant();
  await ingest(db, [
    order(1, { customer: { externalId: null, email: 'Ann@Example.com', name: null, country: null } }),
    order(2, { customer: { externalId: 'c9', email: 'ann@example.com', name: 'Ann', country: null } }),
  ]);
  await ingest(db, [order(3, { customer: { externalId: null, email: 'ann@example.com ', name: null, country: null } })]);
  expect(await db.rows(z.object({ n: z.number() }), sql`select count(*)::int as n from customers where company_id = ${db.companyId}`)).toEqual([{ n: 1 }]);
  expect(await verifyTenant(db)).toEqual([]);
});

it.each([1, 2, 3, 4, 5, 6])('any shuffle of orders, edits, refunds and repeats equals a recount (seed %i)', async (seed) => {
  const next = random(seed);
  const pick = (n: number) => Math.floor(next() * n);
  const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n, pick(24), pick(60))).toISOString();
  const records: SaleRecord[] = [];
  for (let n = 1; n <= 60; n++) {
    for (let version = 0; version <= pick(3); version++) {
      records.push(order(n, {
        version: { updatedAt: day(100 + version), rank: pick(3) }, occurredAt: day(pick(90)), amounts: amounts(pick(5) === 0 ? 0 : pick(9000), pick(12) === 0 ? 'USD' : 'EUR'),
        counts: pick(6) !== 0, customer: pick(10) === 0 ? null : { externalId: `c${pick(12)}`, email: pick(2) === 0 ? `p${pick(6)}@x.io` : null, name: null, country: null },
        items: Array.from({ length: pick(3) }, (_, i) => ({ productId: `p${i}`, sku: null, name: `Item "${i}" \\`, category: null, quantity: 1, amount: 100 })),
      }));
    }
    for (let version = 0; pick(3) === 0 && version < 3; version++) {
      // A later version may name another order, or none.
      const orderExternalId = pick(8) === 0 ? `missing${n}` : pick(4) === 0 ? `o${1 + pick(60)}` : pick(12) === 0 ? null : `o${n}`;
      records.push(refund(n, {
        version: { updatedAt: day(100 + version), rank: pick(3) }, orderExternalId, customer: orderExternalId === null ? { externalId: `c${pick(12)}`, email: null, name: null, country: null } : null,
        amounts: amounts(pick(4000)), occurredAt: day(pick(120)), counts: pick(8) !== 0,
      }));
    }
  }
  const shuffled = [...records, ...records.filter(() => pick(3) === 0)].map((r) => [next(), r] as const).sort((a, b) => a[0] - b[0]).map(([, r]) => r);
  const db = await makeTenant({ timeZone: 'America/New_York', countZero: seed % 2 === 0 });
  for (let i = 0; i < shuffled.length; ) {
    const size = 1 + pick(20);
    await ingest(db, shuffled.slice(i, i + size));
    i += size;
  }
  expect(await verifyTenant(db)).toEqual([]);
  const before = await readTotals(db);
  await rebuildTenant(db);
  expect(await readTotals(db)).toEqual(before);
  expect(await verifyTenant(db)).toEqual([]);
});

it('two writers at once count everything once', async () => {
  const db = await makeTenant();
  const batches = Array.from({ length: 12 }, (_, b) => Array.from({ length: 25 }, (_, i) => order((b % 6) * 25 + i, {
    customer: { externalId: `c${(i * 7 + b) % 40}`, email: null, name: null, country: null }, version: { updatedAt: '2026-01-01T00:00:00.000Z', rank: 1 } })));
  await Promise.all(batches.map((b) => ingest(db, b)));
  expect(await readTotals(db)).toMatchObject({ orders: 150, gross: 150_000 });
  expect(await verifyTenant(db)).toEqual([]);
});

it('a batch that believed the books to be barer than they are is given up, and made anew at once', async () => {
  const ctx = await peopleTenant(made);
  const barren = await requireState(ctx);
  expect(barren.lacks).toEqual({ payments: true, refunds: true, segments: true });
  // A refund comes before its order, and somebody says that two payments are one.
  await take(ctx, refundOf('r', '1'), { kind: 'payment_link', source: 'shopify', externalId: 'l', version: { updatedAt: '2026-01-02T00:00:00.000Z', rank: 0 }, paymentKeys: ['shopify:1', 'stripe:pi_1'] });
  expect((await requireState(ctx)).lacks).toEqual({ payments: false, refunds: false, segments: true });
  const batch = await toBatch([orderOf('1')], { companyId: ctx.companyId, identityHash: async (email) => email, makeId: () => v7(), hasErasures: true });
  for (const lacks of [{ payments: true, refunds: false, segments: false }, { payments: false, refunds: true, segments: false }]) {
    await expect(writeBatch(ctx.db, batch, 10, lacks)).rejects.toMatchObject({ code: 'stale' });
  }
  expect(await count(ctx, `transactions where kind = 'order'`)).toBe(0);
  expect(await ingestUnits(ctx, barren, [unitOf([orderOf('1')]), unitOf([orderOf('pi_1', { source: 'stripe', precedence: 20 })])])).toMatchObject({ inserted: 2, dead: [] });
  expect(await count(ctx, 'daily_rollup where orders = 1 and gross = 1000')).toBe(1);
  expect(await count(ctx, 'daily_rollup where refunded = 400')).toBe(1);
  expect(await verifyTenant(ctx.db)).toEqual([]);
});
