/** Counts and days as findings say them. */
const dates = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });

export const count = (n: number): string => n.toLocaleString('en');
export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;
/** @param day YYYY-MM-DD */
export const dayWords = (day: string): string => dates.format(new Date(`${day}T12:00:00Z`));
