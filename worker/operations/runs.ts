/** Nights and rebuilds as people see them: how far they are, what each step found, and starting one again. */
import { v5, v7 } from 'uuid';
import { localDay } from '#core/calendar/local-day';
import { AppError } from '#core/errors';
import { beginRun, keepStep, listRunRows, readRunRow } from '#data/job-runs';
import type { JobRun, RunKind } from '#data/job-runs';
import type { TenantContext } from '#worker/ports';
import { audited, keepDeed } from './audit.ts';
import type { Deed } from './audit.ts';
import { requirePermission } from './permissions.ts';
import { requireState } from './scoring.ts';
import type { RunView } from './run-views.ts';

const SHOWN = 30;
/** A run whose newest step began longer ago was killed: no step works so long. */
const STALE_MS = 30 * 60_000;

/** The one run of a local day's night, however often it is started. */
export function nightRunId(companyId: string, day: string): string {
  return v5(`night ${day}`, companyId);
}

/** Does one step of a run and keeps how it went. @throws what the work throws */
export async function inStep<T>(ctx: TenantContext, runId: string, name: string, work: () => Promise<T>, resultOf: (value: T) => Record<string, unknown>): Promise<T> {
  const now = (): string => ctx.clock.now().toISOString();
  await keepStep(ctx.db, runId, name, { state: 'running', startedAt: now(), finishedAt: null, error: null });
  try {
    const value = await work();
    await keepStep(ctx.db, runId, name, { state: 'done', finishedAt: now(), result: resultOf(value) });
    return value;
  } catch (error) {
    // An outage takes this note down with it; the error that matters is the one that was thrown.
    await keepStep(ctx.db, runId, name, { state: 'failed', finishedAt: now(), error: error instanceof Error ? error.message : String(error) }).catch(() => undefined);
    throw error;
  }
}

function isStale(run: JobRun, now: Date): boolean {
  const newest = Math.max(Date.parse(run.startedAt), ...run.steps.map((step) => Date.parse(step.startedAt ?? run.startedAt)));
  return run.state === 'running' && now.getTime() - newest > STALE_MS;
}

/** A step that says how many of how many it has done counts in part. */
function shareDone({ state, result }: JobRun['steps'][number]): number {
  if (state === 'done') return 1;
  const { done, of } = result;
  return state === 'running' && typeof done === 'number' && typeof of === 'number' && of > 0 ? Math.min(1, done / of) : 0;
}

export function viewOf(run: JobRun, now: Date): RunView {
  const done = run.steps.reduce((sum, step) => sum + shareDone(step), 0);
  const state = isStale(run, now) ? 'stopped' : run.state;
  return { ...run, state, progress: run.steps.length === 0 ? 0 : done / run.steps.length, canRestart: state === 'failed' || state === 'stopped' };
}

export async function listRuns(ctx: TenantContext, kind: RunKind | null): Promise<RunView[]> {
  requirePermission(ctx, 'runs:read');
  const now = ctx.clock.now();
  return (await listRunRows(ctx.db, kind, SHOWN)).map((run) => viewOf(run, now));
}

/** @throws AppError `not_found` */
export async function getRun(ctx: TenantContext, id: string): Promise<RunView> {
  requirePermission(ctx, 'runs:read');
  const run = await readRunRow(ctx.db, id);
  if (run === null) throw new AppError('not_found', 'There is no such run');
  return viewOf(run, ctx.clock.now());
}

/** Goes on with a run that failed or was killed, from its first unfinished step. @throws AppError `conflict` for one that works or is done. */
export async function restartRun(ctx: TenantContext, id: string): Promise<RunView> {
  requirePermission(ctx, 'runs:write');
  const run = await getRun(ctx, id);
  if (!run.canRestart) throw new AppError('conflict', run.state === 'done' ? 'This run is finished; start a new one instead' : 'This run is still at work');
  const deed: Deed = { action: 'run.restarted', target: { kind: 'run', id, name: run.kind } };
  switch (run.kind) {
    case 'night':
      await keepDeed(ctx, deed);
      await ctx.jobs.startNight({ companyId: ctx.companyId, day: run.day ?? '', runId: run.id, cause: run.cause, attempt: v7() });
      break;
    case 'rebuild':
      await beginRun(audited(ctx, deed).db, { id: run.id, kind: 'rebuild', day: null, cause: run.cause, steps: [] }, ctx.clock.now().toISOString());
      await ctx.jobs.enqueue({ type: 'rebuild', companyId: ctx.companyId });
      break;
  }
  ctx.log.info('run_restarted', { runId: id, kind: run.kind });
  return getRun(ctx, id);
}

/** A night's work now, beside the one at midnight. @throws AppError `conflict` while one is at work. */
export async function startNightNow(ctx: TenantContext): Promise<{ runId: string }> {
  requirePermission(ctx, 'runs:write');
  const [state, runs] = await Promise.all([requireState(ctx), listRuns(ctx, 'night')]);
  if (runs.some((run) => run.state === 'running')) throw new AppError('conflict', 'A night is at work already; it is in the list');
  const runId = v7();
  await keepDeed(ctx, { action: 'night.started', target: { kind: 'run', id: runId } });
  await ctx.jobs.startNight({ companyId: ctx.companyId, day: localDay(ctx.clock.now(), state.timeZone), runId, cause: 'asked', attempt: runId });
  return { runId };
}
