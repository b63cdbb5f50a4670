// A Stripe account told object by object, in any order: each payment counts once, and refunds net it under every revenue basis.
import { beforeAll, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { z } from 'zod';
import { stripe } from '#connectors/stripe/connector';
import type { CanonicalRecord } from '#core/commerce/record';
import { writeBatch } from '#data/ingest';
import { verifyTenant } from '#data/rebuild';
import { makeAccount } from '#local/platforms/stripe-account';
import { isBatchRecord, toBatch } from '#operations/ingest-batch';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { randomOf } from '../support/records.ts';
import { makeTestTenant } from '../support/tenant.ts';

let made: TestDatabase;
beforeAll(async () => { made = await createTestDatabase(); });

const NOW = Date.parse('2026-11-20T08:00:00Z') / 1000;
const TOPICS: Readonly<Record<string, string>> = {
  customer: 'customer.updated', charge: 'charge.succeeded', payment_intent: 'payment_intent.succeeded', invoice: 'invoice.paid',
  'checkout.session': 'checkout.session.completed', refund: 'refund.updated', dispute: 'charge.dispute.updated', subscription: 'customer.subscription.updated',
};

function recordsOf(object: { object: string; created: number }): CanonicalRecord[] {
  const topic = TOPICS[object.object];
  if (topic === undefined) return [];
  const body = JSON.stringify({ id: 'evt_1', object: 'event', type: topic, created: object.created, data: { object } });
  return stripe.normalise({ topic, headers: {}, body }, { currency: 'EUR', receivedAt: '2026-11-20T08:00:00.000Z' });
}

const billed = z.object({ goods: z.number(), paid: z.number(), amount: z.number(), refunded: z.number() });

it.each([[1, 'total_paid'], [2, 'net_sales'], [3, 'net_sales']] as const)('counts each payment once (seed %i, %s)', async (seed, basis) => {
  const ctx = await makeTestTenant(made);
  await ctx.db.run(sql`update companies set revenue_basis = ${basis} where id = ${ctx.companyId}`);
  const account = makeAccount(seed, 40, NOW - 300 * 86_400, NOW);
  const next = randomOf(seed);
  const shuffled = Object.values(account).flat().map((object) => ({ object, at: next() })).sort((a, b) => a.at - b.at);
  const records = shuffled.flatMap(({ object }) => recordsOf(object)).filter(isBatchRecord);
  for (let at = 0; at < records.length; at += 60) {
    await writeBatch(ctx.db, await toBatch(records.slice(at, at + 60), { companyId: ctx.companyId, identityHash: async (email) => email, makeId: () => v7() }), 100);
  }
  expect(await verifyTenant(ctx.db)).toEqual([]);

  const charges = account.charges.filter((charge) => charge['paid'] === true && charge['currency'] === 'eur');
  const returns = [...account.refunds, ...account.disputes.filter((one) => one['status'] === 'lost' || one['status'] === 'needs_response')].filter((one) => one['currency'] === 'eur');
  const gross = charges.reduce((sum, charge) => sum + Number(charge['amount']), 0);
  const back = returns.reduce((sum, one) => sum + Number(one['amount']), 0);
  const totals = await ctx.db.first(z.object({ orders: z.number(), gross: z.number(), refunded: z.number() }),
    sql`select sum(orders)::int as orders, sum(gross)::bigint as gross, sum(refunded)::bigint as refunded from daily_rollup where company_id = ${ctx.companyId}`);
  expect(back).toBeGreaterThan(0);
  if (basis === 'total_paid') {
    expect(totals).toEqual({ orders: charges.length, gross, refunded: back });
    return;
  }
  expect(totals?.orders).toBe(charges.length);
  expect(totals?.gross).toBeLessThan(gross);
  // Each charge with what came back of it: its order of record counts without tax and shipping, and so does the refund.
  const orders = await ctx.db.rows(billed, sql`select coalesce(given, goods - discount) as goods, coalesce(given, goods - discount + tax + shipping + tip) as paid, amount, refunded
    from transactions where company_id = ${ctx.companyId} and kind = 'order' and counted`);
  const told = returns.map((one) => ({ paid: Number(charges.find((charge) => charge.id === one['charge'])?.['amount']), back: Number(one['amount']) }));
  const netted = orders.filter(({ refunded }) => refunded > 0);
  expect(netted.some(({ goods, paid }) => goods < paid)).toBe(true);
  expect(orders.every(({ amount, goods }) => amount === goods)).toBe(true);
  expect(netted.map(({ paid, amount, refunded }) => [paid, refunded === amount]).sort()).toEqual(told.map((one) => [one.paid, one.back === one.paid]).sort());
  for (const { paid, amount, refunded } of netted) {
    const sums = told.filter((one) => one.paid === paid).map((one) => (one.back * amount) / paid);
    expect(sums.some((sum) => Math.abs(sum - refunded) <= 0.5)).toBe(true);
  }
});
