/** Comparisons of single values, as `worker/data/filter-values.ts` writes them in SQL. */
import { addDays, parseDay } from '#core/calendar/days';
import { assertNever } from '#core/errors';
import { fold } from './fold.ts';
import type { DayTest, JsonTest, NumberTest, TextTest } from './term.ts';

export function numberHolds({ op, than }: NumberTest, value: number | null, single = false): boolean {
  if (op === 'unknown') return value === null;
  if (value === null) return false;
  const [first = 0, second = 0] = single ? than.map(Math.fround) : than;
  switch (op) {
    case 'known': return true;
    case 'eq': return value === first;
    case 'ne': return value !== first;
    case 'gt': return value > first;
    case 'gte': return value >= first;
    case 'lt': return value < first;
    case 'lte': return value <= first;
    case 'between': return value >= first && value <= second;
    default: return assertNever(op);
  }
}

export function textHolds({ op, than }: TextTest, value: string | null): boolean {
  if (op === 'unknown') return value === null;
  if (value === null) return false;
  const text = fold(value), wanted = than.map(fold), first = wanted[0] ?? '';
  switch (op) {
    case 'known': return true;
    case 'eq': case 'in': return wanted.includes(text);
    case 'ne': case 'not_in': return !wanted.includes(text);
    case 'contains': return text.includes(first);
    case 'starts_with': return text.startsWith(first);
    case 'ends_with': return text.endsWith(first);
    default: return assertNever(op);
  }
}

export function dayHolds({ op, than, days }: DayTest, value: string | null, today: string): boolean {
  if (op === 'unknown') return value === null;
  if (value === null) return false;
  const [first = '', second = ''] = than;
  switch (op) {
    case 'known': return true;
    case 'on': return value === first;
    case 'before': return value < first;
    case 'after': return value > first;
    case 'between': return value >= first && value <= second;
    case 'last': return value > addDays(today, -days) && value <= today;
    case 'next': return value >= today && value <= addDays(today, days);
    case 'older': return value <= addDays(today, -days);
    default: return assertNever(op);
  }
}

/** Numbers that a double cannot hold, which JSON may: the largest are unknown, the smallest are nothing. */
export const JSON_LARGEST = 1e300;
export const JSON_SMALLEST = 1e-300;

export function jsonNumber(value: unknown): number | null {
  if (typeof value !== 'number') return null;
  const size = Math.abs(value);
  return size < JSON_SMALLEST ? 0 : size <= JSON_LARGEST ? value : null;
}

/** The day a text begins with: 2026-11-20 and 2026-11-20T10:00:00Z are that day, whatever the zone. */
export function jsonDay(value: unknown): string | null {
  if (typeof value !== 'string' || !/^[1-9]\d{3}-\d{2}-\d{2}($|[T ])/.test(value)) return null;
  const day = value.slice(0, 10);
  return parseDay(day) === null ? null : day;
}

export function jsonAt(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, key)) return undefined;
    value = Object.entries(value).find(([name]) => name === key)?.[1];
  }
  return value;
}

/** @param value undefined and null are alike: not there */
export function jsonHolds(test: JsonTest, value: unknown, today: string): boolean {
  switch (test.type) {
    case 'there': return (value !== undefined && value !== null) === test.is;
    case 'truth': return value === test.is;
    case 'number': return numberHolds(test.test, jsonNumber(value));
    case 'day': return dayHolds(test.test, jsonDay(value), today);
    case 'text':
      if (Array.isArray(value)) return listHolds(test.test, value);
      return textHolds(test.test, typeof value === 'string' ? value : null);
    default: return assertNever(test);
  }
}

/** A list without texts is unknown; `ne` and `not_in` hold where no text of it is one of those named. */
function listHolds({ op, than }: TextTest, list: readonly unknown[]): boolean {
  const texts = list.filter((one) => typeof one === 'string');
  if (texts.length === 0) return op === 'unknown';
  if (op === 'unknown') return false;
  if (op === 'ne' || op === 'not_in') return texts.every((text) => textHolds({ op, than }, text));
  return texts.some((text) => textHolds({ op: op === 'contains' ? 'eq' : op, than }, text));
}
