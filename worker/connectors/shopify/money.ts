/** Shopify's two ways of stating an amount, as minor units of the shop's own currency. */
import { toMinor } from '#core/commerce/money';

export { spread, sumMinor } from '#connectors/shares';

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
