/** People of a test tenant: what they did, who they are known as, and counts of what is kept of them. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { CanonicalRecord } from '#core/commerce/record';
import { ingestUnits } from '#operations/ingest';
import { requireState } from '#operations/scoring';
import type { TestDatabase } from './database.ts';
import { unitOf } from './records.ts';
import { makeTestTenant } from './tenant.ts';
import type { TestTenantSettings } from './tenant.ts';

export type Tenant = Awaited<ReturnType<typeof makeTestTenant>>;

/** On the tenth of March 2026. */
export const peopleTenant = (made: TestDatabase, over: TestTenantSettings = {}): Promise<Tenant> => makeTestTenant(made, { now: () => new Date('2026-03-10T12:00:00.000Z'), ...over });

export async function take(ctx: Tenant, ...records: CanonicalRecord[]) {
  return ingestUnits(ctx, await requireState(ctx), records.map((record) => unitOf([record])));
}

/** Rows of a table, with conditions behind it. */
export const count = async (ctx: Tenant, from: string): Promise<number> =>
  (await ctx.db.first(z.object({ n: z.number() }), sql`select count(*)::int as n from ${sql.raw(from)}`))?.n ?? -1;

/** The customer's id; empty when nobody has this name. */
export const idOf = async (ctx: Tenant, kind: string, value: string): Promise<string> =>
  (await ctx.db.first(z.object({ id: z.string() }), sql`select customer_id as id from customer_identities where kind = ${kind} and value = ${value}`))?.id ?? '';
