/** Places among all customers: the top or bottom so many per cent by any number. Lines between are drawn each night. */
import { z } from 'zod';
import { cutKey, MAX_CUT_KEY } from '../cuts.ts';
import { NUMBER_NAMES, NUMBERS, type NumberName } from '../numbers.ts';
import { isEveryOrder, type Quantity, type Test } from '../term.ts';
import { keysTo, type Definition, type Field } from './condition.ts';
import { EVENT, eventRows, eventType, propertyName, propertyTests, WHERE, windowShape, type EventKind, type EventWindow } from './events.ts';
import { checkLines, checkWindow, choiceShape, KIND_FIELDS, ORDER_NUMBERS, orderRows, WINDOW_FIELDS, type OrderChoice } from './orders.ts';

export interface Place {
  side: 'top' | 'bottom';
  /** More than 0 and less than 100. */
  percent: number;
}

const placeShape = {
  side: z.enum(['top', 'bottom'], { error: 'Use top or bottom' }),
  percent: z.number({ error: 'Write a whole number of per cent' }).int({ error: 'Write a whole number of per cent' }).min(1, { error: 'Write 1 to 99' }).max(99, { error: 'Write 1 to 99' }),
};
const PLACE_FIELDS: readonly Field[] = [
  { kind: 'choice', name: 'side', label: 'Side', choices: { given: [{ value: 'top', label: 'top' }, { value: 'bottom', label: 'bottom' }] }, word: null, isOptional: false },
  { kind: 'whole', name: 'percent', label: 'per cent', min: 1, max: 99, word: null },
];
const PLACE = ['<side>', '<percent>', '%', 'by'] as const;

const placed = ({ side, percent }: Place, of: Quantity): Test => ({ t: 'percentile', side, at: { of, percent: side === 'top' ? 100 - percent : percent } });

function checkKey(of: Quantity, context: z.RefinementCtx): void {
  if (new TextEncoder().encode(cutKey(of)).length > MAX_CUT_KEY) context.addIssue({ code: 'custom', path: ['of'], message: 'This is too long to be kept each night: shorten the names that it compares with, or leave some out' });
}

const [FIRST, ...REST] = NUMBER_NAMES;

export interface PercentileCondition extends Place {
  is: 'percentile';
  of: NumberName;
}

export const percentile: Definition<PercentileCondition> = {
  id: 'percentile', label: 'Among the top or bottom', group: 'Segments', phrase: [...PLACE, '<of>'], example: 'top 10% by predicted_value',
  description: 'Whether somebody is among the top or bottom so many per cent of all customers who have ordered, by any number that is kept of everybody. The line between is drawn each night.',
  fields: [...PLACE_FIELDS, { kind: 'choice', name: 'of', label: 'by', choices: { given: NUMBER_NAMES.map((value) => ({ value, label: NUMBERS[value].label })) }, word: null, isOptional: false }],
  schema: z.strictObject({ is: z.literal('percentile'), ...placeShape, of: z.enum([FIRST, ...REST], { error: `Use one of ${NUMBER_NAMES.join(', ')}` }) }),
  toTerm: (condition) => placed(condition, { q: 'kept', name: condition.of }),
};

const ORDER_IDS = ORDER_NUMBERS.map(({ id }) => id);
type OrderId = (typeof ORDER_NUMBERS)[number]['id'];
const [FIRST_ID = 'orders.count', ...OTHER_IDS] = ORDER_IDS;

export interface OrderPercentileCondition extends Place, OrderChoice {
  is: 'percentile.orders';
  of: OrderId;
}

function orderQuantity(condition: OrderPercentileCondition): Quantity {
  const rows = orderRows(condition), { measure, ever } = ORDER_NUMBERS.find(({ id }) => id === condition.of) ?? ORDER_NUMBERS[0];
  return ever !== null && isEveryOrder(rows) ? { q: 'kept', name: ever } : { q: 'rows', rows, measure };
}

