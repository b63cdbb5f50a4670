/** Calendar days of a tenant as whole numbers, so that windows are subtraction. */

const MS_PER_DAY = 86_400_000;

/** Days since 1970-01-01 of a `YYYY-MM-DD` day. */
export function dayNumber(day: string): number {
  const ms = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(ms)) throw new RangeError(`Not a calendar day: ${day}`);
  return Math.round(ms / MS_PER_DAY);
}

/** `YYYY-MM-DD` of a number of days since 1970-01-01. */
export function dayText(day: number): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}

/** A formatter costs far more than its use. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', month: 'numeric', day: 'numeric' });
    formatters.set(timeZone, formatter);
  }
  return formatter;
}

/**
 * The calendar day an instant falls on in a time zone, as days since 1970-01-01.
 * @throws RangeError when the time zone is not an IANA name.
 */
export function localDay(instant: Date, timeZone: string): number {
  let year = 0;
  let month = 0;
  let day = 0;
  for (const part of formatterOf(timeZone).formatToParts(instant)) {
    if (part.type === 'year') year = Number(part.value);
    else if (part.type === 'month') month = Number(part.value);
    else if (part.type === 'day') day = Number(part.value);
  }
  return Math.round(Date.UTC(year, month - 1, day) / MS_PER_DAY);
}

/** The first instant of the local day after the one `instant` falls on, to the second, whatever the clocks do that night. */
export function nextLocalDayStart(instant: Date, timeZone: string): Date {
  const today = localDay(instant, timeZone);
  let before = Math.floor(instant.getTime() / 1000);
  // A local day lasts at most 26 hours or so, also where a zone changes side of the date line.
  let after = before + 50 * 3600;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (localDay(new Date(middle * 1000), timeZone) > today) after = middle;
    else before = middle;
  }
  return new Date(after * 1000);
}
