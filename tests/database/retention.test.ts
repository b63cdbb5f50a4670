// Single sales go after the years a company keeps them: every figure stays, whatever comes afterwards, and a shop that keeps all of them has the same.
import { beforeAll, expect, it } from 'vitest';
import pg from 'pg';
import { sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { z } from 'zod';
import { AppError } from '#core/errors';
import type { CanonicalRecord, OrderRecord } from '#core/commerce/record';
import { dropEmptiedChunks } from '#data/closing';
import { writeBatch } from '#data/ingest';
import { rebuildTenant, verifyTenant } from '#data/rebuild';
import { getCompany, updateCompany } from '#operations/company';
import { ingestUnits } from '#operations/ingest';
import { toBatch } from '#operations/ingest-batch';
import { beginNight } from '#operations/night';
import { runRebuild } from '#operations/rebuild';
import { nightClose, previewRetention } from '#operations/retention';
import { getRun } from '#operations/runs';
import { requireState } from '#operations/scoring';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { amounts, mergeOf, orderOf, privacyOf, randomOf, ref, refundOf, unitOf } from '../support/records.ts';
import { shopHistory } from '../support/shop-history.ts';
import { makeTestTenant } from '../support/tenant.ts';
import type { TestTenantSettings } from '../support/tenant.ts';

let made: TestDatabase;
beforeAll(async () => { made = await createTestDatabase(); });

type Tenant = Awaited<ReturnType<typeof makeTestTenant>>;
const DAY = '2027-02-10';
const NOW = () => new Date(`${DAY}T03:00:00.000Z`);
/** With two years, what stays open begins here. */
const LINE = '2025-02-01';
const tenant = (over: TestTenantSettings = {}) => makeTestTenant(made, { now: NOW, ...over });

async function take(ctx: Tenant, ...records: CanonicalRecord[]) {
  return ingestUnits(ctx, await requireState(ctx), records.map((record) => unitOf([record])));
}

/** As if choice and sales were months old. */
async function keepFor(ctx: Tenant, years: number | null, since = '2026-12-01'): Promise<void> {
  await ctx.db.run(sql`with t as (update transactions set created_at = ${since} where company_id = ${ctx.companyId})
    update companies set keep_years = ${years}::smallint, keep_years_set_at = ${since} where id = ${ctx.companyId}`);
}

async function close(ctx: Tenant, day = DAY, keysPerPage?: number) {
  const runId = v7();
  await beginNight(ctx, { companyId: ctx.companyId, day, runId, cause: 'asked', attempt: null });
  let parts = 1;
  while (await nightClose(ctx, runId, day, keysPerPage)) parts++;
  return { parts, ...(await getRun(ctx, runId)).steps.find(({ name }) => name === 'close')?.result };
}

/** Everything derived, by names that are the same in every shop. */
async function figures(ctx: Tenant): Promise<string[]> {
  const who = (id: string) => sql.raw(`coalesce((select c.external_id from customers c where c.company_id = f.company_id and c.id = f.${id}), 'nobody')`);
  const row = z.object({ row: z.string() });
  const rows = await ctx.db.rows(row, sql`select 'day ' || concat_ws('|', ${who('customer_id')}, day, orders, purchases, gross, refunded, order_net, uncounted) as row from customer_day f
      where company_id = ${ctx.companyId} and (orders, purchases, gross, refunded, order_net, uncounted) is distinct from (0, 0, 0::bigint, 0::bigint, 0::bigint, 0)
    union all select 'stats ' || concat_ws('|', ${who('customer_id')}, orders, purchase_days, first_day, last_day, previous_day, gross, refunded, historical_value, repeat_spend) from customer_stats f
      where company_id = ${ctx.companyId} and (orders > 0 or gross > 0 or refunded > 0)
    union all select 'month ' || concat_ws('|', ${who('customer_id')}, month, orders, purchases, gross, order_net) from customer_month f
      where company_id = ${ctx.companyId} and (orders, purchases, gross, order_net) is distinct from (0, 0, 0::bigint, 0::bigint)
    union all select 'cohort ' || concat_ws('|', cohort, month, customers, orders, gross, order_net) from cohort_month
      where company_id = ${ctx.companyId} and (customers, orders, gross, order_net) is distinct from (0, 0, 0::bigint, 0::bigint)
    union all select 'rollup ' || concat_ws('|', day, orders, gross, refunded, buyers, new_customers, unattributed, uncounted) from daily_rollup
      where company_id = ${ctx.companyId} and (orders, gross, refunded, buyers, new_customers, unattributed, uncounted) is distinct from (0, 0::bigint, 0::bigint, 0, 0, 0, 0)
    order by 1`);
  return rows.map((r) => r.row);
}

const count = async (ctx: Tenant, table: string): Promise<number> =>
  (await ctx.db.first(z.object({ n: z.number() }), sql`select count(*)::int as n from ${sql.raw(table)} where company_id = ${ctx.companyId}`))?.n ?? -1;

const isOpen = (record: CanonicalRecord): boolean => !('occurredAt' in record) || record.occurredAt >= `${LINE}T00:00:00.000Z`;

it.each([1, 2])('closing changes no figure, and afterwards a shop that closed counts like one that keeps everything (seed %i)', async (seed) => {
  const [closing, keeping] = await Promise.all([tenant(), tenant()]);
  const both = async (work: (ctx: Tenant) => Promise<unknown>) => { for (const ctx of [closing, keeping]) await work(ctx); };
  const records = shopHistory(seed, 100);
  await both((ctx) => take(ctx, ...records));
  await keepFor(closing, 2);
  await keepFor(keeping, null);
  const before = await figures(closing);
  expect(await figures(keeping)).toEqual(before);

  const kept = await count(closing, 'transactions');
  const result = await close(closing, DAY, 25);
  expect(result).toMatchObject({ closedBefore: LINE });
  expect(await close(keeping)).toMatchObject({ closedBefore: null, orders: 0 });
  expect(await figures(closing)).toEqual(before);
  expect(await verifyTenant(closing.db)).toEqual([]);
  const left = await count(closing, 'transactions');
  expect(kept - left).toBe(Number(Reflect.get(result, 'orders')) + Number(Reflect.get(result, 'refunds')));
  expect(kept - left).toBeGreaterThan(60);
  expect(await count(closing, 'transaction_keys')).toBe(left);
  // What is old and still there has something younger: its refund, or its other record.
  const old = await closing.db.rows(z.object({ id: z.string() }), sql`select id from transactions t where t.company_id = ${closing.companyId} and t.transaction_date < ${LINE}::timestamp at time zone 'Europe/Berlin'`);
  expect(old.length).toBe(Number(Reflect.get(result, 'waiting')));
  const items = await closing.db.rows(z.object({ id: z.string() }), sql`select transaction_id as id from transaction_items i where i.company_id = ${closing.companyId} and not exists (select from transactions t where t.id = i.transaction_id)`);
  expect(items).toEqual([]);

  // New sales, edits, refunds of what is open, and of what waits for them; then people become one, and are forgotten.
  const random = randomOf(seed + 100);
  const later = { updatedAt: '2026-06-01T00:00:00.000Z', rank: 1 };
  const open = records.filter((record): record is OrderRecord => record.kind === 'order' && isOpen(record));
  await both((ctx) => take(ctx, ...open.filter((_, n) => n % 3 === 0).map((order) => ({ ...order, version: later, amounts: amounts(order.amounts.given === null ? 1 : order.amounts.given + 7, order.amounts.currency) }))));
  await both((ctx) => take(ctx, ...open.filter((_, n) => n % 5 === 0).map((order, n) => refundOf(`late${String(n)}`, order.externalId, { source: order.source, occurredAt: '2026-12-24T12:00:00.000Z', amounts: amounts(40, order.amounts.currency) }))));
  await both((ctx) => take(ctx, ...records.filter((record) => record.kind === 'refund' && isOpen(record)).map((record) => ({ ...record, version: later, amounts: amounts(33) }))));
  await both((ctx) => take(ctx, ...Array.from({ length: 20 }, (_, n) => orderOf(`new${String(n)}`, { occurredAt: `2026-11-${String(n + 1).padStart(2, '0')}T12:00:00.000Z`, customer: ref({ externalId: `c${String(Math.floor(randomOf(seed + n)() * 12))}` }) }))));
  expect(await figures(closing)).toEqual(await figures(keeping));
  const [a, b] = [Math.floor(random() * 12), Math.floor(random() * 11)];
  await both((ctx) => take(ctx, mergeOf({ externalId: `c${String(a)}` }, { externalId: `c${String(b >= a ? b + 1 : b)}` })));
  expect(await figures(closing)).toEqual(await figures(keeping));
  await both((ctx) => take(ctx, privacyOf('erasure', { externalId: `c${String((a + 3) % 12)}` }), privacyOf('erasure', { externalId: `c${String(a)}` })));
  expect(await figures(closing)).toEqual(await figures(keeping));
  // Settings that can be derived from sums are, for all years.
  for (const countZeroOrders of [true, false]) {
    await both((ctx) => rebuildTenant(ctx.db, { settings: { countZeroOrders }, rates: null }));
    expect(await figures(closing)).toEqual(await figures(keeping));
  }
  await both((ctx) => rebuildTenant(ctx.db, { settings: { analysisDate: '2024-06-30' }, rates: null }));
  expect(await figures(closing)).toEqual(await figures(keeping));
  await both((ctx) => rebuildTenant(ctx.db, { settings: { analysisDate: null }, rates: null }));
  expect(await figures(closing)).toEqual(await figures(keeping));
  expect(await verifyTenant(closing.db)).toEqual([]);
  expect(await verifyTenant(keeping.db)).toEqual([]);
});

it('killed anywhere it goes on where it was, and nothing is counted twice or lost', async () => {
  let reached = 0;
  let killAt = 0;
  const ctx = await tenant({ reach: (point) => { if (point.endsWith('close-page') && ++reached === killAt) throw new AppError('unavailable', 'killed'); } });
  await take(ctx, ...shopHistory(9, 100));
  await keepFor(ctx, 2);
  const before = await figures(ctx);
  const runId = v7();
  await beginNight(ctx, { companyId: ctx.companyId, day: DAY, runId, cause: 'asked', attempt: null });
  for (killAt = 1; ; killAt++) {
    reached = 0;
    try {
      if (!(await nightClose(ctx, runId, DAY, 10))) break;
    } catch (error) {
      expect(error).toMatchObject({ message: 'killed' });
    }
    if (killAt % 4 === 1) expect(await verifyTenant(ctx.db)).toEqual([]);
  }
  expect(killAt).toBeGreaterThan(3);
  expect(await figures(ctx)).toEqual(before);
  expect(await verifyTenant(ctx.db)).toEqual([]);
  const closedAgain = await close(ctx);
  expect(closedAgain).toMatchObject({ closedBefore: LINE, orders: 0, refunds: 0 });
});

it('nothing goes before its notice is over, and never where everything is kept', async () => {
  const ctx = await tenant();
  await take(ctx, orderOf('1', { occurredAt: '2021-06-01T12:00:00.000Z' }), refundOf('r', '1', { occurredAt: '2021-06-20T12:00:00.000Z' }), orderOf('2', { occurredAt: '2026-06-01T12:00:00.000Z' }));
  await keepFor(ctx, 5);
  // 2027-02-10 less five years, from the first of the month on.
  expect(await previewRetention(ctx)).toEqual({ keepYears: 5, closedBefore: null, before: '2022-02-01', orders: 1, refunds: 1, customers: 1, oldest: '2021-06-01', notBefore: '2027-02-11' });
  expect(await previewRetention(ctx, 6)).toMatchObject({ keepYears: 6, before: '2021-02-01', orders: 0, notBefore: null });
  expect(await previewRetention(ctx, null)).toMatchObject({ keepYears: null, before: null, orders: 0 });
  await expect(previewRetention(ctx, 1)).rejects.toThrow();
  // Decided today: thirty days of notice, and a change of mind begins them anew.
  await updateCompany(ctx, { keepYears: 4 });
  expect(await getCompany(ctx)).toMatchObject({ keepYears: 4, closedBefore: null, rebuild: null });
  expect(await previewRetention(ctx)).toMatchObject({ keepYears: 4, notBefore: '2027-03-13' });
  expect(await close(ctx)).toMatchObject({ closedBefore: null });
  expect(await close(ctx, '2027-03-12')).toMatchObject({ closedBefore: null });
  await updateCompany(ctx, { keepYears: null });
  expect(await close(ctx, '2028-01-01')).toMatchObject({ closedBefore: null });
  await keepFor(ctx, 5);
  // An old sale that came in last week is perhaps one of many.
  await take(ctx, orderOf('3', { occurredAt: '2021-07-01T12:00:00.000Z' }));
  await ctx.db.run(sql`update transactions set created_at = '2027-02-03' where company_id = ${ctx.companyId} and external_id = '3'`);
  expect(await close(ctx)).toMatchObject({ closedBefore: null });
  expect(await previewRetention(ctx)).toMatchObject({ orders: 2, notBefore: '2027-03-06' });
  expect(await close(ctx, '2027-03-10')).toMatchObject({ closedBefore: '2022-03-01', orders: 2, refunds: 1, waiting: 0 });
  // A year that is kept longer from now on brings nothing back, and opens nothing.
  await keepFor(ctx, 20);
  expect(await close(ctx, '2027-03-11')).toMatchObject({ closedBefore: '2022-03-01', orders: 0 });
  expect(await verifyTenant(ctx.db)).toEqual([]);
});

it('one shop closes its own days', async () => {
  const [one, other] = await Promise.all([tenant(), tenant()]);
  for (const ctx of [one, other]) {
    await take(ctx, orderOf('1', { occurredAt: '2023-06-01T12:00:00.000Z' }), orderOf('2', { occurredAt: '2026-06-01T12:00:00.000Z' }));
    await keepFor(ctx, 2);
  }
  await close(one);
  expect([await count(one, 'transactions'), await count(one, 'closed_sales'), await count(other, 'transactions'), await count(other, 'closed_sales')]).toEqual([1, 1, 2, 0]);
  expect(await requireState(other)).toMatchObject({ closed: null });
  expect(await verifyTenant(other.db)).toEqual([]);
});

it('what is dated in closed days is refused with the reason, also when the days were closed meanwhile', async () => {
  const ctx = await tenant();
  const [old, young] = [orderOf('1', { occurredAt: '2023-06-01T12:00:00.000Z' }), orderOf('2', { occurredAt: '2025-03-01T12:00:00.000Z' })];
  await take(ctx, old, young);
  await keepFor(ctx, 2);
  const before = await requireState(ctx);
  await close(ctx);
  const held = await figures(ctx);
  const edited = { ...old, version: { updatedAt: '2027-01-01T00:00:00.000Z', rank: 1 }, amounts: amounts(9999) };
  const refused = await take(ctx, edited, refundOf('r1', '1', { occurredAt: '2023-07-01T12:00:00.000Z' }), { ...young, version: edited.version, amounts: amounts(2000) });
  expect(refused).toMatchObject({ inserted: 0, updated: 1 });
  expect(refused.dead.map(({ error }) => error)).toEqual([
    'Dated 2023-06-01: the books are closed before 2025-02-01. Sales that old are kept as sums of their days, so that nothing can be added to them or changed',
    expect.stringContaining('Dated 2023-07-01: the books are closed before 2025-02-01'),
  ]);
  const letters = await ctx.db.rows(z.object({ error: z.string() }), sql`select error from dead_letters where company_id = ${ctx.companyId}`);
  expect(letters).toHaveLength(2);
  // The line is a local day: in Berlin it begins an hour before it does in UTC.
  expect((await take(ctx, orderOf('3', { occurredAt: '2025-01-31T22:59:59.000Z' }))).dead).toHaveLength(1);
  expect((await take(ctx, orderOf('4', { occurredAt: '2025-01-31T23:00:00.000Z' }))).inserted).toBe(1);
  // A refund that comes years later names a sale that nobody knows any more: kept, and counted nowhere, as any refund without its order.
  await take(ctx, refundOf('late', '1', { occurredAt: '2027-01-05T12:00:00.000Z' }));
  expect(await ctx.db.rows(z.object({ parked: z.boolean() }), sql`select parked from transaction_keys where company_id = ${ctx.companyId} and external_id = 'late'`)).toEqual([{ parked: true }]);
  expect((await figures(ctx)).filter((row) => row.startsWith('rollup 2023'))).toEqual(held.filter((row) => row.startsWith('rollup 2023')));
  // A batch that was made before the night and written after it is made anew.
  await expect(ingestUnits(ctx, before, [unitOf([edited])])).rejects.toMatchObject({ code: 'stale', retryable: true });
  await expect(writeBatch(ctx.db, await toBatch([edited], { companyId: ctx.companyId, identityHash: async (e) => e, makeId: () => v7() }), 10)).rejects.toMatchObject({ code: 'stale' });
  expect(await verifyTenant(ctx.db)).toEqual([]);
});

it('sums go into another currency at each day’s rate, and keep the time zone and the basis they were counted by', async () => {
  const bank = async () => new Response(`<Envelope><Cube>${[['2023-05-31', 2], ['2025-05-30', 4]].map(([day, rate]) => `<Cube time='${String(day)}'><Cube currency='USD' rate='${String(rate)}'/></Cube>`).join('')}</Cube></Envelope>`);
  const ctx = await tenant({ outside: bank });
  const parts = { currency: 'EUR', given: null, goods: 1000, discount: 0, tax: 190, shipping: 500, tip: 0 };
  await take(ctx, orderOf('1', { occurredAt: '2023-06-01T22:30:00.000Z', amounts: parts }), orderOf('2', { occurredAt: '2025-06-01T22:30:00.000Z', amounts: parts }), refundOf('r', '1', { occurredAt: '2023-06-03T12:00:00.000Z', amounts: amounts(169) }));
  await keepFor(ctx, 2);
  await close(ctx);
  const day = async () => ctx.db.rows(z.object({ day: z.string(), gross: z.number(), refunded: z.number() }), sql`select day, gross, refunded from daily_rollup where company_id = ${ctx.companyId} and (gross > 0 or refunded > 0) order by 1`);
  expect(await day()).toEqual([{ day: '2023-06-02', gross: 1000, refunded: 0 }, { day: '2023-06-03', gross: 0, refunded: 100 }, { day: '2025-06-02', gross: 1000, refunded: 0 }]);
  await updateCompany(ctx, { timeZone: 'UTC', revenueBasis: 'with_shipping' });
  await runRebuild(ctx);
  expect(await day()).toEqual([{ day: '2023-06-02', gross: 1000, refunded: 0 }, { day: '2023-06-03', gross: 0, refunded: 100 }, { day: '2025-06-01', gross: 1500, refunded: 0 }]);
  await updateCompany(ctx, { currency: 'USD' });
  await runRebuild(ctx);
  expect(await day()).toEqual([{ day: '2023-06-02', gross: 2000, refunded: 0 }, { day: '2023-06-03', gross: 0, refunded: 200 }, { day: '2025-06-01', gross: 6000, refunded: 0 }]);
  expect(await verifyTenant(ctx.db)).toEqual([]);
  // To a currency without a rate the sums have no way, and nothing changes until there is one.
  await updateCompany(ctx, { currency: 'AED' });
  await expect(runRebuild(ctx)).rejects.toMatchObject({ code: 'unavailable' });
  expect(await getCompany(ctx)).toMatchObject({ currency: 'USD', pending: { currency: 'AED' } });
  expect(await day()).toHaveLength(3);
});

it('somebody whose sales are sums is still known to have bought', async () => {
  const ctx = await tenant();
  await take(ctx, orderOf('1', { occurredAt: '2023-06-01T12:00:00.000Z', customer: ref({ externalId: 'c1', email: 'ann@x.io' }) }));
  await keepFor(ctx, 2);
  await close(ctx);
  // "Customer deleted" of a platform takes nobody out whose purchases count.
  await take(ctx, privacyOf('deletion', { externalId: 'c1' }));
  expect(await count(ctx, 'customers')).toBe(1);
  await take(ctx, privacyOf('erasure', { externalId: 'c1' }));
  expect([await count(ctx, 'customers'), await count(ctx, 'closed_sales')]).toEqual([0, 1]);
  expect((await figures(ctx)).filter((row) => row.startsWith('rollup'))).toEqual(['rollup 2023-06-01|1|1000|0|0|0|1|0']);
  expect(await verifyTenant(ctx.db)).toEqual([]);
});

it('a chunk is dropped when the last shop has no sale in it any more', async () => {
  // Timescale's catalogue and its `drop_chunks` by stand-ins, over real child tables of the sales.
  const own = await createTestDatabase();
  const owner = new pg.Client({ connectionString: own.ownerUrl });
  await owner.connect();
  try {
    const chunks = [['2022-01-01', '2022-07-01'], ['2022-07-01', '2023-01-01'], ['2119-07-01', '2120-01-01']] as const;
    await owner.query(`create schema timescaledb_information; grant usage on schema timescaledb_information to app_user;
      create table timescaledb_information.chunks (hypertable_schema text, hypertable_name text, chunk_schema text, chunk_name text, range_start timestamptz, range_end timestamptz);
      create function drop_chunks(relation regclass, older_than timestamptz, newer_than timestamptz) returns setof text language plpgsql as $$ declare c record; begin
        for c in delete from timescaledb_information.chunks where range_end <= older_than and range_start >= newer_than returning chunk_name loop
          execute format('drop table %I', c.chunk_name); return next c.chunk_name;
        end loop; end $$`);
    for (const [n, [from, to]] of chunks.entries()) {
      await owner.query(`create table chunk_${String(n)} () inherits (transactions); insert into timescaledb_information.chunks values ('public', 'transactions', 'public', 'chunk_${String(n)}', '${from}', '${to}')`);
    }
    const [one, other] = await Promise.all([makeTestTenant(own, { now: NOW }), makeTestTenant(own, { now: NOW })]);
    for (const ctx of [one, other]) await take(ctx, orderOf('1', { occurredAt: '2022-02-01T12:00:00.000Z' }));
    await take(other, orderOf('2', { occurredAt: '2022-08-01T12:00:00.000Z' }));
    await owner.query(`with moved as (delete from only transactions where transaction_date < '2022-07-01' returning *) insert into chunk_0 select * from moved`);
    await owner.query(`with moved as (delete from only transactions where transaction_date < '2023-01-01' returning *) insert into chunk_1 select * from moved`);
    const standing = async () => (await owner.query<{ name: string }>('select chunk_name as name from timescaledb_information.chunks order by 1')).rows.map(({ name }) => name);
    await keepFor(one, 2);
    await close(one);
    expect([await count(one, 'transactions'), await dropEmptiedChunks(one.db), await standing()]).toEqual([0, 0, ['chunk_0', 'chunk_1', 'chunk_2']]);
    await keepFor(other, 5);
    await close(other, '2027-07-05');
    // The first is nobody's any more; the second still is, and the third is young, though empty.
    expect([await count(other, 'transactions'), await dropEmptiedChunks(one.db), await standing()]).toEqual([1, 1, ['chunk_1', 'chunk_2']]);
    expect(await verifyTenant(other.db)).toEqual([]);
  } finally {
    await owner.end();
  }
});
