/** What a filter says, as a sentence for people. */
import { minorDigits } from '#core/commerce/money';
import type { Field } from '#core/segments/conditions/condition';
import { definitionOf } from '#core/segments/conditions/registry';
import type { Unit } from '#core/segments/numbers';
import type { Formats } from '../../format/formats.ts';
import { numberAt, spanOf, textArg, textAt, textsOf, type Args } from './args.ts';
import { isJson, type DraftNode, type Join } from './draft.ts';
import { AGE_WORDS, DAY_WORDS, jsonTypeOf, NUMBER_WORDS, TEXT_WORDS } from './op-words.ts';

export interface Wording {
  formats: Formats;
  /** Null when there is no such segment any more. */
  segmentName: (id: string) => string | null;
}

/** What is not filled in yet. */
const OPEN = '…';
/** Where a label leaves a place for its number. */
export const SO_MANY = 'so many';
const JOINED: Record<Join, string> = { all: ' and ', any: ' or ', none: ' or ', not_all: ' and ' };

/** "Spent on orders more than €200 and last order more than 60 days ago, but not in “VIP”": without a full stop; empty for an empty group. */
export function filterWords(node: DraftNode, wording: Wording, outermost = true): string {
  if (node.kind === 'condition') return conditionWords(node.is, node.args, node.negated, wording);
  const parts = node.children.map((child) => filterWords(child, wording, false)).filter((part) => part !== '');
  const joined = parts.join(JOINED[node.join]);
  if (node.join === 'none') return parts.length === 0 ? '' : `neither ${parts.join(' nor ')}`;
  if (node.join === 'not_all') return parts.length === 0 ? '' : `not at once (${joined})`;
  return outermost || parts.length < 2 ? joined : `(${joined})`;
}

/** Where the arguments alone, or other words, read better than the condition's name. */
const LEADS: Readonly<Record<string, string>> = { percentile: '', 'percentile.orders': '', 'percentile.attribute': '', 'percentile.events': '', attribute: '', sequence: 'did', 'attribute.anniversary': 'anniversary of' };

/** Names that stand for themselves keep their capitals. */
const lowered = (label: string): string => (/^[A-Z]{2}/.test(label) ? label : `${label.charAt(0).toLowerCase()}${label.slice(1)}`);

/** Labels of choices that are words of the sentence. */
export const PREPOSITIONS: readonly string[] = ['by', 'of'];

export function conditionWords(is: string, args: Args, negated: boolean, wording: Wording): string {
  const definition = definitionOf(is);
  if (definition === undefined) return is;
  if (is === 'segment') {
    const id = textArg(args, 'id');
    return `${negated ? 'not ' : ''}in ${id === undefined ? OPEN : `“${wording.segmentName(id) ?? 'a segment that is gone'}”`}`;
  }
  if (is === 'list') {
    const id = textArg(args, 'id');
    return `${negated ? 'not ' : ''}on the list ${id === undefined ? OPEN : `“${wording.segmentName(id) ?? 'of a segment that is gone'}”`}`;
  }
  const parts = definition.fields.map((field) => fieldWords(field, args, wording)).filter((part) => part !== '');
  const lead = LEADS[is] ?? lowered(definition.label);
  return `${negated ? 'not ' : ''}${[lead, ...parts].filter((part) => part !== '').join(' ')}`;
}

