/** Conditions that compare one text. */
import { z } from 'zod';
import { TEXT_OPS, type TextName, type TextOp, type TextTest } from '../term.ts';
import { MAX_LIST, opOf, text, type Choices, type Definition, type Group } from './condition.ts';

export interface TextArguments {
  op: TextOp;
  /** A list for `in` and `not_in`, none for `known` and `unknown`. */
  value?: string | string[] | undefined;
}

export interface TextCondition<Id extends string> extends TextArguments {
  is: Id;
}

const list = z.array(text).min(1, { error: 'Write at least one' }).max(MAX_LIST, { error: `Write at most ${MAX_LIST}` });
export const textValue = z.union([text, list], { error: 'Write a text, or a list of texts for in and not_in' });

/** What is wrong between operator and value, or null. */
export function textFlaw({ op, value }: TextArguments): string | null {
  if (op === 'known' || op === 'unknown') return value === undefined ? null : `Leave the value out: "${op}" compares with nothing`;
  if (value === undefined) return 'Write the text to compare with';
  if (op === 'in' || op === 'not_in') return Array.isArray(value) ? null : `Write a list for "${op}": ["DE", "AT"]`;
  return Array.isArray(value) ? 'Write one text; a list goes with "in" and "not_in"' : null;
}

export function textTest({ op, value }: TextArguments): TextTest {
  return { op, than: value === undefined ? [] : [value].flat() };
}

const CHOICE_OPS: readonly [TextOp, ...TextOp[]] = ['eq', 'ne', 'in', 'not_in', 'known', 'unknown'];

/** A text that is kept of every customer. `choices` that are given allow nothing else. */
export function keptText<const Id extends string>(id: Id, name: TextName, say: { label: string; group: Group; description: string; example: string; choices?: Choices }): Definition<TextCondition<Id>> {
  const { label, group, description, example, choices = null } = say;
  const given = choices !== null && 'given' in choices ? choices.given.map((choice) => choice.value) : null;
  const ops = given === null ? TEXT_OPS : CHOICE_OPS;
  return {
    id, label, group, description, example: `${id} ${example}`, phrase: [id, '<>'], fields: [{ kind: 'text', ops, choices }],
    schema: z.strictObject({ is: z.literal(id), op: opOf(ops), value: textValue.optional() }).superRefine((condition, context) => {
      const flaw = textFlaw(condition) ?? unknownChoice(condition, given);
      if (flaw !== null) context.addIssue({ code: 'custom', path: ['value'], message: flaw });
    }),
    toTerm: (condition) => ({ t: 'text', name, test: textTest(condition) }),
  };
}

function unknownChoice({ value }: TextArguments, given: readonly string[] | null): string | null {
  if (given === null || value === undefined) return null;
  const stranger = [value].flat().find((one) => !given.includes(one));
  return stranger === undefined ? null : `There is no "${stranger.slice(0, 40)}"; use one of ${given.join(', ')}`;
}
