/** Dead letters in plain words. */
import { sourceName } from '#core/commerce/source-name';
import type { DeadLetterView } from '#operations/dead-letters';

const DOORS: Record<string, string> = { webhook: 'sent by the platform', api: 'sent through the API', import: 'from a file', history: 'read from the platform’s history' };

/** Where it came from. */
export function cameFrom({ door, source }: Pick<DeadLetterView, 'door' | 'source'>): string {
  const name = { api: 'Your own systems', file: 'A file' }[source] ?? sourceName(source);
  return door === 'api' ? 'Your own systems, through the API' : `${name}, ${DOORS[door] ?? door}`;
}

const KINDS: Record<string, string> = { order: 'order', refund: 'refund', customer: 'customer profile', subscription: 'subscription', event: 'event', payment_link: 'payment link', merge: 'merge', privacy: 'privacy request' };

/** "1 order: #1001" */
export function recordWords(records: readonly { kind: string; externalId: string; label: string | null }[]): string {
  if (records.length === 0) return 'nothing: this event asks nothing of us';
  return records.map(({ kind, externalId, label }) => `${KINDS[kind] ?? kind} ${label ?? externalId}`).join(', ');
}

export function resolutionWords({ resolution }: Pick<DeadLetterView, 'resolution'>): string {
  return resolution === 'replayed' ? 'Taken' : resolution === 'discarded' ? 'Set aside' : resolution === 'erased' ? 'Erased' : 'Waits for you';
}
