// One sale told by several platforms counts once, whatever comes first: equal to a plain recount in TypeScript and to the database's own.
import { beforeAll, describe, expect, it } from 'vitest';
import { v7 } from 'uuid';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { addDays } from '#core/calendar/days';
import { localDay } from '#core/calendar/local-day';
import type { Amounts, OrderRecord, PaymentLinkRecord, RefundRecord } from '#core/commerce/record';
import { writeBatch } from '#data/ingest';
import { listPairedRecords, listSuggestedPairs, pairOrders, separateOrder } from '#data/pairings';
import { rebuildTenant, verifyTenant } from '#data/rebuild';
import { openDatabase } from '#data/tenant';
import type { Database, TenantDb } from '#data/tenant';
import { toBatch } from '#operations/ingest-batch';
import { createTestDatabase } from '../support/database.ts';

type Told = OrderRecord | RefundRecord | PaymentLinkRecord;
type Basis = 'net_sales' | 'with_shipping' | 'total_paid';
const ZONE = 'America/New_York';
let database: Database;

beforeAll(async () => {
  const made = await createTestDatabase();
  database = openDatabase({ url: made.appUrl, endpoint: made.neonEndpoint });
});

async function makeTenant(basis: Basis = 'net_sales'): Promise<TenantDb> {
  const id = v7();
  const db = database.tenant(id);
  await db.run(sql`with c as (insert into companies (id, slug, name, currency, time_zone, revenue_basis) values (${id}, ${id}, 'Test', 'EUR', ${ZONE}, ${basis}) returning id)
    insert into tenant_clock (company_id) select id from c`);
  return db;
}

async function ingest(db: TenantDb, records: readonly Told[]): Promise<void> {
  await writeBatch(db, await toBatch(records, { companyId: db.companyId, identityHash: async (email) => `hash-${email}`, makeId: () => v7() }), 100);
}

const customer = (externalId: string) => ({ externalId, email: `${externalId}@x.io`, name: null, country: null });
const amounts = (given: number, currency = 'EUR') => ({ currency, given, goods: 0, discount: 0, tax: 0, shipping: 0, tip: 0 });
const parts = (goods: number, discount: number, tax: number, shipping: number, tip = 0, currency = 'EUR'): Amounts => ({ currency, given: null, goods, discount, tax, shipping, tip });
const version = { updatedAt: '2026-03-01T00:00:00.000Z', rank: 1 };

function order(source: string, externalId: string, over: Partial<OrderRecord> = {}): OrderRecord {
  return {
    kind: 'order', source, externalId, version, occurredAt: '2026-01-01T12:00:00.000Z', customer: customer('ann'), amounts: amounts(1000), status: 'paid', counts: true,
    type: 'purchase', channel: null, items: [], label: null, paymentKeys: [], precedence: 80, ...over,
  };
}
function refund(source: string, externalId: string, orderExternalId: string, over: Partial<RefundRecord> = {}): RefundRecord {
  return {
    kind: 'refund', source, externalId, version, occurredAt: '2026-01-05T12:00:00.000Z', orderExternalId, customer: null, amounts: amounts(400), status: 'refunded', counts: true, items: [], ...over,
  };
}
function link(source: string, externalId: string, ...paymentKeys: string[]): PaymentLinkRecord {
  return { kind: 'payment_link', source, externalId, version, paymentKeys };
}

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

/** Small deterministic generator (mulberry32). */
function random(seed: number) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

interface Rate { currency: string; day: string; factor: number }
interface World { basis: Basis; told: Told[]; rates: Rate[]; separated: Set<string>; together: [string, string][] }

function halfEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** The figures of each customer's days, reckoned the long way from everything that was ever told. */
function recount({ basis, told, rates, separated, together }: World): string[] {
  const newest = new Map<string, OrderRecord | RefundRecord>();
  const lists: string[][] = [...together.map(([a, b]) => [a, b])];
  for (const one of told) {
    const name = `${one.source}:${one.externalId}`;
    if (one.kind === 'payment_link') { lists.push(one.paymentKeys); continue; }
    if (one.kind === 'order' && one.paymentKeys.length > 0) lists.push([name, ...one.paymentKeys]);
    const known = newest.get(name);
    if (!known || one.version.updatedAt > known.version.updatedAt) newest.set(name, one);
  }
  // Names that are one payment: spread the smallest until nothing changes.
  const leader = new Map<string, string>();
  for (const list of lists) for (const name of list) leader.set(name, name);
  for (let changed = true; changed; ) {
    changed = false;
    for (const list of lists) {
      const least = list.map((n) => leader.get(n) ?? n).sort()[0] ?? '';
      for (const name of list) if (leader.get(name) !== least) { leader.set(name, least); changed = true; }
    }
  }
  const saleOf = (name: string) => (newest.get(name)?.kind === 'order' && separated.has(name) ? undefined : leader.get(name));
  const orders = [...newest.values()].filter((r) => r.kind === 'order');
  const better = (a: OrderRecord, b: OrderRecord) => Number(b.counts) - Number(a.counts) || b.precedence - a.precedence || (a.occurredAt < b.occurredAt ? -1 : 1);
  const ofRecord = (sale: string) => orders.filter((o) => saleOf(`${o.source}:${o.externalId}`) === sale).sort(better)[0];
  const day = (at: string) => localDay(new Date(at), ZONE);
  const rateOf = (currency: string, on: string): number | null => {
    if (currency === 'EUR') return 1;
    const mine = rates.filter((x) => x.currency === currency).sort((a, b) => (a.day < b.day ? -1 : 1));
    return (mine.filter((x) => x.day <= on).at(-1) ?? mine.find((x) => x.day > on && x.day <= addDays(on, 7)))?.factor ?? null;
  };
  const totalOf = (a: Amounts) => a.goods - a.discount + a.tax + a.shipping + a.tip;
  const stated = (a: Amounts) => Math.max(0, a.given ?? (basis === 'total_paid' ? totalOf(a) : a.goods - a.discount + (basis === 'with_shipping' ? a.shipping : 0)));
  const worth = (r: OrderRecord, on: string): number | null => {
    const rate = rateOf(r.amounts.currency, on);
    return rate === null ? null : halfEven(stated(r.amounts) * rate);
  };
  const days = new Map<string, { orders: number; gross: number; refunded: number; net: number; uncounted: number }>();
  const at = (who: string, on: string) => {
    const key = `${who} ${on}`;
    const found = days.get(key) ?? { orders: 0, gross: 0, refunded: 0, net: 0, uncounted: 0 };
    days.set(key, found);
    return found;
  };
  const who = (o: OrderRecord) => o.customer?.externalId ?? 'nobody';
  const counted = (o: OrderRecord) => {
    const sale = saleOf(`${o.source}:${o.externalId}`);
    return o.counts && worth(o, day(o.occurredAt)) !== null && (sale === undefined || ofRecord(sale) === o);
  };
  for (const o of orders) {
    const sale = saleOf(`${o.source}:${o.externalId}`);
    if (sale !== undefined && ofRecord(sale) !== o) continue;
    const mine = at(who(o), day(o.occurredAt));
    if (!counted(o)) { if (o.counts) mine.uncounted += 1; continue; }
    const value = worth(o, day(o.occurredAt)) ?? 0;
    mine.orders += value > 0 ? 1 : 0;
    mine.gross += value;
    mine.net += value;
  }
  const back = new Map<OrderRecord, { r: RefundRecord; value: number }[]>();
  for (const r of newest.values()) {
    if (r.kind !== 'refund') continue;
    const name = `${r.source}:${r.orderExternalId ?? ''}`;
    const direct = newest.get(name);
    const sale = direct?.kind === 'order' ? saleOf(name) : leader.get(name);
    const target = sale === undefined ? (direct?.kind === 'order' ? direct : undefined) : ofRecord(sale);
    if (!target || !r.counts || target.source !== r.source || !counted(target)) continue;
    const rate = rateOf(r.amounts.currency, day(target.occurredAt));
    if (rate === null) continue;
    const ofParts = r.amounts.given !== null && target.amounts.given === null && totalOf(target.amounts) > 0;
    const value = (ofParts ? ((r.amounts.given ?? 0) * stated(target.amounts)) / totalOf(target.amounts) : stated(r.amounts)) * rate;
    back.set(target, [...(back.get(target) ?? []), { r, value }]);
  }
  for (const [target, refunds] of back) {
    let sum = 0;
    for (const { r, value } of refunds.sort((a, b) => (a.r.occurredAt < b.r.occurredAt ? -1 : 1))) {
      const taken = halfEven(sum + value) - halfEven(sum);
      sum += value;
      at(who(target), day(r.occurredAt)).refunded += taken;
      at(who(target), day(target.occurredAt)).net -= taken;
    }
  }
  return [...days].filter(([, d]) => Object.values(d).some((v) => v !== 0)).map(([key, d]) => `${key} ${d.orders} ${d.gross} ${d.refunded} ${d.net} ${d.uncounted}`).sort();
}

const line = z.object({ line: z.string() });
const stored = async (db: TenantDb) => (await db.rows(line, sql`select concat_ws(' ', coalesce(c.external_id, 'nobody'), d.day, d.orders, d.gross, d.refunded, d.order_net, d.uncounted) as line
  from customer_day d left join customers c on c.company_id = d.company_id and c.id = d.customer_id
  where d.company_id = ${db.companyId} and (d.orders <> 0 or d.gross <> 0 or d.refunded <> 0 or d.order_net <> 0 or d.uncounted <> 0)`)).map((r) => r.line).sort();

