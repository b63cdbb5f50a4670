// RFM: moves between two days agree with the books and with the live grid; thresholds of one's own come into force with the scores made by them.
import { sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { beforeAll, expect, it } from 'vitest';
import { addDays, dayNumber } from '#core/calendar/days';
import { localDay } from '#core/calendar/local-day';
import { rfmSegment } from '#core/rfm/segments';
import { writeBatch } from '#data/ingest';
import { readFeed } from '#data/feed';
import { getCompany, updateCompany } from '#operations/company';
import { listCustomers } from '#operations/customers';
import { getDashboard } from '#operations/dashboard';
import { fitWhenGrown } from '#operations/growth';
import { ingestUnits } from '#operations/ingest';
import { toBatch } from '#operations/ingest-batch';
import { issueLiveTicket } from '#operations/live';
import { lookOn } from '#operations/looks';
import { refit } from '#operations/models';
import { runRebuild } from '#operations/rebuild';
import { getRfm } from '#operations/rfm';
import { getRfmMigration } from '#operations/rfm-migration';
import { catchUp, requireState } from '#operations/scoring';
import type { Job, TenantContext } from '#worker/ports';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { amounts, orderOf, randomOf, ref, refundOf, unitOf } from '../support/records.ts';
import { makeTestTenant } from '../support/tenant.ts';

const TODAY = '2026-11-20';
let now = new Date(`${TODAY}T18:00:00Z`);
let made: TestDatabase;
let ctx: Awaited<ReturnType<typeof makeTestTenant>>;
/** Purchase days of each customer, refunded ones left out. */
const bought = new Map<string, Set<string>>();

beforeAll(async () => {
  made = await createTestDatabase();
  ctx = await makeTestTenant(made, { now: () => now });
  const random = randomOf(5);
  const records = [];
  for (let c = 0; c < 240; c++) {
    const customer = `c${String(c)}`;
    const days = new Set<string>();
    for (let o = 0; o <= random() * random() * 14; o++) {
      const at = new Date(Date.parse('2024-11-01T00:00:00Z') + Math.floor(random() * 740 * 86_400) * 1000).toISOString();
      const order = orderOf(`${customer}-${String(o)}`, { occurredAt: at, customer: ref({ externalId: customer }), amounts: amounts(100 + Math.floor(random() * 9_000)) });
      records.push(order);
      // Two orders of a day are one purchase day: a refund in full would take only its own away.
      if (random() < 0.08 && !days.has(localDay(new Date(at), 'Europe/Berlin'))) records.push(refundOf(`r${customer}-${String(o)}`, order.externalId, { occurredAt: '2026-11-19T12:00:00Z', amounts: order.amounts }));
      else days.add(localDay(new Date(at), 'Europe/Berlin'));
    }
    bought.set(customer, days);
  }
  await writeBatch(ctx.db, await toBatch(records, { companyId: ctx.companyId, identityHash: async (e) => e, makeId: () => v7() }), 10_000);
  await catchUp(ctx);
  await refit(ctx, { cause: 'asked' });
}, 60_000);

const scoreOf = (value: number, cuts: readonly number[]): number => 1 + cuts.filter((cut) => value >= cut).length;
const byGroup = (moves: { to: string; customers: number }[]): Record<string, number> =>
  Object.fromEntries([...new Set(moves.map(({ to }) => to))].sort().map((to) => [to, moves.filter((move) => move.to === to).reduce((sum, { customers }) => sum + customers, 0)]));

it('moves between two days are those of the books, and today’s end is the live grid', async () => {
  const { cuts } = await requireState(ctx);
  if (cuts === null) throw new Error('no cuts');
  const [from, to] = ['2026-05-01', '2026-09-10'];
  const standing = (days: Set<string>, day: string): string | null => {
    const known = [...days].filter((one) => one <= day);
    if (known.length === 0) return null;
    const back = dayNumber(TODAY) - dayNumber(day);
    return rfmSegment(scoreOf(dayNumber(known.sort().at(-1) ?? ''), cuts.recency.map((cut) => cut - back)), scoreOf(known.length, cuts.frequency));
  };
  const expected = new Map<string, number>();
  for (const days of bought.values()) {
    const [was, is] = [standing(days, from), standing(days, to)];
    if (is !== null) expected.set(`${was ?? ''}>${is}`, (expected.get(`${was ?? ''}>${is}`) ?? 0) + 1);
  }
  const { moves, firstDay } = await getRfmMigration(ctx, { from, to });
  expect(Object.fromEntries(moves.map((move) => [`${move.from ?? ''}>${move.to}`, move.customers]))).toEqual(Object.fromEntries(expected));
  expect(expected.size).toBeGreaterThan(12);
  expect(firstDay).toBe([...bought.values()].flatMap((days) => [...days]).sort()[0]);

  const live = await getRfm(ctx);
  const recent = await getRfmMigration(ctx, {});
  expect(recent).toMatchObject({ from: addDays(TODAY, -90), to: TODAY });
  expect(byGroup(recent.moves)).toEqual(Object.fromEntries(live.segments.map((one) => [one.name, one.customers]).sort()));
  expect(recent.moves.reduce((sum, { value }) => sum + value, 0)).toBe(live.cells.reduce((sum, { historicalValue }) => sum + historicalValue, 0));
  for (const { name, customers } of live.segments) expect((await listCustomers(ctx, { rfm: name })).matched, name).toBe(customers);
  await expect(listCustomers(ctx, { rfm: 'emperors' })).rejects.toMatchObject({ code: 'invalid_input' });

  await expect(getRfmMigration(ctx, { from: '2026-09-11', to: '2026-09-10' })).rejects.toMatchObject({ errors: [{ path: 'from', message: 'Choose a day up to 2026-09-10' }] });
  await expect(getRfmMigration(ctx, { to: '2026-11-21' })).rejects.toMatchObject({ errors: [{ path: 'to' }] });
  await expect(getRfmMigration(ctx, { to: '2026-02-30' })).rejects.toMatchObject({ errors: [{ path: 'to', message: 'Write the day like 2026-03-31' }] });
});

it('thresholds of one’s own serve with the scores made by them, count from each new day, and can be taken back', async () => {
  const before = await getRfm(ctx);
  expect(before.thresholds).toEqual({ rule: 'quantile' });
  await expect(updateCompany(ctx, { rfm: { rule: 'fixed', currency: 'EUR', recencyDays: [30, 90, 180, 365], frequency: [2, 3, 5, 10], monetary: [50, 100, 250, 500] } })).rejects.toMatchObject({ issues: [{ path: ['rfm', 'recencyDays'] }] });
  const rfm = { rule: 'fixed' as const, currency: 'EUR', recencyDays: [365, 180, 90, 30] as [number, number, number, number], frequency: [2, 3, 5, 8] as [number, number, number, number], monetary: [50, 100, 199.99, 300] as [number, number, number, number] };
  expect(await updateCompany(ctx, { rfm })).toMatchObject({ rfm: { rule: 'quantile' }, pending: { rfm }, rebuild: { progress: 0 } });
  expect((await getRfm(ctx)).cuts).toEqual(before.cuts);
  expect(await runRebuild(ctx)).toBe(false);
  expect(await getCompany(ctx)).toMatchObject({ rfm, pending: {}, rebuild: null });
  expect(await updateCompany(ctx, { rfm })).toMatchObject({ rebuild: null });
  const after = await getRfm(ctx);
  expect(after).toMatchObject({ thresholds: rfm, cuts: { recency: rfm.recencyDays.map((days) => addDays(TODAY, -days)), frequency: rfm.frequency, monetary: [5_000, 10_000, 19_999, 30_000] } });
  const counted = new Map<string, number>();
  for (const days of bought.values()) {
    if (days.size === 0) continue;
    const ago = dayNumber(TODAY) - dayNumber([...days].sort().at(-1) ?? '');
    const key = `${String(1 + rfm.recencyDays.filter((most) => ago <= most).length)}${String(scoreOf(days.size, rfm.frequency))}`;
    counted.set(key, (counted.get(key) ?? 0) + 1);
  }
  expect(Object.fromEntries(after.cells.map((cell) => [`${String(cell.recency)}${String(cell.frequency)}`, cell.customers]).sort())).toEqual(Object.fromEntries([...counted].sort()));

  // A night later the same values count from the new day.
  now = new Date('2026-11-21T18:00:00Z');
  await refit(ctx, { cause: 'night' });
  expect((await getRfm(ctx)).cuts?.recency[0]).toBe(addDays('2026-11-21', -365));
  now = new Date(`${TODAY}T18:00:00Z`);
  await updateCompany(ctx, { rfm: { rule: 'quantile' } });
  await runRebuild(ctx);
  expect((await getRfm(ctx)).cuts).toEqual(before.cuts);
});

/** A shop that nobody looks at, and what it asks of the queue. */
async function quietShop() {
  const shop = await makeTestTenant(made, { isLookedAt: false, now: () => now });
  const asked: Job[] = [];
  const quiet = { ...shop, jobs: { ...shop.jobs, enqueue: async (job: Job) => { asked.push(job); } } };
  let sold = 0;
  const sell = async (customers: number): Promise<void> => {
    const units = Array.from({ length: customers - sold }, () => unitOf([orderOf(`o${String(++sold)}`, { customer: ref({ externalId: `c${String(sold)}` }), occurredAt: `${TODAY}T12:00:00Z` })]));
    await ingestUnits(quiet, await requireState(quiet), units);
  };
  return { quiet, asked, sell };
}

const standsAt = async (one: TenantContext): Promise<[number, number]> => [(await one.live.position()).seq, (await requireState(one)).seq];

it('a shop of one, three and nineteen customers has groups once somebody looks: one fit a step, however many look', async () => {
  const { quiet, asked, sell } = await quietShop();
  const nextStep = async (): Promise<void> => quiet.db.run(sql`update tenant_clock set grown_at = grown_at - interval '1 minute' where company_id = ${quiet.companyId}`);
  await sell(1);
  expect([await standsAt(quiet), asked]).toEqual([[0, expect.any(Number)], []]);
  const [dashboard, rfm] = await Promise.all([getDashboard(quiet, { range: '30d' }), getRfm(quiet), listCustomers(quiet, {}), issueLiveTicket(quiet)]);
  expect([dashboard.snapshot.value.customers, rfm.segments]).toEqual([1, []]);
  expect(asked.filter(({ type }) => type === 'refit')).toEqual([{ type: 'refit', companyId: quiet.companyId, growing: true }]);
  for (const [customers, fits] of [[1, 1], [3, 2], [5, 2], [19, 3]] as const) {
    if (customers > 1) await sell(customers);
    // Fed from here on without a look: somebody may still be looking.
    expect(new Set(await standsAt(quiet)).size).toBe(1);
    await Promise.all([lookOn(quiet), fitWhenGrown(quiet), fitWhenGrown(quiet), fitWhenGrown(quiet)]);
    expect(asked.filter(({ type }) => type === 'refit')).toHaveLength(fits);
    await refit(quiet, { cause: 'asked', foresees: false });
    await nextStep();
    const { segments } = await getRfm(quiet);
    expect(segments.reduce((sum, one) => sum + one.customers, 0)).toBe(customers);
    expect((await listCustomers(quiet, {})).rows.filter(({ recencyScore, frequencyScore }) => recencyScore === 0 || frequencyScore === 0)).toEqual([]);
  }
});

it('a look that begins while something is written leaves nothing unfed', async () => {
  for (let n = 0; n < 12; n++) {
    const { quiet, sell } = await quietShop();
    const pause = new Promise((resolve) => setTimeout(resolve, n * 2));
    await Promise.all([sell(3), pause.then(() => getRfm(quiet)), pause.then(() => issueLiveTicket(quiet))]);
    const [fed, written] = await standsAt(quiet);
    expect(fed).toBe(written);
    expect((await readFeed(quiet.db, await quiet.live.position())).customers).toEqual([]);
  }
});