export function fieldWords(field: Field, args: Args, wording: Wording): string {
  const { formats } = wording;
  switch (field.kind) {
    case 'number': return numberWords(args, (value) => amountWords(value, field.unit, formats));
    case 'text': return textWords(args, (value) => (field.choices !== null && 'given' in field.choices ? field.choices.given.find((choice) => choice.value === value)?.label : undefined) ?? value);
    case 'day': return dayWords(args, formats);
    case 'age': {
      const { amount, unit } = spanOf(args);
      return `${args.op === 'within' ? AGE_WORDS.within : AGE_WORDS.more_than} ${spanWords(amount, unit)} ago`;
    }
    case 'json': return jsonWords(args, formats);
    case 'span': {
      const span = args[field.name];
      if (!isJson(span)) return '';
      const { amount, unit } = spanOf(span);
      return `${field.label} ${spanWords(amount, unit)}`;
    }
    case 'whole': {
      const number = String(numberAt(args[field.name], 0) ?? OPEN);
      return field.label.includes(SO_MANY) ? field.label.replace(SO_MANY, number) : `${number}${field.label === 'per cent' ? '%' : ` ${field.label}`}`;
    }
    case 'choice': {
      const value = textsOf(args[field.name]).join(' › ');
      if (value === '') return field.isOptional ? '' : OPEN;
      const given = field.choices !== null && 'given' in field.choices ? field.choices.given.find((choice) => choice.value === value)?.label : undefined;
      const label = given ?? value;
      if (PREPOSITIONS.includes(field.label)) return `${field.label} ${given === undefined ? value : lowered(given)}`;
      return field.isOptional ? `${field.label} ${label}` : label;
    }
    case 'calendar_day': {
      const value = textArg(args, field.name);
      return value === undefined ? '' : `${field.label} ${formats.day(value)}`;
    }
    case 'segment': {
      const id = textArg(args, field.name);
      return id === undefined ? OPEN : `“${wording.segmentName(id) ?? 'a segment that is gone'}”`;
    }
    case 'properties': {
      const tests = Array.isArray(args[field.name]) ? Object.values(args[field.name] ?? {}).filter(isJson) : [];
      return tests.length === 0 ? '' : `${field.label} ${tests.map((test) => `${textsOf(test.property).join(' › ') || OPEN} ${jsonWords(test, formats)}`).join(' and ')}`;
    }
  }
}

/** @param value as filters write it: money in whole units, shares as fractions */
export function amountWords(value: number, unit: Unit, formats: Formats): string {
  if (unit === 'money') return formats.money(Math.round(value * 10 ** minorDigits(formats.currency)));
  if (unit === 'share') return formats.percent(value, 2);
  return formats.decimal(value, 4);
}

function spanWords(amount: number | undefined, unit: string): string {
  return `${amount ?? OPEN} ${amount === 1 ? unit.slice(0, -1) : unit}`;
}

function numberWords({ op, value }: Args, say: (value: number) => string): string {
  const one = (index: number) => { const number = numberAt(value, index); return number === undefined ? OPEN : say(number); };
  const words = NUMBER_WORDS[isKey(NUMBER_WORDS, op) ? op : 'eq'];
  if (op === 'known' || op === 'unknown') return words;
  return op === 'between' ? `between ${one(0)} and ${one(1)}` : `${words} ${one(0)}`;
}

function textWords({ op, value }: Args, say: (value: string) => string): string {
  const words = TEXT_WORDS[isKey(TEXT_WORDS, op) ? op : 'eq'];
  if (op === 'known' || op === 'unknown') return words;
  const texts = textsOf(value).map(say);
  if (texts.length === 1 && (op === 'in' || op === 'not_in')) return `${op === 'in' ? 'is' : 'is not'} ${texts[0] ?? OPEN}`;
  return `${words} ${texts.length === 0 ? OPEN : texts.length > 6 ? `${texts.slice(0, 5).join(', ')} or ${texts.length - 5} more` : texts.join(', ').replace(/, ([^,]*)$/, ' or $1')}`;
}

function dayWords({ op, value }: Args, formats: Formats): string {
  const words = DAY_WORDS[isKey(DAY_WORDS, op) ? op : 'on'];
  if (op === 'known' || op === 'unknown') return words;
  if (op === 'last' || op === 'next' || op === 'older') return `${words} ${spanWords(numberAt(value, 0), 'days')}${op === 'older' ? '' : ''}`;
  const one = (index: number) => { const day = textAt(value, index); return day === undefined ? OPEN : formats.day(day); };
  return op === 'between' ? `between ${one(0)} and ${one(1)}` : `${words} ${one(0)}`;
}

function jsonWords(args: Args, formats: Formats): string {
  switch (jsonTypeOf(args.op, args.value)) {
    case 'number': return numberWords(args, (value) => formats.decimal(value, 4));
    case 'day': return dayWords(args, formats);
    case 'truth': return `${args.op === 'ne' ? 'is not' : 'is'} ${args.value === true ? 'yes' : 'no'}`;
    case 'text': return textWords(args, (value) => value);
  }
}

function isKey<T extends object>(object: T, key: unknown): key is keyof T {
  return typeof key === 'string' && key in object;
}
