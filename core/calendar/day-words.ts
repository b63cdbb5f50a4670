const dates = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });

/** A day in an English sentence: 5 June 2026. @param day YYYY-MM-DD */
export function dayWords(day: string): string {
  return dates.format(new Date(`${day}T12:00:00Z`));
}
