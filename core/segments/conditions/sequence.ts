/** One thing and then, or then not, another. */
import { z } from 'zod';
import { opOf, span, spanMs, type Choice, type Definition, type Span } from './condition.ts';
import { eventRows, propertyTests, type PropertyTest } from './events.ts';
import { ORDERS, type Rows } from '../term.ts';

const SEQUENCE_OPS = ['then', 'not_then'] as const;

export interface SequenceCondition {
  is: 'sequence';
  /** A type of event, or `order` for an order that counts. */
  first: string;
  where?: PropertyTest[] | undefined;
  op: (typeof SEQUENCE_OPS)[number];
  then: string;
  thenWhere?: PropertyTest[] | undefined;
  /** How soon the second has to follow. Nobody is said not to have done it before that time is over. */
  in: Span;
  /** How far back the first is looked for. */
  within?: Span | undefined;
}

export const ORDER_STEP = 'order';
const also: readonly Choice[] = [{ value: ORDER_STEP, label: 'an order' }];
const step = z.string({ error: 'Write a type of event, or order' }).regex(/^[a-z][a-z0-9_]{0,63}$/, { error: 'Write a type of event such as add_to_cart, or order' });

function rowsOf(name: string, where: PropertyTest[] | undefined, within: Span | undefined): Rows {
  if (name !== ORDER_STEP) return eventRows({ event: name, where }, { within });
  return { ...ORDERS, window: { ms: within === undefined ? null : spanMs(within), from: null, to: null } };
}

export const sequence: Definition<SequenceCondition> = {
  id: 'sequence', label: 'One thing, then another', group: 'Behaviour', phrase: ['did', '<first>', '<op>', '<then>'],
  description: 'Whether somebody did one thing and then did, or did not do, another within some time: a cart without an order, an order after an e-mail.', example: 'did "add_to_cart" not_then "order" in 1 day within 7 days',
  fields: [
    { kind: 'choice', name: 'first', label: 'First', choices: { data: 'event_types', also }, word: null, isOptional: false },
    { kind: 'choice', name: 'op', label: 'followed or not', choices: { given: [{ value: 'then', label: 'then' }, { value: 'not_then', label: 'and then not' }] }, word: null, isOptional: false },
    { kind: 'choice', name: 'then', label: 'Second', choices: { data: 'event_types', also }, word: null, isOptional: false },
    { kind: 'span', name: 'in', label: 'within', word: 'in', isOptional: false },
    { kind: 'span', name: 'within', label: 'the first in the last', word: 'within', isOptional: true },
    { kind: 'properties', name: 'where', label: 'where the first has', word: 'where' },
    { kind: 'properties', name: 'thenWhere', label: 'where the second has', word: 'then_where' },
  ],
  schema: z.strictObject({
    is: z.literal('sequence'), first: step, where: propertyTests, op: opOf(SEQUENCE_OPS), then: step, thenWhere: propertyTests, in: span, within: span.optional(),
  }).superRefine(({ first, where, then, thenWhere }, context) => {
    const refuse = (path: string): void => context.addIssue({ code: 'custom', path: [path], message: 'Orders have no properties to test; leave this out' });
    if (first === ORDER_STEP && where !== undefined) refuse('where');
    if (then === ORDER_STEP && thenWhere !== undefined) refuse('thenWhere');
  }),
  toTerm: (condition) => ({
    t: 'sequence', first: rowsOf(condition.first, condition.where, condition.within), then: rowsOf(condition.then, condition.thenWhere, undefined),
    followed: condition.op === 'then', ms: spanMs(condition.in),
  }),
};
