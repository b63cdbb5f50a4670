/** Conditions on what customers do besides buying. */
import { z } from 'zod';
import { AGE_OPS, NUMBER_OPS, type AgeOp, type EventRows } from '../term.ts';
import { calendarDay, isOneUnit, opOf, span, spanMs, spanShape, text, type Definition, type Field, type Span } from './condition.ts';
import { jsonAt, jsonFlaw, jsonShape, type JsonArguments } from './json.ts';
import { checkNumber, numberShape, numberTest, type NumberCondition } from './number.ts';
import { AGE_UNIT, checkWindow } from './orders.ts';

/** A property of the event and what it is compared with; keys from the outside in where it lies deeper. */
export interface PropertyTest extends JsonArguments {
  property: string | string[];
}

export interface EventKind {
  /** Of the event, such as page_view. */
  event: string;
  where?: PropertyTest[] | undefined;
}

const MAX_TESTS = 10;
const property = z.strictObject({ property: z.union([text, z.array(text).min(1).max(8)], { error: 'Write the name of the property' }), ...jsonShape }).superRefine((test, context) => {
  const flaw = jsonFlaw(test);
  if (flaw !== null) context.addIssue({ code: 'custom', path: ['value'], message: flaw });
});
const eventType = z.string({ error: 'Write the type of event, such as page_view' }).regex(/^[a-z][a-z0-9_]{0,63}$/, { error: 'Types of events have a–z, 0–9 and underscore: page_view' });
export const propertyTests = z.array(property).max(MAX_TESTS, { error: `Write at most ${MAX_TESTS} tests of properties` }).optional();
const kindShape = { event: eventType, where: propertyTests };

const EVENT: Field = { kind: 'choice', name: 'event', label: 'Event', choices: { data: 'event_types' }, word: null, isOptional: false };
const WHERE: Field = { kind: 'properties', name: 'where', label: 'where', word: 'where' };

export function eventRows({ event, where }: EventKind, window: { within?: Span | undefined; from?: string | undefined; to?: string | undefined } = {}): EventRows {
  return {
    of: 'events', type: event, where: (where ?? []).map((test) => jsonAt([test.property].flat(), test)),
    window: { ms: window.within === undefined ? null : spanMs(window.within), from: window.from ?? null, to: window.to ?? null },
  };
}

export interface EventCountCondition extends NumberCondition<'event.count'>, EventKind {
  within?: Span | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

export const eventCount: Definition<EventCountCondition> = {
  id: 'event.count', label: 'Number of events', group: 'Behaviour', phrase: ['event.count', '<event>', '<>'],
  description: 'How often somebody did something, such as viewing a page, ever or in a window, with tests of its properties.',
  fields: [EVENT, { kind: 'number', unit: 'count', ops: NUMBER_OPS }, { kind: 'span', name: 'within', label: 'in the last', word: 'within', isOptional: true },
    { kind: 'calendar_day', name: 'from', label: 'from the day', word: 'from', isOptional: true }, { kind: 'calendar_day', name: 'to', label: 'to the day', word: 'to', isOptional: true }, WHERE],
  schema: z.strictObject({ is: z.literal('event.count'), ...kindShape, ...numberShape, within: span.optional(), from: calendarDay.optional(), to: calendarDay.optional() }).superRefine((condition, context) => {
    checkNumber(condition, 'count', context);
    checkWindow(condition, context);
  }),
  toTerm: (condition, scale) => ({ t: 'rows', rows: eventRows(condition, condition), measure: 'count', test: numberTest(condition, 'count', scale) }),
};

export interface LastEventCondition extends EventKind, Span {
  is: 'last_event';
  op: AgeOp;
}

export const lastEvent: Definition<LastEventCondition> = {
  id: 'last_event', label: 'Last event', group: 'Behaviour', phrase: ['last_event', '<event>', '<>'], fields: [EVENT, { kind: 'age' }, WHERE],
  description: 'Whether the last event of a type is younger or older than so many hours, days or weeks. Somebody without such an event has no last one: neither is true of her.',
  schema: z.strictObject({ is: z.literal('last_event'), ...kindShape, op: opOf(AGE_OPS), ...spanShape }).refine(isOneUnit, AGE_UNIT),
  toTerm: (condition) => ({ t: 'age', rows: eventRows(condition), op: condition.op, ms: spanMs(condition) }),
};
