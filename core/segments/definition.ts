/** What a segment is by its kind. A new kind is a line here and one in worker/operations/segment-plan.ts. */
import { z } from 'zod';
import { centroids } from '#core/clustering/nearest';
import { isDiscoveryFeature } from '#core/discovery/features';
import { filter } from './filter.ts';
import { readsOf, type Reads } from './reads.ts';

/** Members are nearest to their cluster's centre in each of these, from the outside in, and match the filter. */
const clusterDefinition = z.strictObject({
  kind: z.literal('cluster'), filter,
  nested: z.array(centroids.safeExtend({ label: z.int().min(0) })
    .refine(({ centres, label }) => label < centres.length, 'There is no such centre')
    .refine(({ steps }) => steps.every(({ name }) => isDiscoveryFeature(name)), 'Only features that discovery knows')).min(1).max(5),
});
export type ClusterDefinition = z.infer<typeof clusterDefinition>;

export const segmentDefinition = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('rule'), filter }),
  clusterDefinition,
]);
export type SegmentDefinition = z.infer<typeof segmentDefinition>;

/** What a definition reads of a customer. */
export function readsOfDefinition(definition: SegmentDefinition): Reads {
  const reads = readsOf(definition.filter);
  return definition.kind === 'rule' ? reads : { ...reads, statistics: true, scores: true, calendar: true };
}

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
  if (kind.startsWith('list:')) return reads.lists.has(kind.slice('list:'.length));
  return true;
}
