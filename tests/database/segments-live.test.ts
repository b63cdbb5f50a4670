// Memberships move with orders, events, profiles and time, each with its cause, whatever crashes in between.
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { CanonicalRecord } from '#core/commerce/record';
import { AppError } from '#core/errors';
import { ingestUnits } from '#operations/ingest';
import { getSegmentAnalytics, refreshMetrics } from '#operations/metrics';
import { catchUp, requireState } from '#operations/scoring';
import { explainMembership } from '#operations/segment-explain';
import { segmentHistory, segmentsOfCustomer } from '#operations/segment-members';
import { previewSegment } from '#operations/segment-preview';
import { filter } from '#core/segments/filter';
import { renewSegments } from '#operations/segment-night';
import { addToList, listPeople, removeFromList, removeOneFromList, uploadList } from '#operations/segment-lists';
import { runSegments } from '#operations/segment-ticks';
import { archiveSegment, changeSegment, listSegments, restoreSegment } from '#operations/segments';
import type { TenantContext } from '#worker/ports';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { count, idOf, peopleTenant, take } from '../support/people.ts';
import { amounts, mergeOf, orderOf, privacyOf, profileOf, randomOf, ref, refundOf, unitOf } from '../support/records.ts';
import { changesOf, membersOf, segmentOf } from '../support/segments.ts';

let made: TestDatabase;
beforeAll(async () => { made = await createTestDatabase(); });

const HOUR = 3_600_000, DAY = 24 * HOUR;
const START = Date.parse('2026-03-10T12:00:00.000Z');
const iso = (ms: number): string => new Date(ms).toISOString();
const who = (name: string) => ({ customer: ref({ externalId: name }) });
const orderAt = (id: string, name: string, at: number, cents = 5000, over: Parameters<typeof orderOf>[1] = {}) => orderOf(id, { ...who(name), occurredAt: iso(at), amounts: amounts(cents), version: { updatedAt: iso(at), rank: 1 }, ...over });

