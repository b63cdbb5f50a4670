/** Days of the calendar as whole numbers, so that windows are subtraction and models never meet a clock or a time zone. */

/** Milliseconds of a day without a change of clocks. */
export const DAY_MS = 86_400_000;

/**
 * Days since 1970-01-01 of a `YYYY-MM-DD` day that is known to be one; what people typed goes through `parseDay`.
 * @throws RangeError when it is no date at all
 */
export function dayNumber(day: string): number {
  const ms = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(ms)) throw new RangeError(`Not a calendar day: ${day}`);
  return Math.round(ms / DAY_MS);
}

/** `YYYY-MM-DD` of a number of days since 1970-01-01. */
export function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The `YYYY-MM-DD` day that lies `days` after another, or before it where `days` is negative. */
export function addDays(day: string, days: number): string {
  return dayText(dayNumber(day) + days);
}

/** Days since 1970-01-01 of a `YYYY-MM-DD` day; null when it is not a day of the calendar. */
export function parseDay(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const ms = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(ms)) return null;
  const day = Math.round(ms / DAY_MS);
  // Date.parse turns the 30th of February into the 1st of March.
  return dayText(day) === text ? day : null;
}