it.each([1, 2, 3, 4, 5, 6])('any shuffle of orders, links, refunds, currencies, rates and separations equals a plain recount (seed %i)', async (seed) => {
  const next = random(seed);
  const pick = (n: number) => Math.floor(next() * n);
  const when = (n: number) => new Date(Date.UTC(2026, 0, 1 + n, pick(24), pick(60), pick(60), pick(1000))).toISOString();
  const one = <T>(list: readonly [T, ...T[]]): T => list[pick(list.length)] ?? list[0];
  const told: Told[] = [];
  const basis = one<Basis>(['net_sales', 'with_shipping', 'total_paid']);
  const sum = (currency: string, most: number): Amounts => (pick(2) === 0 ? amounts(pick(most), currency)
    : parts(Math.floor(most / 10) + pick(most), pick(Math.floor(most / 10)), pick(Math.floor(most / 5)), pick(700), pick(3) * 50, currency));
  for (let n = 1; n <= 40; n++) {
    const source = one(['shopify', 'stripe', 'woocommerce']);
    const who = customer(`${source}-${pick(6)}`);
    const keys = pick(3) === 0 ? [] : Array.from({ length: 1 + pick(2) }, () => (pick(6) === 0 ? `shopify:o${1 + pick(40)}` : `stripe:pi_${pick(25)}`));
    const precedence = one([20, 30, 50, 70, 80]);
    const currency = one(['EUR', 'EUR', 'EUR', 'USD', 'JPY']);
    for (let v = 0; v <= pick(3); v++) {
      told.push(order(source, `o${n}`, { customer: who, precedence, paymentKeys: pick(4) === 0 ? [] : keys, occurredAt: when(pick(40)), amounts: sum(currency, 9000), counts: pick(5) !== 0,
        version: { updatedAt: new Date(Date.UTC(2026, 5, 1 + v)).toISOString(), rank: 0 } }));
    }
    for (let m = pick(4); m > 0; m--) told.push(refund(one(['stripe', source, source]), `r${n}-${m}`, one([`o${n}`, `pi_${pick(25)}`, `o${1 + pick(40)}`]), { amounts: sum(one([currency, currency, 'EUR']), 3000), occurredAt: when(pick(60)), counts: pick(8) !== 0 }));
  }
  for (let n = 0; n < 10; n++) told.push(link('stripe', `l${n}`, `stripe:pi_${pick(25)}`, one([`stripe:pi_${pick(25)}`, `shopify:o${1 + pick(40)}`, `woocommerce:o${1 + pick(40)}`])));
  const shuffled = [...told, ...told.filter(() => pick(4) === 0)].map((r) => [next(), r] as const).sort((a, b) => a[0] - b[0]).map(([, r]) => r);
  const world: World = { basis, told: [], rates: [], separated: new Set(), together: [] };
  const db = await makeTenant(basis);
  const name = (o: { source: string; externalId: string }) => `${o.source}:${o.externalId}`;
  for (let i = 0; i < shuffled.length; ) {
    const some = shuffled.slice(i, (i += 1 + pick(25)));
    const more = pick(3) === 0 ? shuffled.slice(i, (i += 1 + pick(10))) : [];
    await Promise.all([ingest(db, some), ...(more.length > 0 ? [ingest(db, more)] : [])]);
    world.told.push(...some, ...more);
    const known = world.told.filter((r) => r.kind === 'order');
    const [a, b] = [known[pick(known.length)], known[pick(known.length)]];
    if (a && pick(3) === 0) {
      await separateOrder(db, a, 10);
      world.separated.add(name(a));
    } else if (a && b && name(a) !== name(b) && pick(4) === 0) {
      await pairOrders(db, [a, b], 10);
      world.together.push([name(a), name(b)]);
      world.separated.delete(name(a));
      world.separated.delete(name(b));
    } else if (pick(4) === 0) {
      const rate = { currency: one(['USD', 'JPY']), day: `2026-01-${String(1 + pick(31)).padStart(2, '0')}`, factor: 0.3 + next() };
      if (world.rates.every((r) => r.currency !== rate.currency || r.day !== rate.day)) {
        await db.run(sql`insert into exchange_rates (company_id, currency, day, factor, origin) values (${db.companyId}, ${rate.currency}, ${rate.day}, ${rate.factor}, 'manual')`);
        world.rates.push(rate);
        await rebuildTenant(db);
      }
    }
    expect(await stored(db)).toEqual(recount(world));
  }
  expect(await verifyTenant(db)).toEqual([]);
  await rebuildTenant(db);
  expect(await stored(db)).toEqual(recount(world));
  expect(await verifyTenant(db)).toEqual([]);
});
