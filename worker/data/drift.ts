/** What is kept of how far customers have moved since models were fitted. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { inputsSchema } from '#core/clv/input-drift';
import type { InputDrift, Inputs, ScoredColumns } from '#core/clv/input-drift';
import type { TenantDb } from './tenant.ts';

const scoredRow = z.object({ x: z.number(), tx: z.number(), t: z.number(), value: z.number(), expected_orders: z.number(), predicted_value: z.number() });

/** The first `limit` customers with a purchase and a score, by id: hashes, so no particular ones. */
export async function readScored(db: TenantDb, asOf: string, limit: number): Promise<ScoredColumns> {
  const rows = await db.rows(scoredRow, sql`select s.purchase_days - 1 as x, s.last_day - s.first_day as tx, greatest(${asOf}::date - s.first_day, 0) as t,
      s.historical_value as value, s.expected_orders::float8 as expected_orders, s.predicted_value as predicted_value
    from customer_stats s where s.company_id = ${db.companyId} and s.purchase_days > 0 and s.expected_orders is not null order by s.customer_id limit ${limit}`);
  const column = (of: (row: z.infer<typeof scoredRow>) => number): Float64Array => Float64Array.from(rows, of);
  return {
    x: column((r) => r.x), tx: column((r) => r.tx), T: column((r) => r.t), value: column((r) => r.value),
    expectedOrders: column((r) => r.expected_orders), predictedValue: column((r) => r.predicted_value),
  };
}

/**
 * Customers of an earlier day to compare with: the latest at least `days` before `asOf`, else the earliest before it; null where none
 * was kept yet.
 */
export async function readEarlierInputs(db: TenantDb, asOf: string, days: number): Promise<Inputs | null> {
  const found = await db.first(z.object({ inputs: inputsSchema }), sql`with kept as (select m.evidence->'inputs' as inputs, (m.evidence->'inputs'->>'asOf')::date as day from model_runs m
      where m.company_id = ${db.companyId} and m.error is null and m.evidence->'inputs' is not null)
    select inputs from kept where day < ${asOf}::date order by day <= ${asOf}::date - ${days}::int desc, case when day <= ${asOf}::date - ${days}::int then day end desc, day limit 1`);
  return found?.inputs ?? null;
}

/** Keeps with the serving run its customers, where it has none yet, and how far they have moved. */
export async function keepInputDrift(db: TenantDb, runId: string, inputs: Inputs, drift: InputDrift | null): Promise<void> {
  await db.run(sql`update model_runs set evidence = jsonb_build_object('inputs', ${JSON.stringify(inputs)}::jsonb) || evidence || jsonb_build_object('drift', ${JSON.stringify(drift)}::jsonb)
    where company_id = ${db.companyId} and id = ${runId}`);
}

/** The same of a learned run: inputs and predictions as of a day against those it was fitted on. */
export async function keepLearnedDrift(db: TenantDb, runId: string, asOf: string, drift: InputDrift['drift']): Promise<void> {
  await db.run(sql`update learned_models set evidence = evidence || jsonb_build_object('drift', ${JSON.stringify(drift)}::jsonb, 'driftAsOf', ${asOf}::text)
    where company_id = ${db.companyId} and id = ${runId}`);
}
