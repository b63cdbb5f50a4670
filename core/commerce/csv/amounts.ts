/** Amounts as files write them: symbols, thousands, decimal commas, brackets for negatives. */
import { toMinor } from '../money.ts';

export type DecimalMark = '.' | ',';

const PLAIN = /^-?\d+(\.\d+)?$/;
/** Money words and symbols before or after a number; the column or the tenant says which currency it is. */
const DECORATION = /[\p{Sc}\s\u00a0\u202f'’]|[A-Za-zł]+\.?/gu;

/**
 * The cell as a plain decimal text, or null when it is not a number. `(12.00)`, `12.00-` and `−12.00` are negative.
 */
export function decimalText(cell: string, mark: DecimalMark): string | null {
  if (mark === '.' && PLAIN.test(cell)) return cell;
  let text = cell.replace(/[−–]/g, '-');
  const bracketed = /^\s*\(.*\)\s*$/.test(text);
  // An exponent is a number's own letter: keep what a program wrote as 1.2E+3.
  const exponent = /^[-+]?\d+(?:[.,]\d+)?[eE][-+]?\d{1,2}$/.exec(text.trim());
  if (exponent) return text.trim().replace(',', '.');
  text = text.replace(/[()]/g, '').replace(DECORATION, '');
  const trailing = text.endsWith('-');
  const negative = bracketed || trailing || text.startsWith('-');
  text = text.replace(/^[-+]|-$/g, '');
  const thousands = mark === '.' ? ',' : '.';
  const [whole = '', fraction, ...more] = text.split(mark);
  if (more.length > 0 || fraction?.includes(thousands)) return null;
  // Groups after the first have three digits (two in Indian notation, three last): 12,34,567.
  if (whole.includes(thousands) && !/^\d{1,3}([.,]\d{2,3})*[.,]\d{3}$/.test(whole)) return null;
  const digits = whole.replaceAll(thousands, '') + (fraction === undefined ? '' : `.${fraction}`);
  if (!/^(\d+\.?\d*|\.\d+)$/.test(digits)) return null;
  return negative ? `-${digits}` : digits;
}

/**
 * Minor units of a cell; null when it is not an amount.
 * @throws AppError `invalid_input` when it is larger than can be kept exactly.
 */
export function readAmount(cell: string, mark: DecimalMark, currency: string): number | null {
  const text = decimalText(cell, mark);
  return text === null ? null : toMinor(text, currency);
}

/** Which mark the sampled amounts use before their decimals; a point where nothing tells. */
export function guessDecimalMark(cells: readonly string[]): DecimalMark {
  let point = 0;
  let comma = 0;
  for (const cell of cells) {
    const lastPoint = cell.lastIndexOf('.');
    const lastComma = cell.lastIndexOf(',');
    if (lastPoint >= 0 && lastComma >= 0) {
      if (lastComma > lastPoint) comma += 1;
      else point += 1;
    } else if (lastComma >= 0 && !/,\d{3}(?!\d)/.test(cell)) {
      comma += 1;
    } else if (lastPoint >= 0 && !/\.\d{3}(?!\d)/.test(cell)) {
      point += 1;
    }
  }
  return comma > point ? ',' : '.';
}

const SYMBOLS: Readonly<Record<string, string>> = { '€': 'EUR', '£': 'GBP', '₹': 'INR', '₩': 'KRW', '₺': 'TRY', '₽': 'RUB', '₴': 'UAH', '₪': 'ILS', '₫': 'VND', '฿': 'THB' };

/** The currency that most sampled amounts name by an unmistakable symbol; null for none, `$` and `¥`. */
export function guessCurrency(cells: readonly string[]): string | null {
  for (const [symbol, code] of Object.entries(SYMBOLS)) {
    if (cells.filter((cell) => cell.includes(symbol)).length > cells.length / 2) return code;
  }
  return null;
}
