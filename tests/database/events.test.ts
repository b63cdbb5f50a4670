// Events: a repeat changes nothing, a name given later reaches back, and the daily figures are those of a recount.
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { addDays } from '#core/calendar/days';
import { localDay } from '#core/calendar/local-day';
import type { CustomerRef, EventRecord, OrderRecord } from '#core/commerce/record';
import { reopenEventDays } from '#data/event-metrics';
import { writeBatch } from '#data/ingest';
import { getEventAnalytics, getSegmentAnalytics, refreshMetrics } from '#operations/metrics';
import { ingestUnits } from '#operations/ingest';
import { toBatch } from '#operations/ingest-batch';
import type { BatchRecord } from '#operations/ingest-batch';
import { getEventsOverview, listEvents } from '#operations/events';
import { requireState } from '#operations/scoring';
import type { TenantContext } from '#worker/ports';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { makeTestTenant } from '../support/tenant.ts';

let made: TestDatabase;
let now = new Date('2026-11-20T12:00:00Z');

beforeAll(async () => {
  made = await createTestDatabase();
});

const tenant = (): ReturnType<typeof makeTestTenant> => makeTestTenant(made, { now: () => now });
const ref = (externalId: string | null, email: string | null = null): CustomerRef => ({ externalId, email, name: null, country: null });

let made_ids = 0;
function event(over: Partial<EventRecord> = {}): EventRecord {
  return {
    kind: 'event', source: 'site:1', externalId: `e${String(made_ids++)}`, version: { updatedAt: '2026-11-20T12:00:00.000Z', rank: 0 }, type: 'page_view',
    occurredAt: '2026-11-20T10:00:00.000Z', customer: null, anonymousId: null, sessionId: null, properties: {}, ...over,
  };
}
function order(externalId: string, customer: string, at: string, given: number): OrderRecord {
  return {
    kind: 'order', source: 'api', externalId, version: { updatedAt: at, rank: 1 }, occurredAt: at, customer: ref(customer),
    amounts: { currency: 'EUR', given, goods: 0, discount: 0, tax: 0, shipping: 0, tip: 0 }, status: 'paid', counts: true, type: 'purchase', channel: null,
    items: [], label: null, paymentKeys: [], precedence: 80,
  };
}

async function write(ctx: TenantContext, records: BatchRecord[]): Promise<void> {
  await writeBatch(ctx.db, await toBatch(records, { companyId: ctx.companyId, identityHash: async (email) => `hash of ${email}`, makeId: () => crypto.randomUUID() }), 100);
}

const owned = z.object({ type: z.string(), who: z.string().nullable() });
const owners = (ctx: TenantContext) => ctx.db.rows(owned, sql`select e.type, c.external_id as who from events e
  left join customers c on c.company_id = e.company_id and c.id = e.customer_id where e.company_id = ${ctx.companyId} order by e.type`);
const count = async (ctx: TenantContext, table: string): Promise<number> =>
  (await ctx.db.first(z.object({ n: z.number() }), sql`select count(*)::int as n from ${sql.raw(table)} where company_id = ${ctx.companyId}`))?.n ?? 0;

describe('writing', () => {
  it('keeps an event once, also when it comes again at another time of day', async () => {
    const ctx = await tenant();
    await write(ctx, [event({ externalId: 'x' }), event({ externalId: 'x' })]);
    await write(ctx, [event({ externalId: 'x', occurredAt: '2026-11-20T10:00:00.250Z' })]);
    await write(ctx, [event({ externalId: 'x', source: 'site:2' })]);
    expect(await count(ctx, 'events')).toBe(2);
  });

  it('gives what somebody did without a name to the customer she turns out to be', async () => {
    const ctx = await tenant();
    await write(ctx, [event({ type: 'a_before', anonymousId: 'anon' }), event({ type: 'b_other', anonymousId: 'other' })]);
    await write(ctx, [event({ type: 'c_named', anonymousId: 'anon', customer: ref('c1'), source: 'api' })]);
    await write(ctx, [event({ type: 'd_after', anonymousId: 'anon' })]);
    expect(await owners(ctx)).toEqual([
      { type: 'a_before', who: 'c1' }, { type: 'b_other', who: null }, { type: 'c_named', who: 'c1' }, { type: 'd_after', who: 'c1' },
    ]);
  });

  it('lets a claim find a customer, and nothing more: it makes nobody, names nobody and moves nobody', async () => {
    const ctx = await tenant();
    await write(ctx, [order('o1', 'c1', '2026-11-01T10:00:00.000Z', 1000), order('o2', 'c2', '2026-11-01T10:00:00.000Z', 1000)]);
    const [customers, identities] = [await count(ctx, 'customers'), await count(ctx, 'customer_identities')];
    await write(ctx, [event({ type: 'a', anonymousId: 'mine' }), event({ type: 'identify', anonymousId: 'mine', claim: { kind: 'api', value: 'c1' } })]);
    await write(ctx, [event({ type: 'nobody', anonymousId: 'ghost', claim: { kind: 'api', value: 'unknown' } })]);
    // Somebody who has learned of her anonymous id says that it is his.
    await write(ctx, [event({ type: 'stolen', anonymousId: 'mine', claim: { kind: 'api', value: 'c2' } })]);
    expect(await owners(ctx)).toEqual([
      { type: 'a', who: 'c1' }, { type: 'identify', who: 'c1' }, { type: 'nobody', who: null }, { type: 'stolen', who: 'c1' },
    ]);
    expect(await count(ctx, 'customers')).toBe(customers);
    expect(await count(ctx, 'customer_identities')).toBe(identities + 1);
  });
});

