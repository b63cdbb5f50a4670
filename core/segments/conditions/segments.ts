/** Membership of other segments. */
import { z } from 'zod';
import type { Definition } from './condition.ts';

export interface SegmentCondition {
  is: 'segment';
  id: string;
}

export const segment: Definition<SegmentCondition> = {
  id: 'segment', label: 'In a segment', group: 'Segments', phrase: ['in', 'segment', '<id>'], fields: [{ kind: 'segment', name: 'id', label: 'Segment' }],
  description: 'Whether somebody is in another segment.', example: 'in segment "VIP"',
  schema: z.strictObject({ is: z.literal('segment'), id: z.uuid({ error: 'Write the id of a segment' }).transform((id) => id.toLowerCase()) }),
  toTerm: ({ id }) => ({ t: 'member', segment: id }),
};
