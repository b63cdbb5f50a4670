/** Sums by day, week or month without holes, and which periods are not over. */
import { lastDayOfMonth, monthOfDay } from '#core/calendar/months';

export const PERIODS = ['day', 'week', 'month'] as const;
export type PeriodKind = (typeof PERIODS)[number];

/** Days `from` to `to` of one period, both included. */
export interface Period {
  from: number;
  to: number;
}

export interface Series {
  by: PeriodKind;
  /** Periods that are over, one after the other. */
  periods: Period[];
  /** What fell into each of them. */
  values: Float64Array;
  /** The period that `asOfDay` lies in, while it is not over. */
  open: (Period & { soFar: number; daysOver: number }) | null;
  notes: string[];
}

/** Periods in a year's or week's rhythm: 7 days, 52 weeks, 12 months. */
export function seasonOf(by: PeriodKind): number {
  return by === 'day' ? 7 : by === 'week' ? 52 : 12;
}

/** A first period that lacks more than this share of its days is left out: the shop was not open yet. */
const MOST_MISSING = 0.1;

/** The period a day lies in. Weeks begin on Monday. */
export function periodOf(day: number, by: PeriodKind): Period {
  if (by === 'day') return { from: day, to: day };
  if (by === 'week') {
    // Day 0, 1 January 1970, was a Thursday.
    const from = day - ((((day + 3) % 7) + 7) % 7);
    return { from, to: from + 6 };
  }
  const month = monthOfDay(day);
  return { from: lastDayOfMonth(month - 1) + 1, to: lastDayOfMonth(month) };
}

/** The `count` periods after a day. */
export function periodsAfter(day: number, by: PeriodKind, count: number): Period[] {
  const periods: Period[] = [];
  for (let at = day + 1; periods.length < count; ) {
    const period = periodOf(at, by);
    periods.push(period);
    at = period.to + 1;
  }
  return periods;
}

/**
 * Values summed by period up to `asOfDay`, from the first day with a value; days without one count as zero. Entries may
 * come in any order; what is dated after `asOfDay` is left out.
 */
export function periodSeries(day: ArrayLike<number>, value: ArrayLike<number>, by: PeriodKind, asOfDay: number): Series {
  let first = Infinity;
  for (let i = 0; i < day.length; i++) first = Math.min(first, day[i] ?? Infinity);
  const notes: string[] = [];
  if (!(first <= asOfDay)) return { by, periods: [], values: new Float64Array(0), open: null, notes };
  const perDay = new Float64Array(asOfDay - first + 1);
  for (let i = 0; i < day.length; i++) {
    const at = (day[i] ?? 0) - first;
    if (at < perDay.length) perDay[at] = (perDay[at] ?? 0) + (value[i] ?? 0);
  }
  const sum = (period: Period): number => {
    let total = 0;
    for (let at = Math.max(period.from, first); at <= Math.min(period.to, asOfDay); at++) total += perDay[at - first] ?? 0;
    return total;
  };
  const periods: Period[] = [];
  let open: Series['open'] = null;
  for (let at = first; at <= asOfDay; ) {
    const period = periodOf(at, by);
    if (period.to > asOfDay) open = { ...period, soFar: sum(period), daysOver: asOfDay - period.from + 1 };
    else periods.push(period);
    at = period.to + 1;
  }
  const begun = periods[0];
  if (begun && periods.length > 3 && first - begun.from > MOST_MISSING * (begun.to - begun.from + 1)) {
    periods.shift();
    notes.push(`The first ${by} is left out: orders begin in the middle of it`);
  }
  return { by, periods, values: Float64Array.from(periods, sum), open, notes };
}
