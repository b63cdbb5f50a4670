/** Shapes of segments in answers and bodies. */
import { z } from '@hono/zod-openapi';
import { filter } from '#core/segments/filter';
import type { SegmentOverlap } from '#operations/segment-overlap';
import type { SegmentPreview } from '#operations/segment-preview';
import { segmentRestoreSchema } from '#operations/segments';
import type { SegmentChangeRow, SegmentMemberRow, SegmentView, StandingRow } from '#operations/segment-views';
import { money, toMoney, toMoneyOrNull } from './shapes.ts';

/** By name: what it refers to is made from the registry of conditions (filter-schema.ts). */
export const filterShape = filter.openapi('Filter', { type: 'object' });
const filterOut = z.unknown().openapi('Filter', { type: 'object' });
export const textShape = z.string().max(20_000).openapi({ description: 'The same in words, instead of `filter`', example: 'orders.total > 200 and last_order more_than 60 days' });

export const segmentShape = z.object({
  id: z.string(), name: z.string(), description: z.string(), kind: z.string(), filter: filterOut, text: z.string().openapi({ description: 'The filter in words' }),
  nearest: z.array(z.object({ groups: z.int(), centre: z.array(z.object({ feature: z.string(), value: z.number() })) })).nullable()
    .openapi({ description: 'Kind cluster: the centres that members are nearest to, among so many, from the outermost group in; money in whole units. Null for a rule' }),
  status: z.enum(['live', 'paused', 'archived']), origin: z.string(),
  folder: z.string().nullable().openapi({ description: 'Null: in none' }), tags: z.array(z.string()), members: z.int(),
  isEvaluated: z.boolean().openapi({ description: 'False while members are still being found' }), evaluatedAt: z.string().nullable(),
  createdAt: z.string(), createdBy: z.string().nullable(), updatedAt: z.string(), updatedBy: z.string().nullable(),
}).openapi('Segment');

export function segmentOut(view: SegmentView, text: string): z.infer<typeof segmentShape> {
  return { ...view, text };
}

export const unknownShape = z.object({ count: z.int(), first: z.array(z.string()).openapi({ description: 'At most twenty' }) }).openapi({ description: 'Names that lead to nobody; they are not kept' });

export const listEntryShape = z.object({
  id: z.string(), externalId: z.string(), name: z.string().nullable(), email: z.string().nullable(),
  addedAt: z.string().nullable().openapi({ description: 'Null where it was not kept' }), addedBy: z.string().nullable(),
});

export const listChangeShape = z.object({
  segment: segmentShape, names: z.int().openapi({ description: 'Read, each once' }), unknown: unknownShape,
  changed: z.int().openapi({ description: 'Who was put on the list, or taken off it' }), unchanged: z.int().openapi({ description: 'Who stood on it already, or did not' }),
}).openapi('ListChange');

export const restoreShape = segmentRestoreSchema.openapi('SegmentRestore');

const fidelity = z.object({
  precision: z.number().nullable().openapi({ description: 'Of those the rule names, how many are in the group; null when it names nobody' }), recall: z.number().openapi({ description: 'Of the group, how many it names' }),
  agreement: z.number(), named: z.int(),
});
export const clusterRuleShape = z.object({
  filter: filterOut, text: z.string(),
  learned: z.object({ customers: z.int().openapi({ description: 'From whom it was learned' }), fidelity }).nullable().openapi({ description: 'Null where the segment is this rule already' }),
}).openapi('ClusterRule');

export const closenessShape = z.array(z.object({
  holds: z.boolean().openapi({ description: 'Whether the group’s centre is the nearest' }), distance: z.number(), otherDistance: z.number().openapi({ description: 'To the nearest of the other centres' }), otherLabel: z.int(),
  features: z.array(z.object({
    name: z.string(), value: z.number().openapi({ description: 'Hers; money in whole units' }), centre: z.number(), other: z.number(), share: z.number().openapi({ description: 'Of the squared distance to the group’s centre' }),
    turnsAt: z.object({ value: z.number(), atLeast: z.boolean() }).nullable().openapi({ description: 'What it alone would have to become for her to enter, or where she leaves; null where it alone cannot' }),
  })).openapi({ description: 'What turns it soonest first' }),
})).nullable().openapi({ description: 'Kind cluster: how close a call it is, as of now, from the outermost group in. Null for a rule, and of somebody who has not bought' });

const cause = z.object({
  kind: z.string().openapi({ description: 'order, event, profile, time, score, night, edit, list, segment or merge' }), what: z.string().nullable(),
  by: z.string().nullable().optional().openapi({ description: 'Of kind list: who put the customer on it or took them off; what is the list’s id then' }),
});

export const memberShape = z.object({
  id: z.string(), externalId: z.string(), name: z.string().nullable(), email: z.string().nullable(), since: z.string(),
  score: z.number().nullable().openapi({ description: 'A distance or probability, where the segment has one' }), stage: z.string().nullable(), orders: z.int(), lastDay: z.string().nullable(),
  pAlive: z.number().nullable(), historicalValue: money, predictedValue: money, totalValue: money,
});

export function memberOut(row: SegmentMemberRow, currency: string): z.infer<typeof memberShape> {
  return { ...row, historicalValue: toMoney(row.historicalValue, currency), predictedValue: toMoney(row.predictedValue, currency), totalValue: toMoney(row.totalValue, currency) };
}

