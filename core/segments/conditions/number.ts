/** Conditions that compare one number. */
import { z } from 'zod';
import { NUMBERS, type NumberName, type Unit } from '../numbers.ts';
import { NUMBER_OPS, type NumberOp, type NumberTest } from '../term.ts';
import { finite, minorOf, opOf, type Definition, type Group, type Scale } from './condition.ts';

export interface NumberArguments {
  op: NumberOp;
  /** Two for `between`, none for `known` and `unknown`. */
  value?: number | [number, number] | undefined;
}

export interface NumberCondition<Id extends string> extends NumberArguments {
  is: Id;
}

const value = z.union([finite, z.tuple([finite, finite], { error: 'Write a number, or two in a list for between' })], { error: 'Write a number, or two in a list for between' });

export const numberShape = { op: opOf(NUMBER_OPS), value: value.optional() };

/** Adds what is wrong between operator and value, and with a value that its unit does not allow. */
export function checkNumber({ op, value: given }: NumberArguments, unit: Unit, context: z.RefinementCtx): void {
  const refuse = (message: string): void => context.addIssue({ code: 'custom', path: ['value'], message });
  if (op === 'known' || op === 'unknown') {
    if (given !== undefined) refuse(`Leave the value out: "${op}" compares with nothing`);
    return;
  }
  if (given === undefined) return refuse('Write the number to compare with');
  if (op === 'between' ? !Array.isArray(given) : Array.isArray(given)) return refuse(op === 'between' ? 'Write the lowest and the highest number: [100, 200]' : `Write one number; a list goes with "between"`);
  const numbers = [given].flat();
  if (Array.isArray(given) && given[0] > given[1]) refuse('Write the lower number first');
  if (unit === 'share' && numbers.some((one) => one < 0 || one > 1)) refuse('Write a share between 0 and 1: 0.4 is 40 %');
  if ((unit === 'count' || unit === 'score') && numbers.some((one) => !Number.isInteger(one))) refuse('Write a whole number');
}

export function numberTest({ op, value: given }: NumberArguments, unit: Unit, scale: Scale): NumberTest {
  const numbers = given === undefined ? [] : [given].flat();
  return { op, than: unit === 'money' ? numbers.map((one) => minorOf(one, scale)) : numbers };
}

const EXAMPLES: Readonly<Record<Unit, string>> = { count: '>= 3', money: '> 200', share: '< 0.4', score: '>= 4', number: '> 1.5' };

/** A number that is kept of every customer. */
export function keptNumber<const Id extends string>(id: Id, name: NumberName, group: Group, description: string, label = NUMBERS[name].label): Definition<NumberCondition<Id>> {
  const { unit } = NUMBERS[name];
  return {
    id, label, group, description, example: `${id} ${EXAMPLES[unit]}`, phrase: [id, '<>'], fields: [{ kind: 'number', unit, ops: NUMBER_OPS }],
    schema: z.strictObject({ is: z.literal(id), ...numberShape }).superRefine((condition, context) => checkNumber(condition, unit, context)),
    toTerm: (condition, scale) => ({ t: 'number', name, test: numberTest(condition, unit, scale) }),
  };
}
