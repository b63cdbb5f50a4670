/** Comparing a value of any JSON type: the type is that of what it is compared with. */
import { z } from 'zod';
import { DAY_OPS, NUMBER_OPS, TEXT_OPS, type DayOp, type JsonAt, type JsonTest, type NumberOp, type TextOp } from '../term.ts';
import { finite, MAX_LIST, opOf, text } from './condition.ts';
import { dayFlaw, dayTest, type DayArguments } from './day.ts';
import { textFlaw, textTest, type TextArguments } from './text.ts';

export const JSON_OPS = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'between', 'in', 'not_in', 'contains', 'starts_with', 'ends_with', 'on', 'before', 'after', 'last', 'next', 'older', 'known', 'unknown'] as const;
export type JsonOp = (typeof JSON_OPS)[number];

export interface JsonArguments {
  op: JsonOp;
  /** Two numbers or days for `between`, texts for `in` and `not_in`, a number of days for `last`, `next` and `older`; none for `known` and `unknown`. */
  value?: string | number | boolean | string[] | [number, number] | undefined;
}

export const jsonShape = {
  op: opOf(JSON_OPS),
  value: z.union([z.boolean(), finite, text, z.tuple([finite, finite]), z.array(text).min(1).max(MAX_LIST)], { error: 'Write a text, a number, true or false, or a list' }).optional(),
};

const isNumberOp = (op: JsonOp): op is JsonOp & NumberOp => NUMBER_OPS.some((one) => one === op);
const isTextOp = (op: JsonOp): op is JsonOp & TextOp => TEXT_OPS.some((one) => one === op);
const isDayOp = (op: JsonOp): op is JsonOp & DayOp => DAY_OPS.some((one) => one === op);

/** Days are told from texts by the operator. */
function dayArguments({ op, value }: JsonArguments): DayArguments | null {
  if (!isDayOp(op) || op === 'known' || op === 'unknown') return null;
  if (op === 'between') return Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'string' && value.length === 2 ? { op, value: [value[0], value[1]] } : null;
  return { op, value: typeof value === 'string' || typeof value === 'number' ? value : undefined };
}

function textArguments({ op, value }: JsonArguments): TextArguments | null {
  if (!isTextOp(op) || typeof value === 'number' || typeof value === 'boolean') return null;
  if (!Array.isArray(value)) return { op, value };
  return { op, value: value.filter((one) => typeof one === 'string') };
}

const DAY = /^[1-9]\d{3}-\d{2}-\d{2}$/;

/** What is wrong between operator and value, or null. */
export function jsonFlaw(given: JsonArguments): string | null {
  const { op, value } = given;
  if (op === 'known' || op === 'unknown') return value === undefined ? null : `Leave the value out: "${op}" compares with nothing`;
  if (value === undefined) return 'Write what to compare with';
  if (typeof value === 'boolean') return op === 'eq' || op === 'ne' ? null : `Compare true and false with "eq" or "ne", not "${op}"`;
  const day = dayArguments(given);
  if (day !== null) {
    const flaw = dayFlaw(day);
    if (flaw !== null) return flaw;
    const stranger = [day.value].flat().find((one) => typeof one === 'string' && (!DAY.test(one) || Number.isNaN(Date.parse(one)) || new Date(one).toISOString().slice(0, 10) !== one));
    return stranger === undefined ? null : 'Write a day of the calendar like 2026-11-20';
  }
  if (typeof value === 'number') return isNumberOp(op) && op !== 'between' ? null : `Numbers are compared with eq, ne, gt, gte, lt, lte or between, not "${op}"`;
  if (Array.isArray(value) && typeof value[0] === 'number') {
    if (op !== 'between') return `Write one value; two numbers go with "between"`;
    return value[0] > Number(value[1]) ? 'Write the lower number first' : null;
  }
  const texts = textArguments(given);
  return texts === null ? `Texts are compared with eq, ne, in, not_in, contains, starts_with or ends_with, not "${op}"` : textFlaw(texts);
}

function jsonTest(given: JsonArguments): JsonTest {
  const { op, value } = given;
  if (op === 'known' || op === 'unknown') return { type: 'there', is: op === 'known' };
  if (typeof value === 'boolean') return { type: 'truth', is: op === 'eq' ? value : !value };
  const day = dayArguments(given);
  if (day !== null) return { type: 'day', test: dayTest(day) };
  const numbers = [value].flat().filter((one) => typeof one === 'number');
  if (isNumberOp(op) && numbers.length > 0) return { type: 'number', test: { op, than: numbers } };
  const texts = textArguments(given);
  return { type: 'text', test: textTest(texts ?? { op: 'eq', value: [] }) };
}

export function jsonAt(path: readonly string[], given: JsonArguments): JsonAt {
  return { path, test: jsonTest(given) };
}