export const orderPercentile: Definition<OrderPercentileCondition> = {
  id: 'percentile.orders', label: 'Among the top or bottom by orders', group: 'Segments', phrase: [...PLACE, '<of>'], example: 'top 10% by orders.total within 90 days category "Coffee"',
  description: 'Whether somebody is among the top or bottom so many per cent of all customers with such an order, by what is counted or summed of them in a window. The line between is drawn each night.',
  fields: [...PLACE_FIELDS, { kind: 'choice', name: 'of', label: 'by', choices: { given: ORDER_NUMBERS.map(({ id, label }) => ({ value: id, label })) }, word: null, isOptional: false }, ...WINDOW_FIELDS, ...KIND_FIELDS],
  schema: z.strictObject({ is: z.literal('percentile.orders'), ...placeShape, of: z.enum([FIRST_ID, ...OTHER_IDS], { error: `Use one of ${ORDER_IDS.join(', ')}` }), ...choiceShape }).superRefine((condition, context) => {
    const { measure } = ORDER_NUMBERS.find(({ id }) => id === condition.of) ?? ORDER_NUMBERS[0];
    checkWindow(condition, context);
    checkLines(measure, condition, context);
    checkKey(orderQuantity(condition), context);
  }),
  toTerm: (condition) => placed(condition, orderQuantity(condition)),
};

export interface AttributePercentileCondition extends Place {
  is: 'percentile.attribute';
  /** Holds a number. */
  attribute: string | string[];
}

export const attributePercentile: Definition<AttributePercentileCondition> = {
  id: 'percentile.attribute', label: 'Among the top or bottom by an attribute', group: 'Segments', phrase: [...PLACE, 'attribute', '<attribute>'], example: 'top 5% by attribute "points"',
  description: 'Whether somebody is among the top or bottom so many per cent of all customers who have a number as this custom attribute. The line between is drawn each night.',
  fields: [...PLACE_FIELDS, { kind: 'choice', name: 'attribute', label: 'by', choices: { data: 'attributes' }, word: null, isOptional: false }],
  schema: z.strictObject({ is: z.literal('percentile.attribute'), ...placeShape, attribute: keysTo('Write the name of the attribute') })
    .superRefine(({ attribute }, context) => checkKey({ q: 'attribute', path: [attribute].flat() }, context)),
  toTerm: (condition) => placed(condition, { q: 'attribute', path: [condition.attribute].flat() }),
};

const EVENT_NUMBERS = [
  { id: 'event.count', label: 'number of events', measure: null },
  { id: 'event.sum', label: 'sum over events', measure: 'sum' },
  { id: 'event.average', label: 'average over events', measure: 'average' },
  { id: 'event.largest', label: 'largest over events', measure: 'largest' },
] as const;
type EventId = (typeof EVENT_NUMBERS)[number]['id'];
const EVENT_IDS = ['event.count', 'event.sum', 'event.average', 'event.largest'] as const satisfies readonly EventId[];

export interface EventPercentileCondition extends Place, EventKind, EventWindow {
  is: 'percentile.events';
  of: EventId;
  /** Whose numbers are added up or compared; none for `event.count`. */
  property?: string | string[] | undefined;
}

function eventQuantity(condition: EventPercentileCondition): Quantity {
  const rows = eventRows(condition, condition), measure = EVENT_NUMBERS.find(({ id }) => id === condition.of)?.measure ?? null;
  return measure === null ? { q: 'rows', rows, measure: 'count' } : { q: 'property', rows, path: [condition.property ?? []].flat(), measure };
}

export const eventPercentile: Definition<EventPercentileCondition> = {
  id: 'percentile.events', label: 'Among the top or bottom by events', group: 'Segments', phrase: [...PLACE, '<of>', '<event>'], example: 'top 10% by event.sum "add_to_cart" of "price" within 30 days',
  description: 'Whether somebody is among the top or bottom so many per cent of all customers with such an event, by how many there are or by a number that they carry. The line between is drawn each night.',
  fields: [
    ...PLACE_FIELDS, { kind: 'choice', name: 'of', label: 'by', choices: { given: EVENT_NUMBERS.map(({ id, label }) => ({ value: id, label })) }, word: null, isOptional: false }, EVENT,
    { kind: 'choice', name: 'property', label: 'of its number', choices: { data: 'event_properties' }, word: 'of', isOptional: true }, ...WINDOW_FIELDS, WHERE,
  ],
  schema: z.strictObject({
    is: z.literal('percentile.events'), ...placeShape, of: z.enum(EVENT_IDS, { error: `Use one of ${EVENT_IDS.join(', ')}` }), event: eventType, property: propertyName.optional(), where: propertyTests, ...windowShape,
  }).superRefine((condition, context) => {
    checkWindow(condition, context);
    if ((condition.of === 'event.count') !== (condition.property === undefined)) {
      context.addIssue({ code: 'custom', path: ['property'], message: condition.of === 'event.count' ? 'Events are counted without a property: leave it out' : 'Write the name of the property whose numbers are meant' });
    } else checkKey(eventQuantity(condition), context);
  }),
  toTerm: (condition) => placed(condition, eventQuantity(condition)),
};
