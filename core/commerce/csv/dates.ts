/** Dates as people and programs write them: the form guessed over many cells, then read strictly. */
import { dayText } from '#core/calendar/days';
import type { LocalTime } from '#core/calendar/local-time';

/**
 * `iso` 2024-03-01, 2024/3/1, 20240301 · `dmy` 01/03/2024 · `mdy` 03/01/2024 · `named` 1 Mar 2024, March 1, 2024 ·
 * `unix` seconds or milliseconds since 1970 · `serial` days of a spreadsheet. All but the last two may be followed by
 * a time and a zone; without a zone the time is the tenant's.
 */
export const DATE_FORMATS = ['iso', 'dmy', 'mdy', 'named', 'unix', 'serial'] as const;
export type DateFormat = (typeof DATE_FORMATS)[number];

/** Each form for people, with the first of March in it. */
export const DATE_FORMAT_WORDS: Readonly<Record<DateFormat, string>> = {
  iso: 'year first, like 2026-03-01',
  dmy: 'day first, like 01/03/2026 for 1 March',
  mdy: 'month first, like 03/01/2026 for 1 March',
  named: 'month by name, like 1 Mar 2026',
  unix: 'seconds since 1970, like 1772323200',
  serial: 'day number of a spreadsheet, like 46082',
};

const TIME = String.raw`(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp])?\.?[Mm]?\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?`;
const ISO = new RegExp(String.raw`^(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|(\d{2})(\d{2}))${TIME}$`);
const PARTS = new RegExp(String.raw`^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})${TIME}$`);
const DAY_FIRST = new RegExp(String.raw`^(\d{1,2})[ ./-]+([A-Za-z]{3,9})[ .,/-]+(\d{4}|\d{2})${TIME}$`);
const MONTH_FIRST = new RegExp(String.raw`^([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})${TIME}$`);
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

export interface When {
  /** ISO 8601 UTC. A day without a time is the tenant's local noon, so that it stays on its day. */
  instant: string;
  /** What makes two cells the same moment: the day alone when there is no time, whatever the tenant's zone. */
  key: string;
}

interface Parsed {
  year: number;
  month: number;
  day: number;
  /** The matches of TIME, from the hour on. */
  time: (string | undefined)[];
}

function monthOf(name: string | undefined): number {
  return MONTHS.indexOf((name ?? '').slice(0, 3).toLowerCase()) + 1;
}

function fullYear(text: string): number {
  const year = Number(text);
  // POSIX strptime's rule for two digits.
  return text.length > 2 ? year : year + (year < 69 ? 2000 : 1900);
}

function partsOf(text: string, format: DateFormat): Parsed | null {
  if (format === 'iso') {
    const match = ISO.exec(text);
    return match && { year: Number(match[1]), month: Number(match[2] ?? match[4]), day: Number(match[3] ?? match[5]), time: match.slice(6) };
  }
  if (format === 'dmy' || format === 'mdy') {
    const match = PARTS.exec(text);
    if (!match) return null;
    const [, first = '', second = '', year = ''] = match;
    const [day, month] = format === 'dmy' ? [first, second] : [second, first];
    return { year: fullYear(year), month: Number(month), day: Number(day), time: match.slice(4) };
  }
  const dayFirst = DAY_FIRST.exec(text);
  if (dayFirst) return { year: fullYear(dayFirst[3] ?? ''), month: monthOf(dayFirst[2]), day: Number(dayFirst[1]), time: dayFirst.slice(4) };
  const monthFirst = MONTH_FIRST.exec(text);
  return monthFirst && { year: Number(monthFirst[3]), month: monthOf(monthFirst[1]), day: Number(monthFirst[2]), time: monthFirst.slice(4) };
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function atInstant(milliseconds: number): When {
  const instant = new Date(milliseconds).toISOString();
  return { instant, key: instant };
}

function zoneMinutes(zone: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  return match ? (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) : 0;
}

function fromParts({ year, month, day, time }: Parsed, clock: LocalTime): When | null {
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  const [hourText, minute, second, fraction, half, zone] = time;
  const date = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  if (hourText === undefined) return { instant: clock.noonOf(date), key: date };
  let hour = Number(hourText);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  }
  if (hour > 23 || Number(minute) > 59 || Number(second ?? 0) > 59) return null;
  const milliseconds = Number((fraction ?? '').padEnd(3, '0').slice(0, 3));
  const wall = Date.UTC(year, month - 1, day, hour, Number(minute), Number(second ?? 0), milliseconds);
  return atInstant(zone === undefined ? clock.instantOf(wall) : wall - zoneMinutes(zone) * 60_000);
}

/** Midnight in a file of dates is how programs write "no time"; the form decides, so it is read as the time it is. */
function fromNumber(text: string, format: 'unix' | 'serial', clock: LocalTime): When | null {
  if (!/^\d{5,13}(\.\d+)?$/.test(text)) return null;
  const value = Number(text);
  if (format === 'unix') return atInstant(Math.round(value >= 1e11 ? value : value * 1000));
  // Day 25,569 of the 1900 system is 1970-01-01.
  const whole = Math.floor(value);
  if (whole > 200_000) return null;
  if (value === whole) {
    const key = dayText(whole - 25_569);
    return { instant: clock.noonOf(key), key };
  }
  return atInstant(clock.instantOf(Math.round((value - 25_569) * 86_400) * 1000));
}

/** Null when the cell is not a date in this form, or no such day exists. */
export function readDate(cell: string, format: DateFormat, clock: LocalTime): When | null {
  if (format === 'unix' || format === 'serial') return fromNumber(cell, format, clock);
  const parts = partsOf(cell, format);
  return parts && fromParts(parts, clock);
}

export interface DateGuess {
  format: DateFormat;
  /** Every sampled day is ≤ 12, so day first and month first fit alike: ask a person. */
  ambiguous: boolean;
}

/**
 * The form that most sampled cells have. `preferDayFirst` decides where both fit (files with decimal commas or
 * semicolons come from places that write the day first).
 */
export function guessDateFormat(cells: readonly string[], preferDayFirst: boolean): DateGuess | null {
  const texts = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  if (texts.length === 0) return null;
  const slashed = texts.map((text) => PARTS.exec(text)).filter((match) => match !== null);
  if (slashed.length > texts.length / 2) {
    const dayFirst = slashed.filter((match) => Number(match[1]) > 12).length;
    const monthFirst = slashed.filter((match) => Number(match[2]) > 12).length;
    const dotted = slashed.some((match) => match[0].includes('.'));
    if (dayFirst === 0 && monthFirst === 0) return { format: dotted || preferDayFirst ? 'dmy' : 'mdy', ambiguous: !dotted };
    return { format: dayFirst >= monthFirst ? 'dmy' : 'mdy', ambiguous: dayFirst > 0 && monthFirst > 0 };
  }
  const most = (fits: (text: string) => boolean): boolean => texts.filter(fits).length > texts.length / 2;
  if (most((text) => partsOf(text, 'iso') !== null)) return { format: 'iso', ambiguous: false };
  if (most((text) => partsOf(text, 'named') !== null)) return { format: 'named', ambiguous: false };
  if (most((text) => /^\d{9,10}$|^\d{12,13}$/.test(text))) return { format: 'unix', ambiguous: false };
  if (most((text) => /^\d{5}(\.\d+)?$/.test(text))) return { format: 'serial', ambiguous: false };
  return null;
}
