/** A young shop learns as it grows: while somebody looks it is fitted at 1, 2, 4, 8 … customers, else at night. */
import { claimGrowth } from '#data/looks';
import type { TenantContext } from '#worker/ports';

/** What a growing shop brings within half a minute is fitted together; from 2,000 customers on the night is soon enough. */
const RULE = { grownUp: 2_000, apart: 30, lostAfter: 600 };

/** Asks for a fit when there is none yet, or when customers have doubled since: once a step, however many look. */
export async function fitWhenGrown(ctx: TenantContext): Promise<void> {
  const delay = await claimGrowth(ctx.db, RULE);
  if (delay !== null) await ctx.jobs.enqueue({ type: 'refit', companyId: ctx.companyId, growing: true }, Math.ceil(delay));
}
