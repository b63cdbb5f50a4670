/** Membership of other segments, and places among all customers. */
import { z } from 'zod';
import { NUMBER_NAMES, NUMBERS, type NumberName } from '../numbers.ts';
import type { Definition } from './condition.ts';

export interface SegmentCondition {
  is: 'segment';
  id: string;
}

export const segment: Definition<SegmentCondition> = {
  id: 'segment', label: 'In a segment', group: 'Segments', phrase: ['in', 'segment', '<id>'], fields: [{ kind: 'segment', name: 'id', label: 'Segment' }],
  description: 'Whether somebody is in another segment.',
  schema: z.strictObject({ is: z.literal('segment'), id: z.uuid({ error: 'Write the id of a segment' }).transform((id) => id.toLowerCase()) }),
  toTerm: ({ id }) => ({ t: 'member', segment: id }),
};

export interface PercentileCondition {
  is: 'percentile';
  side: 'top' | 'bottom';
  /** More than 0 and less than 100. */
  percent: number;
  of: NumberName;
}

const NAMES = NUMBER_NAMES.map((value) => ({ value, label: NUMBERS[value].label }));
const [FIRST, ...REST] = NUMBER_NAMES;

export const percentile: Definition<PercentileCondition> = {
  id: 'percentile', label: 'Among the top or bottom', group: 'Segments', phrase: ['<side>', '<percent>', '%', 'by', '<of>'],
  description: 'Whether somebody is among the top or bottom so many per cent of all customers who have ordered, by any number. The line between is drawn each night.',
  fields: [
    { kind: 'choice', name: 'side', label: 'Side', choices: { given: [{ value: 'top', label: 'top' }, { value: 'bottom', label: 'bottom' }] }, word: null, isOptional: false },
    { kind: 'whole', name: 'percent', label: 'per cent', min: 1, max: 99, word: null },
    { kind: 'choice', name: 'of', label: 'by', choices: { given: NAMES }, word: null, isOptional: false },
  ],
  schema: z.strictObject({
    is: z.literal('percentile'), side: z.enum(['top', 'bottom'], { error: 'Use top or bottom' }),
    percent: z.number({ error: 'Write a whole number of per cent' }).int({ error: 'Write a whole number of per cent' }).min(1, { error: 'Write 1 to 99' }).max(99, { error: 'Write 1 to 99' }),
    of: z.enum([FIRST, ...REST], { error: `Use one of ${NUMBER_NAMES.join(', ')}` }),
  }),
  toTerm: ({ side, percent, of }) => ({ t: 'percentile', side, at: { number: of, percent: side === 'top' ? 100 - percent : percent } }),
};
