// What pages show of segments beside their names: worth, movement by day, what they share; and the customer list by segment.
import { sql } from 'drizzle-orm';
import { beforeAll, expect, it } from 'vitest';
import { filter } from '#core/segments/filter';
import { readChangesAfter } from '#data/segment-reads';
import { command } from '#data/tenant';
import { listCustomers } from '#operations/customers';
import { refreshMetrics } from '#operations/metrics';
import { segmentDays, segmentFigures, segmentOverlaps, segmentValues } from '#operations/segment-figures';
import { segmentHistory } from '#operations/segment-members';
import { compareSegments } from '#operations/segment-overlap';
import { renewSegments } from '#operations/segment-night';
import { previewSegment } from '#operations/segment-preview';
import { runSegments } from '#operations/segment-ticks';
import { archiveSegment, getSegment, listSegments } from '#operations/segments';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { count, peopleTenant, take } from '../support/people.ts';
import { amounts, orderOf, ref } from '../support/records.ts';
import { segmentOf } from '../support/segments.ts';

let made: TestDatabase;
beforeAll(async () => { made = await createTestDatabase(); });

const HOUR = 3_600_000, DAY = 24 * HOUR;
const iso = (ms: number): string => new Date(ms).toISOString();
const order = (id: string, name: string, at: number, cents: number) => orderOf(id, { customer: ref({ externalId: name }), occurredAt: iso(at), amounts: amounts(cents), version: { updatedAt: iso(at), rank: 1 } });

it('tells worth, movement and overlap as the customers are, and lists who is in', async () => {
  let now = Date.parse('2026-03-10T12:00:00.000Z');
  const ctx = await peopleTenant(made, { now: () => new Date(now) });
  await take(ctx, order('1', 'ann', now - 3 * DAY, 30_000), order('2', 'bea', now - 5 * DAY, 30_000), order('3', 'cis', now - 9 * DAY, 1000));
  const rich = await segmentOf(ctx, 'Rich', { is: 'orders.total', op: 'gt', value: 200 });
  const all = await segmentOf(ctx, 'Buyers', { is: 'orders.count', op: 'gte', value: 1 });
  const nobody = await segmentOf(ctx, 'Nobody', { is: 'orders.count', op: 'gte', value: 99 });
  now += 10 * DAY;
  await take(ctx, order('4', 'cis', now - 1000, 40_000));
  now += DAY;

  const members = new Map((await listSegments(ctx)).map((one) => [one.id, one.members]));
  const figures = await segmentFigures(ctx, members);
  const everybody = await listCustomers(ctx, {});
  const worth = everybody.rows.reduce((sum, row) => sum + row.totalValue, 0);
  expect([figures.customers, figures.value]).toEqual([3, worth]);
  expect([figures.segments[rich.id]?.value, figures.segments[all.id]?.value, figures.segments[nobody.id]?.value]).toEqual([worth, worth, 0]);
  expect(figures.segments[rich.id]).toMatchObject({ last7: 1, last30: 3 });
  expect(figures.segments[rich.id]?.sizes.slice(-13)).toEqual([0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3]);

  // What is too much to be summed up for whoever looks is read off the daily figures: the same, but for when; a segment without any is summed up.
  expect(await segmentFigures(ctx, members, 0)).toMatchObject({ customers: 3, value: worth, valuedAt: null, segments: { [rich.id]: { value: worth } } });
  await refreshMetrics(ctx, 'always');
  const kept = await segmentFigures(ctx, members, 0);
  expect(kept).toMatchObject({ customers: 3, value: worth, valuedAt: iso(now), segments: { [rich.id]: { value: worth, last7: 3 }, [nobody.id]: { value: 0, last7: 0 } } });
  now += DAY;
  expect((await segmentFigures(ctx, members, 0)).segments[rich.id]?.sizes.slice(-3)).toEqual([0, 3, 3]);
  now -= DAY;
  // Worth by day is of the days that were counted, not reckoned back.
  expect([await segmentValues(ctx, rich.id, 12), await segmentValues(ctx, nobody.id, 12)]).toEqual([[{ day: '2026-03-21', value: worth }], [{ day: '2026-03-21', value: 0 }]]);

  const days = await segmentDays(ctx, rich.id, (await getSegment(ctx, rich.id)).members, 12);
  expect([days[0], days.at(-2), days.at(-1)]).toEqual([
    { day: '2026-03-10', members: 2, entered: 2, left: 0 }, { day: '2026-03-20', members: 3, entered: 1, left: 0 }, { day: '2026-03-21', members: 3, entered: 0, left: 0 },
  ]);
  expect(await segmentOverlaps(ctx, rich.id)).toEqual([{ id: all.id, name: 'Buyers', members: 3, both: 3 }]);
  expect((await compareSegments(ctx, null)).segments.map(({ name, members }) => [name, members])).toEqual([['Buyers', 3], ['Rich', 3], ['Nobody', 0]]);
  expect(await compareSegments(ctx, [nobody.id, rich.id])).toMatchObject({
    customers: 3, value: worth, intersections: [{ in: [rich.id], notIn: [nobody.id], customers: 3, value: worth }],
    pair: { both: 0, jaccard: 0, sides: [{ predicted: 0, medianValue: null, pAlive: null, buyers: 0, daysSince: null }, { buyers: 3, daysSince: 14, orders: 4 / 3 }], stages: [{ stage: 'new', customers: [0, 2] }, { stage: 'active', customers: [0, 1] }] },
  });

  expect(await listCustomers(ctx, { segment: rich.id, limit: 2 })).toMatchObject({ matched: 3, matchedIsExact: true, rows: [{}, {}] });
  expect((await listCustomers(ctx, { segment: rich.id, q: 'ann' })).rows.map((row) => row.externalId)).toEqual(['ann']);
  expect(await listCustomers(ctx, { segment: nobody.id })).toMatchObject({ matched: 0, rows: [] });
  await expect(listCustomers(ctx, { segment: 'rich' })).rejects.toThrow('not the id of a segment');
});