it('an order brings in and takes out, with its name as the cause; other segments and time follow at their boundary', async () => {
  let now = START;
  const ctx = await peopleTenant(made, { now: () => new Date(now) });
  await take(ctx, orderAt('1', 'ann', now - 3 * DAY, 30_000), orderAt('2', 'bea', now - 59 * DAY, 30_000), orderAt('3', 'cis', now - 90 * DAY, 1000));
  const rich = await segmentOf(ctx, 'Rich', { is: 'orders.total', op: 'gt', value: 200 });
  const quiet = await segmentOf(ctx, 'Quiet', { is: 'last_order', op: 'more_than', days: 60 });
  const both = await segmentOf(ctx, 'Rich and quiet', { all: [{ is: 'segment', id: rich.id }, { is: 'segment', id: quiet.id }] });
  const viewers = await segmentOf(ctx, 'Lookers', { is: 'event.count', event: 'page_view', op: 'gte', value: 2, within: { hours: 1 } });
  expect([rich.members, quiet.members, both.members, viewers.members]).toEqual([2, 1, 0, 0]);
  expect(await changesOf(ctx, quiet.id)).toEqual([{ name: 'cis', change: 'entered', at: iso(now), kind: 'edit', what: null }]);

  now += 1000;
  await take(ctx, orderAt('4', 'cis', now - 500, 25_000));
  expect([await membersOf(ctx, rich.id), await membersOf(ctx, quiet.id)]).toEqual([['ann', 'bea', 'cis'], []]);
  expect((await changesOf(ctx, rich.id)).at(-1)).toEqual({ name: 'cis', change: 'entered', at: iso(now - 500), kind: 'order', what: 'shopify:4' });
  expect(ctx.live.messages.filter((m) => m.type === 'segment').slice(-2).map((m) => m.type === 'segment' && [m.segmentId, m.count]).toSorted()).toEqual([[rich.id, 3], [quiet.id, 0]].toSorted());
  // A refund takes her out again; her other segment is not asked about a page view.
  now += 1000;
  await take(ctx, refundOf('r4', '4', { occurredAt: iso(now), amounts: amounts(25_000), version: { updatedAt: iso(now), rank: 1 } }));
  expect((await changesOf(ctx, rich.id)).at(-1)).toMatchObject({ name: 'cis', change: 'left', kind: 'order', what: 'shopify:r4' });

  // Two page views, and an hour after the first of them she is out, to the second; a day after, bea's order is 60 days old.
  const viewed = (id: string, at: number) => ({ kind: 'event' as const, source: 'shopify', externalId: id, version: { updatedAt: iso(now), rank: 1 }, occurredAt: iso(at), customer: ref({ externalId: 'ann' }),
    type: 'page_view', anonymousId: null, sessionId: null, properties: {} });
  await take(ctx, viewed('e1', now - 30_000), viewed('e2', now));
  expect(await changesOf(ctx, viewers.id)).toMatchObject([{ name: 'ann', change: 'entered', at: iso(now), kind: 'event', what: 'page_view' }]);
  const first = now - 30_000;
  now += HOUR;
  await runSegments(ctx);
  expect((await changesOf(ctx, viewers.id)).at(-1)).toEqual({ name: 'ann', change: 'left', at: iso(first + HOUR), kind: 'time', what: `page_view ${String(HOUR)}` });
  now = START + 4 * DAY;
  await runSegments(ctx);
  expect((await changesOf(ctx, quiet.id)).at(-1)).toEqual({ name: 'bea', change: 'entered', at: iso(START + DAY), kind: 'time', what: `orders ${String(60 * DAY)}` });
  expect((await changesOf(ctx, both.id)).at(-1)).toMatchObject({ name: 'bea', change: 'entered', kind: 'segment', what: quiet.id });
  // Nothing is left to do, and nothing is unexplained.
  const before = await count(ctx, 'segment_changes');
  await runSegments(ctx);
  expect(await renewSegments(ctx)).toMatchObject({ segments: 4, differences: 0 });
  expect(await count(ctx, 'segment_changes')).toBe(before);
  expect((await listSegments(ctx)).map((one) => [one.name, one.members])).toEqual([['Lookers', 0], ['Quiet', 1], ['Rich', 2], ['Rich and quiet', 1]]);

  // The same counted before it is kept; why, today and on a day that is over; circles and what is needed are refused.
  expect(await previewSegment(ctx, { filter: filter.parse({ is: 'segment', id: rich.id }) })).toMatchObject({ count: 2, exact: true, customers: 3, sample: [{ externalId: 'ann' }, { externalId: 'bea' }] });
  const bea = await idOf(ctx, 'shopify', 'bea');
  const why = await explainMembership(ctx, quiet.id, bea);
  expect(why).toMatchObject({ isMember: true, last: { change: 'entered', at: iso(START + DAY), cause: { kind: 'time' } }, explanation: { holds: true, since: { at: iso(START + DAY), by: { kind: 'order' } } } });
  expect(await explainMembership(ctx, quiet.id, bea, { on: '2026-03-10' })).toMatchObject({ isMember: false, last: null, explanation: { holds: false } });
  // Of that day: the segments she was in, what her orders came to; and a night that put no values aside.
  expect(await explainMembership(ctx, both.id, bea, { on: '2026-03-10' })).toMatchObject({ isMember: false, isAsOf: true, explanation: { holds: false } });
  expect(await explainMembership(ctx, rich.id, await idOf(ctx, 'shopify', 'cis'), { on: '2025-12-11' })).toMatchObject({ isMember: false, isAsOf: true, explanation: { holds: false } });
  expect(await explainMembership(ctx, rich.id, bea, { on: '2026-03-10' })).toMatchObject({ isMember: true, isAsOf: true, explanation: { holds: true } });
  const alive = await segmentOf(ctx, 'Alive', { is: 'p_alive', op: 'gt', value: 0.4 });
  expect((await explainMembership(ctx, alive.id, bea, { on: '2026-03-12' })).isAsOf).toBe(false);
  await ctx.db.run(sql`insert into clv_calculations (company_id, customer_id, calculated_for, historical_value, predicted_value, predicted_low, predicted_high, total_clv, p_alive)
    values (${ctx.companyId}, ${bea}, '2026-03-12', 30000, 1, 0, 2, 30001, 0.25)`);
  expect(await explainMembership(ctx, alive.id, bea, { on: '2026-03-12' })).toMatchObject({ isAsOf: true, explanation: { holds: false } });
  await archiveSegment(ctx, alive.id);
  expect((await segmentsOfCustomer(ctx, bea)).map((one) => [one.name, one.isMember])).toEqual([['Quiet', true], ['Rich', true], ['Rich and quiet', true], ['Lookers', false]]);
  await expect(changeSegment(ctx, rich.id, { filter: filter.parse({ not: { is: 'segment', id: both.id } }) })).rejects.toThrow(/cannot read itself.*"Rich" → "Rich and quiet" → "Rich"/);
  await expect(archiveSegment(ctx, rich.id)).rejects.toThrow('"Rich and quiet"');
  await changeSegment(ctx, rich.id, { filter: filter.parse({ is: 'orders.total', op: 'lt', value: 200 }) });
  expect([await membersOf(ctx, rich.id), await membersOf(ctx, both.id)]).toEqual([['cis'], []]);
  // Of a day before, who was in is as it was; the conditions are said to be others.
  expect(await explainMembership(ctx, rich.id, bea, { on: '2026-03-10' })).toMatchObject({ isMember: true, isAsOf: false, redefinedAt: iso(now), explanation: { holds: false } });
  expect((await segmentHistory(ctx, both.id)).rows[0]).toMatchObject({ name: null, externalId: 'bea', change: 'left', cause: { kind: 'segment' } });
  await refreshMetrics(ctx, 'always');
  expect(await getSegmentAnalytics(ctx, { segment: quiet.id, from: '2026-03-10', to: '2026-03-14' })).toMatchObject({ days: [{ day: '2026-03-14', customers: 1 }], total: { customers: 1, buyers: 0 } });
  await archiveSegment(ctx, both.id);
  expect((await listSegments(ctx)).length).toBe(3);

  // Brought back it is the same one, with its history; not without what it refers to, and not under a name that is taken.
  await archiveSegment(ctx, quiet.id);
  const known = await changesOf(ctx, quiet.id);
  await expect(restoreSegment(ctx, both.id, { status: 'live' })).rejects.toMatchObject({ code: 'invalid_input', message: expect.stringContaining('There is no segment') });
  const other = await segmentOf(ctx, 'quiet', { is: 'country', op: 'eq', value: 'DE' });
  await expect(restoreSegment(ctx, quiet.id, { status: 'live' })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('"Quiet"') });
  await archiveSegment(ctx, other.id);
  expect(await restoreSegment(ctx, quiet.id, { status: 'paused' })).toMatchObject({ id: quiet.id, name: 'Quiet', status: 'paused', members: 1, isEvaluated: true, createdAt: quiet.createdAt });
  expect(await membersOf(ctx, quiet.id)).toEqual(['bea']);
  expect(await changesOf(ctx, quiet.id)).toMatchObject([...known, { name: 'bea', change: 'entered', kind: 'edit' }]);
  await expect(restoreSegment(ctx, quiet.id, { status: 'live' })).rejects.toMatchObject({ code: 'conflict', message: 'This segment is not archived' });
  expect(await restoreSegment(ctx, both.id, { status: 'live', name: 'Both' })).toMatchObject({ id: both.id, name: 'Both', status: 'live', members: 0 });
});

