/** What a condition is: how it is drawn, written, checked and made into a test. */
import { z } from 'zod';
import { parseDay } from '#core/calendar/days';
import type { Unit } from '../numbers.ts';
import type { DayOp, NumberOp, Test, TextOp } from '../term.ts';

export const GROUPS = ['Orders', 'Value', 'Recency, frequency, money', 'Profile', 'Acquisition', 'Behaviour', 'Segments'] as const;
export type Group = (typeof GROUPS)[number];

/** Lists that only the tenant's data can give: the editor asks for them by name. */
export type ChoiceSource = 'countries' | 'channels' | 'acquisition_channels' | 'platforms' | 'currencies' | 'products' | 'categories' | 'attributes' | 'event_types' | 'event_properties';

export interface Choice {
  value: string;
  label: string;
}

/** Choices that are given, that come from the data (anything may be typed as well), or none. */
export type Choices = { given: readonly Choice[] } | { data: ChoiceSource; also?: readonly Choice[] } | null;

/** An argument as an editor draws it. `word` comes before it in the text form, and is left out of the phrase. */
export type Field =
  /** Sets `op` and `value`: one number, or two for `between`. Shares are fractions, money is in whole units of the company's currency. */
  | { kind: 'number'; unit: Unit; ops: readonly NumberOp[] }
  /** Sets `op` and `value`: one text, or a list for `in` and `not_in`. */
  | { kind: 'text'; ops: readonly TextOp[]; choices: Choices }
  /** Sets `op` and `value`: a day, two for `between`, a number of days for `last`, `next` and `older`. */
  | { kind: 'day'; ops: readonly DayOp[] }
  /** Sets `op` (`within` or `more_than`) and one of `hours`, `days` and `weeks`. */
  | { kind: 'age' }
  /** Sets `op` and `value` for a value whose type follows from what is compared: text, number, true or false, day. */
  | { kind: 'json' }
  /** `{ hours }`, `{ days }` or `{ weeks }`. */
  | { kind: 'span'; name: string; label: string; word: string; isOptional: boolean }
  | { kind: 'whole'; name: string; label: string; min: number; max: number; word: string | null }
  | { kind: 'choice'; name: string; label: string; choices: Choices; word: string | null; isOptional: boolean }
  | { kind: 'calendar_day'; name: string; label: string; word: string; isOptional: boolean }
  /** The id of a segment; of one that was made of a list where lists are asked for. */
  | { kind: 'segment'; name: string; label: string; of: 'segments' | 'lists' }
  /** A list of `{ property, op, value }`. */
  | { kind: 'properties'; name: string; label: string; word: string };

/** What turning a condition into a test needs of the company. */
export interface Scale {
  currencyDigits: number;
}

export interface Definition<C extends { is: string }> {
  id: C['is'];
  label: string;
  group: Group;
  /** A sentence for whoever chooses it. */
  description: string;
  /** In the text form, as it is printed: shown to whoever learns the language. */
  example: string;
  /** The text form: words, and fields by name in angle brackets; `<>` is the comparison. Optional fields follow with their words. */
  phrase: readonly string[];
  fields: readonly Field[];
  schema: z.ZodType<C>;
  toTerm(condition: C, scale: Scale): Test;
}

export const MAX_TEXT = 255;
export const MAX_LIST = 200;
const LARGEST = 1e12;
/** Ten years. */
const MAX_SPAN_HOURS = 87_840;

export const text = z.string({ error: 'Write a text' }).trim().min(1, { error: 'Write at least one character' }).max(MAX_TEXT, { error: `Write at most ${MAX_TEXT} characters` });
/** A name among a JSON object's, or keys from the outside in where it lies deeper. */
export const keysTo = (message: string) => z.union([text, z.array(text).min(1).max(8)], { error: message });
export const finite = z.number({ error: 'Write a number' }).min(-LARGEST, { error: 'This number is too small' }).max(LARGEST, { error: 'This number is too large' });
export const calendarDay = z.string({ error: 'Write a day like 2026-11-20' }).refine((day) => /^[1-9]/.test(day) && parseDay(day) !== null, { error: 'Write a day of the calendar like 2026-11-20' });

export interface Span {
  hours?: number | undefined;
  days?: number | undefined;
  weeks?: number | undefined;
}

const HOURS_OF = { hours: 1, days: 24, weeks: 168 } as const;
const SPAN_UNITS = ['hours', 'days', 'weeks'] as const;

const amountOf = (unit: keyof typeof HOURS_OF) => z.number({ error: 'Write a whole number' }).int({ error: 'Write a whole number' }).min(1, { error: 'Write 1 or more' })
  .max(Math.floor(MAX_SPAN_HOURS / HOURS_OF[unit]), { error: `At most ten years: ${Math.floor(MAX_SPAN_HOURS / HOURS_OF[unit])} ${unit}` }).optional();

export const spanShape = { hours: amountOf('hours'), days: amountOf('days'), weeks: amountOf('weeks') };
const ONE_UNIT = { error: 'Write one of hours, days and weeks: { "days": 60 }' };

export function isOneUnit(span: Span): boolean {
  return SPAN_UNITS.filter((unit) => span[unit] !== undefined).length === 1;
}

export const span: z.ZodType<Span> = z.strictObject(spanShape, { error: ONE_UNIT.error }).refine(isOneUnit, ONE_UNIT);

/** Multiples of 24 hours, whatever the clocks do on the way. */
export function spanMs(given: Span): number {
  return SPAN_UNITS.reduce((hours, unit) => hours + (given[unit] ?? 0) * HOURS_OF[unit], 0) * 3_600_000;
}

/** Minor units of an amount in whole ones; what lies between two is rounded. */
export function minorOf(amount: number, { currencyDigits }: Scale): number {
  const written = String(amount);
  return Math.round(written.includes('e') ? amount * 10 ** currencyDigits : Number(`${written}e${currencyDigits}`)) || 0;
}

/** The same message for every operator that a condition does not know. */
export function opOf<const Op extends string>(ops: readonly [Op, ...Op[]]): z.ZodType<Op> {
  return z.enum(ops, { error: `Use one of ${ops.join(', ')}` });
}
