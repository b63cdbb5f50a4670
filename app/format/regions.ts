/** The currencies and time zones that forms offer. */

/** ISO 4217 codes, the most common first. */
const CURRENCIES = [
  'EUR', 'USD', 'GBP', 'CHF', 'CAD', 'AUD', 'NZD', 'JPY', 'SEK', 'NOK', 'DKK', 'PLN', 'CZK', 'HUF', 'RON', 'BGN', 'ISK', 'TRY',
  'UAH', 'ILS', 'AED', 'SAR', 'KWD', 'BHD', 'INR', 'SGD', 'HKD', 'CNY', 'KRW', 'TWD', 'THB', 'MYR', 'IDR', 'PHP', 'VND', 'BRL',
  'MXN', 'ARS', 'CLP', 'COP', 'PEN', 'ZAR', 'NGN', 'KES', 'EGP', 'MAD',
] as const;

export interface NamedCurrency {
  code: string;
  name: string;
}

/** @param met currencies to offer besides the usual ones */
export function currenciesNamed(locale: string, met: readonly string[] = []): NamedCurrency[] {
  const names = new Intl.DisplayNames([locale], { type: 'currency' });
  return [...new Set([...CURRENCIES, ...met])].map((code) => ({ code, name: names.of(code) ?? code }));
}

export function timeZones(): string[] {
  return [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])];
}
