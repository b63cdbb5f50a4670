/** Exchange rates as people say them and as amounts are converted: minor units of one currency for one of another. */
import { minorDigits } from './money.ts';

/** `1 USD = 0.92 EUR` as the factor from minor unit to minor unit. */
export function factorOfRate(rate: number, currency: string, base: string): number {
  return rate * 10 ** (minorDigits(base) - minorDigits(currency));
}

/** The other way round; twelve digits, without the dust of binary division. */
export function rateOfFactor(factor: number, currency: string, base: string): number {
  return Number((factor * 10 ** (minorDigits(currency) - minorDigits(base))).toPrecision(12));
}

/** Reference rates of one day: units of each currency for one euro. */
export interface ReferenceDay {
  day: string;
  perEuro: ReadonlyMap<string, number>;
}

/** Factor from `currency` to `base` over the euro; null where the day has no rate for one of them. */
export function crossFactor({ perEuro }: ReferenceDay, currency: string, base: string): number | null {
  const units = (code: string): number | undefined => (code === 'EUR' ? 1 : perEuro.get(code));
  const [from, to] = [units(currency), units(base)];
  return from === undefined || to === undefined ? null : factorOfRate(to / from, currency, base);
}

/** What one minor unit of `currency` is worth from `day` on, in minor units of another currency. */
export interface DatedFactor {
  currency: string;
  day: string;
  factor: number;
}

/**
 * Rates to `former` as rates to `base`, by what is known of `base` itself: each at the rate of its own day or the last
 * before. What is older than that is left out.
 */
export function rebase<T extends DatedFactor>(rates: readonly T[], former: string, base: string): T[] {
  const bases = rates.filter(({ currency }) => currency === base).sort((a, b) => (a.day < b.day ? -1 : 1));
  return rates.flatMap((rate) => {
    if (rate.currency === base) return [{ ...rate, currency: former, factor: 1 / rate.factor }];
    const own = bases.findLast(({ day }) => day <= rate.day);
    return own === undefined ? [] : [{ ...rate, factor: rate.factor / own.factor }];
  });
}