describe('event figures', () => {
  it('are those of a recount whatever comes late, twice or is named afterwards; over a range people count once', async () => {
    const ctx = await tenant();
    let seed = 7;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] ?? fail();
    const fail = (): never => { throw new Error('nothing to pick'); };
    const sent: EventRecord[] = [];
    for (let batch = 0; batch < 12; batch++) {
      const events = Array.from({ length: 60 }, (_, n) => event({
        externalId: `${String(batch)}-${String(n)}`, type: pick(['page_view', 'add_to_cart', 'email_open']),
        // Half an hour each, so that days of Berlin and of UTC differ.
        occurredAt: new Date(Date.parse('2026-11-10T00:00:00Z') + Math.floor(random() * 480) * 1_800_000).toISOString(),
        anonymousId: `a${String(Math.floor(random() * 25))}`, sessionId: `s${String(Math.floor(random() * 40))}`,
        customer: random() < 0.1 ? ref(`c${String(Math.floor(random() * 8))}`) : null, source: 'api',
        properties: random() < 0.5 ? { value: Math.floor(random() * 100) / 10 } : { value: 'much' },
      }));
      await write(ctx, [...events, ...sent.slice(0, 5)]);
      sent.push(...events);
      if (batch % 3 === 0) await refreshMetrics(ctx);
    }
    await refreshMetrics(ctx);
    const rows = await ctx.db.rows(z.object({ type: z.string(), at: z.string(), customer: z.string().nullable(), session: z.string(), value: z.number() }), sql`
      select type, occurred_at as at, nullif(customer_id, '00000000-0000-0000-0000-000000000000') as customer, session_id as session,
        case when jsonb_typeof(properties -> 'value') = 'number' then round((properties ->> 'value')::numeric * 100)::int else 0 end as value from events where company_id = ${ctx.companyId}`);
    expect(rows).toHaveLength(sent.length);
    for (const type of ['page_view', 'add_to_cart', 'email_open', undefined]) {
      const mine = rows.filter((row) => type === undefined || row.type === type);
      const of = (some: typeof mine) => ({
        events: some.length, customers: new Set(some.flatMap((row) => row.customer ?? [])).size, sessions: new Set(some.map((row) => row.session)).size,
        value: some.reduce((sum, row) => sum + row.value, 0),
      });
      const found = await getEventAnalytics(ctx, { type, from: '2026-11-09', to: '2026-11-21' });
      expect(found.total).toEqual(of(mine));
      expect(found.days).toEqual([...new Set(mine.map((row) => localDay(new Date(row.at), 'Europe/Berlin')))].sort()
        .map((day) => ({ day, ...of(mine.filter((row) => localDay(new Date(row.at), 'Europe/Berlin') === day)) })));
      expect(found.days.reduce((sum, day) => sum + day.sessions, 0)).toBeGreaterThan(found.total.sessions);
    }
  });
});

it('counts by the days of another time zone once the company has moved there', async () => {
  const ctx = await tenant();
  await write(ctx, [event({ occurredAt: '2026-11-18T23:30:00.000Z' }), event({ occurredAt: '2026-11-19T10:00:00.000Z' })]);
  const days = async () => (await getEventAnalytics(ctx, { from: '2026-11-01', to: '2026-11-30' })).days.map(({ day, events }) => [day, events]);
  await refreshMetrics(ctx);
  expect(await days()).toEqual([['2026-11-19', 2]]);
  await ctx.db.run(sql`update companies set time_zone = 'America/New_York' where id = ${ctx.companyId}`);
  await reopenEventDays(ctx.db);
  await refreshMetrics(ctx);
  expect(await days()).toEqual([['2026-11-18', 1], ['2026-11-19', 1]]);
});

