/** Filters in the API's document: every condition's schema, made from the registry that reads, prints and draws them. */
import { z } from 'zod';
import { assertNever } from '#core/errors';
import type { Choices, Definition, Field } from '#core/segments/conditions/condition';
import { CONDITIONS } from '#core/segments/conditions/registry';
import type { Condition } from '#core/segments/conditions/registry';
import { MAX_CONDITIONS, MAX_DEPTH } from '#core/segments/filter';
import type { Unit } from '#core/segments/numbers';
import { parseFilter } from '#core/segments/text';

type JsonSchema = Record<string, unknown>;

const jsonSchema = z.looseObject({ properties: z.record(z.string(), z.record(z.string(), z.unknown())) });

/** A segment that examples name. */
const EXAMPLE_SEGMENT = { id: '0198c0de-0000-7000-8000-000000000001', name: 'VIP' };

const reference = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });
const nameOf = (id: string): string => `Condition.${id}`;

const GROUP = { type: 'object', additionalProperties: false } as const;
const several = { type: 'array', minItems: 1, items: reference('Filter') };

let made: Record<string, JsonSchema> | null = null;

/** By name in `#/components/schemas`: `Filter`, `Condition` and each condition of the registry. */
export function filterSchemas(): Record<string, JsonSchema> {
  made ??= {
    Filter: {
      description: `A tree over conditions: at most ${String(MAX_CONDITIONS)} of them, ${String(MAX_DEPTH)} levels deep. Amounts of money are in whole units of the company’s currency, shares lie between 0 and 1; a comparison with what is not known fails`,
      oneOf: [
        { ...GROUP, title: 'All hold', required: ['all'], properties: { all: several } },
        { ...GROUP, title: 'At least one holds', required: ['any'], properties: { any: several } },
        { ...GROUP, title: 'Does not hold', required: ['not'], properties: { not: reference('Filter') } },
        reference('Condition'),
      ],
      examples: [{ all: [{ is: 'orders.total', op: 'gt', value: 200 }, { is: 'last_order', op: 'more_than', days: 60 }] }],
    },
    Condition: {
      description: 'One of the conditions that there are, told by "is"',
      oneOf: CONDITIONS.map(({ id }) => reference(nameOf(id))),
      discriminator: { propertyName: 'is', mapping: Object.fromEntries(CONDITIONS.map(({ id }) => [id, `#/components/schemas/${nameOf(id)}`])) },
    },
    ...Object.fromEntries(CONDITIONS.map((definition) => [nameOf(definition.id), conditionSchema(definition)])),
  };
  return made;
}

function conditionSchema({ id, label, group, description, example, fields, schema }: Definition<Condition>): JsonSchema {
  const { $schema: _, ...read } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const { properties, ...rest } = jsonSchema.parse(read);
  const words = new Map(fields.flatMap((field) => Object.entries(wordsOf(field))));
  const choices = fields.flatMap((field) => (field.kind === 'text' && field.choices !== null && 'given' in field.choices ? field.choices.given.map((one) => one.value) : []));
  const parsed = parseFilter(example, new Map([[EXAMPLE_SEGMENT.id, EXAMPLE_SEGMENT.name]]));
  if (!parsed.ok) throw new Error(`The example of ${id} does not read: ${parsed.message}`);
  return {
    ...rest, title: `${group}: ${label}`, description: `${description} In words: ${example}`, examples: [parsed.filter],
    properties: Object.fromEntries(Object.entries(properties).map(([name, property]) => {
      const said = words.get(name);
      return [name, { ...(name === 'value' && choices.length > 0 ? oneOrSeveral(choices) : property), ...(said !== undefined && { description: said }) }];
    })),
  };
}

const oneOrSeveral = (choices: readonly string[]): JsonSchema => ({ anyOf: [{ type: 'string', enum: choices }, { type: 'array', minItems: 1, items: { type: 'string', enum: choices } }] });

const UNIT_WORDS: Readonly<Record<Unit, string>> = { count: 'A whole number', money: 'Whole units of the company’s currency', share: 'A share between 0 and 1', score: 'A score from 1 to 5', number: 'A number' };
const NOTHING = 'nothing for known and unknown';
const ONE_UNIT = 'one of hours, days and weeks';

/** What an editor says beside a field, by the properties that it sets. */
function wordsOf(field: Field): Record<string, string> {
  switch (field.kind) {
    case 'number': return { value: `${UNIT_WORDS[field.unit]}; the lower and the higher for between, ${NOTHING}` };
    case 'text': return { value: `A text, whatever its case; a list for in and not_in, ${NOTHING}${choiceWords(field.choices)}` };
    case 'day': return { value: `A day as YYYY-MM-DD of the company’s calendar; two for between, a number of days for last, next and older, ${NOTHING}` };
    case 'age': return { op: 'Younger than so long (within) or older (more_than)', hours: `How long: ${ONE_UNIT}`, days: `How long: ${ONE_UNIT}`, weeks: `How long: ${ONE_UNIT}` };
    case 'json': return { value: `Its type says what is compared: text, number, true or false, a day as YYYY-MM-DD with on, before and after; ${NOTHING}` };
    case 'span': return { [field.name]: `${field.label}: ${ONE_UNIT}` };
    case 'whole': return { [field.name]: `${field.label}, ${String(field.min)} to ${String(field.max)}` };
    case 'choice': return { [field.name]: `${field.label}${choiceWords(field.choices)}` };
    case 'calendar_day': return { [field.name]: `${field.label}, YYYY-MM-DD, which is included` };
    case 'segment': return { [field.name]: `${field.label}: the id of a segment${field.of === 'lists' ? ' that was made of a list' : ''}` };
    case 'properties': return { [field.name]: `${field.label}: all of these tests hold of the event` };
    default: return assertNever(field);
  }
}

/** Where the values are to be found. */
function choiceWords(choices: Choices): string {
  return choices !== null && 'data' in choices ? `; what the company’s own data has is under ${choices.data} of GET /segments/choices` : '';
}
