/** One night of one tenant, in steps that can each be repeated; yesterday's figures serve until each is done. */
import { v7 } from 'uuid';
import { listBackfillsToRing } from '#data/backfills';
import { keepSharedFigures } from '#data/benchmarks';
import { dropEmptiedChunks } from '#data/closing';
import { forgetErasedStats } from '#data/emptied';
import { beginRun, endRun, keepStep } from '#data/job-runs';
import { applyRetention, countScored, keepCalculations, keepVerification, listDueForNight, listToCatchUp, markNightDone } from '#data/night';
import { rebuildTenant, verifyTenant } from '#data/rebuild';
import type { Database } from '#data/tenant';
import type { JobsPort, Log, NightStart, TenantContext } from '#worker/ports';
import { renewLift } from './action-holdout.ts';
import { fetchNightRates } from './fetch-rates.ts';
import { removeOldFiles } from './imports.ts';
import { feedLive } from './live-feed.ts';
import { refreshMetrics } from './metrics.ts';
import { sweepBodies } from './large-bodies.ts';
import { fitModel } from './fit-model.ts';
import { judgeDueTest } from './model-tests.ts';
import { learnModels } from './learn-models.ts';
import { inStep, nightRunId } from './runs.ts';
import { renewSegments } from './segment-night.ts';
import { watchDrift } from './watch-drift.ts';
import { asOfDay, catchUp, requireState, rescorePage } from './scoring.ts';

const FIRST_ID = '00000000-0000-0000-0000-000000000000';
/** Pages of a rescoring wave in one step: a step must end well within its limits. */
const PAGES_PER_STEP = 25;

export const NIGHT_START = FIRST_ID;

/** In this order; each can be repeated, and a run that stopped goes on with the first that is not done. */
export const NIGHT_STEPS = ['rates', 'fit', 'learn', 'rescore', 'drift', 'keep_values', 'figures', 'forecasts', 'recommend', 'verify', 'close', 'segments', 'metrics', 'holdout', 'retention'] as const;
export type NightStep = (typeof NIGHT_STEPS)[number];

/** Begins the night's run or takes up where it stopped. Answers the steps that are left. */
export async function beginNight(ctx: TenantContext, night: NightStart): Promise<NightStep[]> {
  const run = await beginRun(ctx.db, { id: night.runId, kind: 'night', day: night.day, cause: night.cause, steps: NIGHT_STEPS }, ctx.clock.now().toISOString());
  return NIGHT_STEPS.filter((name) => run.steps.find((step) => step.name === name)?.state !== 'done');
}

export async function endNight(ctx: TenantContext, runId: string, day: string, failure: string | null): Promise<void> {
  if (failure === null) await markNightDone(ctx.db, day);
  else ctx.log.error('night_failed', { companyId: ctx.companyId, day, error: failure });
  await endRun(ctx.db, runId, failure === null ? 'done' : 'failed', failure, ctx.clock.now().toISOString());
  await ctx.jobs.enqueue({ type: 'watch', companyId: ctx.companyId });
}

/** Exchange rates for the currencies of the shop; a bank that does not answer keeps nobody from their night. */
export async function nightRates(ctx: TenantContext, runId: string): Promise<void> {
  await inStep(ctx, runId, 'rates', () => fetchNightRates(ctx), (fetched) => fetched);
}

/** A new fit with its evidence, and with it the cut points of RFM. */
export async function nightFit(ctx: TenantContext, runId: string): Promise<boolean> {
  return inStep(ctx, runId, 'fit', async () => {
    await judgeDueTest(ctx);
    return fitModel(ctx, 'night');
  }, (serves) => ({ serves }));
}

/** Who will leave, learned anew where it is due. */
export async function nightLearn(ctx: TenantContext, runId: string): Promise<boolean> {
  return inStep(ctx, runId, 'learn', () => learnModels(ctx, 'night'), (learned) => ({ learned }));
}

/** Scores the next stretch of customers for the new day. Answers where to go on, null at the end. */
export async function nightRescore(ctx: TenantContext, runId: string, afterId: string): Promise<string | null> {
  if (afterId === NIGHT_START) await keepStep(ctx.db, runId, 'rescore', { state: 'running', startedAt: ctx.clock.now().toISOString(), error: null });
  const state = await requireState(ctx);
  let after: string | null = afterId;
  for (let page = 0; page < PAGES_PER_STEP && after !== null; page++) after = await rescorePage(ctx, state, after);
  if (after === null) {
    await keepStep(ctx.db, runId, 'rescore', { state: 'done', finishedAt: ctx.clock.now().toISOString(), result: { customers: await countScored(ctx.db) } });
  }
  return after;
}

