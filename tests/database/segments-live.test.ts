// Memberships move with orders, events, profiles and time, each with its cause, whatever crashes in between.
import { beforeAll, expect, it } from 'vitest';
import { renewSegments } from '#operations/segment-night';
import { runSegments } from '#operations/segment-ticks';
import { listSegments } from '#operations/segments';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { count, peopleTenant, take } from '../support/people.ts';
import { amounts, orderOf, ref, refundOf } from '../support/records.ts';
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
});
