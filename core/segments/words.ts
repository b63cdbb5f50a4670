/** What a filter says, as a sentence for people who do not write filters. */
import { assertNever } from '#core/errors';
import { definitionOf, type Condition } from './conditions/registry.ts';
import type { Field } from './conditions/condition.ts';
import { normal, type Filter } from './filter.ts';
import { NUMBERS, type Unit } from './numbers.ts';
import type { SegmentNames } from './text.ts';

export interface Wording {
  names: SegmentNames;
  /** An amount in whole units of the company's currency. */
  money: (amount: number) => string;
  number: (value: number) => string;
  day: (day: string) => string;
}

/** Begins with a capital letter and has no full stop. */
export function sayFilter(filter: Filter, wording: Wording): string {
  const said = say(normal(filter), wording, true);
  return said.charAt(0).toUpperCase() + said.slice(1);
}

function say(tree: Filter, wording: Wording, isOutermost: boolean): string {
  if ('not' in tree) return `not (${say(tree.not, wording, true)})`;
  if (!('all' in tree) && !('any' in tree)) return sayCondition(tree, wording);
  const parts = ('all' in tree ? tree.all : tree.any).map((part) => say(part, wording, false));
  const said = 'all' in tree ? parts.join(isOutermost ? ', and ' : ' and ') : `either ${parts.join(' or ')}`;
  return isOutermost ? said : `(${said})`;
}

export function sayCondition(condition: Condition, wording: Wording): string {
  const definition = definitionOf(condition.is);
  const given = new Map<string, unknown>(Object.entries(condition));
  switch (condition.is) {
    case 'segment': return `in the segment “${wording.names.get(condition.id) ?? condition.id}”`;
    case 'percentile': return `among the ${condition.side} ${condition.percent} % by ${lower(NUMBERS[condition.of].label)}`;
    case 'anniversary': return `anniversary of ${label(definition?.fields[0], condition.of)} ${ahead(condition.days)}`;
    case 'attribute.anniversary': return `anniversary of “${keyed(condition.attribute)}” ${ahead(condition.days)}`;
    case 'sequence': return `did ${step(condition.first)}${tests(condition.where, wording)}${within(condition.within)} and then ${condition.op === 'then' ? 'did' : 'did not do'} ${step(condition.then)}${tests(condition.thenWhere, wording)} within ${span(condition.in)}`;
    case 'last_order': case 'last_event': {
      const what = condition.is === 'last_order' ? 'last order' : `last ${step(condition.event)}`;
      return `${what}${kinds(given)}${condition.is === 'last_event' ? tests(condition.where, wording) : ''} ${condition.op === 'within' ? 'at most' : 'more than'} ${span(condition)} ago`;
    }
    case 'event.count': return `did ${step(condition.event)}${tests(condition.where, wording)} ${compared(given, fieldOf(definition?.fields), wording).replace(/^is /, '')} times${window(given, wording)}`;
    case 'attribute': return `“${keyed(condition.attribute)}” ${compared(given, { kind: 'json' }, wording)}`;
    default: return `${lower(definition?.label ?? condition.is)}${kinds(given)}${window(given, wording)} ${compared(given, fieldOf(definition?.fields), wording)}`;
  }
}

/** The field of the comparison. */
function fieldOf(fields: readonly Field[] | undefined): Field | undefined {
  return fields?.find((field) => !('name' in field));
}

const lower = (text: string): string => (/^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text);
const keyed = (keys: string | string[]): string => [keys].flat().join(' / ');
const step = (name: string): string => (name === 'order' ? 'an order' : `“${name}”`);
const ahead = (days: number): string => (days === 0 ? 'is today' : `is within the next ${days} ${days === 1 ? 'day' : 'days'}`);

function label(field: Field | undefined, value: string): string {
  const choices = field && 'choices' in field ? field.choices : null;
  return (choices !== null && 'given' in choices ? choices.given.find((choice) => choice.value === value)?.label : undefined) ?? value;
}

interface SaidSpan {
  hours?: number | undefined;
  days?: number | undefined;
  weeks?: number | undefined;
}

function span({ hours, days, weeks }: SaidSpan): string {
  const [amount, unit] = hours !== undefined ? [hours, 'hour'] : days !== undefined ? [days, 'day'] : [weeks ?? 0, 'week'];
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}

function within(given: SaidSpan | undefined): string {
  return given === undefined ? '' : ` in the last ${span(given)}`;
}

function isSpan(value: unknown): value is SaidSpan {
  return typeof value === 'object' && value !== null && ('days' in value || 'hours' in value || 'weeks' in value);
}

function window(given: ReadonlyMap<string, unknown>, { day }: Wording): string {
  const lately = given.get('within'), from = given.get('from'), to = given.get('to');
  return `${isSpan(lately) ? within(lately) : ''}${typeof from === 'string' ? ` from ${day(from)}` : ''}${typeof to === 'string' ? ` to ${day(to)}` : ''}`;
}

const KINDS = [['product', 'with the product'], ['category', 'with a product of'], ['channel', 'through'], ['platform', 'from'], ['currency', 'in']] as const;

function kinds(given: ReadonlyMap<string, unknown>): string {
  return KINDS.map(([name, word]) => {
    const value = given.get(name);
    return typeof value === 'string' ? ` ${word} ${value}` : '';
  }).join('');
}

function tests(where: readonly { property: string | string[]; op: string; value?: unknown }[] | undefined, wording: Wording): string {
  if (where === undefined || where.length === 0) return '';
  return ` where ${where.map((test) => `“${keyed(test.property)}” ${compared(new Map<string, unknown>(Object.entries(test)), { kind: 'json' }, wording)}`).join(' and ')}`;
}

function one(value: unknown, field: Field | undefined, wording: Wording): string {
  if (typeof value === 'number') return amount(value, field?.kind === 'number' ? field.unit : 'number', wording);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value !== 'string') return '';
  if (field?.kind === 'text') return label(field, value);
  return /^\d{4}-\d{2}-\d{2}$/.test(value) ? wording.day(value) : `“${value}”`;
}

function amount(value: number, unit: Unit, { money, number }: Wording): string {
  switch (unit) {
    case 'money': return money(value);
    case 'share': return `${number(Math.round(value * 10_000) / 100)} %`;
    case 'count': case 'score': case 'number': return number(value);
    default: return assertNever(unit);
  }
}

const PLAIN: Readonly<Record<string, string>> = {
  eq: 'is', ne: 'is not', gt: 'is over', gte: 'is at least', lt: 'is under', lte: 'is at most', contains: 'contains', starts_with: 'begins with', ends_with: 'ends with', on: 'is on', before: 'is before', after: 'is after',
};

function compared(given: ReadonlyMap<string, unknown>, field: Field | undefined, wording: Wording): string {
  const op = String(given.get('op')), value = given.get('value');
  const values = [value].flat().map((each) => one(each, field, wording)), [first = '', second = ''] = values;
  switch (op) {
    case 'known': return 'is known';
    case 'unknown': return 'is not known';
    case 'between': return `is between ${first} and ${second}`;
    case 'in': return `is ${listed(values, 'or')}`;
    case 'not_in': return `is none of ${listed(values, 'and')}`;
    case 'last': return value === 1 ? 'is today' : `is in the last ${String(value)} days`;
    case 'next': return value === 0 ? 'is today' : `is in the next ${String(value)} days`;
    case 'older': return `is ${String(value)} days ago or earlier`;
    default: return `${PLAIN[op] ?? op} ${first}`;
  }
}

function listed(values: readonly string[], word: string): string {
  return values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} ${word} ${values.at(-1) ?? ''}`;
}
