/** Shopify's functions of orders and products, orders_placed and products_purchased, as conditions on orders. */
import { addDays } from '#core/calendar/days';
import { assertNever } from '#core/errors';
import type { NumberArguments } from '../conditions/number.ts';
import type { OrderChoice } from '../conditions/orders.ts';
import type { Condition } from '../conditions/registry.ts';
import type { Filter } from '../filter.ts';
import { dayOf } from './dates.ts';
import { TextFlaw } from '../text/tokens.ts';
import type { Clause } from './read.ts';

const NUMBER_OPS: Readonly<Record<string, NumberArguments['op']>> = { '=': 'eq', '!=': 'ne', '>': 'gt', '>=': 'gte', '<': 'lt', '<=': 'lte', BETWEEN: 'between' };

/** Null for what is no number. */
export function numbers({ op, values }: Pick<Clause, 'op' | 'values'>): NumberArguments | null {
  const [first, second] = values.map((one) => Number(one.value)), name = NUMBER_OPS[op];
  if (name === undefined || first === undefined || Number.isNaN(first)) return null;
  if (name !== 'between') return { op: name, value: first };
  return second === undefined || Number.isNaN(second) ? null : { op: name, value: [first, second] };
}

type Window = Pick<OrderChoice, 'within' | 'from' | 'to'>;
type Parameter = Clause['parameters'][number];

type Measuring = 'orders.count' | 'orders.total' | 'orders.units' | 'orders.largest';

/** Parameters that measure orders, and the condition that does. */
const MEASURED: Readonly<Record<string, { is: Measuring; op?: string }>> = {
  count: { is: 'orders.count' }, count_at_least: { is: 'orders.count', op: '>=' }, count_at_most: { is: 'orders.count', op: '<=' },
  sum_amount: { is: 'orders.total' }, sum_quantity: { is: 'orders.units' }, amount: { is: 'orders.largest' },
};

/**
 * What both can say of the orders that the function speaks of.
 * @throws TextFlaw naming the part that cannot be said here
 */
export function purchased(clause: Clause, note: (text: string) => void): Filter {
  const refuse = (why: string): never => { throw new TextFlaw(`${clause.attribute} cannot be brought over: ${why}`, clause); };
  const said = clause.values[0]?.value.toLowerCase();
  const isNot = clause.op === 'NOT MATCHES' || (clause.op === '=' && said === 'false') || (clause.op === '!=' && said === 'true');
  if (!isNot && clause.op !== 'MATCHES' && !(clause.op === '=' && said === 'true')) refuse(`"${clause.op}" is none of = true, = false, MATCHES and NOT MATCHES`);
  const measures: ({ is: Measuring } & NumberArguments)[] = [], window: Window = {};
  let products: string[] | null = null;
  for (const parameter of clause.parameters) {
    const { name, op, values } = parameter, measure = MEASURED[name];
    if (name === 'id' && (op === '=' || op === 'IN')) products = values.map((one) => one.value);
    else if (measure !== undefined) {
      const test = numbers({ op: measure.op ?? op, values });
      // One order of so much is the largest; of an order of less nothing can be said by it.
      if (test === null) return refuse(`its parameter "${name}" wants a number`);
      if (measure.is === 'orders.largest' && test.op !== 'gt' && test.op !== 'gte') return refuse('here it is the largest order whose amount is asked for, with > or >=');
      measures.push({ is: measure.is, ...test });
    } else if (!WINDOW_NAMES.has(name)) return refuse(`nothing here is like its parameter "${name}"`);
    else if (!isWindow(parameter, window, note)) return refuse(`its parameter "${name}" goes with >=, >, <=, < or BETWEEN, or with = and one day`);
  }
  // Several products are measured together there, and one order is both large and one of several: neither has a condition.
  if ((products?.length ?? 1) > 1 && measures.some((one) => one.is !== 'orders.count' || one.op !== 'gte' || one.value !== 1)) refuse('several products are measured together there and one by one here: bring it over for each of them');
  if (measures.some(({ is }) => is === 'orders.units') && products === null) refuse('units are those of a product here: name one with "id"');
  if (measures.length > 1 && measures.some(({ is }) => is === 'orders.largest')) refuse('that one order is both of so much and one of so many is nothing that can be asked here');
  if (window.within !== undefined) note('Windows back from now are counted in hours here, not in whole days: an order leaves one to the second');
  if (measures.some(({ is }) => is === 'orders.total')) note('What was spent is counted after refunds and by your own basis (with or without shipping and tax), so amounts may differ from Shopify’s');
  const asked = measures.length > 0 ? measures : [{ is: 'orders.count' as const, op: 'gte' as const, value: 1 }];
  const wanted = (products ?? [null]).map((product) => together('all', asked.map(({ is, ...test }) => conditionOf(is, { ...test, ...window, ...(product !== null && { product }) }))));
  const any = together('any', wanted);
  return isNot ? { not: any } : any;
}

function conditionOf(is: Measuring, rest: NumberArguments & OrderChoice): Condition {
  switch (is) {
    case 'orders.count': return { is, ...rest };
    case 'orders.total': return { is, ...rest };
    case 'orders.units': return { is, ...rest };
    case 'orders.largest': return { is, ...rest };
    default: return assertNever(is);
  }
}

function together(join: 'all' | 'any', parts: readonly Filter[]): Filter {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return join === 'all' ? { all: [...parts] } : { any: [...parts] };
}

/** Whether the parameter says when; the window is narrowed by it. */
const WINDOW_NAMES: ReadonlySet<string> = new Set(['date', 'since', 'until']);

function isWindow({ name, op, values }: Parameter, window: Window, note: (text: string) => void): boolean {
  const [first, second] = values.map((one) => dayOf(one, note));
  if (!first || (op === 'BETWEEN' && !second)) return false;
  const isFrom = name === 'since' || op === '>=' || op === '>' || op === 'BETWEEN';
  if ('from' in first) {
    if (!isFrom || (second && !('from' in second && second.from === 0))) return false;
    window.within = { days: Math.max(1, -first.from) };
  } else if (op === 'BETWEEN') {
    if (!second || !('on' in second)) return false;
    [window.from, window.to] = [first.on, second.on];
  } else if (isFrom) window.from = op === '>' ? addDays(first.on, 1) : first.on;
  else if (name === 'until' || op === '<=') window.to = first.on;
  else if (op === '<') window.to = addDays(first.on, -1);
  else if (op === '=') [window.from, window.to] = [first.on, first.on];
  else return false;
  return true;
}
