/** Which calendar day it is where the tenant is, and when her next one begins. */

/** A formatter costs far more than its use; there are some 600 zones at most. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formatters.set(timeZone, formatter);
  }
  return formatter;
}

/** Whether there is a time zone by that name; a bare offset like +01:00 is none, and Postgres reads its sign the other way round. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * The calendar day of an instant in a time zone, as `YYYY-MM-DD`.
 * @throws RangeError when the time zone is not an IANA name
 */
export function localDay(instant: Date, timeZone: string): string {
  let year = '';
  let month = '';
  let day = '';
  // Part by part: the order of a locale's date is not promised from one runtime to the next.
  for (const part of formatterOf(timeZone).formatToParts(instant)) {
    if (part.type === 'year') year = part.value;
    else if (part.type === 'month') month = part.value;
    else if (part.type === 'day') day = part.value;
  }
  return `${year.padStart(4, '0')}-${month}-${day}`;
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