it('an order that is a part of its day\'s sums by now leaves with that day, at its beginning', async () => {
  let now = START;
  const ctx = await peopleTenant(made, { now: () => new Date(now) });
  const old = Date.parse('2023-03-12T15:00:00.000Z');
  await take(ctx, orderAt('1', 'ann', old), orderAt('2', 'bea', now - DAY));
  const gone = await segmentOf(ctx, 'Not for three years', { is: 'last_order', op: 'more_than', days: 1096 });
  expect(gone.members).toBe(0);
  await ctx.db.run(sql`with rows as (delete from transactions where company_id = ${ctx.companyId} and transaction_date < '2024-01-01' returning 1)
    update companies set closed_before = '2024-01-01' where id = ${ctx.companyId} and exists (select from rows)`);
  // Whatever is written next finds out when somebody's time comes: in Berlin her day begins an hour before that of Greenwich.
  now += HOUR;
  await take(ctx, orderAt('3', 'bea', now));
  await runSegments(ctx);
  const due = '2026-03-11T23:00:00.000Z';
  expect(await ctx.db.rows(z.object({ due: z.string() }), sql`select next_due as due from segment_ticks where company_id = ${ctx.companyId}`)).toEqual([{ due }]);
  now = Date.parse(due) + HOUR;
  await runSegments(ctx);
  expect(await changesOf(ctx, gone.id)).toEqual([{ name: 'ann', change: 'entered', at: due, kind: 'time', what: `orders ${String(1096 * DAY)}` }]);
  expect(await renewSegments(ctx)).toMatchObject({ segments: 1, differences: 0 });
});

