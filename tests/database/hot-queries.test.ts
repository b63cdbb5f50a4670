/** The hottest statements of the product, as the product sends them, use their indexes at 100,000 customers. */
import pg from 'pg';
import { PgDialect } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { v7 } from 'uuid';
import { beforeAll, expect, it } from 'vitest';
import { momentAt } from '#core/segments/moment';
import { readsOf } from '#core/segments/reads';
import { parseFilter } from '#core/segments/text';
import { listCustomerRows, listTransactionRows, readProfile } from '#data/customers';
import { readCohorts, readCohortValues, readDashboard } from '#data/dashboard';
import { listEventRows } from '#data/event-list';
import { readEventRange } from '#data/event-metrics';
import { readHistoriesOf, readSampleHistories, readSources } from '#data/feature-history';
import { readFeed } from '#data/feed';
import { filterToSql } from '#data/filter-to-sql';
import { writeBatch } from '#data/ingest';
import { loadFacts } from '#data/segment-facts';
import { selectUnscored } from '#data/scores';
import { openDatabase } from '#data/tenant';
import type { TenantDb } from '#data/tenant';
import { readTenantState } from '#data/tenant-state';
import { toBatch } from '#operations/ingest-batch';
import { createTestDatabase } from '../support/database.ts';

const CUSTOMERS = 100_000;
const company = v7();
let owner: pg.Client;
let db: TenantDb;
let recorded: SQL[] = [];

/** The tenant's database, noting what is asked of it. */
function recording(real: TenantDb): TenantDb {
  return {
    companyId: real.companyId,
    rows: (row, statement) => { recorded.push(statement); return real.rows(row, statement); },
    first: (row, statement) => { recorded.push(statement); return real.first(row, statement); },
    run: (statement) => { recorded.push(statement); return real.run(statement); },
    transaction: (queries) => { recorded.push(...queries.flatMap((q) => (q === null ? [] : [q.query]))); return real.transaction(queries); },
    write: (queries) => { recorded.push(...queries.flatMap((q) => (q === null ? [] : [q.query]))); return real.write(queries); },
    noting: (note) => recording(real.noting(note)),
  };
}

beforeAll(async () => {
  const made = await createTestDatabase();
  owner = new pg.Client({ connectionString: made.ownerUrl });
  await owner.connect();
  await owner.query(`insert into companies (id, slug, name, currency, time_zone) values ('${company}', '${company}', 'Large', 'EUR', 'Europe/Berlin');
    insert into tenant_clock (company_id, seq) values ('${company}', ${CUSTOMERS / 100});
    create temp table n as select g, md5(g::text)::uuid as id, (date '2025-01-01' + (g * 7919 % 600)) as day from generate_series(1, ${CUSTOMERS}) g;
    insert into customers (company_id, id, source, external_id, email, name) select '${company}', id, 'shopify', 'c' || g, 'p' || g || '@example.com', 'Name' || g || ' Sur' || md5(g::text) from n;
    insert into customer_identities select '${company}', 'shopify', 'c' || g, id from n;
    insert into transactions (company_id, id, transaction_date, customer_id, source, external_id, kind, type, status, source_counts, counted, currency, given, goods, discount, tax, shipping, tip, amount)
      select '${company}', md5('t' || g || k)::uuid, day + k * 9 + time '12:00', id, 'shopify', 'o' || g || '-' || k, 'order', 'purchase', 'paid', true, true, 'EUR', 1000, 0, 0, 0, 0, 0, 1000 from n, generate_series(0, 1) k;
    insert into transaction_keys (company_id, source, external_id, transaction_id, transaction_date, version_at, version_rank)
      select company_id, source, external_id, id, transaction_date, transaction_date, 1 from transactions where company_id = '${company}';
    insert into transaction_items (company_id, transaction_id, line, name, quantity, amount) select company_id, id, 0, 'Coffee', 1, 1000 from transactions where company_id = '${company}';
    insert into customer_day select '${company}', id, day + k * 9, 1, 1, 1000, 0, 1000, 0 from n, generate_series(0, 1) k;
    insert into customer_month select '${company}', id, date_trunc('month', day), 1, 1, 1000, 1000 from n;
    insert into cohort_month select '${company}', m, m, 10, 10, 1000, 1000 from generate_series(date '2025-01-01', date '2026-09-01', interval '1 month') m;
    insert into daily_rollup select '${company}', d, 100, 100000, 0, 100, 50, 0, 0, 1 from generate_series(date '2025-01-01', date '2026-10-01', interval '1 day') d;
    insert into customer_stats (company_id, customer_id, orders, purchase_days, first_day, last_day, gross, historical_value, repeat_spend, version, scored_version, seq, predicted_value, total_value, stage, recency_score, frequency_score, monetary_score)
      select '${company}', id, 2, 2, day, day + 9, 2000, 2000, 1000, 1, 1, g / 100, g % 5000, 2000 + g % 5000, 'active', 1 + g % 5, 1 + g % 4, 3 from n;
    insert into events (company_id, occurred_at, id, type, customer_id, anonymous_id, session_id, source, properties, received_at)
      select '${company}', date '2026-01-01' + (g * 37 % 270) + time '12:00' + g % 600 * interval '1 minute', md5('e' || g)::uuid, (array['page_view', 'add_to_cart', 'email_open'])[1 + g % 3],
        md5((g % 50000 + 1)::text)::uuid, 'a' || g % 60000, 's' || g / 5, 'api', '{}', now() from generate_series(1, 50000) g;
    insert into event_metrics select '${company}', 'page_view', d, 100, 50, 60, 0 from generate_series(date '2026-01-01', date '2026-09-30', interval '1 day') d;
    insert into segment_stays select '${company}', id, 'stage', date '2026-01-01' + g % 200, 'stage:' || (array['new', 'active', 'lapsed'])[1 + g % 3], null from n where g <= 20000;
    insert into segment_members (company_id, segment_id, customer_id, since) select '${company}', md5('s' || g % 5)::uuid, id, now() from n where g <= 20000;
    analyze;`);
  db = openDatabase({ url: made.appUrl, endpoint: made.neonEndpoint }).tenant(company);
}, 120_000);

