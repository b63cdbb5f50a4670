/** Numbers, money and dates as this merchant reads them; the same text on the server and in the browser. */
import { minorDigits } from '#core/commerce/money';

export interface FormatSettings {
  /** BCP 47. */
  locale: string;
  /** ISO 4217. */
  currency: string;
  /** IANA. */
  timeZone: string;
}

/** `exact`: every minor unit. `short`: no cents from 100 up. `compact`: for axes, "12k". */
export type MoneyStyle = 'exact' | 'short' | 'compact';

export interface Formats extends FormatSettings {
  /** Minor units; of the company's currency unless another is named. */
  money: (minor: number, style?: MoneyStyle, currency?: string) => string;
  count: (value: number) => string;
  compact: (value: number) => string;
  /** `least` digits are shown even where they are zeros, so that a column lines up. */
  decimal: (value: number, digits?: number, least?: number) => string;
  /** A fraction: 0.123 is 12 %. */
  percent: (fraction: number, digits?: number, least?: number) => string;
  /** With its sign: +12 %, and a digit more below ten; with `digits` always as many. */
  change: (fraction: number, digits?: number) => string;
  /** YYYY-MM-DD. */
  day: (day: string) => string;
  /** YYYY-MM-DD without its year. */
  dayShort: (day: string) => string;
  /** YYYY-MM or a day of that month. */
  month: (month: string) => string;
  /** The day of an ISO 8601 instant, in the merchant's zone. */
  date: (instant: string) => string;
  /** ISO 8601 instant, in the merchant's zone. */
  time: (instant: string) => string;
  /** Seconds: 0.4 s, 12 s, 3 min, 2 h 5 min. */
  duration: (seconds: number) => string;
}

const noonOf = (day: string): Date => new Date(`${day.length === 7 ? `${day}-01` : day}T12:00:00Z`);

/** Locale data differs between runtimes in which space it puts beside a sign; one kind keeps both renderings equal. */
const sameSpace = (text: string): string => text.replace(/[\u202f\u2009]/g, '\u00a0');

export function createFormats(settings: FormatSettings): Formats {
  const { locale, currency, timeZone } = settings;
  const cache = new Map<string, Intl.NumberFormat>();
  const number = (options: Intl.NumberFormatOptions, value: number): string => {
    const key = JSON.stringify(options);
    let format = cache.get(key);
    if (!format) cache.set(key, (format = new Intl.NumberFormat(locale, options)));
    return sameSpace(format.format(value === 0 ? 0 : value));
  };
  const dates = {
    day: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }),
    dayShort: new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' }),
    month: new Intl.DateTimeFormat(locale, { month: 'short', year: 'numeric', timeZone: 'UTC' }),
    date: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone }),
    time: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone }),
  };
  return {
    ...settings,
    money(minor, style = 'short', code = currency) {
      const digits = minorDigits(code);
      const value = minor / 10 ** digits;
      const base = { style: 'currency', currency: code, currencyDisplay: 'narrowSymbol' } as const;
      if (style === 'compact' && Math.abs(value) >= 1000) {
        return number({ ...base, notation: 'compact', minimumFractionDigits: 0, maximumFractionDigits: 1 }, value);
      }
      const shown = style === 'exact' || (style === 'short' && Math.abs(value) < 100) ? digits : 0;
      return number({ ...base, minimumFractionDigits: shown, maximumFractionDigits: shown }, value);
    },
    count: (value) => number({ maximumFractionDigits: 0 }, value),
    compact: (value) => number({ notation: 'compact', maximumFractionDigits: 1 }, value),
    decimal: (value, digits = 1, least = 0) => number({ minimumFractionDigits: least, maximumFractionDigits: digits }, value),
    percent: (fraction, digits = 0, least = 0) => number({ style: 'percent', minimumFractionDigits: least, maximumFractionDigits: digits }, fraction),
    change: (fraction, digits) =>
      number({ style: 'percent', minimumFractionDigits: digits ?? 0, maximumFractionDigits: digits ?? (Math.abs(fraction) < 0.1 ? 1 : 0), signDisplay: 'exceptZero' }, fraction),
    day: (day) => sameSpace(dates.day.format(noonOf(day))),
    dayShort: (day) => sameSpace(dates.dayShort.format(noonOf(day))),
    month: (month) => sameSpace(dates.month.format(noonOf(month))),
    date: (instant) => sameSpace(dates.date.format(new Date(instant))),
    time: (instant) => sameSpace(dates.time.format(new Date(instant))),
    duration(seconds) {
      if (seconds < 60) return `${number({ maximumFractionDigits: seconds < 10 ? 1 : 0 }, seconds)} s`;
      const minutes = Math.round(seconds / 60);
      return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
    },
  };
}
