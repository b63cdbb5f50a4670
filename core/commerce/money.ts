/** Exact conversion between decimal strings and integer minor units. */
import { AppError } from '#core/errors';

/** ISO 4217 currencies whose minor unit is not 1/100. Source: ISO 4217 amendment 176. */
const EXPONENTS: Readonly<Record<string, number>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0,
  VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
};

/** Digits after the decimal point of `currency`. */
export function minorDigits(currency: string): number {
  return EXPONENTS[currency] ?? 2;
}

/**
 * Minor units of a decimal amount ("12.34" or 12.34). More digits than the currency has are rounded half away
 * from zero, as invoices are.
 * @throws AppError `invalid_input` when the text is not a plain decimal or the result is beyond 2^53.
 */
export function toMinor(amount: string | number, currency: string): number {
  const text = String(amount).trim();
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,2}))?$/.exec(text);
  if (!match || (match[2] === '' && (match[3] ?? '') === '')) {
    throw new AppError('invalid_input', `"${text.slice(0, 40)}" is not an amount; write it like 12.34`);
  }
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = minorDigits(currency) + Number(exponent);
  const all = whole + fraction;
  const cut = whole.length + digits;
  const kept = cut <= 0 ? '0' : all.slice(0, cut).padEnd(cut, '0');
  const next = cut < 0 ? '0' : (all[cut] ?? '0');
  const magnitude = Number(kept) + (next >= '5' ? 1 : 0);
  if (!Number.isSafeInteger(magnitude)) {
    throw new AppError('invalid_input', `"${text.slice(0, 40)}" is larger than any amount we can keep exactly`);
  }
  return sign === '-' && magnitude !== 0 ? -magnitude : magnitude;
}

/** Decimal string of minor units: 1234 USD → "12.34". */
export function fromMinor(minor: number, currency: string): string {
  const digits = minorDigits(currency);
  const sign = minor < 0 ? '-' : '';
  const text = String(Math.abs(minor)).padStart(digits + 1, '0');
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
