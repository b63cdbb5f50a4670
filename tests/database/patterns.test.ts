// Patterns: what was planted among orders and events is found, with the figures one can count by hand.
import { v7 } from 'uuid';
import { expect, it } from 'vitest';
import type { EventRecord } from '#core/commerce/record';
import { writeBatch } from '#data/ingest';
import { toBatch } from '#operations/ingest-batch';
import { catchUp } from '#operations/scoring';
import { getPatterns } from '#operations/patterns';
import { createTestDatabase } from '../support/database.ts';
import { orderOf, ref } from '../support/records.ts';
import { segmentOf } from '../support/segments.ts';
import { makeTestTenant } from '../support/tenant.ts';

it('finds goods that follow goods within the time, and events that lead to purchases', async () => {
  const ctx = await makeTestTenant(await createTestDatabase(), { now: () => new Date('2026-11-20T12:00:00Z') });
  const at = (day: number): string => new Date(Date.UTC(2026, 8, 1) + day * 86_400_000).toISOString();
  const good = (name: string) => ({ productId: name, sku: null, name: `The ${name}`, category: null, quantity: 1, amount: 1000 });
  const buys = (customer: string, day: number, ...names: string[]) => orderOf(`${customer}-${String(day)}`, { occurredAt: at(day), customer: ref({ externalId: customer }), items: names.map(good) });
  const did = (customer: string, day: number, type: string): EventRecord => ({
    kind: 'event', source: 'shopify', externalId: `${customer}-${type}-${String(day)}`, version: { updatedAt: at(day), rank: 0 }, type, occurredAt: at(day), customer: ref({ externalId: customer }), anonymousId: null, sessionId: null, properties: {},
  });
  const records = [];
  for (let c = 0; c < 40; c++) {
    const customer = `c${String(c)}`;
    // Ten buy filters within a month of their machine; five too late; all buy beans now and then.
    records.push(buys(customer, 1, 'beans', ...(c < 15 ? ['machine'] : [])));
    if (c < 10) records.push(buys(customer, 20, 'filter'));
    else if (c < 15) records.push(buys(customer, 60, 'filter'));
    if (c >= 20 && c < 28) records.push(did(customer, 30, 'email_open'), did(customer, 31, 'page_view'), buys(customer, 32, 'beans'));
    // Ten like their tea: that leads the list where repeats are asked for.
    if (c >= 30) records.push(buys(customer, 3, 'tea'), buys(customer, 10, 'tea'));
    if (c >= 28 && c < 36) records.push(did(customer, 30, 'page_view'));
  }
  // Who only looks: without them everybody would buy, and nothing could make it likelier.
  for (let c = 40; c < 60; c++) records.push(did(`c${String(c)}`, 30, 'page_view'));
  await writeBatch(ctx.db, await toBatch(records, { companyId: ctx.companyId, identityHash: async (e) => e, makeId: () => v7() }), 10_000);
  await catchUp(ctx);
  const goods = await getPatterns(ctx, { of: 'products', gapDays: 30 });
  expect(goods.customers).toBe(40);
  // Beside the machine lay beans: the same day is no sequence.
  expect(goods.patterns[0]).toEqual({ steps: [{ id: 'machine', name: 'The machine' }, { id: 'filter', name: 'The filter' }], customers: 10, support: 0.25, confidence: 10 / 15, lift: expect.closeTo((10 / 15) / (15 / 40), 10) });
  expect(goods.patterns.some(({ steps }) => steps[0]?.id === 'beans' && steps[1]?.id === 'machine')).toBe(false);
  expect((await getPatterns(ctx, { of: 'products', gapDays: 90 })).patterns[0]).toMatchObject({ customers: 15, confidence: 1 });
  const again = await getPatterns(ctx, { of: 'products', gapDays: 30, repeats: true });
  expect([goods.repeats, again.repeats, again.patterns.length]).toEqual([1, 0, goods.patterns.length + 1]);
  expect(again.patterns[0]).toMatchObject({ steps: [{ id: 'beans' }, { id: 'tea' }, { id: 'tea' }], customers: 10, lift: 4 });
  // Among those who own a machine everybody buys filters: the machine tells nothing more.
  const owners = await segmentOf(ctx, 'Owners', { is: 'orders.units', op: 'gte', value: 1, product: 'machine' });
  const among = await getPatterns(ctx, { of: 'products', gapDays: 30, segment: owners.id });
  expect(among).toMatchObject({ customers: 15, within: { id: owners.id, name: 'Owners' } });
  expect(among.patterns.some(({ steps }) => steps.at(-1)?.id === 'filter')).toBe(false);
  expect((await getPatterns(ctx, { of: 'events', segment: owners.id })).customers).toBe(15);
  await expect(getPatterns(ctx, { segment: v7() })).rejects.toMatchObject({ code: 'not_found' });
  const events = await getPatterns(ctx, { of: 'events', gapDays: 7 });
  expect(events.patterns[0]).toMatchObject({ steps: [{ id: 'email_open' }, { id: 'page_view' }, { id: 'order' }], customers: 8, confidence: 1, lift: 1.5 });
  expect((await getPatterns(ctx, { of: 'products', support: 0.3, gapDays: 30 })).patterns).toEqual([]);
});
