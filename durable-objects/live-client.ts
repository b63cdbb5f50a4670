/** A tenant's live figures and open pages as operations know them, and the door through which a socket comes in. */
import { AppError } from '#core/errors';
import type { LivePort } from '#worker/ports';
import type { LiveHub } from './live-hub.ts';
import { parseTicket } from './live-tickets.ts';
import { reach } from './reach.ts';
import type { TenantAggregates } from './tenant-aggregates.ts';

export interface LiveNamespaces {
  TENANT_AGGREGATES: DurableObjectNamespace<TenantAggregates>;
  LIVE_HUB: DurableObjectNamespace<LiveHub>;
}

export interface LiveClient extends LivePort {
  /** Says goodbye to the open pages of a holder of tickets (a session, a key) and voids the tickets. */
  disconnect(holder: string): Promise<void>;
}

/** @throws AppError `unavailable` from every method when the object cannot be reached */
export function livePort(namespaces: LiveNamespaces, companyId: string): LiveClient {
  const aggregates = () => namespaces.TENANT_AGGREGATES.getByName(companyId);
  const hub = () => namespaces.LIVE_HUB.getByName(companyId);
  return {
    position: () => reach(async () => await aggregates().position(companyId)),
    apply: (feed, changed) => reach(async () => await aggregates().apply(companyId, feed, changed)),
    snapshot: () => reach(async () => await aggregates().snapshot(companyId)),
    customers: () => reach(async () => await aggregates().customers()),
    reset: () => reach(async () => { await aggregates().reset(companyId); }),
    publish: (messages) => reach(async () => { await hub().publish(messages); }),
    issueTicket: (holder) => reach(async () => await hub().issueTicket(companyId, holder)),
    disconnect: (holder) => reach(async () => { await hub().disconnect(holder); }),
  };
}

/**
 * Hands a socket request with `?ticket=` to the hub of the company the ticket names.
 * @throws AppError `unauthenticated` for what cannot be a ticket; the hub answers 401 to one that is unknown, used or old
 */
export async function openLiveSocket(namespace: DurableObjectNamespace<LiveHub>, request: Request): Promise<Response> {
  const ticket = parseTicket(new URL(request.url).searchParams.get('ticket'));
  if (ticket === null) throw new AppError('unauthenticated', 'The socket needs a ticket from POST /api/v1/live/tickets.');
  return await namespace.getByName(ticket.companyId).fetch(request);
}