it('a list that was brought stays what it is: through merges, beside other conditions, without who was erased', async () => {
  let now = START;
  const ctx = await peopleTenant(made, { now: () => new Date(now) });
  const of = (id: string, name: string, cents: number) => orderOf(id, { customer: ref({ externalId: name, email: `${name}@x.io` }), occurredAt: iso(now - DAY), amounts: amounts(cents), version: { updatedAt: iso(now), rank: 1 } });
  await take(ctx, of('1', 'ann', 30_000), of('2', 'bea', 1_000), of('3', 'cis', 2_000), of('4', 'dan', 3_000));
  const brought = await uploadList(ctx, { name: 'Fair', list: `Name,E-mail\nAnn,ANN@x.io\nBea,bea@x.io\nNobody,no@x.io\nAnn again,ann@x.io` });
  expect(brought).toMatchObject({ names: 3, unknown: { count: 1, first: ['no@x.io'] }, segment: { name: 'Fair', origin: 'list', members: 2 } });
  const { id } = brought.segment;
  expect(await uploadList(ctx, { name: 'By id', list: `CIS\n${await idOf(ctx, 'shopify', 'dan')}` })).toMatchObject({ names: 2, unknown: { count: 0 }, segment: { members: 2 } });
  const rich = await segmentOf(ctx, 'Rich at the fair', { all: [{ is: 'list', id }, { is: 'orders.total', op: 'gt', value: 100 }] });
  expect(await membersOf(ctx, rich.id)).toEqual(['ann']);
  // More are put on it and taken off again, with who did it as the cause; a segment that reads the list follows, others are not asked.
  now += 1000;
  const by: TenantContext = { ...ctx, actor: { kind: 'user', userId: randomUUID(), email: 'merchant@shop.example', role: 'analyst', sessionId: randomUUID() } };
  expect(await addToList(by, id, { list: 'cis@x.io\nann@x.io\nno@x.io' })).toMatchObject({ names: 3, changed: [await idOf(ctx, 'shopify', 'cis')], unchanged: 1, unknown: { count: 1, first: ['no@x.io'] }, segment: { members: 3 } });
  const [cis, entered] = [await idOf(ctx, 'shopify', 'cis'), { change: 'entered', at: iso(now) }];
  expect((await segmentHistory(ctx, id, { limit: 1 })).rows).toMatchObject([{ customerId: cis, ...entered, cause: { kind: 'list', what: id, by: 'merchant@shop.example' } }]);
  expect((await explainMembership(ctx, rich.id, cis)).explanation).toMatchObject({ of: [{ holds: true, since: { at: iso(now), by: { kind: 'list', id } } }, { holds: false }] });
  expect((await explainMembership(ctx, rich.id, cis, { on: '2026-03-09' })).explanation).toMatchObject({ of: [{ holds: false, since: null }, { holds: false }] });
  expect(await listPeople(ctx, id)).toMatchObject({ people: 3, rows: expect.arrayContaining([expect.objectContaining({ id: cis, addedAt: iso(now), addedBy: 'merchant@shop.example' })]) });
  now += 1000;
  await removeOneFromList(by, id, cis);
  await expect(removeOneFromList(by, id, cis)).rejects.toMatchObject({ code: 'not_found' });
  expect(await removeFromList(ctx, id, { list: 'cis@x.io\nann@x.io' })).toMatchObject({ changed: [await idOf(ctx, 'shopify', 'ann')], unchanged: 1, segment: { members: 1 } });
  expect(await changesOf(ctx, rich.id)).toMatchObject([{ name: 'ann', change: 'entered', kind: 'edit' }, { name: 'ann', change: 'left', at: iso(now), kind: 'list', what: id }]);
  expect((await addToList(ctx, id, { list: 'ann@x.io' })).segment.members).toBe(2);
  await expect(addToList(ctx, rich.id, { list: 'cis' })).rejects.toThrow('This segment was not made of a list');
  await expect(addToList(ctx, id, { list: 'no@x.io' })).rejects.toThrow('None of these leads to a customer: no@x.io');
  // Whoever she is merged into stands on it instead; what she spends counts for the other segment.
  now += 1000;
  await take(ctx, mergeOf({ externalId: 'bea' }, { externalId: 'cis' }));
  expect(await membersOf(ctx, id)).toEqual(['ann', 'cis']);
  now += 1000;
  await take(ctx, of('5', 'cis', 20_000));
  expect(await membersOf(ctx, rich.id)).toEqual(['ann', 'cis']);
  now += 1000;
  await take(ctx, privacyOf('erasure', { externalId: 'ann' }));
  await runSegments(ctx);
  expect([await membersOf(ctx, id), await count(ctx, `list_entries where company_id = '${ctx.companyId}' and list_id = '${id}'`)]).toEqual([['cis'], 1]);
  expect(await renewSegments(ctx)).toMatchObject({ segments: 3, differences: 0 });
  await expect(segmentOf(ctx, 'Wrong', { is: 'list', id: rich.id })).rejects.toThrow('No list was uploaded as Rich at the fair');
  await expect(previewSegment(ctx, { filter: filter.parse({ is: 'list', id: rich.id }) })).rejects.toThrow('No list was uploaded as Rich at the fair');
  await expect(previewSegment(ctx, { filter: filter.parse({ not: { is: 'segment', id: randomUUID() } }) })).rejects.toThrow('There is no segment');
  expect((await previewSegment(ctx, { filter: filter.parse({ is: 'list', id }) })).count).toBe(1);
  await expect(uploadList(ctx, { name: 'Nobody', list: 'no@x.io' })).rejects.toThrow('None of these leads to a customer: no@x.io');
  await expect(uploadList(ctx, { name: 'fair', list: 'cis' })).rejects.toThrow('There is a segment "fair" already');
  expect(await count(ctx, `list_entries where company_id = '${ctx.companyId}'`)).toBe(3);
});

