/** Membership of other segments, and of lists that somebody brought. */
import { z } from 'zod';
import type { Definition } from './condition.ts';

export interface SegmentCondition {
  is: 'segment';
  id: string;
}

export const segment: Definition<SegmentCondition> = {
  id: 'segment', label: 'In a segment', group: 'Segments', phrase: ['in', 'segment', '<id>'], fields: [{ kind: 'segment', name: 'id', label: 'Segment', of: 'segments' }],
  description: 'Whether somebody is in another segment.', example: 'in segment "VIP"',
  schema: z.strictObject({ is: z.literal('segment'), id: z.uuid({ error: 'Write the id of a segment' }).transform((id) => id.toLowerCase()) }),
  toTerm: ({ id }) => ({ t: 'member', segment: id }),
};

export interface ListCondition {
  is: 'list';
  /** Of the segment that the list was brought for. */
  id: string;
}

export const list: Definition<ListCondition> = {
  id: 'list', label: 'On an uploaded list', group: 'Segments', phrase: ['on', 'list', '<id>'], fields: [{ kind: 'segment', name: 'id', label: 'List', of: 'lists' }],
  description: 'Whether somebody stands on the list that was uploaded as this segment, whatever has become of the segment since.', example: 'on list "VIP"',
  schema: z.strictObject({ is: z.literal('list'), id: z.uuid({ error: 'Write the id of a segment that was made of a list' }).transform((id) => id.toLowerCase()) }),
  toTerm: ({ id }) => ({ t: 'listed', list: id }),
};
