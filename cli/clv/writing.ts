/** How a file writes its days and amounts: told from all of it, for the first thousand lines may fit two ways. */
import { dayNumber, parseDay } from '#core/calendar/days';
import { localDay } from '#core/calendar/local-day';
import { LocalTime } from '#core/calendar/local-time';
import { lastDayOfMonth, monthOfDay } from '#core/calendar/months';
import { decimalText, guessDecimalMark, type DecimalMark } from '#core/commerce/csv/amounts';
import { DATE_FORMAT_WORDS, guessDateFormat, readDate, type DateFormat } from '#core/commerce/csv/dates';
import { csvLines } from './csv-lines.ts';
import { InputError } from './input-error.ts';

export interface Writing {
  /** Day number; null when it is no day. */
  day: (text: string) => number | null;
  /** The amount with a decimal point and nothing else; the text itself where it is none. */
  decimal: (text: string) => string;
  notes: string[];
}

const MOST_TEXTS = 50_000;
const ISO = /^\d{4}-\d{2}-\d{2}($|[T ])/;
/** Stands for the first of days that are only numbered. */
const ZERO = dayNumber('2000-01-01');
const PLAIN = /^[-+]?\d*\.?\d*(e[-+]?\d+)?$/i;
const WANTED: ReadonlyMap<string, DateFormat> = new Map([['day-first', 'dmy'], ['month-first', 'mdy']]);

/**
 * @param dates `day-first` or `month-first` where somebody said so
 * @param timeZone instants fall on the day they were there; without, the day as written counts
 * @throws InputError where days fit both ways, or neither throughout
 */
export async function writingOf(path: string, dateAt: number, moneyAt: readonly number[], { dates, timeZone }: { dates?: string; timeZone?: string }): Promise<Writing> {
  if (dates !== undefined && !WANTED.has(dates)) throw new InputError(`--dates must be ${[...WANTED.keys()].join(' or ')}, not "${dates}".`);
  const days = new Set<string>();
  const money = new Set<string>();
  let first = true;
  for await (const { cells } of csvLines(path)) {
    if (first) {
      first = false;
      continue;
    }
    const date = cells[dateAt] ?? '';
    if (date !== '' && !ISO.test(date) && days.size < MOST_TEXTS) days.add(date.replace(/[T ]\d{1,2}:\d{2}.*$/, ''));
    for (const at of moneyAt) if (money.size < MOST_TEXTS && !PLAIN.test(cells[at] ?? '')) money.add(cells[at] ?? '');
  }
  const notes: string[] = [];
  const mark: DecimalMark = money.size === 0 ? '.' : guessDecimalMark([...money]);
  if (mark === ',') notes.push('Amounts are read with a decimal comma');
  const coarse = days.size === 0 ? null : coarseIn([...days]);
  if (coarse) return { notes: [...notes, coarse.note], day: coarse.day, decimal: (text) => decimalText(text, mark) ?? text };
  const format = days.size === 0 ? 'iso' : formOf(path, [...days], dates);
  if (format !== 'iso') notes.push(`Dates are read ${DATE_FORMAT_WORDS[format].split(',')[0] ?? format}`);
  const clock = new LocalTime('UTC');
  return {
    notes,
    day: (text) => dayIn(text, format, clock, timeZone),
    decimal: (text) => decimalText(text, mark) ?? text,
  };
}

/** Files that tell months, years or the number of a day, throughout; null where days are days. */
function coarseIn(texts: readonly string[]): { note: string; day: (text: string) => number | null } | null {
  if (texts.every((text) => /^(19|20)\d\d$/.test(text))) return { note: 'Dates are years: each counts on its last day', day: (text) => parseDay(`${text}-12-31`) };
  if (texts.every((text) => /^(19|20)\d\d[-/](0[1-9]|1[0-2])$/.test(text))) return { note: 'Dates are months: each counts on its last day', day: lastOfMonth };
  // A day number of a spreadsheet has five digits.
  if (texts.every((text) => /^\d{1,4}$/.test(text))) return { note: 'Dates are numbers of days from a first one that the file does not say: it is shown as 2000-01-01', day: (text) => (/^\d{1,4}$/.test(text) ? ZERO + Number(text) : null) };
  return null;
}

function lastOfMonth(text: string): number | null {
  const first = parseDay(`${text.slice(0, 4)}-${text.slice(5, 7)}-01`);
  return first === null ? null : lastDayOfMonth(monthOfDay(first));
}

function formOf(path: string, texts: readonly string[], dates: string | undefined): DateFormat {
  const asked = WANTED.get(dates ?? '');
  const guess = guessDateFormat(texts, false);
  if (guess === null) return 'iso';
  if (guess.format !== 'dmy' && guess.format !== 'mdy') return guess.format;
  if (asked !== undefined) return asked;
  if (guess.ambiguous) {
    const fits = (format: DateFormat): boolean => texts.every((text) => readDate(text, format, new LocalTime('UTC')) !== null);
    if (fits('dmy') === fits('mdy')) throw new InputError(`${path}: dates such as "${texts[0] ?? ''}" can be read day first or month first${fits('dmy') ? '' : ', and some fit only the one and some only the other'}. Say --dates day-first or --dates month-first.`);
  }
  return guess.format;
}

function dayIn(text: string, format: DateFormat, clock: LocalTime, timeZone: string | undefined): number | null {
  if (ISO.test(text)) {
    if (timeZone !== undefined && /[T ].*(Z|[+-]\d{2}:?\d{2})$/i.test(text)) {
      const instant = new Date(text.replace(' ', 'T'));
      return Number.isNaN(instant.getTime()) ? null : parseDay(localDay(instant, timeZone));
    }
    return parseDay(text.slice(0, 10));
  }
  const when = readDate(text, format, clock);
  if (when === null) return null;
  const isInstant = format === 'unix' || /(Z|UTC|GMT|\d[+-]\d{2}:?\d{2})$/i.test(text);
  return parseDay(timeZone !== undefined && isInstant ? localDay(new Date(when.instant), timeZone) : when.instant.slice(0, 10));
}
