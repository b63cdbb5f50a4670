/** Opening the live socket: a ticket for who is asking; from here on the page hears of every change. */
import type { TenantContext } from '#worker/ports';
import { lookAtFigures } from './looks.ts';
import { requirePermission } from './permissions.ts';

/** Single use, 30 seconds. */
export async function issueLiveTicket(ctx: TenantContext): Promise<{ ticket: string }> {
  requirePermission(ctx, 'live:read');
  await lookAtFigures(ctx);
  const { actor } = ctx;
  const holder = actor.kind === 'user' ? actor.sessionId : actor.kind === 'api_key' ? actor.keyId : actor.kind;
  return { ticket: await ctx.live.issueTicket(holder) };
}