interface Plan { 'Node Type': string; 'Relation Name'?: string; 'Index Name'?: string; 'Actual Rows'?: number; Plans?: Plan[] }

function nodes(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodes)];
}

const dialect = new PgDialect();

/** Tables that a scan of the whole must never touch in a hot statement. */
const LARGE = ['customers', 'customer_identities', 'customer_stats', 'customer_day', 'customer_month', 'transactions', 'transaction_keys', 'transaction_items', 'events', 'segment_stays', 'segment_members'];

/** Explains what was recorded, as our role inside the tenant, and says which large table was read whole. */
async function wholeReads(statements: readonly SQL[]): Promise<string[]> {
  const found: string[] = [];
  await owner.query('begin');
  await owner.query(`set local role app_user`);
  await owner.query(`select set_config('app.company_id', '${company}', true), set_config('app.seq', '5000', true), set_config('app.people', '{}', true), set_config('app.owners', '{}', true), set_config('app.pairs', '[]', true), set_config('app.fresh', '[0]', true)`);
  for (const statement of statements) {
    const { sql: text, params } = dialect.sqlToQuery(statement);
    const { rows } = await owner.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(`explain (format json) ${text}`, params);
    for (const node of nodes(rows[0]?.['QUERY PLAN'][0]?.Plan ?? { 'Node Type': 'none' })) {
      if (node['Node Type'] === 'Seq Scan' && LARGE.includes(node['Relation Name'] ?? '')) found.push(`${node['Relation Name']} in: ${text.replace(/\s+/g, ' ').slice(0, 120)}`);
    }
  }
  await owner.query('rollback');
  return found;
}

const none = { prefix: null, stage: null, recency: null, frequency: null, monetary: null, cells: null, cohort: null, segment: null };
/** md5 of 's1': a fifth of 20,000. */
const SEGMENT = '8ddf878039b70767c4a5bcf4f0c4f65e';
const top = { sort: 'total', descending: true, limit: 50, after: null } as const;
const someone = (): Promise<string> => owner.query<{ id: string }>(`select id from n limit 1`).then((r) => r.rows[0]?.id ?? '');

/** Days, order lines and events, as a model that goes by all of them reads. */
const REACH = { asOf: '2026-09-30', mix: true, eventsFrom: '2025-10-01', closedBefore: null } as const;

