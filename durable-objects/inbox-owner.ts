/** Whose inbox it is: its name among the objects, and how it is read back from storage. */
import { z } from 'zod';
import { assertNever } from '#core/errors';
import type { InboxOwner } from '#worker/ports';

const ownerSchema: z.ZodType<InboxOwner> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('integration'), companyId: z.string(), integrationId: z.string(), platform: z.string() }),
  z.object({ kind: z.literal('api'), companyId: z.string() }),
  z.object({ kind: z.literal('events'), companyId: z.string(), sourceId: z.string() }),
]);

export function parseOwner(text: string): InboxOwner {
  return ownerSchema.parse(JSON.parse(text));
}

export function inboxName(owner: InboxOwner): string {
  switch (owner.kind) {
    case 'integration': return `integration:${owner.integrationId}`;
    case 'api': return `api:${owner.companyId}`;
    case 'events': return `events:${owner.sourceId}`;
    default: return assertNever(owner);
  }
}
