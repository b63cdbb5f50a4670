// The demo shop has a tracking outage, repeats and a bulk buyer: the report says exactly these, and alerts come and go with their causes.
import { beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { dayText } from '#core/calendar/days';
import { parseCustomers } from '#core/commerce/customer-input';
import { parseTransactions } from '#core/commerce/transaction-input';
import { customerInputs, transactionInputs } from '#local/demo/api-input';
import { DEMO_SEED, demoShop } from '#local/demo/shop';
import { acknowledgeAlert, changeAlertRules, listAlerts, ringWatches, watchInflow } from '#operations/alerts';
import { ingestUnits } from '#operations/ingest';
import type { IngestUnit } from '#operations/ingest';
import { getQualityReport } from '#operations/quality';
import { requireState } from '#operations/scoring';
import { openDatabase } from '#data/tenant';
import type { Job, TenantContext } from '#worker/ports';
import { createTestDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { makeTestTenant } from '../support/tenant.ts';

const NOW = new Date('2026-11-22T08:00:00Z');
const shop = demoShop({ seed: DEMO_SEED, now: NOW, customers: 600 });
let made: TestDatabase;
beforeAll(async () => { made = await createTestDatabase(); });

/** The shop's past as the API brings it, in calls of a thousand. */
async function loadShop(ctx: TenantContext): Promise<void> {
  const context = { source: 'api', currency: 'EUR', timeZone: 'Europe/Berlin', now: NOW, makeId: () => { throw new Error('every record has an id'); } };
  const records = [...parseCustomers(customerInputs(shop), context).accepted, ...parseTransactions(transactionInputs(shop), context).accepted];
  const state = await requireState(ctx);
  for (let from = 0; from < records.length; from += 1000) {
    await ingestUnits(ctx, state, records.slice(from, from + 1000).map((record, n): IngestUnit => ({
      records: [record], door: 'api', source: 'api', deliveryId: `${from}#${n}`, topic: 'records', payload: () => JSON.stringify(record), headers: {},
      receivedAt: NOW.toISOString(), place: { queue: 'inbox:api', ordinal: from + n + 1 },
    })));
  }
}

it('says of the demo shop what is true of it: the outage, the repeats, the bulk buyer, the currency', async () => {
  const ctx = await makeTestTenant(made, { now: () => NOW });
  await loadShop(ctx);
  const started = performance.now();
  const report = await getQualityReport(ctx);
  console.log(`report on ${shop.orders.length} orders: ${(performance.now() - started).toFixed(0)} ms`);

  const { from, through } = shop.period.outage;
  const lost = shop.orders.filter((order) => order.sourceName === null && order.presentment === 'EUR');
  const outage = report.findings.find((finding) => finding.subject.startsWith('channel:'));
  expect(outage?.subject).toBe(`channel:${dayText(from)}`);
  expect(outage?.title).toContain(`${lost.length} orders without a channel`);
  expect(outage?.title).toContain(`${Number(dayText(through).slice(8))} June 2026`);

  const repeats = shop.orders.filter((order) => order.twice && order.presentment === 'EUR').length;
  expect(repeats).toBeGreaterThan(0);
  expect(report.sources).toMatchObject([{ source: 'api', repeated: repeats, rejected: 0, rhythm: 'learning' }]);
  expect(report.findings.find((finding) => finding.subject === 'doubles:api')?.title).toContain(repeats === 1 ? '1 record came' : `${repeats} records came`);

  const hotel = shop.orders.filter((order) => order.customer.kind === 'bulk');
  const [buyer, ...others] = report.outliers.filter((row) => row.big);
  expect(others).toEqual([]);
  expect(buyer?.orders).toBe(hotel.filter((order) => Date.parse(order.at) > NOW.getTime() - 365 * 86_400_000).length);
  expect(buyer?.name).toBe(`${hotel[0]?.customer.person.first} ${hotel[0]?.customer.person.last}`);

  expect(report.uncounted.reduce((sum, row) => sum + row.orders, 0)).toBe(shop.invoices.length);
  for (const finding of report.findings) console.log(`  [${finding.severity}] ${finding.title}\n      ${finding.meaning}`);
  // These and nothing else: a report that cries wolf is not read.
  expect(report.findings.map((finding) => finding.subject.split(':')[0]).sort()).toEqual(['buyer', 'channel', 'doubles', 'orders']);
  const shares = report.coverage.find((row) => row.orders > 500)?.shares;
  expect(shares?.items).toBe(1);
  expect(shares?.customer).toBeGreaterThan(0.9);
});

describe('alerts', () => {
  async function silentShop(now: () => Date) {
    const ctx = await makeTestTenant(made, { now });
    // Eight weeks of orders between 8 and 22 o'clock, then nothing from the 19th on.
    await ctx.db.run(sql`insert into source_day (company_id, source, day, received, inserted, hours, last_received_at)
      select ${ctx.companyId}, 'shopify', d::date, 40, 40, 4194048, d + interval '21 hours' from generate_series(timestamptz '2026-09-20', '2026-11-18', '1 day') d`);
    return ctx;
  }

  it('are raised once, go on, are acknowledged, and resolve with their cause', async () => {
    let now = new Date('2026-11-19T06:00:00Z');
    const ctx = await silentShop(() => now);
    expect(await watchInflow(ctx)).toEqual([]);
    now = new Date('2026-11-20T09:00:00Z');
    const [raised] = await watchInflow(ctx);
    expect(raised).toMatchObject({ rule: 'silence', subject: 'shopify', severity: 'critical', acknowledgedAt: null, raisedAt: now.toISOString() });
    if (!raised) throw new Error('nothing was raised');
    now = new Date('2026-11-20T15:00:00Z');
    // Two looks at once are one.
    await Promise.all([watchInflow(ctx), watchInflow(ctx)]);
    expect(await listAlerts(ctx)).toMatchObject([{ id: raised.id, seenAt: now.toISOString(), raisedAt: raised.raisedAt }]);
    expect((await acknowledgeAlert(ctx, raised.id)).acknowledgedAt).toBe(now.toISOString());
    await ctx.db.run(sql`insert into source_day (company_id, source, day, received, inserted, hours, last_received_at) values (${ctx.companyId}, 'shopify', '2026-11-20', 1, 1, 1 << 15, ${now.toISOString()})`);
    now = new Date('2026-11-20T15:30:00Z');
    expect(await watchInflow(ctx)).toEqual([]);
    expect(await listAlerts(ctx, 'resolved')).toMatchObject([{ id: raised.id, resolvedAt: now.toISOString() }]);
  });

  it('follow the company’s rules', async () => {
    const ctx = await silentShop(() => new Date('2026-11-20T15:00:00Z'));
    expect(await watchInflow(ctx)).toHaveLength(1);
    const rules = await changeAlertRules(ctx, [{ rule: 'silence', enabled: false }]);
    expect(rules.find((rule) => rule.name === 'silence')).toMatchObject({ enabled: false, values: { falseAlarmsAYear: 0.2 } });
    expect(await listAlerts(ctx)).toEqual([]);
    await expect(changeAlertRules(ctx, [{ rule: 'rejected_share', settings: { percent: 500 } }])).rejects.toMatchObject({ code: 'invalid_input', errors: [{ path: 'rules.0.settings.percent' }] });
    await expect(changeAlertRules({ ...ctx, actor: { kind: 'api_key', keyId: 'k', name: 'n', role: 'analyst' } }, [{ rule: 'silence', enabled: true }])).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('are looked at for every tenant that lives, once in five minutes', async () => {
    const ctx = await silentShop(() => NOW);
    const idle = await makeTestTenant(made);
    const jobs: Job[] = [];
    const tools = { database: openDatabase({ url: made.appUrl, endpoint: made.neonEndpoint }), jobs: { ...ctx.jobs, enqueue: async (job: Job) => { jobs.push(job); } } };
    for (let minute = 0; minute < 5; minute++) await ringWatches(tools, new Date(NOW.getTime() + minute * 60_000));
    expect(jobs.filter((job) => job.type === 'watch' && job.companyId === ctx.companyId)).toHaveLength(1);
    expect(jobs.filter((job) => job.type === 'watch' && job.companyId === idle.companyId)).toEqual([]);
  });
});
