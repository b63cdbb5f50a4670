/** What a segment is by its kind. A new kind is a line here and one in worker/operations/segment-plan.ts. */
import { z } from 'zod';
import { filter } from './filter.ts';
import type { Reads } from './reads.ts';

export const segmentDefinition = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('rule'), filter }),
]);
export type SegmentDefinition = z.infer<typeof segmentDefinition>;

/** What a deed must be of to matter to a segment: `segments.reads`. Deeds are named alike in worker/data/segment-touches.ts. */
export function readTags(reads: Reads): string[] {
  return [
    ...(reads.profile || reads.attributes.size > 0 ? ['profile'] : []),
    ...(readsSales(reads) ? ['orders'] : []),
    ...[...reads.eventTypes].map((type) => `event:${type}`),
    ...(reads.calendar ? ['calendar'] : []),
  ];
}

function readsSales(reads: Reads): boolean {
  return reads.orders || reads.items || reads.statistics || reads.scores || reads.percentiles.length > 0;
}

/** Whether a deed of this kind can change who is in. An order also fills gaps of a profile. */
export function concerns(kind: string, reads: Reads): boolean {
  if (kind === 'order') return readsSales(reads) || reads.profile || reads.attributes.size > 0;
  if (kind === 'profile') return reads.profile || reads.attributes.size > 0;
  if (kind.startsWith('event:')) return reads.eventTypes.has(kind.slice('event:'.length));
  return true;
}
