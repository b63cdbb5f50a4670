/** What a basket costs: discounts and value added tax by line, in euro cents, and what a foreign buyer sees. */
import type { BasketLine } from './basket.ts';

export interface PricedLine extends BasketLine {
  /** Price × quantity, tax included. */
  gross: number;
  discount: number;
  /** Contained in gross − discount. */
  tax: number;
}

export interface PricedBasket {
  lines: readonly PricedLine[];
  gross: number;
  discount: number;
  /** Contained in the goods; shipping has its own. */
  goodsTax: number;
  /** Goods after discounts, without tax: net sales. */
  net: number;
  /** Tax included. */
  shipping: number;
  shippingTax: number;
  /** What the buyer pays. */
  total: number;
}

const FREE_SHIPPING_FROM = 3900;
const SHIPPING = 490;
const SHIPPING_TAX_PERCENT = 19;

function containedTax(amount: number, percent: number): number {
  return Math.round((amount * percent) / (100 + percent));
}

const sum = (lines: readonly PricedLine[], part: (line: PricedLine) => number): number =>
  lines.reduce((total, line) => total + part(line), 0);

export function priceBasket(basket: readonly BasketLine[], discountPercent: number): PricedBasket {
  const lines = basket.map((line) => {
    const gross = line.product.price * line.quantity;
    const discount = Math.round((gross * discountPercent) / 100);
    return { ...line, gross, discount, tax: containedTax(gross - discount, line.product.taxPercent) };
  });
  const gross = sum(lines, (line) => line.gross), discount = sum(lines, (line) => line.discount);
  const goodsTax = sum(lines, (line) => line.tax);
  const shipping = gross - discount >= FREE_SHIPPING_FROM ? 0 : SHIPPING;
  return {
    lines, gross, discount, goodsTax, net: gross - discount - goodsTax,
    shipping, shippingTax: containedTax(shipping, SHIPPING_TAX_PERCENT), total: gross - discount + shipping,
  };
}

export type PresentmentCurrency = 'EUR' | 'CHF' | 'USD' | 'GBP';

const PER_EURO: Readonly<Record<PresentmentCurrency, number>> = { EUR: 1, CHF: 0.95, USD: 1.09, GBP: 0.85 };

/** Units of `currency` for one euro on a day (days since 1970): a slow swing around a typical rate. */
export function presentmentRate(currency: PresentmentCurrency, day: number): number {
  return currency === 'EUR' ? 1 : PER_EURO[currency] * (1 + 0.03 * Math.sin(day / 90));
}
