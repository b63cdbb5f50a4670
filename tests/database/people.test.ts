// People become one and people are forgotten, in any order with their sales, and the figures stay those of a recount.
import { beforeAll, describe, expect, it } from 'vitest';
import { v7 } from 'uuid';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { CanonicalRecord, EventRecord, OrderRecord } from '#core/commerce/record';
import { AppError } from '#core/errors';
import { listCustomerRows } from '#data/customers';
import { rebuildTenant, verifyTenant } from '#data/rebuild';
import { writeBatch } from '#data/ingest';
import { getCustomer, listCustomers } from '#operations/customers';
import { listDeadLetters } from '#operations/dead-letters';
import { eraseShops } from '#operations/erasure';
import { ingestUnits } from '#operations/ingest';
import { toBatch } from '#operations/ingest-batch';
import { mergeCustomers } from '#operations/merge';
import { listPrivacyRequests, makePrivacyRequest } from '#operations/privacy';
import { requireState } from '#operations/scoring';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { makeTestTenant } from '../support/tenant.ts';
import { amounts, mergeOf, orderOf, privacyOf, profileOf, randomOf, ref, refundOf, unitOf } from '../support/records.ts';

let made: TestDatabase;
beforeAll(async () => { made = await createTestDatabase(); });

type Tenant = Awaited<ReturnType<typeof makeTestTenant>>;
const NOW = () => new Date('2026-03-10T12:00:00.000Z');
const tenant = (over: Parameters<typeof makeTestTenant>[1] = {}) => makeTestTenant(made, { now: NOW, ...over });

async function take(ctx: Tenant, ...records: CanonicalRecord[]) {
  return ingestUnits(ctx, await requireState(ctx), records.map((record) => unitOf([record])));
}

const count = async (ctx: Tenant, from: string): Promise<number> =>
  (await ctx.db.first(z.object({ n: z.number() }), sql`select count(*)::int as n from ${sql.raw(from)}`))?.n ?? -1;

const idOf = async (ctx: Tenant, kind: string, value: string): Promise<string> =>
  (await ctx.db.first(z.object({ id: z.string() }), sql`select customer_id as id from customer_identities where kind = ${kind} and value = ${value}`))?.id ?? '';

