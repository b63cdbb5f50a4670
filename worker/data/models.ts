/** Model runs: what a fit reads (grouped in SQL), and what it leaves behind. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { HistoricalInput } from '#core/clv/historical';
import type { RfmCuts } from '#core/rfm/rfm';
import { lockTenant } from './tenant-lock.ts';
import { storedModelSchema } from './tenant-state.ts';
import type { StoredModel } from './tenant-state.ts';
import { command, query } from './tenant.ts';
import type { TenantDb } from './tenant.ts';

/** Without a single repeat purchase: a quarter, as in consumer retail. */
const USUAL_GAP_DAYS = 90;

const history = z.object({ x: z.number(), tx: z.number(), t: z.number(), n: z.number() });
const spend = z.object({ x: z.number(), repeat_spend: z.number(), n: z.number() });
const level = z.object({ mean_order_value: z.number().nullable(), median_gap_days: z.number().nullable(), first_day: z.string().nullable(),
  gross: z.number(), net: z.number(), orders: z.number(), customer_years: z.number(), lifespan_years: z.number() });
const bin = z.object({ measure: z.enum(['recency', 'frequency', 'monetary']), value: z.number(), n: z.number() });

export interface FitInput {
  histories: z.infer<typeof history>[];
  spends: z.infer<typeof spend>[];
  meanOrderValue: number | undefined;
  medianGapDays: number | null;
  firstDay: string | null;
  /** What the plain formula needs: average order × orders a year × years. */
  historical: HistoricalInput;
  histograms: z.infer<typeof bin>[];
}

/** Sufficient statistics of the whole tenant as of a day: rows are groups of equal customers, not customers. */
export async function readFitInput(db: TenantDb, asOf: string): Promise<FitInput> {
  const company = db.companyId;
  const buyers = sql`customer_stats s where s.company_id = ${company} and s.purchase_days > 0`;
  const [histories, spends, levels, histograms] = await db.transaction([
    query(history, sql`select s.purchase_days - 1 as x, s.last_day - s.first_day as tx, greatest(${asOf}::date - s.first_day, 0) as t, count(*)::int as n
      from ${buyers} group by 1, 2, 3`),
    query(spend, sql`select s.purchase_days - 1 as x, s.repeat_spend, count(*)::int as n from ${buyers} and s.purchase_days > 1 and s.repeat_spend > 0 group by 1, 2`),
    query(level, sql`with b as (select s.* from ${buyers}),
      m as (select percentile_cont(0.5) within group (order by (last_day - first_day)::float8 / (purchase_days - 1)) filter (where purchase_days > 1) as gap from b),
      -- Who has been silent for three usual gaps is taken to have left when the next order was due; the others are still here.
      spans as (select b.*, ${asOf}::date - b.last_day > 3 * coalesce(m.gap, ${USUAL_GAP_DAYS}) as gone, coalesce(m.gap, ${USUAL_GAP_DAYS}) as usual from b cross join m),
      active as (select *, (case when gone then last_day - first_day + usual else greatest(${asOf}::date - first_day, 1) end)::float8 / 365.25 as years from spans)
      select (sum(a.gross)::float8 / nullif(sum(a.orders), 0)) as mean_order_value, (select gap from m) as median_gap_days, min(a.first_day) as first_day,
        coalesce(sum(a.gross), 0)::bigint as gross, coalesce(sum(a.historical_value), 0)::bigint as net, coalesce(sum(a.orders), 0)::int as orders,
        coalesce(sum(a.years), 0)::float8 as customer_years,
        -- Mean stay when some have not left yet: all the time anyone was here, by the number who left (exponential, censored).
        coalesce(sum(a.years) / nullif(count(*) filter (where a.gone), 0), 0)::float8 as lifespan_years
      from active a`),
    query(bin, sql`select 'recency' as measure, (s.last_day - '1970-01-01'::date)::bigint as value, count(*)::int as n from ${buyers} group by 2
      union all select 'frequency', s.purchase_days::bigint, count(*)::int from ${buyers} group by 2
      union all select 'monetary', s.historical_value, count(*)::int from ${buyers} group by 2`),
  ]);
  return {
    histories, spends, histograms,
    meanOrderValue: levels[0]?.mean_order_value ?? undefined, medianGapDays: levels[0]?.median_gap_days ?? null, firstDay: levels[0]?.first_day ?? null,
    historical: {
      gross: levels[0]?.gross ?? 0, net: levels[0]?.net ?? 0, orders: levels[0]?.orders ?? 0,
      customerYears: levels[0]?.customer_years ?? 0, lifespanYears: levels[0]?.lifespan_years ?? 0,
    },
  };
}

