/** One night of one tenant, in steps that can each be repeated; yesterday's figures serve until each is done. */
import { v7 } from 'uuid';
import { forgetErasedStats } from '#data/emptied';
import { keepCalculations, keepVerification, listDueForNight, listToCatchUp, markNightDone, tidy } from '#data/night';
import { rebuildTenant, verifyTenant } from '#data/rebuild';
import type { Database } from '#data/tenant';
import type { JobsPort, Log, TenantContext } from '#worker/ports';
import { feedLive } from './live-feed.ts';
import { fitModel } from './models.ts';
import { readUnscored, requireState, rescorePage, scorePending } from './scoring.ts';

const FIRST_ID = '00000000-0000-0000-0000-000000000000';
/** Pages of a rescoring wave in one step: a step must end well within its limits. */
const PAGES_PER_STEP = 25;

export const NIGHT_START = FIRST_ID;

export async function nightFit(ctx: TenantContext): Promise<boolean> {
  return fitModel(ctx, 'night');
}

/** Scores the next stretch of customers for the new day. Answers where to go on, null at the end. */
export async function nightRescore(ctx: TenantContext, afterId: string): Promise<string | null> {
  const state = await requireState(ctx);
  let after: string | null = afterId;
  for (let page = 0; page < PAGES_PER_STEP && after !== null; page++) after = await rescorePage(ctx, state, after);
  return after;
}

export async function nightKeepValues(ctx: TenantContext, day: string): Promise<void> {
  await keepCalculations(ctx.db, day);
}

/** Recounts from the raw rows; a difference is repaired by a rebuild and reported. Answers how many there were. */
export async function nightVerify(ctx: TenantContext): Promise<number> {
  const started = ctx.clock.now().getTime();
  const differences = await verifyTenant(ctx.db);
  await keepVerification(ctx.db, v7(), differences, (ctx.clock.now().getTime() - started) / 1000);
  if (differences.length > 0) {
    ctx.log.error('verification_differs', { companyId: ctx.companyId, differences: differences.slice(0, 10) });
    await rebuildTenant(ctx.db);
    await catchUp(ctx);
  }
  await feedLive(ctx);
  return differences.length;
}

export async function nightTidy(ctx: TenantContext, day: string): Promise<void> {
  await tidy(ctx.db, day);
  await forgetErasedStats(ctx.db);
  // A lost bell is made up for: what is left of erasing whole shops.
  await ctx.jobs.enqueue({ type: 'privacy', companyId: ctx.companyId });
  await markNightDone(ctx.db, day);
}

/** Starts the night of every tenant whose day has begun, and rings for work that a lost job may have left. */
export async function ringDueWork(tools: { database: Database; jobs: JobsPort; log: Log }, now: Date): Promise<void> {
  for (const { companyId, day } of await listDueForNight(tools.database, now)) {
    await tools.jobs.startNight(companyId, day);
    tools.log.info('night_started', { companyId, day });
  }
  for (const { companyId, unscored, importId } of await listToCatchUp(tools.database)) {
    if (importId !== null) await tools.jobs.enqueue({ type: 'import', companyId, importId });
    if (unscored) await tools.jobs.enqueue({ type: 'feed', companyId });
  }
}

/** Scores what is unscored and brings the live object up to date. */
export async function catchUp(ctx: TenantContext): Promise<void> {
  await scorePending(ctx, await requireState(ctx), await readUnscored(ctx));
  await feedLive(ctx);
}