const HOT: [name: string, run: (db: TenantDb) => Promise<unknown>][] = [
  ['customers by value', (d) => listCustomerRows(d, none, top)],
  ['customers, a page far down', async (d) => listCustomerRows(d, none, { ...top, after: { value: '4500', id: await someone() } })],
  ['customers by last order', (d) => listCustomerRows(d, none, { ...top, sort: 'last_order' })],
  ['customers of a stage', (d) => listCustomerRows(d, { ...none, stage: 'lapsed' }, top)],
  ['customers of a segment', (d) => listCustomerRows(d, { ...none, segment: SEGMENT }, top)],
  ['customers of a segment, a page far down', async (d) => listCustomerRows(d, { ...none, segment: SEGMENT }, { ...top, after: { value: '4500', id: await someone() } })],
  ['customers by search', (d) => listCustomerRows(d, { ...none, prefix: 'name123' }, top)],
  ['one customer', async (d) => readProfile(d, await someone())],
  ['the orders of a customer', async (d) => listTransactionRows(d, await someone(), 50, null)],
  ['cohorts', (d) => readCohorts(d, new Date('2026-09-30T12:00:00Z'))],
  ['what the live object lacks', (d) => readFeed(d, { epoch: 0, seq: CUSTOMERS / 100 - 5 })],
  ['who needs a score', (d) => d.run(selectUnscored(company, 100))],
  ['the last events', (d) => listEventRows(d, { type: null, customerId: null, sessionId: null }, 50, null)],
  ['events of a type, a page far down', async (d) => listEventRows(d, { type: 'page_view', customerId: null, sessionId: null }, 50, { at: '2026-03-01T12:00:00Z', id: await someone() })],
  ['the events of a customer', async (d) => listEventRows(d, { type: null, customerId: await someone(), sessionId: null }, 50, null)],
  ['the events of a session', (d) => listEventRows(d, { type: null, customerId: null, sessionId: 's77' }, 50, null)],
  ['a type of event over a week', (d) => readEventRange(d, { from: '2026-05-01', to: '2026-05-07', type: 'page_view' })],
  ['all events over a week', (d) => readEventRange(d, { from: '2026-05-01', to: '2026-05-07', type: null })],
  ['the tenant’s state', (d) => readTenantState(d)],
  ['all that a learned model reads of who just ordered', async (d) => readHistoriesOf(d, [await someone()], REACH)],
  ['a page of those learned from', (d) => readSampleHistories(d, REACH, 200)],
  ['whether there is anything to learn from besides days', (d) => readSources(d)],
];

it.each(HOT)('%s', async (_, run) => {
  recorded = [];
  await run(recording(db));
  expect(recorded.length).toBeGreaterThan(0);
  // A count that stops at 10,001 may read them from where it likes.
  expect((await wholeReads(recorded)).filter((f) => !/count\(\*\).* limit \$/.test(f))).toEqual([]);
});

it.each([
  ['a few', 'name1234', 11, true], ['many', 'name1', 2_000, false], ['all', 'name', 2_000, false], ['nobody', 'zz', 0, true],
])('a search that %s match finds the most valuable of all of them', async (_, prefix, matched, exact) => {
  const { rows: wanted } = await owner.query<{ id: string }>(`select c.id from customers c join customer_stats s on s.company_id = c.company_id and s.customer_id = c.id
    where c.company_id = $1 and starts_with(lower(c.name), $2) order by s.total_value desc, c.id limit 50`, [company, prefix]);
  const found = await listCustomerRows(db, { ...none, prefix }, top);
  expect(found.rows.map((row) => row.id)).toEqual(wanted.map((row) => row.id));
  expect({ matched: found.matched, exact: found.exact }).toEqual({ matched, exact });
});