const holdoutRow = z.object({ x: z.number(), tx: z.number(), t: z.number(), repeat_spend: z.number(), actual_orders: z.number(), actual_spend: z.number() });
export type HoldoutRow = z.infer<typeof holdoutRow>;

/** The same customers seen from `calibrationEnd`, and what they did until `asOf`; at most `limit` of them, by id. */
export async function readHoldout(db: TenantDb, calibrationEnd: string, asOf: string, limit: number): Promise<HoldoutRow[]> {
  return db.rows(holdoutRow, sql`select (count(*) filter (where d.day <= ${calibrationEnd}))::int - 1 as x,
      max(d.day) filter (where d.day <= ${calibrationEnd}) - min(d.day) as tx, ${calibrationEnd}::date - min(d.day) as t,
      (coalesce(sum(d.order_net) filter (where d.day <= ${calibrationEnd}), 0) - (array_agg(d.order_net order by d.day))[1])::bigint as repeat_spend,
      (count(*) filter (where d.day > ${calibrationEnd}))::int as actual_orders,
      coalesce(sum(d.order_net) filter (where d.day > ${calibrationEnd}), 0)::bigint as actual_spend
    from (select s.customer_id from customer_stats s where s.company_id = ${db.companyId} and s.first_day <= ${calibrationEnd} order by s.customer_id limit ${limit}) s
    join customer_day d on d.company_id = ${db.companyId} and d.customer_id = s.customer_id and d.purchases > 0 and d.day <= ${asOf}
    group by d.customer_id`);
}

export interface ModelRun {
  id: string;
  model: string;
  modelVersion: number;
  source: string;
  asOf: string;
  parameters: StoredModel | null;
  evidence: Record<string, unknown>;
  notes: string[];
  error: string | null;
  cause: string;
}

/** Keeps a run; one that succeeded serves from now on, with its cut points. A failed one changes nothing that serves. */
export async function keepModelRun(db: TenantDb, run: ModelRun, cuts: RfmCuts | null): Promise<void> {
  const company = db.companyId;
  await db.transaction([
    command(lockTenant(company)),
    command(sql`insert into model_runs (company_id, id, model, model_version, source, as_of, parameters, evidence, notes, error, cause)
      values (${company}, ${run.id}, ${run.model}, ${run.modelVersion}, ${run.source}, ${run.asOf}, ${JSON.stringify(run.parameters)}::jsonb,
        ${JSON.stringify(run.evidence)}::jsonb, ${JSON.stringify(run.notes)}::jsonb, ${run.error}, ${run.cause})`),
    command(sql`update tenant_clock set serving_model = ${run.id}, rfm_cuts = ${cuts === null ? null : JSON.stringify(cuts)}::jsonb
      where company_id = ${company} and ${run.error === null}`),
  ]);
}

const modelRunRow = z.object({
  id: z.string(), model: z.string(), source: z.string(), as_of: z.string(), parameters: storedModelSchema.nullable(),
  evidence: z.record(z.string(), z.unknown()), notes: z.array(z.string()), error: z.string().nullable(), cause: z.string(), created_at: z.string(),
  serving: z.boolean(),
});
export type ModelRunRow = z.infer<typeof modelRunRow>;

const runs = (company: string) => sql`select m.id, m.model, m.source, m.as_of, m.parameters, m.evidence, m.notes, m.error, m.cause, m.created_at,
  coalesce(k.serving_model = m.id, false) as serving from model_runs m join tenant_clock k on k.company_id = m.company_id where m.company_id = ${company}`;

/** Newest first. */
export async function listModelRunRows(db: TenantDb, limit: number): Promise<ModelRunRow[]> {
  return db.rows(modelRunRow, sql`${runs(db.companyId)} order by m.created_at desc limit ${limit}`);
}

/** The one that serves, and the newest of all. */
export async function readModelRuns(db: TenantDb): Promise<{ serving: ModelRunRow | null; newest: ModelRunRow | null }> {
  const rows = await db.rows(modelRunRow, sql`select * from ((${runs(db.companyId)} and m.id = k.serving_model)
    union all (${runs(db.companyId)} order by m.created_at desc limit 1)) x`);
  return { serving: rows.find((r) => r.serving) ?? null, newest: rows.toSorted((a, b) => (a.created_at < b.created_at ? 1 : -1))[0] ?? null };
}

export async function readModelRun(db: TenantDb, id: string): Promise<ModelRunRow | null> {
  return db.first(modelRunRow, sql`${runs(db.companyId)} and m.id = ${id}`);
}
