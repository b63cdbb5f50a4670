// Contracts as they are told, in any order and split: the newest stands, and each month brings what it brought.
import { beforeAll, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import type { SubscriptionRecord } from '#core/commerce/record';
import { writeBatch } from '#data/ingest';
import { toBatch } from '#operations/ingest-batch';
import { getContracts, getRecurringRevenue, listSubscriptions } from '#operations/subscriptions';
import type { TenantContext } from '#worker/ports';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { makeTestTenant } from '../support/tenant.ts';

let made: TestDatabase;
beforeAll(async () => { made = await createTestDatabase(); });

const NOW = new Date('2026-06-20T12:00:00Z');
const tenant = (): Promise<TenantContext> => makeTestTenant(made, { now: () => NOW });

async function tell(ctx: TenantContext, records: SubscriptionRecord[]): Promise<void> {
  let n = 0;
  await writeBatch(ctx.db, await toBatch(records, { companyId: ctx.companyId, identityHash: async (email) => email, makeId: () => `${n++}` }), 100);
}

/** A contract of customer `who`, as it stood from `at` on. */
function contract(id: string, who: string | null, at: string, over: Partial<SubscriptionRecord> = {}): SubscriptionRecord {
  return {
    kind: 'subscription', source: 'stripe', externalId: id, version: { updatedAt: `${at}T10:00:00.000Z`, rank: 30 },
    customer: who === null ? null : { externalId: who, email: null, name: who, country: null },
    status: 'active', plan: 'Standard', currency: 'EUR', monthlyAmount: 1000, startedAt: `${at}T10:00:00.000Z`,
    currentPeriodEnd: null, cancelAt: null, endedAt: null, ...over,
  };
}
const start = '2026-01-05T10:00:00.000Z';

/** Ann grows and leaves and returns, Ben shrinks, Cy only tries, Di pays in dollars, nobody knows whose the last is. */
const STORY: SubscriptionRecord[] = [
  contract('ann', 'ann', '2026-01-05'),
  contract('ann', 'ann', '2026-02-10', { monthlyAmount: 1500, startedAt: start }),
  contract('ann', 'ann', '2026-03-10', { status: 'cancelled', monthlyAmount: 1500, startedAt: start, endedAt: '2026-03-09T10:00:00.000Z' }),
  contract('ann2', 'ann', '2026-05-02', { monthlyAmount: 700 }),
  contract('ben', 'ben', '2026-01-20', { monthlyAmount: 2000 }),
  contract('ben', 'ben', '2026-04-01', { status: 'past_due', monthlyAmount: 800, startedAt: '2026-01-20T10:00:00.000Z' }),
  contract('cy', 'cy', '2026-06-01', { status: 'trialing', monthlyAmount: 900 }),
  contract('di', 'di', '2026-02-02', { currency: 'USD', monthlyAmount: 5000 }),
  contract('nobody', null, '2026-06-03', { monthlyAmount: 300 }),
];

it('moves month by month: new, more, less, gone and back', async () => {
  const ctx = await tenant();
  await tell(ctx, STORY);
  const { mrr, months, statuses, notIncluded, payingCustomers, trialing } = await getRecurringRevenue(ctx);
  expect(months.filter((m) => m.month >= '2026-01').map((m) => [m.month, m.mrr, m.new, m.expansion, m.contraction, m.churned, m.reactivated])).toEqual([
    ['2026-01', 3000, 3000, 0, 0, 0, 0],
    ['2026-02', 3500, 0, 500, 0, 0, 0],
    ['2026-03', 2000, 0, 0, 0, -1500, 0],
    ['2026-04', 800, 0, 0, -1200, 0, 0],
    ['2026-05', 1500, 0, 0, 0, 0, 700],
    ['2026-06', 1800, 300, 0, 0, 0, 0],
  ]);
  expect({ mrr, payingCustomers, trialing, notIncluded }).toEqual({
    mrr: 1800, payingCustomers: 3, trialing: { subscriptions: 1, monthly: 900 }, notIncluded: [{ currency: 'USD', subscriptions: 1 }],
  });
  expect(Object.fromEntries(statuses.map((s) => [s.status, s.subscriptions]))).toEqual({ active: 3, cancelled: 1, past_due: 1, trialing: 1 });
});

it('converts with the newest rate there is', async () => {
  const ctx = await tenant();
  await tell(ctx, STORY);
  await ctx.db.run(sql`insert into exchange_rates (company_id, currency, day, factor, origin) values
    (${ctx.companyId}, 'USD', '2026-01-01', 0.5, 'manual'), (${ctx.companyId}, 'USD', '2026-06-01', 0.9, 'manual'), (${ctx.companyId}, 'USD', '2026-07-01', 2, 'manual')`);
  const { mrr, notIncluded, months } = await getRecurringRevenue(ctx);
  expect({ mrr, notIncluded }).toEqual({ mrr: 1800 + 4500, notIncluded: [] });
  expect(months.find((m) => m.month === '2026-02')).toMatchObject({ new: 4500 });
});

it('takes a contract that we met late to have paid since it began, unless it was a trial', async () => {
  const ctx = await tenant();
  await tell(ctx, [
    contract('old', 'eve', '2026-06-10', { startedAt: '2026-02-01T00:00:00.000Z' }),
    contract('tried', 'flo', '2026-06-10', { startedAt: '2026-02-01T00:00:00.000Z', status: 'trialing' }),
    contract('gone', 'gus', '2026-06-10', { startedAt: '2026-02-01T00:00:00.000Z', status: 'cancelled', endedAt: '2026-04-15T00:00:00.000Z' }),
  ]);
  const { months } = await getRecurringRevenue(ctx);
  expect(months.filter((m) => m.month >= '2026-02').map((m) => m.mrr)).toEqual([2000, 2000, 1000, 1000, 1000]);
});

it('ends in one state whatever the order, the batches and the repeats', async () => {
  const seen = new Set<string>();
  for (const turn of [0, 1, 2]) {
    const ctx = await tenant();
    const order = STORY.map((record, i) => ({ record, key: (i * 7 + turn * 5) % STORY.length })).sort((a, b) => a.key - b.key).map(({ record }) => record);
    if (turn === 0) await tell(ctx, order);
    else for (const record of [...order, ...order.slice(0, 3)]) await tell(ctx, [record]);
    const { rows } = await listSubscriptions(ctx, {});
    const { months, mrr } = await getRecurringRevenue(ctx);
    seen.add(JSON.stringify([rows.map(({ customerId: _, ...row }) => row), months, mrr]));
  }
  expect(seen.size).toBe(1);
});

it('says what one customer’s contracts are worth, and nothing where none pays', async () => {
  const ctx = await tenant();
  await tell(ctx, STORY);
  const { rows } = await listSubscriptions(ctx, {});
  const of = (name: string) => getContracts(ctx, rows.find((row) => row.customerName === name)?.customerId ?? '');
  const ann = await of('ann');
  expect(ann.rows.map((row) => row.externalId)).toEqual(['ann2', 'ann']);
  expect(ann.contract).toMatchObject({ currency: 'EUR', monthly: 700, churn: { source: 'prior' } });
  // A year of 7.00 at most, and less for those who leave and for time.
  const { mean = 0, low = 0, high = 0 } = ann.contract?.horizon ?? {};
  expect(mean).toBeGreaterThan(4000);
  expect(mean).toBeLessThan(7 * 1200);
  expect(low).toBeLessThan(mean);
  expect(high).toBeGreaterThan(mean);
  expect(await of('cy')).toMatchObject({ rows: [{ externalId: 'cy' }], contract: null });
  expect(await getContracts(ctx, ctx.companyId)).toEqual({ rows: [], contract: null });
});

it('lists newest first, by page, status and customer', async () => {
  const ctx = await tenant();
  await tell(ctx, STORY);
  const first = await listSubscriptions(ctx, { limit: 4 });
  const second = await listSubscriptions(ctx, { limit: 4, cursor: first.nextCursor ?? '' });
  expect([...first.rows, ...second.rows].map((r) => r.externalId)).toEqual(['nobody', 'cy', 'ann2', 'di', 'ben', 'ann']);
  expect(second.nextCursor).toBeNull();
  expect((await listSubscriptions(ctx, { status: 'past_due' })).rows).toMatchObject([{ externalId: 'ben', status: 'past_due', monthlyAmount: 800, customerName: 'ben' }]);
  const ann = first.rows.find((r) => r.externalId === 'ann2')?.customerId ?? '';
  expect((await listSubscriptions(ctx, { customerId: ann })).rows.map((r) => r.externalId)).toEqual(['ann2', 'ann']);
  await expect(listSubscriptions(ctx, { cursor: 'x' })).rejects.toMatchObject({ code: 'invalid_input' });
});
