/** Months of the calendar as whole numbers, so that cohorts and triangles count by subtraction. */
import { dayNumber, dayText } from './days.ts';

/** Months since year 0 of a day number. */
export function monthOfDay(day: number): number {
  return monthNumber(dayText(day)) ?? 0;
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
