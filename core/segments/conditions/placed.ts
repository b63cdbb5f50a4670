/** The first and the last order: what they came to, and what kind of order they were. */
import { z } from 'zod';
import { NUMBER_OPS } from '../term.ts';
import type { Definition } from './condition.ts';
import { checkNumber, numberShape, numberTest, type NumberCondition } from './number.ts';
import { KIND_FIELDS, kindShape, orderRows, type OrderKind } from './orders.ts';

export interface PlacedValueCondition<Id extends string> extends NumberCondition<Id>, OrderKind {}

/** Found on the day that statistics keep: unknown where the row of that order is gone. */
const WHICH = 'of which anything is left after refunds; not known where its single row is not kept any more';

function placedValue<const Id extends string>(id: Id, which: 'first' | 'last', label: string, example: string): Definition<PlacedValueCondition<Id>> {
  return {
    id, label, group: 'Orders', description: `What the ${which} order came to after refunds: the one ${WHICH}.`, example, phrase: [id, '<>'], fields: [{ kind: 'number', unit: 'money', ops: NUMBER_OPS }, ...KIND_FIELDS],
    schema: z.strictObject({ is: z.literal(id), ...numberShape, ...kindShape }).superRefine((condition, context) => checkNumber(condition, 'money', context)),
    toTerm: (condition, scale) => ({ t: 'placed', which, rows: orderRows(condition), test: numberTest(condition, 'money', scale) }),
  };
}

export const firstOrderValue = placedValue('first_order.value', 'first', 'First order came to', 'first_order.value > 100');
export const lastOrderValue = placedValue('last_order.value', 'last', 'Last order came to', 'last_order.value < 20');

export interface PlacedKindCondition<Id extends string> extends OrderKind {
  is: Id;
}

function placedKind<const Id extends string>(id: Id, which: 'first' | 'last', label: string, example: string): Definition<PlacedKindCondition<Id>> {
  return {
    id, label, group: 'Orders', description: `Whether the ${which} order had a product or category, or came through a channel, from a platform or in a currency: the one ${WHICH}.`, example, phrase: [id], fields: KIND_FIELDS,
    schema: z.strictObject({ is: z.literal(id), ...kindShape }).refine(({ is: _, ...kind }) => Object.values(kind).some((one) => one !== undefined), {
      path: ['product'], error: 'Say what kind of order: "product", "category", "channel", "platform" or "currency"',
    }),
    toTerm: (condition) => ({ t: 'placed', which, rows: orderRows(condition), test: { op: 'known', than: [] }, askedAs: 'kind' }),
  };
}

export const firstOrderWas = placedKind('first_order.was', 'first', 'First order was', 'first_order.was channel "pos"');
export const lastOrderWas = placedKind('last_order.was', 'last', 'Last order was', 'last_order.was product "Gift card"');
