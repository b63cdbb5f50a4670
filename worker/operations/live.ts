/** Opening the live socket: a ticket for who is asking. */
import type { TenantContext } from '#worker/ports';
import { requirePermission } from './permissions.ts';

/** Single use, 30 seconds. */
export async function issueLiveTicket(ctx: TenantContext): Promise<{ ticket: string }> {
  requirePermission(ctx, 'live:read');
  const { actor } = ctx;
  const holder = actor.kind === 'user' ? actor.sessionId : actor.kind === 'api_key' ? actor.keyId : actor.kind;
  return { ticket: await ctx.live.issueTicket(holder) };
}
