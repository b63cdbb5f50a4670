/** Runs of work in steps: kept as they go, so that a person sees how far they are and they can go on where they stopped. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { TenantDb } from './tenant.ts';

const step = z.object({
  name: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  attempts: z.number(),
  /** What the step has to say for itself: counts and short words, by name. */
  result: z.record(z.string(), z.unknown()),
  error: z.string().nullable(),
});
export type RunStep = z.infer<typeof step>;

const run = z.object({
  id: z.string(), kind: z.enum(['night', 'rebuild']), day: z.string().nullable(), cause: z.string(), state: z.enum(['running', 'done', 'failed']),
  steps: z.array(step), error: z.string().nullable(), startedAt: z.string(), finishedAt: z.string().nullable(),
});
export type JobRun = z.infer<typeof run>;
export type RunKind = JobRun['kind'];

const COLUMNS = sql.raw(`id, kind, day, cause, state, steps, error, started_at as "startedAt", finished_at as "finishedAt"`);

/** Begins a run, or takes up one that stopped: its finished steps stay finished. */
export async function beginRun(db: TenantDb, made: { id: string; kind: RunKind; day: string | null; cause: string; steps: readonly string[] }, at: string): Promise<JobRun> {
  const steps = made.steps.map((name): RunStep => ({ name, state: 'waiting', startedAt: null, finishedAt: null, attempts: 0, result: {}, error: null }));
  const rows = await db.rows(run, sql`insert into job_runs as r (company_id, id, kind, day, cause, state, steps, started_at)
    values (${db.companyId}, ${made.id}, ${made.kind}, ${made.day}::date, ${made.cause}, 'running', ${JSON.stringify(steps)}::jsonb, ${at})
    on conflict (company_id, id) do update set state = 'running', error = null, finished_at = null, touched_at = now()
    returning ${COLUMNS}`);
  const [begun] = rows;
  if (begun === undefined) throw new Error('A run was not kept');
  return begun;
}

/** Changes of one step; `attempts` counts its beginnings. */
export async function keepStep(db: TenantDb, runId: string, name: string, change: Partial<Omit<RunStep, 'name' | 'attempts'>>): Promise<void> {
  await db.run(sql`update job_runs r set touched_at = now(), steps = (
      select jsonb_agg(case when s ->> 'name' = ${name}
        then s || ${JSON.stringify(change)}::jsonb || jsonb_build_object('attempts', (s ->> 'attempts')::int + ${change.state === 'running' ? 1 : 0})
        else s end order by n)
      from jsonb_array_elements(r.steps) with ordinality as x(s, n))
    where r.company_id = ${db.companyId} and r.id = ${runId}`);
}

export async function endRun(db: TenantDb, runId: string, state: 'done' | 'failed', error: string | null, at: string): Promise<void> {
  await db.run(sql`update job_runs set state = ${state}, error = ${error}, finished_at = ${at} where company_id = ${db.companyId} and id = ${runId}`);
}

/** The newest rebuild that is not ended; null when nothing is to be rebuilt. */
export async function readCurrentRebuild(db: TenantDb): Promise<JobRun | null> {
  return db.first(run, sql`select ${COLUMNS} from job_runs where company_id = ${db.companyId} and kind = 'rebuild' and state = 'running' order by started_at desc, id desc limit 1`);
}

/** Ends rebuilds that `runId` stands for as well: it was begun later and recounts everything. */
export async function endSupersededRebuilds(db: TenantDb, runId: string, at: string): Promise<void> {
  await db.run(sql`update job_runs set state = 'done', error = 'A later recount stands for this one', finished_at = ${at}
    where company_id = ${db.companyId} and kind = 'rebuild' and state = 'running' and id <> ${runId}`);
}

/** Newest first. */
export async function listRunRows(db: TenantDb, kind: RunKind | null, limit: number): Promise<JobRun[]> {
  return db.rows(run, sql`select ${COLUMNS} from job_runs where company_id = ${db.companyId} and (${kind}::text is null or kind = ${kind})
    order by started_at desc, id limit ${limit}`);
}

export async function readRunRow(db: TenantDb, id: string): Promise<JobRun | null> {
  return db.first(run, sql`select ${COLUMNS} from job_runs where company_id = ${db.companyId} and id = ${id}`);
}
