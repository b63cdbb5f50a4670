/** When a filter is asked, and what only the company can say about it. */
import { dayNumber, DAY_MS } from '#core/calendar/days';
import { localDay } from '#core/calendar/local-day';
import { localTimeIn } from '#core/calendar/local-time';
import type { Cuts } from './cuts.ts';

/** What stays the same while time passes. */
export interface Setting {
  timeZone: string;
  /** Digits of the company's currency: filters say money in whole units, the books in minor ones. */
  currencyDigits: number;
  /** Whether orders of amount zero are orders, by the company's choice. */
  countZeroOrders: boolean;
  /** Frozen each night; a percentile whose cut is missing holds nobody. */
  cuts: Cuts;
}

export interface MatchMoment extends Setting {
  at: Date;
  /** Tenant-local day of `at`. */
  today: string;
}

export function momentAt(setting: Setting, at: Date): MatchMoment {
  return { timeZone: setting.timeZone, currencyDigits: setting.currencyDigits, countZeroOrders: setting.countZeroOrders, cuts: setting.cuts, at, today: localDay(at, setting.timeZone) };
}

/** First instant of a local day, in milliseconds. */
export function dayStart(day: string, timeZone: string): number {
  return localTimeIn(timeZone).instantOf(dayNumber(day) * DAY_MS);
}
