/** Conditions on orders: how many, how much, of what, where and when. */
import { z } from 'zod';
import type { NumberName, Unit } from '../numbers.ts';
import { AGE_OPS, isEveryOrder, isOfLines, NUMBER_OPS, ORDERS, type AgeOp, type Measure, type NumberTest, type OrderRows, type Test } from '../term.ts';
import { calendarDay, isOneUnit, opOf, span, spanMs, spanShape, text, type Definition, type Field, type Span } from './condition.ts';
import { checkNumber, numberShape, numberTest, type NumberCondition } from './number.ts';

/** Which orders are meant: all that is set holds of each. */
export interface OrderKind {
  /** Product id, SKU or name of something in the order. */
  product?: string | undefined;
  category?: string | undefined;
  channel?: string | undefined;
  platform?: string | undefined;
  /** ISO 4217, that the order was placed in. */
  currency?: string | undefined;
}

export interface OrderChoice extends OrderKind {
  /** Back from now. */
  within?: Span | undefined;
  /** Days of the company's calendar, both included. */
  from?: string | undefined;
  to?: string | undefined;
}

export const kindShape = { product: text.optional(), category: text.optional(), channel: text.optional(), platform: text.optional(), currency: text.optional() };
export const choiceShape = { ...kindShape, within: span.optional(), from: calendarDay.optional(), to: calendarDay.optional() };

export const KIND_FIELDS: readonly Field[] = [
  { kind: 'choice', name: 'product', label: 'with the product', choices: { data: 'products' }, word: 'product', isOptional: true },
  { kind: 'choice', name: 'category', label: 'with a product of the category', choices: { data: 'categories' }, word: 'category', isOptional: true },
  { kind: 'choice', name: 'channel', label: 'through the channel', choices: { data: 'channels' }, word: 'channel', isOptional: true },
  { kind: 'choice', name: 'platform', label: 'from the platform', choices: { data: 'platforms' }, word: 'platform', isOptional: true },
  { kind: 'choice', name: 'currency', label: 'in the currency', choices: { data: 'currencies' }, word: 'currency', isOptional: true },
];
/** The same of lines: only those of the product and category count. */
const LINE_LABELS: Readonly<Record<string, string>> = { product: 'of the product', category: 'of the category' };
const LINE_FIELDS = KIND_FIELDS.map((field): Field => (field.kind === 'choice' ? { ...field, label: LINE_LABELS[field.name] ?? field.label } : field));
export const WINDOW_FIELDS: readonly Field[] = [
  { kind: 'span', name: 'within', label: 'in the last', word: 'within', isOptional: true },
  { kind: 'calendar_day', name: 'from', label: 'from the day', word: 'from', isOptional: true },
  { kind: 'calendar_day', name: 'to', label: 'to the day', word: 'to', isOptional: true },
];

export function orderRows(choice: OrderChoice): OrderRows {
  return {
    of: 'orders', product: choice.product ?? null, category: choice.category ?? null, channel: choice.channel ?? null, platform: choice.platform ?? null, currency: choice.currency ?? null,
    window: { ms: choice.within === undefined ? null : spanMs(choice.within), from: choice.from ?? null, to: choice.to ?? null },
  };
}

export function checkWindow({ from, to }: { from?: string | undefined; to?: string | undefined }, context: z.RefinementCtx): void {
  if (from !== undefined && to !== undefined && from > to) context.addIssue({ code: 'custom', path: ['to'], message: 'Write the earlier day in "from" and the later in "to"' });
}

/** Whether "at least one" (true) or "none" (false) is asked; null for anything else. */
function someOrNone({ op, than: [than, ...more] }: NumberTest): boolean | null {
  if (more.length > 0) return null;
  if ((op === 'gt' && than === 0) || (op === 'gte' && than === 1) || (op === 'ne' && than === 0)) return true;
  return (op === 'eq' && than === 0) || (op === 'lt' && than === 1) || (op === 'lte' && than === 0) ? false : null;
}

export interface OrdersCondition<Id extends string> extends NumberCondition<Id>, OrderChoice {}

interface Measured<Id extends string> {
  id: Id;
  label: string;
  description: string;
  example: string;
  unit: Unit;
  measure: Measure;
  /** What the same comes to over all orders ever: kept, also of orders whose rows are gone. */
  ever: NumberName | null;
}

/** Lines are those of a product or category; all of them would be the orders themselves. */
export function checkLines(measure: Measure, { product, category }: OrderKind, context: z.RefinementCtx): void {
  if (isOfLines(measure) && product === undefined && category === undefined) context.addIssue({ code: 'custom', path: ['product'], message: 'Say of which "product" or "category"' });
}

function measuredOrders<const Id extends string>({ id, label, description, example, unit, measure, ever }: Measured<Id>): Definition<OrdersCondition<Id>> {
  return {
    id, label, group: 'Orders', description, example, phrase: [id, '<>'], fields: [{ kind: 'number', unit, ops: NUMBER_OPS }, ...WINDOW_FIELDS, ...(isOfLines(measure) ? LINE_FIELDS : KIND_FIELDS)],
    schema: z.strictObject({ is: z.literal(id), ...numberShape, ...choiceShape }).superRefine((condition, context) => {
      checkNumber(condition, unit, context);
      checkWindow(condition, context);
      checkLines(measure, condition, context);
    }),
    toTerm(condition, scale) {
      const rows = orderRows(condition), test = numberTest(condition, unit, scale);
      const some = measure === 'count' ? someOrNone(test) : null, { ms } = rows.window;
      if (some !== null && ms !== null && isEveryOrder({ ...rows, window: { ...rows.window, ms: null } })) {
        const within: Test = { t: 'age', rows: ORDERS, op: 'within', ms, askedAs: 'count' };
        return some ? within : { t: 'not', of: within };
      }
      return ever !== null && isEveryOrder(rows) ? { t: 'number', name: ever, test } : { t: 'rows', rows, measure, test };
    },
  };
}

