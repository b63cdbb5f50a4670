/** Conditions on a day of the calendar, which go by the company's time zone. */
import { z } from 'zod';
import { DAY_OPS, type DayName, type DayOp, type DayTest } from '../term.ts';
import { calendarDay, opOf, type Definition, type Group } from './condition.ts';

export interface DayArguments {
  op: DayOp;
  /** A day, two for `between`, a number of days for `last`, `next` and `older`; none for `known` and `unknown`. */
  value?: string | [string, string] | number | undefined;
}

export interface DayCondition<Id extends string> extends DayArguments {
  is: Id;
}

const MAX_DAYS = 36_600;
const WANTED = 'Write a day like 2026-11-20, two in a list for between, or a number of days for last, next and older';
export const dayValue = z.union([calendarDay, z.tuple([calendarDay, calendarDay]), z.number().int({ error: 'Write whole days' }).min(0).max(MAX_DAYS)], { error: WANTED });

/** What is wrong between operator and value, or null. */
export function dayFlaw({ op, value }: DayArguments): string | null {
  if (op === 'known' || op === 'unknown') return value === undefined ? null : `Leave the value out: "${op}" compares with nothing`;
  if (op === 'last' || op === 'next' || op === 'older') {
    if (typeof value !== 'number') return `Write how many days for "${op}": 30`;
    return op === 'last' && value < 1 ? 'Write 1 or more: the last 1 is today' : null;
  }
  if (op === 'between') {
    if (!Array.isArray(value)) return 'Write the first and the last day: ["2026-01-01", "2026-01-31"]';
    return value[0] > value[1] ? 'Write the earlier day first' : null;
  }
  return typeof value === 'string' ? null : 'Write one day like 2026-11-20';
}

export function dayTest({ op, value }: DayArguments): DayTest {
  if (typeof value === 'number') return { op, than: [], days: value };
  return { op, than: value === undefined ? [] : [value].flat(), days: 0 };
}

export function keptDay<const Id extends string>(id: Id, name: DayName, label: string, group: Group, description: string, example: string): Definition<DayCondition<Id>> {
  return {
    id, label, group, description, example: `${id} ${example}`, phrase: [id, '<>'], fields: [{ kind: 'day', ops: DAY_OPS }],
    schema: z.strictObject({ is: z.literal(id), op: opOf(DAY_OPS), value: dayValue.optional() }).superRefine((condition, context) => {
      const flaw = dayFlaw(condition);
      if (flaw !== null) context.addIssue({ code: 'custom', path: ['value'], message: flaw });
    }),
    toTerm: (condition) => ({ t: 'day', name, test: dayTest(condition) }),
  };
}
