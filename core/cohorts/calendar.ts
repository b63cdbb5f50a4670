/** Days and months of the calendar as whole numbers, so that models and triangles never meet a clock or a time zone. */
import { dayFromNumber, dayNumber } from '#core/commerce/local-day';

/** Day number (days since 1970-01-01) of a `YYYY-MM-DD` day; null when it is not a day of the calendar. */
export function parseDay(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const day = dayNumber(text);
  return Number.isFinite(day) && dayFromNumber(day) === text ? day : null;
}

/** Months since year 0 of a day number. */
export function monthOfDay(day: number): number {
  return monthNumber(dayFromNumber(day)) ?? 0;
}

/** Months since year 0 of a `YYYY-MM` month or of the month a `YYYY-MM-DD` day lies in; null for anything else. */
export function monthNumber(text: string): number | null {
  const match = /^(\d{4})-(\d{2})(?:-\d{2})?$/.exec(text);
  if (!match) return null;
  const month = Number(match[2]);
  return month >= 1 && month <= 12 ? Number(match[1]) * 12 + month - 1 : null;
}

/** `YYYY-MM` of a month number. */
export function monthText(month: number): string {
  return `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;
}

/** Last day, as a day number, of a month number. */
export function lastDayOfMonth(month: number): number {
  return dayNumber(`${monthText(month + 1)}-01`) - 1;
}
