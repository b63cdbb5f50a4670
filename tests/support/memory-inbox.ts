/** An inbox in memory that hands out what waits, oldest first, until it is finished: as the real one does. */
import type { InboxOwner, PulledDelivery, TenantContext } from '#worker/ports';

export function memoryInbox(owner: InboxOwner, deliveries: readonly PulledDelivery[], perPull: number): TenantContext['inbox'] {
  const unused = (): never => { throw new Error('not part of this test'); };
  const waiting = [...deliveries];
  return {
    append: unused, recent: unused, stats: unused, trace: unused, forget: unused, waitingBodies: unused,
    remember: async () => undefined,
    recall: async () => null,
    pull: async () => (waiting.length === 0 ? null : { leaseId: 'l', owner, deliveries: waiting.slice(0, perPull) }),
    finish: async (_, __, outcomes) => {
      const gone = new Set(outcomes.map((o) => o.position));
      waiting.splice(0, waiting.length, ...waiting.filter((d) => !gone.has(d.position)));
      return waiting.length > 0;
    },
    release: async () => undefined,
  };
}
