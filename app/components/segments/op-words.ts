/** Operators in plain words, as they stand between a condition's name and what it is compared with. */
import type { AgeOp, DayOp, NumberOp, TextOp } from '#core/segments/term';

export const NUMBER_WORDS: Readonly<Record<NumberOp, string>> = {
  gt: 'more than', gte: 'at least', lt: 'less than', lte: 'at most', eq: 'exactly', ne: 'anything but', between: 'between', known: 'is known', unknown: 'is not known',
};
export const TEXT_WORDS: Readonly<Record<TextOp, string>> = {
  eq: 'is', ne: 'is not', in: 'is one of', not_in: 'is none of', contains: 'contains', starts_with: 'begins with', ends_with: 'ends with', known: 'is known', unknown: 'is not known',
};
export const DAY_WORDS: Readonly<Record<DayOp, string>> = {
  on: 'on', before: 'before', after: 'after', between: 'between', last: 'in the last', next: 'in the next', older: 'longer ago than', known: 'is known', unknown: 'is not known',
};
/** A length of time stands between the two. */
export const AGE_WORDS: Readonly<Record<AgeOp, string>> = { more_than: 'more than', within: 'less than' };

export const SPAN_UNITS = ['hours', 'days', 'weeks'] as const;
export type SpanUnit = (typeof SPAN_UNITS)[number];

export const TYPE_WORDS = { text: 'text', number: 'number', truth: 'yes or no', day: 'day' } as const;
export type JsonType = keyof typeof TYPE_WORDS;
export const JSON_TYPES = ['text', 'number', 'truth', 'day'] as const satisfies readonly JsonType[];

const NUMBER_LIST = ['gt', 'gte', 'lt', 'lte', 'eq', 'ne', 'between'] as const;
const TEXT_LIST = ['eq', 'ne', 'in', 'not_in', 'contains', 'starts_with', 'ends_with'] as const;
const DAY_LIST = ['on', 'before', 'after', 'between', 'last', 'next', 'older'] as const;

/** Which operators a value of a type is compared with, and their words. */
export function jsonOps(type: JsonType): readonly (readonly [op: string, words: string])[] {
  const known = [['known', 'is known'], ['unknown', 'is not known']] as const;
  switch (type) {
    case 'number': return [...NUMBER_LIST.map((op) => [op, NUMBER_WORDS[op]] as const), ...known];
    case 'text': return [...TEXT_LIST.map((op) => [op, TEXT_WORDS[op]] as const), ...known];
    case 'day': return [...DAY_LIST.map((op) => [op, DAY_WORDS[op]] as const), ...known];
    case 'truth': return [['eq', 'is'], ['ne', 'is not'], ...known];
  }
}

/** What type a comparison is of: days are told from texts by the operator. */
export function jsonTypeOf(op: unknown, value: unknown): JsonType {
  if (typeof value === 'boolean') return 'truth';
  if (op === 'on' || op === 'before' || op === 'after' || op === 'last' || op === 'next' || op === 'older') return 'day';
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (op === 'between') return typeof first === 'string' ? 'day' : 'number';
  if (typeof first === 'number' || op === 'gt' || op === 'gte' || op === 'lt' || op === 'lte') return 'number';
  return 'text';
}
