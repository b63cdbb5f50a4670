// People become one, in any order with their sales and what else they did, and the figures stay those of a recount.
import { beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { EventRecord } from '#core/commerce/record';
import { verifyTenant } from '#data/rebuild';
import { getCustomer, listCustomers } from '#operations/customers';
import { listDeadLetters } from '#operations/dead-letters';
import { ingestUnits } from '#operations/ingest';
import { mergeCustomers } from '#operations/merge';
import { requireState } from '#operations/scoring';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { count, idOf, peopleTenant, take } from '../support/people.ts';
import type { Tenant } from '../support/people.ts';
import { mergeOf, orderOf, privacyOf, ref, refundOf, unitOf } from '../support/records.ts';

let made: TestDatabase;
beforeAll(async () => { made = await createTestDatabase(); });

const tenant = (over: Parameters<typeof peopleTenant>[1] = {}) => peopleTenant(made, over);

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
