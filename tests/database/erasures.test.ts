// People are forgotten, in any order with their sales: the money stays, and nothing late brings them back.
import { beforeAll, describe, expect, it } from 'vitest';
import { v7 } from 'uuid';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { writeBatch } from '#data/ingest';
import { rebuildTenant, verifyTenant } from '#data/rebuild';
import { getCustomer } from '#operations/customers';
import { eraseShops } from '#operations/erasure';
import { ingestUnits } from '#operations/ingest';
import { toBatch } from '#operations/ingest-batch';
import { exportPerson } from '#operations/person-export';
import { listPrivacyRequests, makePrivacyRequest } from '#operations/privacy';
import { requireState } from '#operations/scoring';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { count, idOf, peopleTenant, take } from '../support/people.ts';
import { mergeOf, orderOf, privacyOf, profileOf, ref, refundOf, unitOf } from '../support/records.ts';

let made: TestDatabase;
beforeAll(async () => { made = await createTestDatabase(); });

const tenant = (over: Parameters<typeof peopleTenant>[1] = {}) => peopleTenant(made, over);

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

describe('a request for data', () => {
  const file = z.looseObject({ about: z.object({ isKnown: z.boolean() }).loose() }).catchall(z.union([z.array(z.record(z.string(), z.unknown())), z.looseObject({})]));
  const read = async (ctx: Awaited<ReturnType<typeof tenant>>, id: string) => {
    const { pieces } = await exportPerson(ctx, id);
    let text = '';
    for await (const piece of pieces) text += piece;
    return { text, parts: file.parse(JSON.parse(text)) };
  };
  const lengths = (parts: Record<string, unknown>) => Object.fromEntries(Object.entries(parts).flatMap(([name, rows]) => (Array.isArray(rows) && rows.length > 0 ? [[name, rows.length]] : [])));

  it('is answered with everything of hers, of nobody else, and with no secret; then it is done', async () => {
    const ctx = await tenant();
    const admin = { ...ctx, actor: { kind: 'user', userId: v7(), email: 'ada@shop.example', role: 'admin', sessionId: v7() } as const };
    const ann = ref({ externalId: '191167123456', email: 'ann@x.io', name: 'Ann' });
    // More than a page of sales, one with lines.
    const many = Array.from({ length: 230 }, (_, n) => orderOf(`o${n}`, { customer: ann, occurredAt: new Date(Date.UTC(2026, 0, 1 + (n % 40), 9, n % 60)).toISOString() }));
    await take(ctx, ...many, orderOf('lines', { customer: ann, items: [{ productId: 'p', sku: 'S-1', name: 'Beans', category: null, quantity: 2, amount: 1000 }] }), refundOf('r', 'o1'),
      orderOf('twin', { source: 'api', customer: ref({ externalId: 'twin', email: 'twin@x.io' }) }), orderOf('2', { customer: ref({ externalId: 'id-of-bob', email: 'bob@x.io', name: 'Bob' }) }), profileOf('191167123456', { consentEmail: 'granted', attributes: { size: 'L' } }));
    await take(ctx, mergeOf({ externalId: 'twin' }, { email: 'ann@x.io' }, 'api'));
    const id = await idOf(ctx, 'shopify', '191167123456');
    await ctx.db.run(sql`insert into dead_letters (company_id, id, door, source, delivery_id, topic, payload, error, received_at)
      values (${ctx.companyId}, gen_random_uuid(), 'webhook', 'shopify', 'x', 't', '{"email":"ANN@x.io","friend":"bob@x.io"}', 'broken', now()), (${ctx.companyId}, gen_random_uuid(), 'webhook', 'shopify', 'y', 't', '{"email":"bob@x.io"}', 'broken', now())`);
    await ctx.db.run(sql`insert into events (company_id, occurred_at, id, type, customer_id, source, properties, received_at) values (${ctx.companyId}, '2026-02-01', gen_random_uuid(), 'page_view', ${id}, 'site', '{"page":"/beans"}', now())`);
    const segment = v7();
    await ctx.db.run(sql`with s as (insert into segments (company_id, id, name, kind, definition, status) values (${ctx.companyId}, ${segment}, 'Regulars', 'rule', '{}', 'paused'))
      insert into segment_members (company_id, segment_id, customer_id, since) values (${ctx.companyId}, ${segment}, ${id}, now())`);
    const asked = await makePrivacyRequest(admin, { kind: 'data_request', customerId: id });

    const manager = { ...ctx, actor: { kind: 'api_key', keyId: 'k', name: 'k', role: 'manager' } as const };
    await expect(exportPerson(manager, asked.id)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(exportPerson(admin, v7())).rejects.toMatchObject({ code: 'not_found' });
    // Broken off before its end, it is not answered.
    const begun = await exportPerson(admin, asked.id);
    await begun.pieces.next();
    await begun.pieces.return(undefined);
    expect((await listPrivacyRequests(ctx))[0]).toMatchObject({ state: 'open', finishedBy: null });

    const { text, parts } = await read(admin, asked.id);
    expect(lengths(parts)).toMatchObject({ profiles: 2, consents: 2, identities: 4, sales: 233, events: 1, scores: expect.any(Number), days: 40, months: 2, segments: 1, merges: 1, requests: 1, unreadDeliveries: 1 });
    expect(parts['profiles']).toContainEqual(expect.objectContaining({ id, email: 'ann@x.io', name: 'Ann', attributes: { size: 'L' } }));
    expect(parts['sales']).toContainEqual(expect.objectContaining({ externalId: 'lines', amount: 1000, items: [{ productId: 'p', sku: 'S-1', name: 'Beans', category: null, quantity: 2, amount: 1000 }] }));
    expect(new Set((Array.isArray(parts['sales']) ? parts['sales'] : []).map((sale) => sale['id'])).size).toBe(233);
    expect(parts['segments']).toMatchObject([{ segment: 'Regulars' }]);
    expect(parts['events']).toMatchObject([{ type: 'page_view', properties: { page: '/beans' } }]);
    for (const foreign of ['Bob', 'bob', 'hash of', 'ANN@']) expect(text, foreign).not.toContain(foreign);
    const [done] = await listPrivacyRequests(ctx);
    expect(done).toMatchObject({ state: 'done', finishedBy: 'ada@shop.example', finishedAt: '2026-03-10T12:00:00.000Z', result: { sales: 233, profiles: 2 } });
    expect(await count(ctx, `audit_log where action = 'privacy.exported' and target_id = '${asked.id}'`)).toBe(2);

    await makePrivacyRequest(admin, { kind: 'erasure', customerId: id });
    const after = await read(admin, asked.id);
    expect([after.parts.about.isKnown, lengths(after.parts)]).toEqual([false, {}]);
    expect((await listPrivacyRequests(ctx)).find((r) => r.id === asked.id)).toMatchObject({ state: 'done', result: { sales: 233 }, customerId: null });
    const erasure = (await listPrivacyRequests(ctx)).find((r) => r.kind === 'erasure');
    await expect(exportPerson(admin, erasure?.id ?? '')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('finds somebody whose first order came after it', async () => {
    const ctx = await tenant();
    await take(ctx, privacyOf('data_request', { externalId: 'c1' }));
    const [asked] = await listPrivacyRequests(ctx);
    expect(asked).toMatchObject({ state: 'open', customerId: null });
    await take(ctx, orderOf('1'));
    expect(lengths((await read(ctx, asked?.id ?? '')).parts)).toMatchObject({ profiles: 1, sales: 1 });
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
