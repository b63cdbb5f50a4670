/** The benchmark's tenant is whole: every figure that the product derives from its raw rows agrees with a recount. */
import { beforeAll, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { verifyTenant } from '#data/rebuild';
import { openDatabase } from '#data/tenant';
import type { TenantDb } from '#data/tenant';
import { seedTenant } from '../../bench/seed-tenant.ts';
import { createTestDatabase } from '../support/database.ts';

let db: TenantDb;

beforeAll(async () => {
  const made = await createTestDatabase();
  const { companyId } = await seedTenant({ appUrl: made.appUrl, neonEndpoint: made.neonEndpoint, slug: 'bench-test', customers: 400, transactions: 5_000, seed: 7 });
  db = openDatabase({ url: made.appUrl, endpoint: made.neonEndpoint }).tenant(companyId);
});

it('has exactly the customers and transactions that were asked for, some of them refunds', async () => {
  const counts = z.object({ customers: z.number(), transactions: z.number(), keys: z.number(), refunds: z.number() });
  const row = await db.first(counts, sql`select (select count(*)::int from customers) as customers, (select count(*)::int from transactions) as transactions,
    (select count(*)::int from transaction_keys) as keys, (select count(*)::int from transactions where kind = 'refund') as refunds`);
  expect(row).toMatchObject({ customers: 400, transactions: 5_000, keys: 5_000 });
  expect(row?.refunds ?? 0).toBeGreaterThan(60);
  expect(row?.refunds ?? 0).toBeLessThan(250);
});

it('every derived row equals a recount, and revenue equals the raw sum', async () => {
  expect(await verifyTenant(db)).toEqual([]);
  const sums = z.object({ rolled: z.number(), raw: z.number() });
  const row = await db.first(sums, sql`select (select sum(gross - refunded)::float8 from daily_rollup) as rolled,
    (select sum(case kind when 'order' then amount else -amount end)::float8 from transactions) as raw`);
  expect(row?.rolled).toBe(row?.raw);
  expect(row?.raw ?? 0).toBeGreaterThan(0);
});