/** Every kind of condition that something can move: orders, items, money, scores, profiles, events, time, days, percentiles of numbers that are kept or made of rows, other segments. */
const TREES: readonly unknown[] = [
  { is: 'orders.total', op: 'gt', value: 60, within: { days: 30 } },
  { any: [{ is: 'last_order', op: 'more_than', days: 20 }, { is: 'orders.count', op: 'gte', value: 3, within: { hours: 300 } }] },
  { not: { is: 'event.count', event: 'page_view', op: 'gte', value: 2, within: { days: 5 } } },
  { all: [{ is: 'last_event', event: 'email_open', op: 'within', days: 7 }, { not: { is: 'country', op: 'eq', value: 'DE' } }] },
  { any: [{ is: 'p_alive', op: 'lt', value: 0.5 }, { is: 'percentile', side: 'top', percent: 20, of: 'historical_value' }] },
  { any: [{ is: 'orders.units', op: 'gte', value: 2, product: 'p1', within: { weeks: 6 } }, { is: 'first_order.was', product: 'p2' }, { is: 'last_order.value', op: 'gt', value: 55 }] },
  { any: [{ is: 'products.total', op: 'gt', value: 1, product: 'p1', within: { weeks: 6 } }, { is: 'event.sum', event: 'page_view', property: 'n', op: 'gte', value: 4, within: { days: 5 } },
    { is: 'percentile.orders', side: 'top', percent: 30, of: 'orders.total', within: { days: 20 } }] },
];

