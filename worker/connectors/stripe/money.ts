/** Stripe's smallest units as ours. They agree but for a few currencies where Stripe goes its own way. */
import { AppError } from '#core/errors';
import { currencyCode } from '#core/commerce/currencies';
import { minorDigits } from '#core/commerce/money';

/**
 * Digits of Stripe's amounts where they are not ISO 4217's: króna and shilling have no decimals any more but are still
 * sent with two, the ariary has them on paper and is sent without. Source: docs.stripe.com/currencies.
 */
const STRIPE_DIGITS: Readonly<Record<string, number>> = { ISK: 2, UGX: 2, MGA: 0 };

/** The ISO 4217 code. @throws AppError `invalid_input` naming the field. */
export function currencyOf(text: string, what: string): string {
  const code = currencyCode(text);
  if (code === null) {
    throw new AppError('invalid_input', `${what}: currency: "${text.slice(0, 10)}" is not a currency`, { errors: [{ path: 'currency', message: 'Not an ISO 4217 code' }] });
  }
  return code;
}

/** Our minor units of an amount as Stripe states it; rounded half up where Stripe has digits that the currency has not. */
export function minorOf(amount: number, currency: string): number {
  const digits = minorDigits(currency);
  const shift = digits - (STRIPE_DIGITS[currency] ?? digits);
  if (shift === 0) return amount;
  return shift > 0 ? amount * 10 ** shift : Math.round(amount / 10 ** -shift);
}
