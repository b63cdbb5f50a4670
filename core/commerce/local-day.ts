/** Tenant-local calendar days: instants to days, days to numbers and back. */

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(timeZone: string): Intl.DateTimeFormat {
  let found = formatters.get(timeZone);
  if (!found) {
    // en-CA writes YYYY-MM-DD.
    found = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formatters.set(timeZone, found);
  }
  return found;
}

/**
 * The calendar day of an instant in a time zone, as YYYY-MM-DD.
 * @throws RangeError when the time zone is not in the IANA list
 */
export function localDay(at: Date, timeZone: string): string {
  return formatter(timeZone).format(at);
}

const DAY_MS = 86_400_000;

/** Days since 1970-01-01 of a YYYY-MM-DD. */
export function dayNumber(day: string): number {
  return Math.round(Date.parse(`${day}T00:00:00Z`) / DAY_MS);
}

/** YYYY-MM-DD of a day number. */
export function dayFromNumber(number: number): string {
  return new Date(number * DAY_MS).toISOString().slice(0, 10);
}

export function addDays(day: string, days: number): string {
  return dayFromNumber(dayNumber(day) + days);
}
