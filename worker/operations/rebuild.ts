/** Recounts everything of a tenant: a job in steps that people see; the former figures serve until it is done. */
import { v7 } from 'uuid';
import { z } from 'zod';
import { AppError } from '#core/errors';
import { readCompany } from '#data/accounts';
import { pendingSettings } from '#data/company';
import type { PendingSettings } from '#data/company';
import { reopenEventDays } from '#data/event-metrics';
import { beginRun, endRun, endSupersededRebuilds, keepStep, readCurrentRebuild } from '#data/job-runs';
import type { JobRun } from '#data/job-runs';
import { countScored } from '#data/night';
import { rebuildTenant } from '#data/rebuild';
import type { TenantContext } from '#worker/ports';
import { ratesTo } from './fetch-rates.ts';
import { feedLive } from './live-feed.ts';
import { fitModel } from './fit-model.ts';
import { inStep, viewOf } from './runs.ts';
import { requireState, rescorePage, WAVE } from './scoring.ts';
import { refindSegments } from './segment-night.ts';
import type { RunView } from './run-views.ts';

/** In this order. `appraise` and `days` are one transaction, so that no page mixes former figures with new ones. */
const STEPS = ['appraise', 'days', 'fit', 'score', 'live'] as const;
type Step = (typeof STEPS)[number];

const FIRST_ID = '00000000-0000-0000-0000-000000000000';
/** One job scores this long at most; the rest is another job's. */
const LONGEST_MS = 30_000;

export type RebuildCause = 'settings' | 'rates' | 'asked';

/** What is to change about the company, by its row. */
export function pendingOf(company: { settings: Record<string, unknown> }): PendingSettings {
  return pendingSettings.safeParse(company.settings['pending'] ?? {}).data ?? {};
}

/** Begins a recount and rings for it. One that is at work is ended: this one stands for both. */
export async function requestRebuild(ctx: TenantContext, cause: RebuildCause): Promise<RunView> {
  const now = ctx.clock.now();
  const run = await beginRun(ctx.db, { id: v7(), kind: 'rebuild', day: null, cause, steps: STEPS }, now.toISOString());
  await endSupersededRebuilds(ctx.db, run.id, now.toISOString());
  await ctx.jobs.enqueue({ type: 'rebuild', companyId: ctx.companyId });
  return viewOf(run, now);
}

/** The recount that is at work; null when the figures are those of the settings. */
export async function currentRebuild(ctx: TenantContext): Promise<RunView | null> {
  const run = await readCurrentRebuild(ctx.db);
  return run === null ? null : viewOf(run, ctx.clock.now());
}

/** Why it cannot go on just now, for people; null while nothing hinders it. */
export function hindranceOf(run: RunView | null): string | null {
  const step = run?.steps.find(({ state }) => state === 'failed');
  return step === undefined ? null : (step.error ?? 'It gave no reason');
}

/**
 * Works on the newest recount that is not done, from its first unfinished step. Safe to repeat, also twice at once.
 * @returns whether another job is to go on
 * @throws AppError `unavailable` to be asked again; other failures end the run and are kept with it
 */
export async function runRebuild(ctx: TenantContext): Promise<boolean> {
  const run = await readCurrentRebuild(ctx.db);
  if (run === null) return false;
  const now = (): string => ctx.clock.now().toISOString();
  await endSupersededRebuilds(ctx.db, run.id, now());
  try {
    for (const name of STEPS) {
      if (run.steps.find((step) => step.name === name)?.state === 'done') continue;
      // A later change may have taken over meanwhile.
      if ((await readCurrentRebuild(ctx.db))?.id !== run.id) return false;
      ctx.failpoints.reach(`rebuild-${name}`);
      if (!(await takeStep(ctx, run, name))) return true;
    }
  } catch (error) {
    if (error instanceof AppError && error.retryable) throw error;
    const failure = error instanceof Error ? error.message : String(error);
    ctx.log.error('rebuild_failed', { companyId: ctx.companyId, error: failure });
    await endRun(ctx.db, run.id, 'failed', failure, now());
    return false;
  }
  await endRun(ctx.db, run.id, 'done', null, now());
  return false;
}

/** @returns whether the step is done */
async function takeStep(ctx: TenantContext, run: JobRun, name: Step): Promise<boolean> {
  const nothing = (): Record<string, unknown> => ({});
  switch (name) {
    case 'appraise':
      await inStep(ctx, run.id, name, () => applyAndCount(ctx), nothing);
      return true;
    case 'days':
      await inStep(ctx, run.id, name, () => reopenEventDays(ctx.db), nothing);
      return true;
    case 'fit':
      await inStep(ctx, run.id, name, () => fitModel(ctx, 'settings'), (serves) => ({ serves }));
      return true;
    case 'score':
      return scoreEveryone(ctx, run);
    case 'live':
      await inStep(ctx, run.id, name, async () => {
        await feedLive(ctx);
        // Another time zone, analysis date or currency changes what filters mean.
        await refindSegments(ctx, { kind: 'edit', what: 'settings' });
        await ctx.jobs.enqueue({ type: 'metrics', companyId: ctx.companyId });
      }, nothing);
      return true;
  }
}

/** Pending settings come into force in the transaction that counts by them. */
async function applyAndCount(ctx: TenantContext): Promise<void> {
  const company = await readCompany(ctx.db);
  if (company === null) throw new AppError('not_found', 'There is no such company');
  const settings = pendingOf(company);
  const { currency } = settings;
  const rates = currency === undefined || currency === company.currency ? null : await ratesTo(ctx, currency, company.currency);
  await rebuildTenant(ctx.db, Object.keys(settings).length === 0 ? null : { settings, rates });
}

const reached = z.object({ after: z.string(), done: z.number() });

/** Keeps how far it is after each page, and goes on there. */
async function scoreEveryone(ctx: TenantContext, run: JobRun): Promise<boolean> {
  const started = ctx.clock.now();
  const state = await requireState(ctx);
  const of = await countScored(ctx.db);
  const before = reached.safeParse(run.steps.find((step) => step.name === 'score')?.result).data;
  let { after, done } = before ?? { after: FIRST_ID, done: 0 };
  await keepStep(ctx.db, run.id, 'score', { state: 'running', startedAt: started.toISOString(), error: null, result: { after, done, of } });
  for (;;) {
    const next = await rescorePage(ctx, state, after);
    if (next === null) break;
    after = next;
    done += WAVE;
    await keepStep(ctx.db, run.id, 'score', { result: { after, done, of } });
    if (ctx.clock.now().getTime() - started.getTime() > LONGEST_MS) return false;
  }
  await keepStep(ctx.db, run.id, 'score', { state: 'done', finishedAt: ctx.clock.now().toISOString(), result: { customers: of } });
  return true;
}