export const changeShape = z.object({
  seq: z.int().openapi({ description: 'Rises with every change of the company’s books' }), customerId: z.string(), name: z.string().nullable(), change: z.enum(['entered', 'left']),
  at: z.string().openapi({ description: 'The instant that made it so' }), recordedAt: z.string(), cause,
});

export const changeOut = ({ seq, customerId, name, change, at, recordedAt, cause: why }: SegmentChangeRow): z.infer<typeof changeShape> => ({ seq, customerId, name, change, at, recordedAt, cause: why });

export const standingShape = z.object({ change: z.enum(['entered', 'left']), at: z.string(), recordedAt: z.string(), cause }).nullable();
export type Standing = StandingRow | null;

const part = { customers: z.int(), value: money };
export const previewShape = z.object({
  count: z.int(), exact: z.boolean().openapi({ description: 'False: an estimate; ask with exact for the count itself' }),
  range: z.object({ low: z.int(), high: z.int() }).nullable().openapi({ description: 'Of an estimate: in 95 of 100 such samples the count lies between these, both included' }), tookMs: z.number(), customers: z.int().openapi({ description: 'All there are' }), value: money,
  sample: z.array(z.object({ id: z.string(), name: z.string().nullable(), email: z.string().nullable(), externalId: z.string(), stage: z.string().nullable(), totalValue: money })),
  breakdown: z.object({
    lifecycle: z.array(z.object({ stage: z.string().nullable(), ...part })), rfm: z.array(z.object({ group: z.string().nullable(), ...part })),
    value: z.array(z.object({ from: money.nullable().openapi({ description: 'Total value from here on; null: worth nothing so far' }), ...part })),
  }),
}).openapi('SegmentPreview');

export function previewOut({ count, exact, range, tookMs, currency, customers, value, sample, stages, rfm, bands }: SegmentPreview): z.infer<typeof previewShape> {
  const partOf = (one: { n: number; value: number }) => ({ customers: one.n, value: toMoney(one.value, currency) });
  return {
    count, exact, range, tookMs, customers, value: toMoney(value, currency), sample: sample.map((one) => ({ ...one, totalValue: toMoney(one.totalValue, currency) })),
    breakdown: {
      lifecycle: stages.map((one) => ({ stage: one.stage, ...partOf(one) })), rfm: rfm.map((one) => ({ group: one.group, ...partOf(one) })),
      value: bands.map((one) => ({ from: one.from === null ? null : toMoney(one.from, currency), ...partOf(one) })),
    },
  };
}

const side = z.object({
  predictedValue: money, medianValue: money.nullable().openapi({ description: 'Of total value' }), pAlive: z.number().nullable().openapi({ description: 'Mean over those who have bought, as is churn' }), churn: z.number().nullable(),
  ordersPerCustomer: z.number(), buyers: z.int(), daysSinceLastOrder: z.number().nullable().openapi({ description: 'Median' }),
});
const ofBoth = z.tuple([z.int(), z.int()]);
export const overlapShape = z.object({
  segments: z.array(z.object({ id: z.string(), name: z.string(), status: z.enum(['live', 'paused']), isEvaluated: z.boolean().openapi({ description: 'False while members are still being found' }), ...part, customers: z.int().openapi({ description: 'Members' }) })),
  customers: z.int().openapi({ description: 'In any of them' }), value: money,
  intersections: z.array(z.object({ in: z.array(z.string()), notIn: z.array(z.string()), ...part, filter: filterOut })).openapi({ description: 'Every way of being in some and not in others that somebody is in, the largest first: each customer counts once' }),
  pair: z.object({
    both: z.int(), jaccard: z.number().nullable().openapi({ description: 'Of those in either, the share in both; null where nobody is in either' }), sides: z.tuple([side, side]),
    lifecycle: z.array(z.object({ stage: z.string().nullable(), customers: ofBoth })), rfm: z.array(z.object({ group: z.string().nullable(), customers: ofBoth })),
  }).nullable().openapi({ description: 'Of exactly two, in their order' }),
}).openapi('SegmentOverlap');

export function overlapOut({ currency, segments, customers, value, intersections, pair }: SegmentOverlap): z.infer<typeof overlapShape> {
  const sideOut = ({ predicted, medianValue, pAlive, churn, orders, buyers, daysSince }: NonNullable<SegmentOverlap['pair']>['sides'][0]): z.infer<typeof side> => ({
    predictedValue: toMoney(predicted, currency), medianValue: toMoneyOrNull(medianValue === null ? null : Math.round(medianValue), currency), pAlive, churn, ordersPerCustomer: orders, buyers, daysSinceLastOrder: daysSince,
  });
  return {
    segments: segments.map(({ members, ...one }) => ({ ...one, customers: members, value: toMoney(one.value, currency) })), customers, value: toMoney(value, currency),
    intersections: intersections.map((one) => ({ ...one, value: toMoney(one.value, currency) })),
    pair: pair === null ? null : { both: pair.both, jaccard: pair.jaccard, sides: [sideOut(pair.sides[0]), sideOut(pair.sides[1])], lifecycle: pair.stages, rfm: pair.rfm },
  };
}