it('an ingest of an order and an event, every statement of it', async () => {
  recorded = [];
  const batch = await toBatch([{
    kind: 'customer', source: 'shopify', externalId: 'c78', version: { updatedAt: '2026-09-01T00:00:00.000Z', rank: 1 }, email: null, name: 'New Name', country: null,
    acquisitionChannel: null, acquisitionCost: null, acquiredOn: null, consentEmail: 'unknown', attributes: {},
  }, {
    kind: 'order', source: 'shopify', externalId: 'new-1', version: { updatedAt: '2026-09-01T00:00:00.000Z', rank: 1 }, occurredAt: '2026-09-01T10:00:00.000Z',
    customer: { externalId: 'c77', email: 'p77@example.com', name: null, country: null },
    amounts: { currency: 'EUR', given: 1000, goods: 0, discount: 0, tax: 0, shipping: 0, tip: 0 },
    status: 'paid', counts: true, type: 'purchase', channel: null, label: null, paymentKeys: [], precedence: 80,
    items: [{ productId: null, sku: null, name: 'Coffee', category: null, quantity: 1, amount: 1000 }],
  }, {
    kind: 'event', source: 'site:1', externalId: 'e1', version: { updatedAt: '2026-09-01T00:00:00.000Z', rank: 0 }, type: 'identify', occurredAt: '2026-09-01T10:00:00.000Z',
    customer: null, anonymousId: 'a77', sessionId: 's77', properties: {}, claim: { kind: 'shopify', value: 'c99' },
  }], { companyId: company, identityHash: async (email) => email, makeId: () => v7() });
  await writeBatch(recording(db), batch, 100);
  expect(await wholeReads(recorded)).toEqual([]);
});

it('the dashboard reads a whole table only where it shows everyone', async () => {
  recorded = [];
  await readDashboard(recording(db), '2026-08-01', '2026-09-30', 'day', 10);
  await readCohortValues(recording(db), '2026-09-30');
  const found = await wholeReads(recorded);
  // Value per customer by month of first purchase is about all customers: one pass over their statistics, or over the index that holds all of it.
  expect(found.filter((f) => !f.startsWith('customer_stats in: select date_trunc'))).toEqual([]);
});

const TEN = `orders.total > 20 and last_order more_than 30 days and p_alive unknown and not in segment "0198a1b2-0000-7000-8000-000000000001" and orders.count >= 2 within 90 days and event.count "page_view" >= 1 within 30 days
  and consent != denied and country unknown and (did "add_to_cart" not_then order in 1 day within 7 days or orders.total < 5 within 30 days) and stage = active`;

it('a filter of ten conditions looks everything up by hash, and facts for it are found by index', async () => {
  const parsed = parseFilter(TEN, new Map());
  if (!parsed.ok) throw new Error(parsed.message);
  const moment = { companyId: company, ...momentAt({ timeZone: 'Europe/Berlin', currencyDigits: 2, countZeroOrders: false, cuts: new Map() }, new Date('2026-09-30T12:00:00Z')) };
  const { sql: text, params } = dialect.sqlToQuery(sql`select c.id from customers c join customer_stats s on s.company_id = c.company_id and s.customer_id = c.id
    where c.company_id = ${company} and ${filterToSql(parsed.filter, moment)}`);
  await owner.query('begin');
  await owner.query(`set local role app_user`);
  await owner.query(`select set_config('app.company_id', '${company}', true)`);
  const { rows } = await owner.query<{ 'QUERY PLAN': string }>(`explain (costs off) ${text}`, params);
  await owner.query('rollback');
  const plan = rows.map((row) => row['QUERY PLAN']);
  const lookups = plan.flatMap((line) => line.match(/(hashed |exists\()?SubPlan \d+/g) ?? []).filter((name) => !/^SubPlan \d+$/.test(name) || !plan.some((line) => line.trim() === name));
  expect(lookups.length).toBeGreaterThan(6);
  expect(lookups.filter((name) => !name.startsWith('hashed '))).toEqual([]);
  expect(plan.filter((line) => line.includes('transactions_window')).length).toBeGreaterThan(2);
  recorded = [];
  const ids = await owner.query<{ id: string }>('select id from n limit 100');
  expect(await loadFacts(recording(db), ids.rows.map((row) => row.id), readsOf(parsed.filter), moment.at)).toHaveLength(100);
  expect(await wholeReads(recorded)).toEqual([]);
});

it('can fail: a filter without an index is found out', async () => {
  expect(await wholeReads([sql`select * from customers where company_id = ${company} and country = 'DE'`, sql`select count(*) from transactions where goods > 5`])).not.toEqual([]);
});