/** Customers by SQL: each with one order at the same instant, worth `n` in whole units; every tenth is German. */
const CROWD = 3_500;

it('estimates first and counts afterwards; takes many at one instant; and pages through a history in which two things happened at once', async () => {
  let now = Date.parse('2026-03-10T12:00:00.000Z');
  const ctx = await peopleTenant(made, { now: () => new Date(now) });
  const bought = now - 10 * DAY + HOUR, company = ctx.companyId;
  await ctx.db.transaction([
    command(sql`insert into customers (company_id, id, source, external_id, country) select ${company}::uuid, md5('c' || n)::uuid, 'api', 'c' || n, case when n % 10 = 0 then 'DE' else 'FR' end from generate_series(1, ${CROWD}) n`),
    command(sql`insert into customer_stats (company_id, customer_id, orders, purchase_days, first_day, last_day, gross, historical_value, total_value, seq, scored_version, stage)
      select ${company}::uuid, md5('c' || n)::uuid, 1, 1, '2026-02-28', '2026-02-28', n * 100, n * 100, n * 100, 0, 0, case when n > 9 then 'active' end from generate_series(1, ${CROWD}) n`),
    command(sql`insert into transactions (company_id, id, transaction_date, customer_id, source, external_id, kind, type, status, source_counts, counted, currency, goods, discount, tax, shipping, tip, amount)
      select ${company}::uuid, md5('t' || n)::uuid, ${iso(bought)}::timestamptz, md5('c' || n)::uuid, 'api', 't' || n, 'order', 'purchase', 'paid', true, true, 'EUR', 0, 0, 0, 0, 0, n * 100 from generate_series(1, ${CROWD}) n`),
    // Nobody any more: merged into another, and erased while the live object has yet to hear of it.
    command(sql`insert into customers (company_id, id, source, external_id, merged_into) values (${company}, md5('merged')::uuid, 'api', 'merged', md5('c1')::uuid)`),
    command(sql`insert into customer_stats (company_id, customer_id, seq) values (${company}, md5('merged')::uuid, 0), (${company}, md5('erased')::uuid, 0)`),
  ]);

  const large = { ...ctx, live: { ...ctx.live, customers: async () => CROWD } };
  const rich = filter.parse({ is: 'orders.total', op: 'gt', value: CROWD / 2 });
  const guessed = await previewSegment(large, { filter: rich }, CROWD - 1);
  expect(guessed).toMatchObject({ exact: false, customers: CROWD, allValue: 100 * CROWD * (CROWD + 1) / 2 });
  expect(guessed.range?.low).toBeLessThan(CROWD / 2);
  expect(guessed.range?.high).toBeGreaterThan(CROWD / 2);
  expect((guessed.range?.high ?? 0) - (guessed.range?.low ?? 0)).toBeLessThan(CROWD / 2);
  const counted = await previewSegment(large, { filter: rich, exact: true }, CROWD - 1);
  expect(counted).toMatchObject({ count: CROWD / 2, exact: true, range: null, customers: CROWD, sample: Array.from({ length: 8 }, (_, n) => ({ externalId: `c${String(CROWD - n)}` })) });
  expect(counted.bands.reduce((sum, band) => sum + band.n, 0)).toBe(counted.count);
  expect(await previewSegment(large, { filter: rich }, CROWD)).toMatchObject({ count: CROWD / 2, exact: true });
  // With and without a look at profiles; those who are nobody any more have no orders either, and are not among those without.
  const asked = async (tree: unknown) => (await previewSegment(ctx, { filter: filter.parse(tree) })).count;
  expect(await asked({ is: 'country', op: 'eq', value: 'DE' })).toBe(CROWD / 10);
  expect([await asked({ is: 'orders.count', op: 'eq', value: 0 }), await asked({ is: 'p_alive', op: 'unknown' })]).toEqual([0, CROWD]);
  expect(await asked({ all: [{ is: 'orders.count', op: 'eq', value: 1, from: '2026-01-01' }, { is: 'orders.gross', op: 'lt', value: 101, within: { days: 20 } }, { not: { is: 'orders.count', op: 'gt', value: 0, within: { days: 9 } } }] })).toBe(100);

  // n from 1 to 3,500, worth 100 n: every way of being in and not in is counted, also by the filter that it can be kept as.
  const half = await segmentOf(ctx, 'Half', { is: 'orders.total', op: 'gt', value: CROWD / 2 }), german = await segmentOf(ctx, 'German', { is: 'country', op: 'eq', value: 'DE' }), few = await segmentOf(ctx, 'Few', { is: 'orders.total', op: 'lte', value: 20 });
  const worth = (keep: (n: number) => boolean): [number, number] => Array.from({ length: CROWD }, (_, n) => n + 1).filter(keep).reduce(([count1, sum], n): [number, number] => [count1 + 1, sum + 100 * n], [0, 0]);
  const shared = await compareSegments(ctx, [half.id, german.id.toUpperCase(), few.id]);
  const rest = (n: number): boolean => n % 10 !== 0;
  expect(shared.intersections.map(({ in: inside, notIn, customers, value }) => [inside, notIn, customers, value])).toEqual([
    [[half.id], [german.id, few.id], ...worth((n) => n > 1750 && rest(n))], [[half.id, german.id], [few.id], ...worth((n) => n > 1750 && !rest(n))],
    [[german.id], [half.id, few.id], ...worth((n) => n > 20 && n <= 1750 && !rest(n))], [[few.id], [half.id, german.id], ...worth((n) => n <= 20 && rest(n))], [[german.id, few.id], [half.id], ...worth((n) => n <= 20 && !rest(n))],
  ]);
  for (const one of shared.intersections) expect(await asked(one.filter)).toBe(one.customers);
  expect(shared.segments.map(({ members, value }) => [members, value])).toEqual([worth((n) => n > 1750), worth((n) => !rest(n)), worth((n) => n <= 20)]);
  expect([shared.customers, shared.value, shared.pair]).toEqual([...worth((n) => n > 1750 || !rest(n) || n <= 20), null]);
  expect((await compareSegments(ctx, [few.id, german.id])).pair).toMatchObject({
    both: 2, jaccard: 2 / 368, sides: [{ medianValue: 1050, orders: 1, buyers: 20, daysSince: 10 }, { medianValue: 175_500, buyers: 350 }],
    stages: [{ stage: 'active', customers: [11, 350] }, { stage: null, customers: [9, 0] }], rfm: [{ group: null, customers: [20, 350] }],
  });
  await expect(compareSegments(ctx, [half.id])).rejects.toThrow('Choose 2 to 6 segments to compare; 1 is chosen');
  await expect(compareSegments(ctx, Array.from({ length: 7 }, () => half.id))).rejects.toThrow('7 are chosen');
  await expect(compareSegments(ctx, [half.id, half.id.toUpperCase()])).rejects.toThrow('chosen twice');
  for (const one of [half, german, few]) await archiveSegment(ctx, one.id);
  await expect(compareSegments(ctx, [half.id, few.id])).rejects.toThrow('is archived: choose another');

  // All of them reach ten days at one instant: more than are looked at one by one.
  const fresh = await segmentOf(ctx, 'Fresh', { is: 'last_order', op: 'within', days: 10 });
  expect(fresh.members).toBe(CROWD);
  now += 2 * HOUR;
  await runSegments(ctx);
  expect(await getSegment(ctx, fresh.id)).toMatchObject({ members: 0 });
  expect(await count(ctx, `segment_changes where segment_id = '${fresh.id}' and change = 'left' and at = '${iso(bought + 10 * DAY)}' and cause ->> 'kind' = 'time'`)).toBe(CROWD);
  expect(await renewSegments(ctx)).toMatchObject({ segments: 1, differences: 0 });

  // Within one instant, and within one millisecond, each row comes once.
  const clock = '2026-03-11T09:00:00.000';
  await ctx.db.run(sql`insert into segment_changes (company_id, seq, segment_id, customer_id, change, at, recorded_at, cause)
    select ${company}::uuid, 1000 + n, ${fresh.id}::uuid, ('00000000-0000-4000-8000-00000000000' || (1 + n / 4))::uuid, case when n % 2 = 0 then 'entered' else 'left' end, (${clock} || (n % 4 / 2) || '00+00')::timestamptz, now(), '{"kind":"order","what":null}' from generate_series(0, 15) n`);
  const seen: number[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await segmentHistory(ctx, fresh.id, { limit: 1, cursor });
    seen.push(...page.rows.map((row) => row.seq));
    if (page.nextCursor === null || seen.length === 16) break;
    cursor = page.nextCursor;
  }
  expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, n) => 1000 + n));

  // What reads on from a position gets whole values of the sequence, in order.
  expect((await readChangesAfter(ctx.db, 1000, 3)).map((row) => [row.seq, row.change])).toEqual([[1001, 'left'], [1002, 'entered'], [1003, 'left']]);
  const [first] = await readChangesAfter(ctx.db, 0, 1);
  expect(await readChangesAfter(ctx.db, 0, 1)).toHaveLength(await count(ctx, `segment_changes where seq = ${String(first?.seq)}`));
  expect(await readChangesAfter(ctx.db, 2000, 5)).toEqual([]);

  await ctx.db.run(sql`insert into segments (company_id, id, name, kind, definition, status) select ${company}::uuid, md5('s' || n)::uuid, 'S' || n, 'rule', '{"kind":"rule","filter":{"is":"orders.count","op":"gte","value":1}}', 'paused' from generate_series(2, 500) n`);
  await expect(segmentOf(ctx, 'One too many', { is: 'orders.count', op: 'gte', value: 1 })).rejects.toThrow('at most 500 segments: archive some first');
});