describe('a merge', () => {
  it('moves sales across days, months and cohorts, and only the kept one is shown', async () => {
    const ctx = await tenant();
    await take(ctx,
      orderOf('1', { occurredAt: '2025-11-03T12:00:00.000Z', customer: ref({ externalId: 'old', name: 'Old Name', email: 'a@x.io', country: 'DE' }) }),
      orderOf('2', { occurredAt: '2026-01-03T12:00:00.000Z', customer: ref({ externalId: 'new', name: 'New Name' }) }),
      refundOf('r', '1', { occurredAt: '2026-02-03T12:00:00.000Z' }));
    const gone = await idOf(ctx, 'shopify', 'old');
    await take(ctx, mergeOf({ externalId: 'old' }, { externalId: 'new' }));
    const kept = await idOf(ctx, 'shopify', 'new');
    expect(await idOf(ctx, 'shopify', 'old')).toBe(kept);
    expect(await verifyTenant(ctx.db)).toEqual([]);

    const profile = await getCustomer(ctx, gone);
    expect(profile).toMatchObject({ id: kept, name: 'New Name', email: 'a@x.io', country: 'DE', orders: 2, gross: 2000, refunded: 400, firstDay: '2025-11-03', lastDay: '2026-01-03' });
    const list = await listCustomers(ctx, {});
    expect([list.matched, list.rows.map((r) => r.id)]).toEqual([1, [kept]]);
    expect((await listCustomers(ctx, { q: 'old' })).rows).toEqual([]);
    const live = await ctx.live.snapshot();
    expect(live.value.customers).toBe(1);
    expect(await ctx.db.rows(z.object({ cohort: z.string(), month: z.string(), customers: z.number() }),
      sql`select cohort, month, customers from cohort_month where customers > 0 order by 1, 2`)).toEqual([
      { cohort: '2025-11-01', month: '2025-11-01', customers: 1 }, { cohort: '2025-11-01', month: '2026-01-01', customers: 1 },
    ]);
    expect(await count(ctx, `customer_merges where kept_id = '${kept}' and gone_id = '${gone}' and moved_transactions = 2`)).toBe(1);

    // What comes under the old name afterwards is the kept one's, and a repeat changes nothing.
    await take(ctx, orderOf('3', { occurredAt: '2026-02-20T12:00:00.000Z', customer: ref({ externalId: 'old' }) }), mergeOf({ externalId: 'old' }, { externalId: 'new' }));
    expect(await getCustomer(ctx, kept)).toMatchObject({ orders: 3, gross: 3000 });
    expect(await count(ctx, 'customer_merges')).toBe(1);
    expect(await verifyTenant(ctx.db)).toEqual([]);
  });

  it('works before either person is known, and in chains', async () => {
    const ctx = await tenant();
    await take(ctx, mergeOf({ externalId: 'b' }, { externalId: 'c' }), mergeOf({ externalId: 'a' }, { externalId: 'b' }));
    await take(ctx, ...['a', 'b', 'c'].map((id) => orderOf(`of ${id}`, { customer: ref({ externalId: id }) })));
    const kept = await idOf(ctx, 'shopify', 'c');
    expect(await getCustomer(ctx, await idOf(ctx, 'shopify', 'a'))).toMatchObject({ id: kept, orders: 3 });
    expect((await listCustomers(ctx, {})).matched).toBe(1);

    const other = await tenant();
    await take(other, ...['a', 'b', 'c'].map((id) => orderOf(`of ${id}`, { customer: ref({ externalId: id }) })));
    const first = await idOf(other, 'shopify', 'a');
    await take(other, mergeOf({ externalId: 'a' }, { externalId: 'b' }), mergeOf({ externalId: 'b' }, { externalId: 'c' }));
    expect(await getCustomer(other, first)).toMatchObject({ id: await idOf(other, 'shopify', 'c'), orders: 3 });
    for (const each of [ctx, other]) expect(await verifyTenant(each.db)).toEqual([]);
  });

  it('can be made by hand, once, and not by everybody', async () => {
    const ctx = await tenant();
    await take(ctx, orderOf('1', { customer: ref({ externalId: 'a' }) }), orderOf('2', { customer: ref({ externalId: 'b' }) }));
    const [a, b] = [await idOf(ctx, 'shopify', 'a'), await idOf(ctx, 'shopify', 'b')];
    const analyst = { ...ctx, actor: { kind: 'api_key', keyId: 'k', name: 'k', role: 'analyst' } as const };
    await expect(mergeCustomers(analyst, a, b)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(mergeCustomers(ctx, a, '00000000-0000-7000-8000-000000000000')).rejects.toMatchObject({ code: 'invalid_input' });
    expect(await mergeCustomers(ctx, a, b)).toBe(b);
    await expect(mergeCustomers(ctx, a, b)).rejects.toMatchObject({ code: 'conflict' });
    expect((await ctx.live.snapshot()).value.customers).toBe(1);
  });

  it('that names nobody is a dead letter, and what stands beside it is taken', async () => {
    const ctx = await tenant();
    const units = [unitOf([orderOf('1')]), unitOf([mergeOf({}, { externalId: 'c1' })]), unitOf([mergeOf({ externalId: 'c9' }, { externalId: 'c1' })])];
    const summary = await ingestUnits(ctx, await requireState(ctx), units);
    expect(summary.dead.map((d) => d.unit)).toEqual([units[1]]);
    expect(await count(ctx, 'dead_letters where resolved_at is null')).toBe(1);
    expect(await idOf(ctx, 'shopify', 'c9')).toBe(await idOf(ctx, 'shopify', 'c1'));
  });
});

describe('behaviour', () => {
  const ann = ref({ externalId: '191167123456', email: 'ann@x.io' });
  const day = (n: number) => `2026-01-0${n}`;
  const seen = (id: string, over: Partial<EventRecord>): EventRecord => ({
    kind: 'event', source: 'shopify', externalId: id, version: { updatedAt: '2026-02-01T00:00:00.000Z', rank: 0 }, type: 'page_view', occurredAt: `${day(1)}T12:00:00.000Z`,
    customer: null, anonymousId: null, sessionId: 's1', properties: { value: 5, path: '/for-ann' }, ...over,
  });
  /** Days whose figures are behind. */
  const behind = async (ctx: Tenant) => (await ctx.db.rows(z.object({ day: z.string() }), sql`select day from metric_days where touched_seq > counted_seq order by 1`)).map((r) => r.day);
  const settled = (ctx: Tenant) => ctx.db.run(sql`update metric_days set counted_seq = touched_seq where company_id = ${ctx.companyId}`);

  it('goes with the merged, under her browser’s name too, and its days are counted again', async () => {
    const ctx = await tenant();
    await take(ctx, orderOf('1', { customer: ann }), orderOf('2', { customer: ref({ externalId: 'kept' }) }),
      seen('e1', { customer: ann, anonymousId: 'browser' }), seen('e2', { customer: ref({ externalId: 'kept' }), occurredAt: `${day(2)}T12:00:00.000Z` }));
    await settled(ctx);
    await take(ctx, mergeOf({ externalId: '191167123456' }, { externalId: 'kept' }));
    const kept = await idOf(ctx, 'shopify', 'kept');
    expect(await idOf(ctx, 'anonymous', 'browser')).toBe(kept);
    expect(await behind(ctx)).toEqual([day(1)]);
    await take(ctx, seen('e3', { anonymousId: 'browser', occurredAt: `${day(3)}T12:00:00.000Z` }));
    expect(await count(ctx, `events where customer_id = '${kept}'`)).toBe(3);
  });

  it('keeps its value and loses the erased, with stays, browser names and what was mended of her letters', async () => {
    const ctx = await tenant();
    await take(ctx, orderOf('1', { customer: ann }), seen('e1', { customer: ann, anonymousId: 'browser' }), seen('e2', { anonymousId: 'browser', occurredAt: `${day(2)}T12:00:00.000Z` }), seen('e3', { anonymousId: 'other', properties: { value: 5 }, occurredAt: `${day(3)}T12:00:00.000Z` }));
    const id = await idOf(ctx, 'shopify', '191167123456');
    await ctx.db.run(sql`insert into segment_stays (company_id, customer_id, dimension, from_day, segment) values (${ctx.companyId}, ${id}, 'stage', '2026-01-01', 'stage:new')`);
    await ctx.db.run(sql`insert into dead_letters (company_id, id, door, source, delivery_id, topic, payload, edited_payload, headers, error, received_at) values
      (${ctx.companyId}, gen_random_uuid(), 'webhook', 'shopify', 'x', 't', '{}', '{"email":"ann@x.io"}', '{}', 'broken', now()),
      (${ctx.companyId}, gen_random_uuid(), 'webhook', 'shopify', 'y', 't', '{}', null, '{"x-customer":"Ann@x.io"}', 'broken', now())`);
    await settled(ctx);
    await take(ctx, privacyOf('erasure', { externalId: '191167123456', email: 'ann@x.io' }));
    for (const table of ['events', 'segment_stays', 'customer_identities', 'dead_letters']) {
      expect(await count(ctx, `${table} x where to_jsonb(x)::text ilike any(array['%ann%', '%191167123456%', '%browser%', '%${id}%'])`), table).toBe(0);
    }
    expect(await count(ctx, `events where properties ->> 'value' = '5'`)).toBe(3);
    expect(await count(ctx, `dead_letters where edited_payload is null and headers = '{}' and resolution = 'erased'`)).toBe(2);
    expect(await behind(ctx)).toEqual([day(1), day(2)]);
    expect((await listDeadLetters(ctx, { state: 'resolved' })).rows.map((l) => l.resolution)).toEqual(['erased', 'erased']);
    // Her browser is nobody's from now on.
    await take(ctx, seen('e4', { anonymousId: 'browser', customer: ref({ email: 'ann@x.io' }) }));
    expect([await idOf(ctx, 'anonymous', 'browser'), await count(ctx, 'customers')]).toEqual(['', 0]);
  });
});

describe('an erasure', () => {
  const ann = ref({ externalId: '191167123456', email: 'Ann@X.io', name: 'Ann' });
  const erasure = privacyOf('erasure', { externalId: '191167123456', email: 'ann@x.io' });

  it('takes the person out of everything, and leaves her money', async () => {
    const ctx = await tenant();
    await take(ctx, orderOf('1', { customer: ann }), orderOf('2', { customer: ref({ externalId: 'c2' }) }), refundOf('r', '1'),
      orderOf('3', { source: 'api', customer: ref({ email: 'ann@x.io' }), occurredAt: '2026-02-01T12:00:00.000Z' }));
    await ctx.db.run(sql`insert into dead_letters (company_id, id, door, source, delivery_id, topic, payload, error, received_at)
      values (${ctx.companyId}, gen_random_uuid(), 'webhook', 'shopify', 'x', 't', '{"email":"ANN@x.io"}', 'broken', now()), (${ctx.companyId}, gen_random_uuid(), 'webhook', 'shopify', 'y', 't', '{"email":"bob@x.io"}', 'broken', now())`);
    await ctx.db.run(sql`insert into import_skipped (company_id, import_id, line, raw) values (${ctx.companyId}, gen_random_uuid(), 1, 'ann@x.io,2026-01-01,10')`);
    const id = await idOf(ctx, 'shopify', '191167123456');
    await take(ctx, erasure);

    expect(await verifyTenant(ctx.db)).toEqual([]);
    await expect(getCustomer(ctx, id)).rejects.toMatchObject({ code: 'not_found' });
    for (const table of ['customers', 'customer_stats', 'customer_day', 'customer_month', 'customer_identities', 'clv_calculations', 'transactions', 'customer_merges']) {
      expect(await count(ctx, `${table} x where to_jsonb(x)::text ilike '%ann@x.io%' or to_jsonb(x)::text like '%191167123456%' or to_jsonb(x)::text like '%${id}%'`), table).toBe(0);
    }
    expect(await count(ctx, `dead_letters where payload = '[erased]' and resolution = 'erased'`)).toBe(1);
    expect(await count(ctx, `dead_letters where payload like '%bob%' and resolved_at is null`)).toBe(1);
    expect(await count(ctx, `import_skipped where raw = '[erased]'`)).toBe(1);
    expect(await ctx.db.first(z.object({ orders: z.number(), gross: z.number(), refunded: z.number(), buyers: z.number(), unattributed: z.number() }),
      sql`select sum(orders)::int as orders, sum(gross)::bigint as gross, sum(refunded)::bigint as refunded, sum(buyers)::int as buyers, sum(unattributed)::int as unattributed from daily_rollup`))
      .toEqual({ orders: 3, gross: 3000, refunded: 400, buyers: 1, unattributed: 2 });
    expect((await ctx.live.snapshot()).value.customers).toBe(1);
    const [request] = await listPrivacyRequests(ctx);
    expect(request).toMatchObject({ kind: 'erasure', state: 'done', result: { transactions: 3, customers: 1, customer_identities: 2, dead_letters: 1, import_skipped: 1 } });
    expect(JSON.stringify(await ctx.db.rows(z.unknown(), sql`select * from privacy_requests`)).toLowerCase()).not.toContain('ann');
    await rebuildTenant(ctx.db);
    expect(await verifyTenant(ctx.db)).toEqual([]);
  });

  it('holds against what comes late: money, and no person', async () => {
    const ctx = await tenant();
    await take(ctx, orderOf('1', { customer: ann }));
    await take(ctx, erasure);
    await take(ctx, orderOf('2', { customer: ann }), profileOf('191167123456', { name: 'Ann', email: 'ann@x.io' }),
      orderOf('3', { source: 'api', customer: ref({ email: 'ann@x.io ' }) }), orderOf('4', { customer: ref({ externalId: '191167123456', email: 'new@x.io' }) }));
    expect(await count(ctx, 'customers')).toBe(0);
    expect(await count(ctx, 'customer_identities')).toBe(0);
    expect(await count(ctx, `daily_rollup where orders = 4 and unattributed = 4 and gross = 4000 and buyers = 0`)).toBe(1);
    expect(await verifyTenant(ctx.db)).toEqual([]);
    // The same again changes nothing, and the record of what was done stays.
    await take(ctx, erasure);
    expect((await listPrivacyRequests(ctx)).map((r) => r.result['transactions'])).toEqual([1]);
  });

  it('comes before the person', async () => {
    const ctx = await tenant();
    await take(ctx, erasure, mergeOf({ externalId: '191167123456' }, { externalId: 'c2' }));
    await take(ctx, orderOf('1', { customer: ann }), orderOf('2', { customer: ref({ externalId: 'c2' }) }));
    // Nobody was merged: c2 is herself, and Ann is nobody.
    expect([await count(ctx, 'customers'), await count(ctx, 'customer_merges'), await count(ctx, 'daily_rollup where orders = 2 and unattributed = 1')]).toEqual([1, 0, 1]);
  });

  it('leaves somebody known under an id of her own, though she shares the address', async () => {
    const ctx = await tenant();
    await take(ctx, orderOf('1', { customer: ann }), orderOf('2', { customer: ref({ externalId: 'c2', email: 'bob@x.io' }) }));
    await take(ctx, erasure);
    await take(ctx, orderOf('3', { customer: ref({ externalId: 'c2', email: 'ann@x.io' }) }));
    expect(await getCustomer(ctx, await idOf(ctx, 'shopify', 'c2'))).toMatchObject({ orders: 2, email: 'bob@x.io' });
    expect(await idOf(ctx, 'email', 'hash of ann@x.io')).toBe('');
  });

  it('gives up a batch that was made before the tenant’s first erasure, says why, and it is made anew at once', async () => {
    const ctx = await tenant();
    const before = await requireState(ctx);
    await take(ctx, erasure);
    const late = orderOf('1', { customer: ann });
    const asBefore = await toBatch([late], { companyId: ctx.companyId, identityHash: (email) => ctx.keys.identityHash(email), makeId: () => v7(), hasErasures: before.hasErasures });
    await expect(writeBatch(ctx.db, asBefore, 10)).rejects.toMatchObject({ code: 'stale', message: 'Somebody was erased since this batch was made' });
    expect(await count(ctx, 'transactions')).toBe(0);
    expect(await ingestUnits(ctx, before, [unitOf([late]), unitOf([orderOf('2', { occurredAt: 'not a time' })]), unitOf([orderOf('3')])])).toMatchObject({ inserted: 2, dead: [{ unit: { records: [{ externalId: '2' }] } }] });
    expect([await count(ctx, 'customers'), await count(ctx, 'transactions')]).toEqual([1, 2]);
    expect(await idOf(ctx, 'shopify', '191167123456')).toBe('');
  });

  it('takes a merged customer with all her names', async () => {
    const ctx = await tenant();
    await take(ctx, orderOf('1', { customer: ref({ externalId: 'a', email: 'a@x.io' }) }), orderOf('2', { customer: ref({ externalId: 'b', email: 'b@x.io' }) }),
      mergeOf({ externalId: 'a' }, { externalId: 'b' }));
    await take(ctx, privacyOf('erasure', { externalId: 'a' }));
    expect([await count(ctx, 'customers'), await count(ctx, 'erased_identities'), await count(ctx, 'customer_merges')]).toEqual([0, 4, 0]);
    expect(await verifyTenant(ctx.db)).toEqual([]);
  });

  it('by hand is the admin’s, and a request for data stays open with its day', async () => {
    const ctx = await tenant();
    await take(ctx, orderOf('1'), orderOf('2', { customer: ref({ externalId: 'c2' }) }));
    const customerId = await idOf(ctx, 'shopify', 'c1');
    const manager = { ...ctx, actor: { kind: 'api_key', keyId: 'k', name: 'k', role: 'manager' } as const };
    await expect(makePrivacyRequest(manager, { kind: 'erasure', customerId })).rejects.toMatchObject({ code: 'forbidden' });
    expect(await makePrivacyRequest(ctx, { kind: 'data_request', customerId })).toMatchObject({ state: 'open', customerId, dueAt: '2026-04-09T12:00:00.000Z' });
    expect(await makePrivacyRequest(ctx, { kind: 'erasure', customerId })).toMatchObject({ state: 'done', customerId: null, result: { transactions: 1 } });
    await expect(makePrivacyRequest(ctx, { kind: 'erasure', customerId })).rejects.toMatchObject({ code: 'not_found' });
    expect((await listPrivacyRequests(manager)).map((r) => [r.kind, r.state, r.customerId])).toEqual([['data_request', 'open', null], ['erasure', 'done', null]]);
  });
});

it('a deleted record takes only a person without sales or another platform, and she may come back under a new id', async () => {
  const ctx = await tenant();
  await take(ctx, orderOf('1'), profileOf('c2', { email: 'c@x.io' }), profileOf('c3'), mergeOf({ externalId: 'c3' }, { externalId: 'other' }, 'shopify'));
  await take(ctx, ...['c1', 'c2'].map((externalId) => privacyOf('deletion', { externalId })));
  expect([await idOf(ctx, 'shopify', 'c1'), await idOf(ctx, 'shopify', 'c2')]).toEqual([expect.stringContaining('-'), '']);
  await take(ctx, profileOf('c2', { name: 'Late' }), profileOf('c4', { email: 'c@x.io' }));
  expect([await idOf(ctx, 'shopify', 'c2'), await idOf(ctx, 'shopify', 'c4')]).toEqual(['', expect.stringContaining('-')]);
});

it('a whole shop goes in chunks, but for whom others know too', async () => {
  const ctx = await tenant();
  const shop = Array.from({ length: 130 }, (_, n) => orderOf(`o${n}`, { customer: ref({ externalId: `s${n}` }) }));
  await take(ctx, ...shop, orderOf('both', { customer: ref({ externalId: 'both', email: 'both@x.io' }) }), orderOf('api', { source: 'api', customer: ref({ externalId: 'a1', email: 'both@x.io' }) }),
    orderOf('only api', { source: 'api', customer: ref({ externalId: 'a2' }) }));
  await take(ctx, { kind: 'payment_link', source: 'shopify', externalId: 'tender', version: { updatedAt: '2026-01-02T00:00:00.000Z', rank: 0 }, paymentKeys: ['shopify:o1', 'shopify:never', 'stripe:pi_1'] });
  await take(ctx, privacyOf('shop_erasure', null));
  expect((await listPrivacyRequests(ctx))[0]).toMatchObject({ kind: 'shop_erasure', state: 'open', dueAt: '2026-03-03T00:00:00.000Z' });
  expect(await eraseShops(ctx)).toBe(false);
  expect((await listPrivacyRequests(ctx))[0]).toMatchObject({ state: 'done', result: { customers: 130, transactions: 130 } });
  expect([await count(ctx, 'customers'), await count(ctx, 'customer_stats'), (await ctx.live.snapshot()).value.customers]).toEqual([2, 2, 2]);
  // Names that a sale in the books hangs on stay, so that it counts once.
  expect((await ctx.db.rows(z.object({ key: z.string() }), sql`select key from payment_keys order by 1`)).map((r) => r.key)).toEqual(['shopify:o1', 'stripe:pi_1']);
  expect(await verifyTenant(ctx.db)).toEqual([]);
});

/** Every record names people by one name, so that this recount needs no more than names, owners and tombstones. */
class Recount {
  owners = new Map<string, number>();
  erased = new Set<string>();
  orders = new Map<string, { record: OrderRecord; owner: number | null }>();
  private people = 0;

  find(name: string): number | null {
    if (this.erased.has(name)) return null;
    const known = this.owners.get(name) ?? this.people++;
    this.owners.set(name, known);
    return known;
  }

  replace(from: number, to: number | null): void {
    for (const [name, owner] of this.owners) {
      if (owner !== from) continue;
      if (to === null) {
        this.owners.delete(name);
        this.erased.add(name);
      } else this.owners.set(name, to);
    }
    for (const order of this.orders.values()) if (order.owner === from) order.owner = to;
  }

  take(records: readonly CanonicalRecord[]): void {
    for (const record of records) {
      if (record.kind !== 'order') continue;
      const person = record.customer?.externalId == null ? null : this.find(record.customer.externalId);
      const known = this.orders.get(record.externalId);
      if (known && known.record.version.updatedAt >= record.version.updatedAt) continue;
      this.orders.set(record.externalId, { record, owner: person ?? known?.owner ?? null });
    }
    for (const record of records) {
      if (record.kind === 'merge') {
        const [kept, gone] = [this.find(record.kept.externalId ?? ''), this.find(record.gone.externalId ?? '')];
        if (kept !== null && gone !== null && kept !== gone) this.replace(gone, kept);
      } else if (record.kind === 'privacy') {
        const name = record.subject?.externalId ?? '';
        const owner = this.owners.get(name);
        this.erased.add(name);
        if (owner !== undefined) this.replace(owner, null);
      }
    }
  }
}

it.each([1, 2, 3])('any shuffle with merges, erasures, repeats and crashes equals a recount (seed %i)', async (seed) => {
  const next = randomOf(seed);
  const pick = (n: number) => Math.floor(next() * n);
  let crashes = 0;
  const ctx = await tenant({
    timeZone: 'America/New_York',
    reach: (point) => {
      if (next() >= 0.05) return;
      crashes++;
      throw new AppError('unavailable', `Crash ${point}`);
    },
  });
  const day = (n: number) => new Date(Date.UTC(2025, 9, 1 + n, pick(24))).toISOString();
  const name = () => `c${pick(30)}`;
  const records: CanonicalRecord[] = [];
  for (let n = 0; n < 60; n++) {
    for (let version = 0; version <= pick(3); version++) {
      records.push(orderOf(`o${n}`, {
        version: { updatedAt: day(200 + version), rank: 1 }, occurredAt: day(pick(120)), amounts: amounts(100 + n),
        customer: pick(9) === 0 ? null : ref({ externalId: name() }),
      }));
    }
    if (pick(4) === 0) records.push(refundOf(`r${n}`, `o${n}`, { amounts: amounts(pick(300)), occurredAt: day(pick(150)) }));
    if (pick(5) === 0) records.push(mergeOf({ externalId: name() }, { externalId: name() }));
    if (pick(20) === 0) records.push(privacyOf('erasure', { externalId: name() }));
  }
  const shuffled = [...records, ...records.filter(() => pick(4) === 0)].map((r) => [next(), r] as const).sort((a, b) => a[0] - b[0]).map(([, r]) => r);
  const recount = new Recount();
  for (let i = 0; i < shuffled.length;) {
    const size = 1 + pick(25);
    // Several versions of one order in a batch are one: its newest. Its older ones name nobody.
    const batch = shuffled.slice(i, i + size).filter((r, at, all) => r.kind !== 'order' || !all.some((o, n) => o.kind === 'order' && o.externalId === r.externalId
      && (o.version.updatedAt > r.version.updatedAt || (o.version.updatedAt === r.version.updatedAt && n < at))));
    const units = batch.map((record) => unitOf([record]));
    for (;;) {
      try {
        expect((await ingestUnits(ctx, await requireState(ctx), units)).dead).toEqual([]);
        break;
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'unavailable') throw error;
      }
    }
    recount.take(batch);
    i += size;
  }
  expect(crashes).toBeGreaterThan(0);
  expect(await verifyTenant(ctx.db)).toEqual([]);

  const mine = await ctx.db.rows(z.object({ value: z.string(), orders: z.number(), gross: z.number() }), sql`select ci.value, s.orders, s.gross
    from customer_identities ci join customer_stats s on s.company_id = ci.company_id and s.customer_id = ci.customer_id where ci.company_id = ${ctx.companyId} order by 1`);
  const theirs = [...recount.owners].map(([value, owner]) => {
    const own = [...recount.orders.values()].filter((o) => o.owner === owner);
    return { value, orders: own.length, gross: own.reduce((sum, o) => sum + (o.record.amounts.given ?? 0), 0) };
  }).sort((a, b) => (a.value < b.value ? -1 : 1));
  expect(theirs.some((t) => t.orders > 2) && recount.erased.size > 0).toBe(true);
  expect(mine).toEqual(theirs);
  const unattributed = [...recount.orders.values()].filter((o) => o.owner === null).length;
  expect(await ctx.db.first(z.object({ n: z.number() }), sql`select sum(unattributed)::int as n from daily_rollup where company_id = ${ctx.companyId}`)).toEqual({ n: unattributed });
  const { matched } = await listCustomerRows(ctx.db, { prefix: null, stage: null, recency: null, frequency: null, monetary: null, cohort: null }, { sort: 'total', descending: true, limit: 1, after: null });
  expect(matched).toBe(new Set(recount.owners.values()).size);
});