describe('segment figures', () => {
  it('follow who came and went, by day; what changes back within a day never happened', async () => {
    const ctx = await tenant();
    const state = await requireState(ctx);
    const sell = async (record: OrderRecord): Promise<void> => {
      await ingestUnits(ctx, state, [{ records: [record], door: 'api', source: 'api', deliveryId: record.externalId, topic: '', payload: () => '', headers: {}, receivedAt: record.occurredAt }]);
    };
    const stage = async (name: string, customer: string): Promise<void> => {
      await ctx.db.transaction([
        { query: sql`update tenant_clock set seq = seq + 1 where company_id = ${ctx.companyId}`, row: z.unknown() },
        { query: sql`update customer_stats set stage = ${name}, seq = (select seq from tenant_clock where company_id = ${ctx.companyId})
          where company_id = ${ctx.companyId} and customer_id = (select id from customers where company_id = ${ctx.companyId} and external_id = ${customer})`, row: z.unknown() },
      ]);
    };
    const read = async (segment: string) => {
      await refreshMetrics(ctx, 'always');
      return (await getSegmentAnalytics(ctx, { segment, from: '2026-11-20', to: addDays('2026-11-20', 4) }));
    };
    now = new Date('2026-11-20T12:00:00Z');
    await sell(order('o1', 'c1', '2026-11-20T09:00:00.000Z', 1000));
    await sell(order('o2', 'c2', '2026-11-20T09:00:00.000Z', 500));
    await write(ctx, [event({ customer: ref('c1'), source: 'api', occurredAt: '2026-11-20T09:30:00.000Z' })]);
    // On the first day nobody came from anywhere.
    expect((await read('stage:new')).days).toMatchObject([{ day: '2026-11-20', customers: 2, entered: 0, left: 0, buyers: 2, orders: 2, revenue: 1500, events: 1, historicalValue: 1500 }]);

    now = new Date('2026-11-22T12:00:00Z');
    await stage('active', 'c1');
    expect((await read('stage:active')).days).toMatchObject([{ day: '2026-11-22', customers: 1, entered: 1 }]);
    expect((await read('stage:new')).days.map((d) => [d.day, d.customers, d.left])).toEqual([['2026-11-20', 2, 0], ['2026-11-21', 2, 0], ['2026-11-22', 1, 1]]);
    await stage('at_risk', 'c1');
    await refreshMetrics(ctx, 'always');
    await stage('new', 'c1');
    expect((await read('stage:new')).days.at(-1)).toMatchObject({ customers: 2, entered: 0, left: 0 });
    expect((await read('stage:active')).days).toEqual([]);

    // A refund and an event of an earlier day open it again; its values stay as they were.
    await ingestUnits(ctx, state, [{
      records: [{ kind: 'refund', source: 'api', externalId: 'r1', version: { updatedAt: '2026-11-22T09:00:00.000Z', rank: 1 }, occurredAt: '2026-11-20T20:00:00.000Z', orderExternalId: 'o1',
        customer: null, amounts: order('', '', '', 300).amounts, status: 'refunded', counts: true, items: [] }],
      door: 'api', source: 'api', deliveryId: 'r1', topic: '', payload: () => '', headers: {}, receivedAt: '2026-11-22T09:00:00.000Z',
    }]);
    await write(ctx, [event({ customer: ref('c2'), source: 'api', occurredAt: '2026-11-20T22:00:00.000Z' })]);
    const { days, total } = await read('stage:new');
    expect(days[0]).toMatchObject({ day: '2026-11-20', revenue: 1200, events: 2, historicalValue: 1500 });
    expect(total).toMatchObject({ customers: 2, buyers: 2, orders: 2, revenue: 1200 });
  });
});

describe('reading', () => {
  it('lists by type, customer and session with a cursor, and shows the last weeks without gaps', async () => {
    now = new Date('2026-11-20T12:00:00Z');
    const ctx = await tenant();
    const at = (n: number): string => `2026-11-20T10:00:0${String(Math.floor(n / 2))}.000Z`;
    await write(ctx, Array.from({ length: 10 }, (_, n) => event({ externalId: `l${String(n)}`, type: n % 2 === 0 ? 'page_view' : 'email_open', occurredAt: at(n), sessionId: n < 4 ? 's1' : 's2', customer: n === 9 ? ref('c1') : null, source: 'api' })));
    const seen: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await listEvents(ctx, { limit: 3, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.rows.map((row) => row.id));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(new Set(seen).size).toBe(10);
    expect(seen).toHaveLength(10);
    expect((await listEvents(ctx, { sessionId: 's1' })).rows).toHaveLength(4);
    expect((await listEvents(ctx, { type: 'email_open', sessionId: 's1' })).rows).toHaveLength(2);
    const [hers] = (await listEvents(ctx, { limit: 1 })).rows.filter((row) => row.customerId !== null);
    const customerId = (await ctx.db.first(z.object({ id: z.string() }), sql`select id from customers where company_id = ${ctx.companyId}`))?.id ?? '';
    expect((await listEvents(ctx, { customerId })).rows).toMatchObject([{ customerId, customerName: 'c1', type: 'email_open' }]);
    expect(hers === undefined || hers.customerId === customerId).toBe(true);
    await refreshMetrics(ctx);
    const overview = await getEventsOverview(ctx, { days: 30, type: null });
    expect(overview.days).toHaveLength(30);
    expect(overview.days.at(-1)).toMatchObject({ day: '2026-11-20', events: 10 });
    expect(overview).toMatchObject({ customers: 1, sessions: 2, types: [{ type: 'email_open', events: 5, customers: 1, sessions: 2 }, { type: 'page_view', events: 5, customers: 0, sessions: 2 }] });
  });
});
