/** Conditions on what customers do besides buying. */
import { z } from 'zod';
import { AGE_OPS, NUMBER_OPS, type AgeOp, type EventRows, type PropertyMeasure } from '../term.ts';
import { calendarDay, isOneUnit, keysTo, opOf, span, spanMs, spanShape, type Definition, type Field, type Span } from './condition.ts';
import { jsonAt, jsonFlaw, jsonShape, type JsonArguments } from './json.ts';
import { checkNumber, numberShape, numberTest, type NumberCondition } from './number.ts';
import { AGE_UNIT, checkWindow, WINDOW_FIELDS } from './orders.ts';

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
const property = z.strictObject({ property: keysTo('Write the name of the property'), ...jsonShape }).superRefine((test, context) => {
  const flaw = jsonFlaw(test);
  if (flaw !== null) context.addIssue({ code: 'custom', path: ['value'], message: flaw });
});
export const eventType = z.string({ error: 'Write the type of event, such as page_view' }).regex(/^[a-z][a-z0-9_]{0,63}$/, { error: 'Types of events have a–z, 0–9 and underscore: page_view' });
export const propertyTests = z.array(property).max(MAX_TESTS, { error: `Write at most ${MAX_TESTS} tests of properties` }).optional();
const kindShape = { event: eventType, where: propertyTests };

export const EVENT: Field = { kind: 'choice', name: 'event', label: 'Event', choices: { data: 'event_types' }, word: null, isOptional: false };
export const WHERE: Field = { kind: 'properties', name: 'where', label: 'where', word: 'where' };

export function eventRows({ event, where }: EventKind, window: EventWindow = {}): EventRows {
  return {
    of: 'events', type: event, where: (where ?? []).map((test) => jsonAt([test.property].flat(), test)),
    window: { ms: window.within === undefined ? null : spanMs(window.within), from: window.from ?? null, to: window.to ?? null },
  };
}

export interface EventWindow {
  within?: Span | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

export const windowShape = { within: span.optional(), from: calendarDay.optional(), to: calendarDay.optional() };

export interface EventCountCondition extends NumberCondition<'event.count'>, EventKind, EventWindow {}

export const eventCount: Definition<EventCountCondition> = {
  id: 'event.count', label: 'Number of events', group: 'Behaviour', phrase: ['event.count', '<event>', '<>'],
  description: 'How often somebody did something, such as viewing a page, ever or in a window, with tests of its properties.', example: 'event.count "page_view" >= 5 within 7 days where "path" starts_with "/sale"',
  fields: [EVENT, { kind: 'number', unit: 'count', ops: NUMBER_OPS }, ...WINDOW_FIELDS, WHERE],
  schema: z.strictObject({ is: z.literal('event.count'), ...kindShape, ...numberShape, ...windowShape }).superRefine((condition, context) => {
    checkNumber(condition, 'count', context);
    checkWindow(condition, context);
  }),
  toTerm: (condition, scale) => ({ t: 'rows', rows: eventRows(condition, condition), measure: 'count', test: numberTest(condition, 'count', scale) }),
};

export interface EventNumberCondition<Id extends string> extends NumberCondition<Id>, EventKind, EventWindow {
  /** Of the event; its numbers are added up or compared. */
  property: string | string[];
}

export const PROPERTY: Field = { kind: 'choice', name: 'property', label: 'of', choices: { data: 'event_properties' }, word: null, isOptional: false };
export const propertyName = keysTo('Write the name of the property whose numbers are meant');

function eventNumber<const Id extends string>(id: Id, measure: PropertyMeasure, { label, description, example }: { label: string; description: string; example: string }): Definition<EventNumberCondition<Id>> {
  return {
    id, label, group: 'Behaviour', description, example, phrase: [id, '<event>', 'of', '<property>', '<>'], fields: [EVENT, PROPERTY, { kind: 'number', unit: 'number', ops: NUMBER_OPS }, ...WINDOW_FIELDS, WHERE],
    schema: z.strictObject({ is: z.literal(id), ...kindShape, property: propertyName, ...numberShape, ...windowShape }).superRefine((condition, context) => {
      checkNumber(condition, 'number', context);
      checkWindow(condition, context);
    }),
    toTerm: (condition, scale) => ({ t: 'property', rows: eventRows(condition, condition), path: [condition.property].flat(), measure, test: numberTest(condition, 'number', scale) }),
  };
}

export const eventSum = eventNumber('event.sum', 'sum', {
  label: 'Sum over events', description: 'What a number that events carry comes to, ever or in a window; 0 where no event has it.', example: 'event.sum "add_to_cart" of "price" > 100 within 30 days',
});
export const eventAverage = eventNumber('event.average', 'average', {
  label: 'Average over events', description: 'What a number that events carry is on average, over those events that have it; not known where none does.', example: 'event.average "review" of "stars" < 3 within 365 days',
});
export const eventLargest = eventNumber('event.largest', 'largest', {
  label: 'Largest over events', description: 'The largest of a number that events carry; not known where no event has it.', example: 'event.largest "search" of "results"/"count" >= 50 within 7 days',
});

export interface LastEventCondition extends EventKind, Span {
  is: 'last_event';
  op: AgeOp;
}

export const lastEvent: Definition<LastEventCondition> = {
  id: 'last_event', label: 'Last event', group: 'Behaviour', phrase: ['last_event', '<event>', '<>'], fields: [EVENT, { kind: 'age' }, WHERE],
  description: 'Whether the last event of a type is younger or older than so many hours, days or weeks. Somebody without such an event has no last one: neither is true of her.', example: 'last_event "email_open" more_than 30 days',
  schema: z.strictObject({ is: z.literal('last_event'), ...kindShape, op: opOf(AGE_OPS), ...spanShape }).refine(isOneUnit, AGE_UNIT),
  toTerm: (condition) => ({ t: 'age', rows: eventRows(condition), op: condition.op, ms: spanMs(condition) }),
};
