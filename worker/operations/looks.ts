/**
 * Somebody looks at a company. Most companies nobody looks at, most of the time: nobody fits them as they grow, and their
 * live object sleeps. From the first look on whoever writes feeds it, until a quarter of an hour after the last.
 */
import { keepLook } from '#data/looks';
import type { TenantContext } from '#worker/ports';
import { fitWhenGrown } from './growth.ts';
import { TimedMap } from './isolate-memory.ts';
import { feedLive } from './live-feed.ts';
import { catchUp } from './scoring.ts';

/** A third of what a look counts. */
const KNOWN_SECONDS = 300;
/** Pages of the live feed that a first look waits for: what small batches brought since the night fits one. */
const PAGES_AT_ONCE = 5;

/** Companies whose look this isolate has kept, and those whose live object was up to date after it did. */
const known = new TimedMap<true>();
const fed = new TimedMap<true>();

/** Before live figures are read: they are up to date when this is over. */
export async function lookAtFigures(ctx: TenantContext): Promise<void> {
  const { companyId } = ctx;
  if (fed.get(companyId, ctx.clock.now()) === true) return;
  const wasFed = await keepLook(ctx.db);
  // Also where writers feed already: whoever looked first may still be at it.
  await feedLive(ctx, PAGES_AT_ONCE);
  if (!wasFed) await fitWhenGrown(ctx);
  for (const memory of [known, fed]) memory.set(companyId, true, KNOWN_SECONDS, ctx.clock.now());
}

/** For what is read from the books alone: a job does the rest. Should its bell be lost, the next look rings again. */
export async function lookAtBooks(ctx: TenantContext): Promise<void> {
  if (known.get(ctx.companyId, ctx.clock.now()) === true) return;
  if (!(await keepLook(ctx.db))) await ctx.jobs.enqueue({ type: 'feed', companyId: ctx.companyId, looked: true });
  known.set(ctx.companyId, true, KNOWN_SECONDS, ctx.clock.now());
}

/** The job of a look, also of one that goes on: a page stays open. */
export async function lookOn(ctx: TenantContext): Promise<void> {
  await keepLook(ctx.db);
  await catchUp(ctx);
  await fitWhenGrown(ctx);
}
