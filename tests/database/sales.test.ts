// One sale told by several platforms counts once, whatever comes first.
import { beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { OrderRecord } from '#core/commerce/record';
import { listPairedRecords, listSuggestedPairs, pairOrders, separateOrder } from '#data/pairings';
import { verifyTenant } from '#data/rebuild';
import type { TenantDb } from '#data/tenant';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { amounts } from '../support/records.ts';
import { customer, ingest, link, order, parts, refund, salesTenant } from '../support/sales.ts';
import type { Basis, Told } from '../support/sales.ts';

let made: TestDatabase;
beforeAll(async () => { made = await createTestDatabase(); });

const makeTenant = (basis?: Basis) => salesTenant(made, basis);

const totals = z.object({ orders: z.number(), gross: z.number(), refunded: z.number(), uncounted: z.number() });
const readTotals = (db: TenantDb) => db.first(totals, sql`select coalesce(sum(orders), 0)::int as orders, coalesce(sum(gross), 0)::bigint as gross,
  coalesce(sum(refunded), 0)::bigint as refunded, coalesce(sum(uncounted), 0)::int as uncounted from daily_rollup where company_id = ${db.companyId}`);

function* permutations<T>(list: readonly T[]): Generator<T[]> {
  if (list.length === 0) yield [];
  for (const [n, first] of list.entries()) for (const rest of permutations(list.toSpliced(n, 1))) yield [first, ...rest];
}

const charge = order('stripe', 'ch_1', { precedence: 20, paymentKeys: ['stripe:pi_1'], customer: customer('cus_1') });
const intent = order('stripe', 'pi_1', { precedence: 30, paymentKeys: ['stripe:ch_1'], customer: customer('cus_1') });
const invoice = order('stripe', 'in_1', { precedence: 50, customer: customer('cus_1'), amounts: amounts(990) });
const session = order('stripe', 'cs_1', { precedence: 40, paymentKeys: ['stripe:in_1'], customer: customer('cus_1') });
const paid = link('stripe', 'inpay_1', 'stripe:in_1', 'stripe:pi_1');

describe('refunds that are stated as one sum', () => {
  // Net sales 8,400 of 10,000 paid.
  const bill = (over: Partial<OrderRecord> = {}): OrderRecord => order('stripe', 'in_1', { precedence: 50, amounts: parts(9000, 600, 1100, 500), ...over });
  const back = (id: string, cents: number, day = 5) => refund('stripe', id, 'in_1', { amounts: amounts(cents), occurredAt: `2026-01-0${day}T12:00:00.000Z` });
  const each = async (db: TenantDb) => (await db.rows(z.object({ amount: z.number() }), sql`select amount from transactions where company_id = ${db.companyId} and kind = 'refund' order by external_id`)).map((r) => r.amount);

  it.each([['net_sales', 8400], ['with_shipping', 8900], ['total_paid', 10_000]] as const)('take of an order with parts what counts of it: %s', async (basis, counts) => {
    const db = await makeTenant(basis);
    await ingest(db, [back('re_1', 10_000), bill()]);
    expect(await readTotals(db)).toEqual({ orders: 1, gross: counts, refunded: counts, uncounted: 0 });
    expect(await db.rows(z.object({ purchase_days: z.number(), historical_value: z.number() }), sql`select purchase_days, historical_value from customer_stats where company_id = ${db.companyId}`))
      .toEqual([{ purchase_days: 0, historical_value: 0 }]);
    expect(await verifyTenant(db)).toEqual([]);
  });

  it('are rounded so that together they take the whole order and no cent more, in whatever order they come', async () => {
    for (const told of permutations([back('re_1', 3333, 5), back('re_2', 3333, 6), back('re_3', 3334, 7)])) {
      const db = await makeTenant();
      await ingest(db, [bill({ amounts: parts(8405, 0, 1095, 500) })]);
      for (const one of told) await ingest(db, [one]);
      // 2,801.3865, 5,602.773 and 8,405 in all.
      expect(await each(db)).toEqual([2801, 2802, 2802]);
      expect(await readTotals(db)).toMatchObject({ gross: 8405, refunded: 8405 });
      expect(await verifyTenant(db)).toEqual([]);
    }
  });

  it('in a foreign currency too', async () => {
    const db = await makeTenant();
    await db.run(sql`insert into exchange_rates (company_id, currency, day, factor, origin) values (${db.companyId}, 'USD', '2025-12-31', 0.5, 'manual')`);
    // 1,001 of 1,201 dollar cents are net sales: 500.5 euro cents, half to even 500. Each half of it is 250.25.
    await ingest(db, [bill({ amounts: parts(1001, 0, 200, 0, 0, 'USD') }), refund('stripe', 're_1', 'in_1', { amounts: amounts(601, 'USD') }), refund('stripe', 're_2', 'in_1', { amounts: amounts(600, 'USD'), occurredAt: '2026-01-06T12:00:00.000Z' })]);
    expect(await readTotals(db)).toMatchObject({ gross: 500, refunded: 500 });
    expect(await verifyTenant(db)).toEqual([]);
  });

  it('a dispute at Shopify beside a refund by parts, and one that was won', async () => {
    const db = await makeTenant();
    const shop = order('shopify', '1', { amounts: parts(10_000, 1600, 1100, 500) });
    const dispute = (updatedAt: string, counts: boolean) => refund('shopify', 'dispute:1', '1', { amounts: amounts(5000), counts, status: counts ? 'lost' : 'won', version: { updatedAt, rank: 1 } });
    await ingest(db, [shop, refund('shopify', 'r1', '1', { amounts: parts(4200, 0, 550, 250), occurredAt: '2026-01-04T12:00:00.000Z' }), dispute('2026-02-01T00:00:00.000Z', true)]);
    expect(await readTotals(db)).toMatchObject({ gross: 8400, refunded: 8400 });
    await ingest(db, [dispute('2026-02-02T00:00:00.000Z', false)]);
    expect(await readTotals(db)).toMatchObject({ gross: 8400, refunded: 4200 });
    expect(await verifyTenant(db)).toEqual([]);
  });
});

describe('double sales', () => {
  it('Stripe’s charge, intent, invoice and session are one sale in every order of arrival', async () => {
    const all = [...permutations<Told>([charge, intent, invoice, session, refund('stripe', 're_1', 'ch_1')])];
    expect(all).toHaveLength(120);
    const db = await makeTenant();
    // A sale for each order of arrival, with names of its own; all of them step by step.
    const named = (one: Told, n: number): Told => JSON.parse(JSON.stringify(one).replace(/(?:ch|pi|in|cs|re|inpay)_1/g, (name) => `${name}x${n}`), (_, value: Told) => value);
    const told = all.map((some, n) => some.toSpliced(n % 6, 0, paid).map((one) => named(one, n)));
    for (let step = 0; step < 6; step++) await ingest(db, told.flatMap((some) => some.slice(step, step + 1)));
    expect(await readTotals(db)).toEqual({ orders: 120, gross: 120 * 990, refunded: 120 * 400, uncounted: 0 });
    expect(await db.rows(z.object({ records: z.number(), of_record: z.string(), refunded: z.number(), sales: z.number() }),
      sql`select records, of_record, refunded, count(*)::int as sales from (select k.sale_id, count(*)::int as records, min(left(t.external_id, 2)) filter (where t.of_record) as of_record, sum(t.refunded)::int as refunded
        from transaction_keys k join transactions t on t.company_id = k.company_id and t.id = k.transaction_id where k.company_id = ${db.companyId} and t.kind = 'order' group by 1) s group by 1, 2, 3`))
      .toEqual([{ records: 4, of_record: 'in', refunded: 400, sales: 120 }]);
    expect(await verifyTenant(db)).toEqual([]);
  });

  it.each([...permutations<Told>([order('shopify', '1001', { paymentKeys: ['stripe:pi_1'], customer: customer('shop-1') }), charge, refund('stripe', 're_1', 'pi_1')])])(
    'a Shopify order paid through Stripe counts once and tells its own refunds (%#)', async (...told) => {
      const db = await makeTenant();
      for (const one of told) await ingest(db, [one]);
      expect(await readTotals(db)).toEqual({ orders: 1, gross: 1000, refunded: 0, uncounted: 0 });
      await ingest(db, [refund('shopify', 'r1', '1001')]);
      expect(await readTotals(db)).toEqual({ orders: 1, gross: 1000, refunded: 400, uncounted: 0 });
      const owners = await db.rows(z.object({ external_id: z.string() }), sql`select c.external_id from customer_stats s join customers c on c.company_id = s.company_id and c.id = s.customer_id
        where s.company_id = ${db.companyId} and s.orders > 0`);
      expect(owners).toEqual([{ external_id: 'shop-1' }]);
      expect(await verifyTenant(db)).toEqual([]);
    });

  it('a Stripe refund that names the payment intent nets the invoice of record', async () => {
    const db = await makeTenant();
    await ingest(db, [refund('stripe', 're_1', 'pi_9')]);
    await ingest(db, [order('stripe', 'in_9', { precedence: 50 }), order('stripe', 'ch_9', { precedence: 20, paymentKeys: ['stripe:pi_9'] })]);
    expect(await readTotals(db)).toMatchObject({ orders: 2, refunded: 400 });
    await ingest(db, [link('stripe', 'ip', 'stripe:in_9', 'stripe:pi_9')]);
    expect(await readTotals(db)).toEqual({ orders: 1, gross: 1000, refunded: 400, uncounted: 0 });
    expect(await db.rows(z.object({ external_id: z.string(), refunded: z.number(), of_record: z.boolean() }),
      sql`select external_id, refunded, of_record from transactions where company_id = ${db.companyId} and kind = 'order' order by 1`)).toEqual([
      { external_id: 'ch_9', refunded: 0, of_record: false }, { external_id: 'in_9', refunded: 400, of_record: true }]);
    expect(await verifyTenant(db)).toEqual([]);
  });

  it('a WooCommerce order with Stripe payment and refunds on both sides nets once; cancelled there, the payment speaks', async () => {
    const db = await makeTenant();
    await ingest(db, [charge, refund('stripe', 're_1', 'ch_1'), refund('woocommerce', 'wr_1', '55'), order('woocommerce', '55', { paymentKeys: ['stripe:ch_1'] })]);
    expect(await readTotals(db)).toEqual({ orders: 1, gross: 1000, refunded: 400, uncounted: 0 });
    await ingest(db, [order('woocommerce', '55', { paymentKeys: ['stripe:ch_1'], counts: false, status: 'cancelled', version: { updatedAt: '2026-04-01T00:00:00.000Z', rank: 1 } })]);
    expect(await readTotals(db)).toEqual({ orders: 1, gross: 1000, refunded: 400, uncounted: 0 });
    expect(await verifyTenant(db)).toEqual([]);
  });

  it('a person takes a sale apart and puts it together again', async () => {
    const db = await makeTenant();
    const shop = order('shopify', '1001', { paymentKeys: ['stripe:pi_1'] });
    await ingest(db, [shop, charge, refund('stripe', 're_1', 'ch_1')]);
    await separateOrder(db, charge, 10);
    expect(await readTotals(db)).toEqual({ orders: 2, gross: 2000, refunded: 400, uncounted: 0 });
    await ingest(db, [{ ...charge, version: { updatedAt: '2026-05-01T00:00:00.000Z', rank: 1 } }]);
    expect(await readTotals(db)).toMatchObject({ orders: 2 });
    expect(await verifyTenant(db)).toEqual([]);
    await pairOrders(db, [shop, charge], 10);
    expect(await readTotals(db)).toEqual({ orders: 1, gross: 1000, refunded: 0, uncounted: 0 });
    const alone = order('api', 'x', { precedence: 70 });
    await ingest(db, [alone]);
    await pairOrders(db, [alone, charge], 10);
    expect(await readTotals(db)).toMatchObject({ orders: 1 });
    await separateOrder(db, alone, 10);
    expect(await readTotals(db)).toMatchObject({ orders: 2 });
    expect(await verifyTenant(db)).toEqual([]);
  });
});

it('suggests what looks like one sale, until it is one or a person says otherwise', async () => {
  const db = await makeTenant();
  const shop = order('shopify', '1', { occurredAt: '2026-01-01T12:10:00.000Z' });
  const later = order('stripe', 'ch_later', { occurredAt: '2026-01-01T12:26:00.000Z' });
  await ingest(db, [shop, order('stripe', 'ch_1'), later, order('stripe', 'ch_other', { amounts: amounts(999) })]);
  const suggested = async () => (await listSuggestedPairs(db, '2026-01-01T00:00:00Z', 10)).map(({ left, right }) => [left.external_id, right.external_id]);
  expect(await suggested()).toEqual([['1', 'ch_1']]);
  await pairOrders(db, [shop, order('stripe', 'ch_1')], 10);
  expect(await suggested()).toEqual([]);
  expect((await listPairedRecords(db, 10, null)).map((r) => [r.external_id, r.of_record])).toEqual([['ch_1', true], ['1', false]]);
  await separateOrder(db, shop, 10);
  expect(await suggested()).toEqual([]);
  expect(await listPairedRecords(db, 10, null)).toEqual([]);
});
