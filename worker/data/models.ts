/** Model runs: what a fit leaves behind, and which of them serves. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { RfmCuts } from '#core/rfm/rfm';
import { lockTenant } from './tenant-lock.ts';
import { storedModelSchema } from './tenant-state.ts';
import type { StoredModel } from './tenant-state.ts';
import { command } from './tenant.ts';
import type { TenantDb } from './tenant.ts';

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

const standingRow = z.object({
  model: z.string().nullable(), pinned: z.string().nullable(), pinned_churn: z.string().nullable(), pinned_spend: z.string().nullable(),
  spend_id: z.string().nullable(), spend_model: z.string().nullable(), spend_evidence: z.unknown(),
});

/** The name of the model that serves, what people chose to keep (of repeat buying, of who leaves, of spend), and where spend is learned the run that says it. */
export async function readStanding(db: TenantDb): Promise<z.infer<typeof standingRow>> {
  return await db.first(standingRow, sql`select m.model, k.pinned_model as pinned, k.pinned_churn, k.pinned_spend, s.id as spend_id, s.model as spend_model,
      jsonb_build_object('total', s.evidence->'served'->'total', 'why', s.evidence->'why') as spend_evidence
    from tenant_clock k join companies c on c.id = k.company_id left join model_runs m on m.company_id = k.company_id and m.id = k.serving_model
    left join learned_models s on s.company_id = k.company_id and s.id = k.serving_spend and s.horizon_days = c.horizon_days where k.company_id = ${db.companyId}`)
    ?? { model: null, pinned: null, pinned_churn: null, pinned_spend: null, spend_id: null, spend_model: null, spend_evidence: null };
}

const PIN = { value: sql.raw('pinned_model'), churn: sql.raw('pinned_churn'), spend: sql.raw('pinned_spend') } as const;

export async function writePin(db: TenantDb, of: keyof typeof PIN, model: string | null): Promise<void> {
  await db.run(sql`update tenant_clock set ${PIN[of]} = ${model} where company_id = ${db.companyId}`);
}