it.each([1, 2, 3])('a shuffled history with crashes anywhere leaves no membership that nothing explains (seed %i)', async (seed) => {
  const next = randomOf(seed);
  const pick = (n: number): number => Math.floor(next() * n);
  let now = START, crashes = 0, careful = false;
  const ctx = await peopleTenant(made, {
    now: () => new Date(now), timeZone: 'America/New_York',
    reach: () => {
      if (careful || next() >= 0.12) return;
      crashes++;
      throw new AppError('unavailable', 'Crash');
    },
  });
  const until = async (work: () => Promise<unknown>): Promise<void> => {
    for (;;) {
      try {
        await work();
        return;
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'unavailable') throw error;
      }
    }
  };
  const name = () => `c${String(pick(9))}`;
  const record = (id: number): CanonicalRecord => {
    const at = now - (next() < 0.3 ? pick(40) * DAY : pick(3 * HOUR)), version = { updatedAt: iso(now), rank: 1 };
    const kind = next();
    if (kind < 0.45) {
      const items = [{ productId: `p${String(pick(3))}`, sku: null, name: 'Beans', category: 'c', quantity: 1 + pick(2), amount: 100 }];
      return orderOf(`o${String(pick(id + 1))}`, { ...who(name()), occurredAt: iso(at), version, amounts: amounts(500 + pick(6000)), items, counts: next() < 0.9 });
    }
    if (kind < 0.55) return refundOf(`r${String(id)}`, `o${String(pick(id + 1))}`, { occurredAt: iso(at), version, amounts: amounts(300) });
    if (kind < 0.85) return { kind: 'event', source: 'shopify', externalId: `e${String(id)}`, version, occurredAt: iso(at), ...who(name()), type: next() < 0.6 ? 'page_view' : 'email_open', anonymousId: null, sessionId: null, properties: { n: pick(4) } };
    if (kind < 0.94) return profileOf(name(), { country: next() < 0.5 ? 'DE' : 'FR', version });
    if (kind < 0.98) return mergeOf({ externalId: name() }, { externalId: name() });
    return privacyOf('erasure', { externalId: name() }, { externalId: `erase ${String(id)}` });
  };
  await until(() => take(ctx, ...Array.from({ length: 20 }, (_, id) => record(id))));
  careful = true;
  const made1 = [];
  for (const [i, tree] of TREES.entries()) made1.push(await segmentOf(ctx, `S${String(i)}`, tree));
  made1.push(await segmentOf(ctx, 'Mixed', { all: [{ is: 'segment', id: made1[0]?.id ?? '' }, { not: { is: 'segment', id: made1[2]?.id ?? '' } }] }));
  careful = false;
  for (let step = 0; step < 14; step++) {
    now += 1000 + pick(step % 4 === 3 ? 9 * DAY : 5 * HOUR);
    const units = Array.from({ length: 1 + pick(6) }, (_, n) => unitOf([record(20 + step * 6 + n)]));
    const dies = next() < 0.4;
    if (dies) {
      // The process ends wherever it fails; what it left is found by the schedule alone.
      await ingestUnits(ctx, await requireState(ctx), units).catch(() => undefined);
      await until(() => catchUp(ctx));
    } else await until(async () => ingestUnits(ctx, await requireState(ctx), units));
    if (next() < 0.6) await until(() => runSegments(ctx));
    if (step === 7) {
      careful = true;
      expect(await renewSegments(ctx)).toMatchObject({ segments: TREES.length + 1, differences: 0 });
      careful = false;
    }
  }
  careful = true;
  await runSegments(ctx);
  expect(await renewSegments(ctx)).toMatchObject({ segments: TREES.length + 1, differences: 0, examples: [] });
  expect(crashes).toBeGreaterThan(3);
  // The history says of everybody what the memberships say, and nobody enters twice.
  const wrong = await ctx.db.rows(z.object({ n: z.number() }), sql`with h as (select *, lag(change) over (partition by segment_id, customer_id order by at, seq) as before,
      row_number() over (partition by segment_id, customer_id order by at desc, seq desc) as back from segment_changes where company_id = ${ctx.companyId})
    select count(*)::int as n from h full join segment_members m on m.company_id = h.company_id and m.segment_id = h.segment_id and m.customer_id = h.customer_id
    where h.change = h.before or (h.before is null and h.change = 'left') or (h.back = 1 and (h.change = 'entered') <> (m.customer_id is not null)) or h.customer_id is null`);
  expect(wrong).toEqual([{ n: 0 }]);
  for (const { id, members } of await listSegments(ctx)) expect(members).toBe(await count(ctx, `segment_members where segment_id = '${id}'`));
  expect(await count(ctx, `segment_changes where cause ->> 'kind' = 'night' and cause ->> 'what' = 'unexplained'`)).toBe(0);
  expect(await count(ctx, `segment_changes where cause ->> 'kind' = 'time'`)).toBeGreaterThan(0);
  // Of the line that a filter had made one night's is kept, and only as long as a live segment asks for it.
  expect(await count(ctx, `percentile_cuts where company_id = '${ctx.companyId}' and measure like '{%'`)).toBe(1);
  await archiveSegment(ctx, made1[TREES.length - 1]?.id ?? '');
  now += DAY;
  await renewSegments(ctx);
  expect(await count(ctx, `percentile_cuts where company_id = '${ctx.companyId}' and measure like '{%'`)).toBe(0);
});
