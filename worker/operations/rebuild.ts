/** Derives everything of a tenant anew from the raw rows, fits, and scores everyone. */
import { reopenEventDays } from '#data/event-metrics';
import { rebuildTenant } from '#data/rebuild';
import type { TenantContext } from '#worker/ports';
import { feedLive } from './live-feed.ts';
import { fitModel, rescoreAll } from './models.ts';
import type { FitCause } from './models.ts';

/** Old figures serve until each step has committed. Safe to repeat. */
export async function rebuild(ctx: TenantContext, cause: FitCause): Promise<void> {
  await rebuildTenant(ctx.db);
  await reopenEventDays(ctx.db);
  await fitModel(ctx, cause);
  await rescoreAll(ctx);
  await feedLive(ctx);
  await ctx.jobs.enqueue({ type: 'metrics', companyId: ctx.companyId });
}
