/** Learned models: what was fitted, how it did, where its file lies, and which one serves. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { lockTenant } from './tenant-lock.ts';
import { command } from './tenant.ts';
import type { TenantDb } from './tenant.ts';

export interface LearnedRun {
  id: string;
  kind: 'churn' | 'spend';
  model: string;
  modelVersion: number;
  asOf: string;
  horizonDays: number;
  /** Null when nothing is to serve from it. */
  fileKey: string | null;
  evidence: Record<string, unknown>;
  notes: string[];
  error: string | null;
  cause: string;
}

/** Column of the clock that names the run that serves, and the one that names what people chose to keep. */
const SERVING = { churn: sql.raw('serving_churn'), spend: sql.raw('serving_spend') } as const;
const PINNED = { churn: sql.raw('pinned_churn'), spend: sql.raw('pinned_spend') } as const;

/** Keeps a run. @param serves whether scores come from it from now on; a failed run leaves what serves. */
export async function keepLearnedRun(db: TenantDb, run: LearnedRun, serves: boolean): Promise<void> {
  const company = db.companyId;
  await db.transaction([
    command(lockTenant(company)),
    command(sql`insert into learned_models (company_id, id, kind, model, model_version, as_of, horizon_days, file_key, evidence, notes, error, cause)
      values (${company}, ${run.id}, ${run.kind}, ${run.model}, ${run.modelVersion}, ${run.asOf}, ${run.horizonDays}, ${run.fileKey},
        ${JSON.stringify(run.evidence)}::jsonb, ${JSON.stringify(run.notes)}::jsonb, ${run.error}, ${run.cause})`),
    command(sql`update tenant_clock set ${SERVING[run.kind]} = ${serves ? run.id : null} where company_id = ${company} and ${run.error === null}`),
  ]);
}

const learnedRow = z.object({
  id: z.string(), kind: z.enum(['churn', 'spend']), model: z.string(), as_of: z.string(), horizon_days: z.number(), file_key: z.string().nullable(),
  evidence: z.record(z.string(), z.unknown()), notes: z.array(z.string()), error: z.string().nullable(), cause: z.string(), created_at: z.string(), serving: z.boolean(),
});
export type LearnedRow = z.infer<typeof learnedRow>;

const runs = (company: string) => sql`select l.id, l.kind, l.model, l.as_of, l.horizon_days, l.file_key, l.evidence, l.notes, l.error, l.cause, l.created_at,
  coalesce(l.id in (k.serving_churn, k.serving_spend), false) as serving from learned_models l join tenant_clock k on k.company_id = l.company_id where l.company_id = ${company}`;

/** Newest first. */
export async function listLearnedRuns(db: TenantDb, limit: number): Promise<LearnedRow[]> {
  return db.rows(learnedRow, sql`${runs(db.companyId)} order by l.created_at desc limit ${limit}`);
}

export async function readLearnedRun(db: TenantDb, id: string): Promise<LearnedRow | null> {
  return db.first(learnedRow, sql`${runs(db.companyId)} and l.id = ${id}`);
}

/** The newest that did not fail. */
export async function readNewestLearned(db: TenantDb, kind: LearnedRun['kind']): Promise<LearnedRow | null> {
  return db.first(learnedRow, sql`${runs(db.companyId)} and l.kind = ${kind} and l.error is null order by l.created_at desc limit 1`);
}

const standingRow = z.object({ serving: z.string().nullable(), pinned: z.string().nullable() });

/** What is learned and serves (null: the rhythm of purchases, the model of repeat buying), and what people chose to keep. */
export async function readLearnedStanding(db: TenantDb, kind: LearnedRun['kind']): Promise<z.infer<typeof standingRow>> {
  return await db.first(standingRow, sql`select l.model as serving, k.${PINNED[kind]} as pinned from tenant_clock k
    left join learned_models l on l.company_id = k.company_id and l.id = k.${SERVING[kind]} where k.company_id = ${db.companyId}`) ?? { serving: null, pinned: null };
}

/** Its file is no more. */
export async function forgetModelFile(db: TenantDb, fileKey: string): Promise<void> {
  await db.run(sql`update learned_models set file_key = null where company_id = ${db.companyId} and file_key = ${fileKey}`);
}

const churnRow = z.object({ customer_id: z.string(), churn: z.number().nullable(), churn_by: z.enum(['learned', 'rhythm']).nullable() });

/** What is stored of one customer, or of the one they were merged into; null when there is no such customer. */
export async function readChurn(db: TenantDb, customerId: string): Promise<z.infer<typeof churnRow> | null> {
  return db.first(churnRow, sql`select customer_id, churn, churn_by from customer_stats where company_id = ${db.companyId}
    and customer_id = coalesce((select c.merged_into from customers c where c.company_id = ${db.companyId} and c.id = ${customerId}), ${customerId}::uuid)`);
}
