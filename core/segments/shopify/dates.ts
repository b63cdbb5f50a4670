/** Days as Shopify's segments say them, as conditions on a day of ours. */
import type { DayArguments } from '../conditions/day.ts';
import type { QueryValue } from './read.ts';

/** A day of the calendar, or so many days from today (behind it negative). */
export type Day = { on: string } | { from: number };

const UNIT_DAYS: Readonly<Record<string, number>> = { d: 1, w: 7, m: 30, y: 365, day: 1, week: 7, month: 30, year: 365 };

/** @param note told where a month or year was counted in days */
export function dayOf({ kind, value }: QueryValue, note: (text: string) => void): Day | null {
  const plain = /^(\d{4}-\d{2}-\d{2})/.exec(value)?.[1];
  if (plain !== undefined) return { on: plain };
  if (kind === 'word' && value.toLowerCase() === 'today') return { from: 0 };
  if (kind === 'word' && value.toLowerCase() === 'yesterday') return { from: -1 };
  const offset = /^([+-])(\d+)([dwmy])$/.exec(value), ago = /^(\d+)_(day|week|month|year)s?_ago$/.exec(value);
  const [sign, amount, unit] = offset ? [offset[1], offset[2], offset[3]] : ['-', ago?.[1], ago?.[2]];
  if (amount === undefined || unit === undefined) return null;
  const days = Number(amount) === 12 && unit.startsWith('m') ? 365 : Number(amount) * (UNIT_DAYS[unit] ?? 1);
  if (unit.startsWith('m') || unit.startsWith('y')) note(`"${value}" is counted as ${days} days: here windows are of whole days`);
  return { from: sign === '-' ? -days : days };
}

/** Tests that all have to hold; null for what cannot be said. `last 1` is today, `older 1` yesterday or earlier. */
export function dayTests(op: string, [first, second]: readonly Day[]): DayArguments[] | null {
  if (op === 'IS NULL') return [{ op: 'unknown' }];
  if (op === 'IS NOT NULL') return [{ op: 'known' }];
  if (!first) return null;
  if (op === 'BETWEEN') {
    if (!second) return null;
    if ('on' in first && 'on' in second) return [{ op: 'between', value: [first.on, second.on] }];
    const low = since(first), high = until(second);
    return low === null || high === null ? null : [...low, ...high];
  }
  switch (op) {
    case '=': {
      if ('on' in first) return [{ op: 'on', value: first.on }];
      const low = since(first), high = until(first);
      return low === null || high === null ? null : [...low, ...high];
    }
    case '>=': return since(first);
    case '>': return 'on' in first ? [{ op: 'after', value: first.on }] : since({ from: first.from + 1 });
    case '<=': return until(first);
    case '<': return 'on' in first ? [{ op: 'before', value: first.on }] : until({ from: first.from - 1 });
    default: return null;
  }
}

/** On the day or after it. */
function since(day: Day): DayArguments[] | null {
  if ('on' in day) return [{ op: 'between', value: [day.on, '9999-12-31'] }];
  return day.from <= 0 ? [{ op: 'last', value: 1 - day.from }] : null;
}

/** On the day or before it. */
function until(day: Day): DayArguments[] | null {
  if ('on' in day) return [{ op: 'between', value: ['1000-01-01', day.on] }];
  return day.from <= 0 ? [{ op: 'older', value: -day.from }] : null;
}
