/** Parameters that companies' fits have in common: each tells its own, the database answers for ten or more together. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Params } from '#core/clv/behaviour';
import type { PooledPrior } from '#core/clv/shipped-prior';
import type { TenantDb } from './tenant.ts';

const pooledRow = z.object({ model: z.string(), symbol: z.string(), value: z.number(), shops: z.number() });

/** What other shops have in common; undefined while too few take part. */
export async function readPooledPrior(db: TenantDb): Promise<PooledPrior | undefined> {
  const rows = await db.rows(pooledRow, sql`select model, symbol, value, shops from pooled_parameters()`);
  if (rows.length === 0) return undefined;
  const models: Record<string, Params> = {};
  for (const { model, symbol, value } of rows) (models[model] ??= {})[symbol] = value;
  return { models, shops: rows.reduce((least, row) => Math.min(least, row.shops), Infinity) };
}

/** Keeps the company's own for the others, if it takes part. @param byModel parameters by model, times in weeks */
export async function keepSharedParameters(db: TenantDb, asOf: string, byModel: Readonly<Record<string, Params>>): Promise<void> {
  await db.run(sql`insert into shared_parameters (company_id, model, params, as_of)
    select ${db.companyId}::uuid, e.key, e.value, ${asOf}::date from jsonb_each(${JSON.stringify(byModel)}::jsonb) e
    where exists (select from companies where id = ${db.companyId} and share_models)
    on conflict (company_id, model) do update set params = excluded.params, as_of = excluded.as_of`);
}

const consent = z.object({ share: z.boolean() });

export async function readSharing(db: TenantDb): Promise<boolean> {
  return (await db.first(consent, sql`select share_models as share from companies where id = ${db.companyId}`))?.share ?? false;
}

/** Who leaves takes their parameters along at once. */
export async function writeSharing(db: TenantDb, share: boolean): Promise<void> {
  await db.run(sql`with gone as (delete from shared_parameters where company_id = ${db.companyId} and not ${share}::boolean)
    update companies set share_models = ${share} where id = ${db.companyId}`);
}
