// An order deleted at its shop by number alone stops counting and keeps what it was, whatever comes beside, before or after it.
import { beforeAll, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { OrderRecord } from '#core/commerce/record';
import { verifyTenant } from '#data/rebuild';
import { ingestUnits } from '#operations/ingest';
import { requireState } from '#operations/scoring';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { amounts, orderOf, ref, refundOf, unitOf } from '../support/records.ts';
import { makeTestTenant } from '../support/tenant.ts';

let made: TestDatabase;
beforeAll(async () => { made = await createTestDatabase(); });

type Tenant = Awaited<ReturnType<typeof makeTestTenant>>;
const at = (day: number) => ({ updatedAt: `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`, rank: 1 });
const item = (name: string, amount: number) => ({ productId: null, sku: null, name, category: null, quantity: 1, amount });
const whole = (day: number, over: Partial<OrderRecord> = {}) => orderOf('1', {
  version: at(day), customer: ref({ externalId: 'ann' }), amounts: { ...amounts(0), given: null, goods: 1000, discount: 100 }, items: [item('Beans', 600), item('Mug', 300)],
  label: '#1', channel: 'web', paymentKeys: ['stripe:ch_1'], ...over,
});
const removed = (day: number) => orderOf('1', { version: at(day), occurredAt: '2026-02-09T12:00:00.000Z', customer: null, amounts: amounts(0), status: 'trash', counts: false, label: '#1', stateOnly: true });

/** Each list of records is a batch of its own. */
async function take(ctx: Tenant, ...batches: Parameters<typeof unitOf>[0][]): Promise<void> {
  for (const records of batches) await ingestUnits(ctx, await requireState(ctx), [unitOf(records)]);
}

const row = z.object({ day: z.string(), customer: z.string().nullable(), status: z.string(), counts: z.boolean(), counted: z.boolean(), goods: z.number(), amount: z.number(), channel: z.string().nullable(), items: z.array(z.string()) });
const orderIn = (ctx: Tenant) => ctx.db.first(row, sql`select t.transaction_date::date as day, c.external_id as customer, t.status, t.source_counts as counts, t.counted, t.goods, t.amount, t.channel,
    (select coalesce(jsonb_agg(i.name order by i.line), '[]') from transaction_items i where i.company_id = t.company_id and i.transaction_id = t.id) as items
  from transactions t left join customers c on c.company_id = t.company_id and c.id = t.customer_id where t.company_id = ${ctx.companyId} and t.external_id = '1'`);

const sold = { day: '2026-01-01', customer: 'ann', status: 'paid', counts: true, counted: true, goods: 1000, amount: 900, channel: 'web', items: ['Beans', 'Mug'] };
const gone = { ...sold, status: 'trash', counts: false, counted: false };

it.each<[string, Parameters<typeof unitOf>[0][], typeof gone]>([
  ['after the order', [[whole(2)], [removed(9)]], gone],
  ['twice', [[whole(2)], [removed(9)], [removed(10)]], gone],
  ['in one batch with it', [[whole(2), removed(9)]], gone],
  ['in one batch, told before it', [[removed(9), whole(2)]], gone],
  ['in one batch with a change', [[whole(2)], [whole(3, { items: [item('Beans', 900)] }), removed(9)]], { ...gone, items: ['Beans'] }],
  ['and restored', [[whole(2)], [removed(9)], [whole(10)]], sold],
  ['and restored in one batch', [[whole(2)], [removed(9), whole(10)]], sold],
])('deleted %s: the figures are those of a recount', async (_name, batches, expected) => {
  const ctx = await makeTestTenant(made);
  await take(ctx, [refundOf('r', '1', { amounts: amounts(400) })], ...batches);
  expect(await orderIn(ctx)).toEqual(expected);
  expect(await ctx.db.first(z.object({ net: z.number() }), sql`select coalesce(sum(gross - refunded), 0)::bigint as net from daily_rollup where company_id = ${ctx.companyId}`)).toEqual({ net: expected.counted ? 500 : 0 });
  expect(await verifyTenant(ctx.db)).toEqual([]);
});

it('deleted before it was ever told holds its place, empty, until it is restored', async () => {
  const ctx = await makeTestTenant(made);
  await take(ctx, [removed(9)], [whole(2)]);
  expect(await orderIn(ctx)).toMatchObject({ status: 'trash', counted: false, goods: 0, items: [] });
  await take(ctx, [whole(10)]);
  expect(await orderIn(ctx)).toEqual(sold);
  expect(await verifyTenant(ctx.db)).toEqual([]);
});
