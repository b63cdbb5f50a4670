/** Shopify's two ways of stating an amount, as minor units of the shop's own currency. */
import { toMinor } from '#core/commerce/money';

export interface MoneySet {
  shop_money?: { amount: string; currency_code: string } | null;
}

/**
 * Minor units of `set.shop_money`, else of the plain field beside it (both are in the shop's currency; what the
 * buyer saw in another currency is `presentment_money`, which we do not read). Missing is 0.
 */
export function shopMinor(set: MoneySet | null | undefined, plain: string | null | undefined, currency: string): number {
  const text = set?.shop_money?.amount ?? plain;
  return text === null || text === undefined || text === '' ? 0 : toMinor(text, currency);
}

/** Sum of one amount over a list. */
export function sumMinor<Entry>(list: readonly Entry[] | null | undefined, amount: (entry: Entry) => number): number {
  return (list ?? []).reduce((sum, entry) => sum + amount(entry), 0);
}

/**
 * `total` shared out in proportion to `weights` (≥ 0), in whole minor units that add up to `total` exactly:
 * each share is the difference of two rounded running totals.
 */
export function spread(total: number, weights: readonly number[]): number[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  let weightSoFar = 0;
  let given = 0;
  return weights.map((weight, index) => {
    weightSoFar += weight;
    const share = whole > 0 ? weightSoFar / whole : (index + 1) / weights.length;
    const upTo = Math.round(total * share);
    const part = upTo - given;
    given = upTo;
    return part;
  });
}