/** How far customers have moved from those that the serving models were fitted on. */
export async function nightDrift(ctx: TenantContext, runId: string): Promise<void> {
  await inStep(ctx, runId, 'drift', () => watchDrift(ctx), (found) => ({ ...found }));
}

/** The day's value of every customer, so that a later change can be explained. */
export async function nightKeepValues(ctx: TenantContext, runId: string, day: string): Promise<void> {
  await inStep(ctx, runId, 'keep_values', () => keepCalculations(ctx.db, day), () => ({}));
}

/** The months as the comparison with other shops reads them, of those who take part. */
export async function nightFigures(ctx: TenantContext, runId: string): Promise<void> {
  await inStep(ctx, runId, 'figures', async () => keepSharedFigures(ctx.db, asOfDay(ctx, await requireState(ctx))), () => ({}));
}

/** Recounts from the raw rows; a difference is repaired by a rebuild and reported. Answers how many there were. */
export async function nightVerify(ctx: TenantContext, runId: string): Promise<number> {
  return inStep(ctx, runId, 'verify', async () => {
    const started = ctx.clock.now().getTime();
    const differences = await verifyTenant(ctx.db);
    await keepVerification(ctx.db, v7(), differences, (ctx.clock.now().getTime() - started) / 1000);
    if (differences.length > 0) {
      ctx.log.error('verification_differs', { companyId: ctx.companyId, differences: differences.slice(0, 10) });
      await rebuildTenant(ctx.db);
      await catchUp(ctx);
    }
    await feedLive(ctx);
    return differences;
  }, (differences) => ({ differences: differences.length, examples: differences.slice(0, 10) })).then((differences) => differences.length);
}

/** Everybody's memberships; a difference that nothing explains is repaired and reported. */
export async function nightSegments(ctx: TenantContext, runId: string): Promise<void> {
  await inStep(ctx, runId, 'segments', () => renewSegments(ctx), (found) => ({ ...found }));
}

/** Daily figures of events and segments, so that each segment has a row for each day. */
export async function nightMetrics(ctx: TenantContext, runId: string): Promise<void> {
  await inStep(ctx, runId, 'metrics', () => refreshMetrics(ctx, 'always'), () => ({}));
}

/** What acting brought so far, where customers are held out: the day's gains are reckoned with it. */
export async function nightHoldout(ctx: TenantContext, runId: string): Promise<void> {
  await inStep(ctx, runId, 'holdout', () => renewLift(ctx), (found) => found);
}

/** What is kept for a time only goes, uploaded files too; chunk grants are taken back. What is left of erasing whole shops is rung for. */
export async function nightRetention(ctx: TenantContext, runId: string, day: string): Promise<void> {
  await inStep(ctx, runId, 'retention', async () => {
    await forgetErasedStats(ctx.db);
    await sweepBodies(ctx);
    // A lost bell is made up for: what is left of erasing whole shops.
    await ctx.jobs.enqueue({ type: 'privacy', companyId: ctx.companyId });
    return { ...(await applyRetention(ctx.db, day)), files: await removeOldFiles(ctx), emptiedChunks: await dropEmptiedChunks(ctx.db) };
  }, (removed) => removed);
}

/** Starts the night of every tenant whose day has begun, and rings for work that a lost job may have left. */
export async function ringDueWork(tools: { database: Database; jobs: JobsPort; log: Log }, now: Date): Promise<void> {
  for (const { companyId, day } of await listDueForNight(tools.database, now)) {
    await tools.jobs.startNight({ companyId, day, runId: nightRunId(companyId, day), cause: 'schedule', attempt: null });
    tools.log.info('night_started', { companyId, day });
  }
  for (const { companyId, unscored, importId, rebuild, rates } of await listToCatchUp(tools.database)) {
    if (importId !== null) await tools.jobs.enqueue({ type: 'import', companyId, importId });
    if (rebuild) await tools.jobs.enqueue({ type: 'rebuild', companyId });
    if (rates) await tools.jobs.enqueue({ type: 'rates', companyId });
    if (unscored) await tools.jobs.enqueue({ type: 'feed', companyId });
  }
  for (const { companyId, backfillId } of await listBackfillsToRing(tools.database)) await tools.jobs.enqueue({ type: 'backfill', companyId, backfillId });
}