export const ordersCount = measuredOrders({
  id: 'orders.count', label: 'Number of orders', unit: 'count', measure: 'count', ever: 'orders',
  description: 'How many orders that count, ever or in a window, of a product or category, by channel, platform or currency.', example: 'orders.count >= 2 within 90 days channel "web"',
});
export const ordersTotal = measuredOrders({
  id: 'orders.total', label: 'Spent on orders', unit: 'money', measure: 'net', ever: 'historical_value',
  description: 'What the orders came to after refunds. With a product: of the orders that have it.', example: 'orders.total > 200 within 365 days',
});
export const ordersGross = measuredOrders({
  id: 'orders.gross', label: 'Spent on orders before refunds', unit: 'money', measure: 'gross', ever: 'gross',
  description: 'What the orders came to before refunds. With a product: of the orders that have it.', example: 'orders.gross between 100 and 500 from 2026-01-01 to 2026-06-30',
});
export const ordersAverage = measuredOrders({
  id: 'orders.average', label: 'Average order', unit: 'money', measure: 'average_net', ever: 'average_order',
  description: 'What an order came to on average after refunds; not known of somebody without orders.', example: 'orders.average > 50',
});
export const ordersLargest = measuredOrders({
  id: 'orders.largest', label: 'Largest order', unit: 'money', measure: 'largest', ever: null,
  description: 'The largest single order before refunds, among those whose single rows are kept.', example: 'orders.largest >= 500 platform "shopify"',
});
export const ordersUnits = measuredOrders({
  id: 'orders.units', label: 'Units bought', unit: 'count', measure: 'quantity', ever: null,
  description: 'How many units of a product or category were bought.', example: 'orders.units >= 6 within 180 days product "Espresso beans"',
});
export const productsTotal = measuredOrders({
  id: 'products.total', label: 'Spent on products', unit: 'money', measure: 'lines_net', ever: null,
  description: 'What was spent on a product or category: the lines of orders after their discounts, each less the share of its order that was paid back.', example: 'products.total > 100 within 365 days category "Coffee"',
});
export const productsGross = measuredOrders({
  id: 'products.gross', label: 'Spent on products before refunds', unit: 'money', measure: 'lines_gross', ever: null,
  description: 'What was spent on a product or category: the lines of orders after their discounts, whatever was paid back.', example: 'products.gross > 100 product "Espresso beans" currency "EUR"',
});
export const productsAverage = measuredOrders({
  id: 'products.average', label: 'Average spent on products', unit: 'money', measure: 'lines_average', ever: null,
  description: 'What a line of a product or category came to on average, less the share of its order that was paid back; not known of somebody without such a line.', example: 'products.average > 20 within 365 days category "Coffee"',
});

/** Whatever is measured of orders in a window: what percentiles may be cut of. */
export const ORDER_NUMBERS = [
  { id: 'orders.count', label: 'number of orders', measure: 'count', ever: 'orders' },
  { id: 'orders.total', label: 'spent on orders', measure: 'net', ever: 'historical_value' },
  { id: 'orders.gross', label: 'spent on orders before refunds', measure: 'gross', ever: 'gross' },
  { id: 'orders.average', label: 'average order', measure: 'average_net', ever: 'average_order' },
  { id: 'orders.largest', label: 'largest order', measure: 'largest', ever: null },
  { id: 'orders.units', label: 'units bought', measure: 'quantity', ever: null },
  { id: 'products.total', label: 'spent on products', measure: 'lines_net', ever: null },
  { id: 'products.gross', label: 'spent on products before refunds', measure: 'lines_gross', ever: null },
  { id: 'products.average', label: 'average spent on products', measure: 'lines_average', ever: null },
] as const satisfies readonly { id: string; label: string; measure: Measure; ever: NumberName | null }[];

export interface AgeCondition<Id extends string> extends OrderKind, Span {
  is: Id;
  op: AgeOp;
}

export const AGE_UNIT = { path: ['days'], error: 'Write how long with one of hours, days and weeks: "days": 60' };

export const lastOrder: Definition<AgeCondition<'last_order'>> = {
  id: 'last_order', label: 'Last order', group: 'Orders', phrase: ['last_order', '<>'], fields: [{ kind: 'age' }, ...KIND_FIELDS],
  description: 'Whether the last order is younger or older than so many hours, days or weeks, to the second. Somebody who never ordered has no last order: neither is true of her.', example: 'last_order more_than 60 days channel "web"',
  schema: z.strictObject({ is: z.literal('last_order'), op: opOf(AGE_OPS), ...spanShape, ...kindShape }).refine(isOneUnit, AGE_UNIT),
  toTerm: (condition) => ({ t: 'age', rows: orderRows(condition), op: condition.op, ms: spanMs(condition) }),
};
