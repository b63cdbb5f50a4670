/** Writes a filter in its text form; `parseFilter` reads back the same. */
import { assertNever } from '#core/errors';
import { definitionOf, type Condition } from '../conditions/registry.ts';
import type { Definition, Field } from '../conditions/condition.ts';
import { normal, type Filter } from '../filter.ts';
import { SIGNS } from './arguments.ts';
import { fieldOf, type SegmentNames } from './parse.ts';

/** Longer than this, a group's parts stand on lines of their own. */
const WIDTH = 100;

/** On one line where it is short. */
export function printFilter(filter: Filter, names: SegmentNames): string {
  return written(normal(filter), names, '');
}

function written(tree: Filter, names: SegmentNames, indent: string): string {
  if ('not' in tree) return `not ${bracketed(tree.not, names, indent)}`;
  if (!('all' in tree) && !('any' in tree)) return printCondition(tree, names);
  const parts = 'all' in tree ? tree.all : tree.any, word = 'all' in tree ? 'and' : 'or';
  const short = parts.map((part) => bracketed(part, names, indent));
  const line = short.join(` ${word} `);
  if (line.length <= WIDTH && !line.includes('\n')) return line;
  return short.join(`\n${indent}${word} `);
}

function bracketed(tree: Filter, names: SegmentNames, indent: string): string {
  if (!('all' in tree) && !('any' in tree)) return written(tree, names, indent);
  const inner = written(tree, names, `${indent}  `);
  return inner.includes('\n') ? `(\n${indent}  ${inner}\n${indent})` : `(${inner})`;
}

export function printCondition(condition: Condition, names: SegmentNames): string {
  const definition = definitionOf(condition.is);
  if (!definition) throw new Error(`No condition "${condition.is}"`);
  const given = new Map<string, unknown>(Object.entries(condition));
  const phrase = definition.phrase.map((part) => {
    const field = fieldOf(definition, part);
    return field ? printArgument(field, given, names) : part;
  });
  // "10%" is one word.
  const begun = phrase.reduce((text, part) => (text === '' || part === '%' ? `${text}${part}` : `${text} ${part}`), '');
  return [begun, ...modifiers(definition, given, names)].join(' ');
}

function modifiers(definition: Definition<Condition>, given: ReadonlyMap<string, unknown>, names: SegmentNames): string[] {
  return definition.fields.flatMap((field) => {
    if (!('word' in field) || field.word === null || given.get(field.name) === undefined) return [];
    if (field.kind !== 'properties') return [`${field.word} ${printArgument(field, given, names)}`];
    const tests: unknown = given.get(field.name), { word } = field;
    return listOf(tests).map((test) => {
      const entries = entriesOf(test);
      return `${word} ${keys(entries.get('property'))} ${comparison(entries, quoted)}`;
    });
  });
}

function printArgument(field: Field, given: ReadonlyMap<string, unknown>, names: SegmentNames): string {
  switch (field.kind) {
    case 'number': case 'day': return comparison(given, String);
    case 'json': return comparison(given, quoted);
    case 'text': return comparison(given, field.choices !== null && 'given' in field.choices ? String : quoted);
    case 'age': return `${String(given.get('op'))} ${span(given)}`;
    case 'span': return span(entriesOf(given.get(field.name)));
    case 'choice':
      if (field.choices !== null && 'given' in field.choices) return String(given.get(field.name));
      return keys(given.get(field.name));
    case 'whole': case 'calendar_day': return String(given.get(field.name));
    case 'segment': return segment(String(given.get(field.name)), names);
    case 'properties': return '';
    default: return assertNever(field);
  }
}

function comparison(given: ReadonlyMap<string, unknown>, one: (value: unknown) => string): string {
  const op = String(given.get('op')), value = given.get('value');
  const word = SIGNS.find(([, name]) => name === op)?.[0] ?? op;
  switch (op) {
    case 'known': case 'unknown': return op;
    case 'in': return `in (${listOf(value).map(one).join(', ')})`;
    case 'not_in': return `not in (${listOf(value).map(one).join(', ')})`;
    case 'between': return `between ${listOf(value).map(one).join(' and ')}`;
    case 'last': case 'next': return `${op} ${String(value)} days`;
    case 'older': return `older than ${String(value)} days`;
    default: return `${word} ${one(value)}`;
  }
}

function entriesOf(value: unknown): Map<string, unknown> {
  return new Map<string, unknown>(typeof value === 'object' && value !== null ? Object.entries(value) : []);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Texts in quotes, so that they are never taken for anything else. */
function quoted(value: unknown): string {
  return JSON.stringify(value);
}

function keys(value: unknown): string {
  return [value].flat().map(quoted).join('/');
}

function span(given: ReadonlyMap<string, unknown>): string {
  for (const unit of ['hours', 'days', 'weeks']) {
    const amount = given.get(unit);
    if (typeof amount === 'number') return `${amount} ${amount === 1 ? unit.slice(0, -1) : unit}`;
  }
  return '';
}

/** By name where the name is that segment's alone. */
function segment(id: string, names: SegmentNames): string {
  const name = names.get(id);
  const isAlone = name !== undefined && [...names.values()].filter((other) => other.toLowerCase() === name.toLowerCase()).length === 1;
  return quoted(isAlone ? name : id);
}
