/** Comparing shops: percentiles of one's own group, from ten shops on, coarse enough that nobody's own figure shows. */
import pg from 'pg';
import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { quantile } from '#core/math/quantile';
import { keepSharedFigures, readBenchmarks, writeBenchmarkSettings } from '#data/benchmarks';
import type { BenchmarkRows } from '#data/benchmarks';
import { openDatabase } from '#data/tenant';
import type { TenantDb } from '#data/tenant';
import { createTestDatabase } from '../support/database.ts';

const AS_OF = '2026-07-15', LAST = '2026-06-01';
let owner: pg.Client;
let tenant: (companyId: string) => TenantDb;

beforeAll(async () => {
  const made = await createTestDatabase();
  owner = new pg.Client({ connectionString: made.ownerUrl });
  await owner.connect();
  const database = openDatabase({ url: made.appUrl, endpoint: made.neonEndpoint });
  tenant = (companyId) => database.tenant(companyId);
});
afterAll(() => owner.end());

interface Shop { industry?: string; share?: boolean; currency?: string; buyers: number; returning: number; gross: number; months?: number }

/** A shop with the same month over and over, as its roll-ups have it. */
async function shop({ industry = 'food', share = true, currency = 'EUR', buyers, returning, gross, months = 14 }: Shop): Promise<TenantDb> {
  const id = v7();
  await owner.query(`insert into companies (id, slug, name, currency, time_zone) values ('${id}', '${id}', 'Shop', '${currency}', 'UTC')`);
  await owner.query(`insert into daily_rollup (company_id, day, orders, gross, refunded, buyers, new_customers, unattributed, uncounted)
    select '${id}', (date '${LAST}' - make_interval(months => n) + interval '9 days')::date, ${buyers * 2}, ${gross}, ${gross / 10}, ${buyers}, ${buyers - returning}, 0, 0 from generate_series(0, ${months - 1}) n`);
  await owner.query(`insert into cohort_month (company_id, cohort, month, customers, orders, gross, order_net)
    select '${id}', m - make_interval(months => k), m, case k when 0 then ${buyers - returning} else ${returning} end, 1, 1, 1
    from (select date '${LAST}' - make_interval(months => n) as m from generate_series(0, ${months - 1}) n) x, generate_series(0, 1) k`);
  const db = tenant(id);
  await writeBenchmarkSettings(db, industry, share);
  await keepSharedFigures(db, AS_OF);
  return db;
}

const read = (db: TenantDb): Promise<BenchmarkRows> => readBenchmarks(db, AS_OF, LAST);

it('counts a company’s own months from its roll-ups, whether it shares or not', async () => {
  const alone = await shop({ share: false, buyers: 100, returning: 40, gross: 500_000, months: 3 });
  const { months, peers } = await read(alone);
  expect(months).toEqual(['2026-04', '2026-05', '2026-06'].map((month) => ({ month, gross: 500_000, refunded: 50_000, orders: 200, buyers: 100, returning: 40, newCustomers: 60 })));
  expect(peers).toEqual([]);
  expect((await owner.query('select from month_figures where company_id = $1', [alone.companyId])).rowCount).toBe(0);
});

it('tells of a group from ten shops on, to two digits, and to those only who take part in it', async () => {
  const shares = [0.1234, 0.21, 0.25, 0.28, 0.31, 0.35, 0.36, 0.43, 0.47];
  const nine = [];
  for (const [n, part] of shares.entries()) nine.push(await shop({ buyers: 10_000 / 100, returning: Math.round(part * 100), gross: 300_000 + n * 10_000, currency: n < 5 ? 'EUR' : 'USD' }));
  const [first] = nine;
  if (!first) throw new Error('No shop');
  expect((await read(first)).peers).toEqual([]);
  const tenth = await shop({ buyers: 100, returning: 50, gross: 390_000 });
  const told = (await read(first)).peers;
  const values = [...shares.map((part) => Math.round(part * 100) / 100), 0.5];
  const coarse = (p: number): number => Number(quantile(values, p).toPrecision(2));
  expect(told.find((row) => row.figure === 'repeat_share')).toEqual({ figure: 'repeat_share', shops: 10, p25: coarse(0.25), p50: coarse(0.5), p75: coarse(0.75) });
  // Six of the ten sell in euros: too few to speak of their order value.
  expect(told.map((row) => row.figure).sort()).toEqual(['orders_per_buyer', 'refund_share', 'repeat_share']);

  // Another trade, a shop of another size and one that does not share learn nothing of this group.
  for (const other of [{ industry: 'home' }, { share: false }, { buyers: 2_000, returning: 1_000 }]) {
    expect((await read(await shop({ buyers: 100, returning: 50, gross: 390_000, ...other }))).peers).toEqual([]);
  }
  // Who leaves is out at once, and the group falls silent.
  await writeBenchmarkSettings(tenth, 'food', false);
  expect((await read(first)).peers).toEqual([]);
});

it('rounds the number of shops, so that joining and leaving cannot be watched one by one', async () => {
  const shops = [];
  for (let n = 0; n < 13; n++) shops.push(await shop({ industry: 'hobby', buyers: 100, returning: 30 + n, gross: 300_000 }));
  const [first] = shops;
  if (!first) throw new Error('No shop');
  expect((await read(first)).peers.find((row) => row.figure === 'average_order')?.shops).toBe(10);
});
