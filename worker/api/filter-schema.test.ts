/** What the API's document says of filters is what the registry takes. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createRandom, pick } from '#core/math/random';
import { CONDITIONS } from '#core/segments/conditions/registry';
import { randomCondition } from '../../tests/support/segment-trees.ts';
import { filterSchemas } from './filter-schema.ts';

const schemas = filterSchemas();
const schemaOf = (id: string) => z.looseObject({
  title: z.string(), description: z.string(), examples: z.tuple([z.unknown()]), additionalProperties: z.literal(false), properties: z.record(z.string(), z.looseObject({ description: z.string().optional(), enum: z.array(z.string()).optional() })),
}).parse(schemas[`Condition.${id}`]);
const takes = (id: string) => {
  const read = z.fromJSONSchema(schemaOf(id));
  return (value: unknown): boolean => read.safeParse(value).success;
};

it('has every condition of the registry, and no other', () => {
  expect(Object.keys(schemas)).toEqual(['Filter', 'Condition', ...CONDITIONS.map(({ id }) => `Condition.${id}`)]);
  const { oneOf, discriminator } = z.object({ oneOf: z.array(z.unknown()), discriminator: z.object({ mapping: z.record(z.string(), z.string()) }) }).parse(schemas['Condition']);
  expect(oneOf).toHaveLength(CONDITIONS.length);
  expect(discriminator.mapping).toEqual(Object.fromEntries(CONDITIONS.map(({ id }) => [id, `#/components/schemas/Condition.${id}`])));
});

describe.each(CONDITIONS.map((one) => [one.id, one] as const))('%s', (id, definition) => {
  const { title, description, examples: [example], properties } = schemaOf(id), isTaken = takes(id);

  it('is named, shown and told field by field as in the registry', () => {
    expect([title, description]).toEqual([`${definition.group}: ${definition.label}`, `${definition.description} In words: ${definition.example}`]);
    expect([definition.schema.safeParse(example).success, isTaken(example)]).toEqual([true, true]);
    for (const field of definition.fields) {
      if ('ops' in field) expect(properties['op']?.enum).toEqual(field.ops);
      for (const name of 'name' in field ? [field.name] : field.kind === 'age' ? ['hours', 'days', 'weeks'] : ['value']) expect(properties[name]?.description, name).toBeTruthy();
    }
  });

  it('takes what its own schema takes, and refuses nothing but what that refuses', () => {
    const random = createRandom(`schema ${id}`);
    for (let round = 0; round < 20; round++) {
      const condition = randomCondition(random, definition, { segments: ['0198c0de-0000-7000-8000-000000000002'] });
      expect(isTaken(condition), JSON.stringify(condition)).toBe(true);
      const name = pick(random, Object.keys(condition)), broken = { ...condition, [name]: pick(random, [null, 'nothing', -1, [], {}, true]) };
      for (const wrong of [broken, { ...condition, colour: 'red' }]) if (!isTaken(wrong)) expect(definition.schema.safeParse(wrong).success, JSON.stringify(wrong)).toBe(false);
    }
    expect([isTaken({ ...definition.schema.parse(example), colour: 'red' }), isTaken({ is: id === 'stage' ? 'country' : 'stage' })]).toEqual([false, false]);
  });
});
