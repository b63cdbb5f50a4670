/** Days that come back every year. */
import { z } from 'zod';
import { keysTo, type Definition, type Field } from './condition.ts';

/** Under a year: the anniversary that is looked for is the next one. */
const MAX_DAYS = 364;
const days = z.number({ error: 'Write a number of days' }).int({ error: 'Write whole days' }).min(0, { error: 'Write 0 for today, or more' }).max(MAX_DAYS, { error: `Write at most ${MAX_DAYS}` });
const DAYS: Field = { kind: 'whole', name: 'days', label: 'in at most so many days', min: 0, max: MAX_DAYS, word: null };

const OF = ['first_order', 'acquired_on', 'known_since'] as const;

export interface AnniversaryCondition {
  is: 'anniversary';
  of: (typeof OF)[number];
  days: number;
}

export const anniversary: Definition<AnniversaryCondition> = {
  id: 'anniversary', label: 'Anniversary', group: 'Profile', phrase: ['anniversary', 'of', '<of>', 'in', '<days>', 'days'],
  description: 'Whether an anniversary is today or in the next days, such as that of the first order.', example: 'anniversary of first_order in 7 days',
  fields: [
    { kind: 'choice', name: 'of', label: 'of', choices: { given: [{ value: 'first_order', label: 'the first order' }, { value: 'acquired_on', label: 'the acquisition' }, { value: 'known_since', label: 'the day we first heard of her' }] }, word: null, isOptional: false },
    DAYS,
  ],
  schema: z.strictObject({ is: z.literal('anniversary'), of: z.enum(OF, { error: `Use one of ${OF.join(', ')}` }), days }),
  toTerm: ({ of, days: ahead }) => ({ t: 'anniversary', of: { name: of }, days: ahead }),
};

export interface AttributeAnniversaryCondition {
  is: 'attribute.anniversary';
  /** Holds a day: 1990-05-17. */
  attribute: string | string[];
  days: number;
}

export const attributeAnniversary: Definition<AttributeAnniversaryCondition> = {
  id: 'attribute.anniversary', label: 'Anniversary of an attribute', group: 'Profile', phrase: ['anniversary', 'of', 'attribute', '<attribute>', 'in', '<days>', 'days'],
  description: 'Whether the anniversary of a day among the custom attributes, such as a birthday, is today or in the next days.', example: 'anniversary of attribute "birthday" in 7 days',
  fields: [{ kind: 'choice', name: 'attribute', label: 'Attribute', choices: { data: 'attributes' }, word: null, isOptional: false }, DAYS],
  schema: z.strictObject({ is: z.literal('attribute.anniversary'), attribute: keysTo('Write the name of the attribute'), days }),
  toTerm: ({ attribute, days: ahead }) => ({ t: 'anniversary', of: { path: [attribute].flat() }, days: ahead }),
};
