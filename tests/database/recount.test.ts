// Rates and settings change what sales are worth: a job recounts, the former figures serve meanwhile, and nothing is mixed.
import { beforeAll, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { z } from 'zod';
import { AppError } from '#core/errors';
import type { OrderRecord, RefundRecord } from '#core/commerce/record';
import { writeBatch } from '#data/ingest';
import { listToCatchUp } from '#data/night';
import { verifyTenant } from '#data/rebuild';
import { openDatabase } from '#data/tenant';
import { getCompany, updateCompany } from '#operations/company';
import { listCustomerTransactions } from '#operations/customers';
import { fetchNewRates, listExchangeRates, putExchangeRates, removeExchangeRate } from '#operations/exchange-rates';
import { fetchNightRates } from '#operations/fetch-rates';
import { toBatch } from '#operations/ingest-batch';
import { currentRebuild, runRebuild } from '#operations/rebuild';
import { catchUp } from '#operations/scoring';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { makeTestTenant } from '../support/tenant.ts';
import type { TestTenantSettings } from '../support/tenant.ts';

let made: TestDatabase;
beforeAll(async () => { made = await createTestDatabase(); });

const NOW = new Date('2026-11-20T18:00:00Z');
const bank = (days: Record<string, Record<string, number>>) => async () => new Response(`<?xml version="1.0"?><Envelope><Cube>${Object.entries(days).map(([day, rates]) =>
  `<Cube time='${day}'>${Object.entries(rates).map(([currency, rate]) => `<Cube currency='${currency}' rate='${String(rate)}'/>`).join('')}</Cube>`).join('')}</Cube></Envelope>`);
const closed = async (): Promise<never> => { throw new AppError('unavailable', 'www.ecb.europa.eu could not be reached'); };

type Tenant = Awaited<ReturnType<typeof makeTestTenant>>;
const tenant = (over: TestTenantSettings) => makeTestTenant(made, { now: () => NOW, ...over });
async function take(ctx: Tenant, records: (OrderRecord | RefundRecord)[]) {
  const written = await writeBatch(ctx.db, await toBatch(records, { companyId: ctx.companyId, identityHash: async (e) => e, makeId: () => v7() }), 100);
  await catchUp(ctx);
  return written;
}
const amounts = (given: number, currency: string) => ({ currency, given, goods: 0, discount: 0, tax: 0, shipping: 0, tip: 0 });
const version = { updatedAt: '2026-11-20T00:00:00.000Z', rank: 1 };
const order = (id: string, at: string, given: number, currency: string): OrderRecord => ({
  kind: 'order', source: 'api', externalId: id, version, occurredAt: `${at}T12:00:00.000Z`, customer: { externalId: 'ann', email: null, name: null, country: null }, amounts: amounts(given, currency),
  status: 'paid', counts: true, type: 'purchase', channel: null, items: [], label: null, paymentKeys: [], precedence: 70,
});
const refund = (id: string, of: string, at: string, given: number, currency: string): RefundRecord => ({
  kind: 'refund', source: 'api', externalId: id, version, occurredAt: `${at}T12:00:00.000Z`, orderExternalId: of, customer: null, amounts: amounts(given, currency), status: 'refunded', counts: true, items: [],
});
const totals = z.object({ gross: z.number(), refunded: z.number(), uncounted: z.number() });
const read = (ctx: Tenant) => ctx.db.first(totals, sql`select coalesce(sum(gross), 0)::bigint as gross, coalesce(sum(refunded), 0)::bigint as refunded, coalesce(sum(uncounted), 0)::int as uncounted from daily_rollup where company_id = ${ctx.companyId}`);

it('fetches rates for a currency that is new, converts at the order’s day and nets a full refund to zero', async () => {
  const ctx = await tenant({ outside: bank({ '2026-11-09': { USD: 1.1, JPY: 160 }, '2026-11-16': { USD: 1.25, JPY: 170 } }) });
  expect((await take(ctx, [order('1', '2026-11-10', 999, 'USD'), order('2', '2026-11-17', 1000, 'JPY'), order('3', '2026-11-11', 5000, 'AED')])).newCurrencies).toBe(3);
  await take(ctx, [refund('r1', '1', '2026-11-18', 999, 'USD')]);
  expect(await read(ctx)).toEqual({ gross: 0, refunded: 0, uncounted: 3 });
  await fetchNewRates(ctx);
  expect(await currentRebuild(ctx)).toMatchObject({ state: 'running', cause: 'rates', progress: 0 });
  expect(await runRebuild(ctx)).toBe(false);
  // 999 cents at 1 / 1.1, 1000 yen at 100 / 170 to the cent; the dirham has no rate at the bank.
  expect(await read(ctx)).toEqual({ gross: 908 + 588, refunded: 908, uncounted: 1 });
  const view = await listExchangeRates(ctx);
  expect(view.wanted.map((w) => [w.currency, w.latest?.day ?? null, w.error !== null])).toEqual([['AED', null, true], ['JPY', '2026-11-16', false], ['USD', '2026-11-16', false]]);
  expect(await take(ctx, [order('4', '2026-11-19', 1000, 'USD')])).toMatchObject({ newCurrencies: 0 });
  expect(await read(ctx)).toMatchObject({ gross: 908 + 588 + 800 });
  expect(await verifyTenant(ctx.db)).toEqual([]);

  await putExchangeRates(ctx, [{ currency: 'AED', day: '2026-11-01', rate: 0.25 }, { currency: 'USD', day: '2026-11-16', rate: 0.5 }]);
  await runRebuild(ctx);
  expect(await read(ctx)).toEqual({ gross: 908 + 588 + 500 + 1250, refunded: 908, uncounted: 0 });
  await fetchNewRates(ctx);
  expect((await listExchangeRates(ctx)).rates.map((r) => [r.currency, r.rate, r.origin])).toEqual([['USD', 0.5, 'manual'], ['AED', 0.25, 'manual']]);
  await removeExchangeRate(ctx, { currency: 'AED', day: '2026-11-01' });
  await runRebuild(ctx);
  expect(await read(ctx)).toMatchObject({ uncounted: 1 });
  await expect(putExchangeRates(ctx, [{ currency: 'EUR', day: '2026-11-01', rate: 1 }])).rejects.toMatchObject({ code: 'invalid_input' });
  expect(await verifyTenant(ctx.db)).toEqual([]);
});

it('a bank that does not answer leaves yesterday’s rates and says so', async () => {
  let answer: TestTenantSettings['outside'] = bank({ '2026-11-16': { USD: 1.25 } });
  const ctx = await tenant({ outside: (...asked) => (answer ?? closed)(...asked) });
  await take(ctx, [order('1', '2026-11-17', 1000, 'USD')]);
  await fetchNightRates(ctx);
  expect(await read(ctx)).toMatchObject({ gross: 800, uncounted: 0 });
  answer = closed;
  expect(await fetchNightRates(ctx)).toMatchObject({ changed: 0, error: expect.stringContaining('could not be reached') });
  expect((await listExchangeRates(ctx)).wanted).toMatchObject([{ currency: 'USD', latest: { day: '2026-11-16', rate: 0.8 }, error: expect.stringContaining('could not be reached') }]);
  expect(await read(ctx)).toMatchObject({ gross: 800 });
});

it('settings come into force with the figures counted by them; of two changes the last one wins', async () => {
  const ctx = await tenant({});
  await take(ctx, [order('1', '2026-11-10', 1000, 'EUR')]);
  const changed = await updateCompany(ctx, { analysisDate: '2026-11-01', name: 'Renamed' });
  expect(changed).toMatchObject({ name: 'Renamed', analysisDate: null, pending: { analysisDate: '2026-11-01' }, rebuild: { runId: expect.any(String) } });
  expect((await ctx.live.snapshot()).value.historicalValue).toBe(1000);
  const last = await updateCompany(ctx, { analysisDate: '2026-11-15', horizonDays: 90 });
  expect(last.rebuild?.runId).not.toBe(changed.rebuild?.runId);
  await runRebuild(ctx);
  expect(await getCompany(ctx)).toMatchObject({ analysisDate: '2026-11-15', horizonDays: 90, pending: {}, rebuild: null });
  expect(await runRebuild(ctx)).toBe(false);
  expect(await updateCompany(ctx, { horizonDays: 90 })).toMatchObject({ rebuild: null });
});

it('changes the currency: other rates, other figures, and back', async () => {
  const ctx = await tenant({ outside: bank({ '2026-11-09': { USD: 1.25, GBP: 0.8 } }) });
  await take(ctx, [order('1', '2026-11-10', 1000, 'EUR'), order('2', '2026-11-10', 1000, 'GBP')]);
  await fetchNightRates(ctx);
  await putExchangeRates(ctx, [{ currency: 'GBP', day: '2026-11-10', rate: 2 }]);
  await runRebuild(ctx);
  expect(await read(ctx)).toMatchObject({ gross: 3000 });
  await updateCompany(ctx, { currency: 'USD' });
  expect(await getCompany(ctx)).toMatchObject({ currency: 'EUR', pending: { currency: 'USD' } });
  await runRebuild(ctx);
  expect(await getCompany(ctx)).toMatchObject({ currency: 'USD', pending: {} });
  // The rate by hand was one to the euro.
  expect(await read(ctx)).toEqual({ gross: 1250 + 1562, refunded: 0, uncounted: 0 });
  expect((await ctx.live.snapshot()).value.historicalValue).toBe(2812);
  const [customer] = await ctx.db.rows(z.object({ id: z.string() }), sql`select id from customers where company_id = ${ctx.companyId}`);
  expect((await listCustomerTransactions(ctx, customer?.id ?? '', {})).rows.map((r) => r.amount).sort()).toEqual([1250, 1562]);
  expect((await listExchangeRates(ctx)).wanted.map((w) => w.currency)).toEqual(['EUR', 'GBP']);
  expect(await verifyTenant(ctx.db)).toEqual([]);
});

it('keeps the former currency while the bank does not answer', async () => {
  const ctx = await tenant({ outside: closed });
  await take(ctx, [order('1', '2026-11-10', 1000, 'EUR')]);
  await updateCompany(ctx, { currency: 'USD' });
  expect((await getCompany(ctx)).waiting).toBeNull();
  await expect(runRebuild(ctx)).rejects.toMatchObject({ code: 'unavailable' });
  expect(await getCompany(ctx)).toMatchObject({
    currency: 'EUR', pending: { currency: 'USD' }, rebuild: { progress: 0 },
    waiting: { reason: expect.stringContaining('could not be reached'), since: NOW.toISOString(), ratesFrom: '2026-11-10' },
  });
  expect(await read(ctx)).toMatchObject({ gross: 1000 });
});

it('changes the currency by rates by hand where the bank does not answer or has none, once they reach back to the first sale', async () => {
  for (const [outside, base] of [[closed, 'USD'], [bank({ '2026-11-09': { USD: 1.25 } }), 'AED']] as const) {
    const ctx = await tenant({ outside });
    await take(ctx, [order('1', '2026-11-01', 1000, 'EUR'), order('2', '2026-11-12', 1000, 'GBP')]);
    await putExchangeRates(ctx, [{ currency: 'GBP', day: '2026-11-12', rate: 1.25 }, { currency: base, day: '2026-11-11', rate: 0.5 }]);
    await updateCompany(ctx, { currency: base });
    await expect(runRebuild(ctx), 'the sale of the 1st is older than the rate').rejects.toMatchObject({ code: 'unavailable' });
    await putExchangeRates(ctx, [{ currency: base, day: '2026-11-01', rate: 0.8 }]);
    expect(await runRebuild(ctx)).toBe(false);
    expect(await getCompany(ctx)).toMatchObject({ currency: base, pending: {}, rebuild: null, waiting: null });
    // 10.00 EUR at 0.80, and 10.00 GBP at 1.25 EUR of 0.50 each.
    expect(await read(ctx)).toEqual({ gross: 1250 + 2500, refunded: 0, uncounted: 0 });
    expect((await listExchangeRates(ctx)).rates.map(({ currency, day, rate }) => [currency, day, rate])).toEqual([['GBP', '2026-11-12', 2.5], ['EUR', '2026-11-11', 2], ['EUR', '2026-11-01', 1.25]]);
    expect(await verifyTenant(ctx.db)).toEqual([]);
  }
});

it('a recount that was killed is rung for again and goes on where it stopped', async () => {
  let killed = true;
  const ctx = await tenant({ reach: (point) => { if (killed && point === 'rebuild-score') throw new AppError('unavailable', 'killed'); } });
  await take(ctx, [order('1', '2026-11-10', 1000, 'EUR')]);
  await updateCompany(ctx, { analysisDate: '2026-11-15' });
  await expect(runRebuild(ctx)).rejects.toThrow('killed');
  const database = openDatabase({ url: made.appUrl, endpoint: made.neonEndpoint });
  const rung = async () => (await listToCatchUp(database)).find((c) => c.companyId === ctx.companyId)?.rebuild;
  expect(await rung()).toBe(false);
  await ctx.db.run(sql`update job_runs set touched_at = now() - interval '3 minutes' where company_id = ${ctx.companyId}`);
  expect(await rung()).toBe(true);
  expect(await currentRebuild(ctx)).toMatchObject({ steps: [{ state: 'done' }, { state: 'done' }, { state: 'done' }, { state: 'waiting' }, { state: 'waiting' }], progress: 0.6 });
  killed = false;
  expect(await runRebuild(ctx)).toBe(false);
  expect(await rung()).toBe(false);
  expect(await getCompany(ctx)).toMatchObject({ analysisDate: '2026-11-15', rebuild: null });
});
