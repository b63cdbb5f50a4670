// What pages show of segments beside their names: worth, movement by day, what they share; and the customer list by segment.
import { beforeAll, expect, it } from 'vitest';
import { listCustomers } from '#operations/customers';
import { segmentDays, segmentFigures, segmentOverlaps } from '#operations/segment-figures';
import { getSegment, listSegments } from '#operations/segments';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { peopleTenant, take } from '../support/people.ts';
import { amounts, orderOf, ref } from '../support/records.ts';
import { segmentOf } from '../support/segments.ts';

let made: TestDatabase;
beforeAll(async () => { made = await createTestDatabase(); });

const DAY = 86_400_000;
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

  const days = await segmentDays(ctx, rich.id, (await getSegment(ctx, rich.id)).members, 12);
  expect([days[0], days.at(-2), days.at(-1)]).toEqual([
    { day: '2026-03-10', members: 2, entered: 2, left: 0 }, { day: '2026-03-20', members: 3, entered: 1, left: 0 }, { day: '2026-03-21', members: 3, entered: 0, left: 0 },
  ]);
  expect(await segmentOverlaps(ctx, rich.id)).toEqual([{ id: all.id, name: 'Buyers', members: 3, both: 3 }]);

  expect(await listCustomers(ctx, { segment: rich.id, limit: 2 })).toMatchObject({ matched: 3, matchedIsExact: true, rows: [{}, {}] });
  expect((await listCustomers(ctx, { segment: rich.id, q: 'ann' })).rows.map((row) => row.externalId)).toEqual(['ann']);
  expect(await listCustomers(ctx, { segment: nobody.id })).toMatchObject({ matched: 0, rows: [] });
  await expect(listCustomers(ctx, { segment: 'rich' })).rejects.toThrow('not the id of a segment');
});
