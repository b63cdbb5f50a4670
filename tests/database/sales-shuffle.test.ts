// Orders, links, refunds, currencies, rates and separations in any order: equal to a plain recount in TypeScript and to the database’s own.
import { beforeAll, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { addDays } from '#core/calendar/days';
import { localDay } from '#core/calendar/local-day';
import type { Amounts, OrderRecord, RefundRecord } from '#core/commerce/record';
import { pairOrders, separateOrder } from '#data/pairings';
import { rebuildTenant, verifyTenant } from '#data/rebuild';
import type { TenantDb } from '#data/tenant';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { amounts, randomOf } from '../support/records.ts';
import { customer, ingest, link, order, parts, refund, salesTenant, ZONE } from '../support/sales.ts';
import type { Basis, Told } from '../support/sales.ts';

let made: TestDatabase;
beforeAll(async () => { made = await createTestDatabase(); });

const makeTenant = (basis?: Basis) => salesTenant(made, basis);

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
  const next = randomOf(seed);
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
