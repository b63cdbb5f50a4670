/** What a bill's total is made of, in our minor units. */
import type { Amounts } from '#core/commerce/record';
import { spread } from '#connectors/shares';
import { minorOf } from './money.ts';

interface Bill {
  total: number;
  /** All tax, and how much of it is inside the prices that discounts are stated on. */
  tax: number;
  taxInside: number;
  /** Without tax. */
  shipping: number;
  discount: number;
  /** What was paid of the total. */
  paid: number;
}

/**
 * Goods, discount, tax and shipping so that goods − discount + tax + shipping is exactly what was paid. Tax and
 * shipping are as stated, goods the rest of the total; a discount on prices that include tax is restated without it.
 * Where less than the total was paid in money, every part shrinks alike.
 */
export function partsOf(bill: Bill, currency: string): Amounts {
  const total = Math.max(0, bill.total);
  const tax = Math.min(total, Math.max(0, bill.tax));
  const shipping = Math.min(total - tax, Math.max(0, bill.shipping));
  const net = total - tax - shipping;
  const stated = Math.max(0, bill.discount);
  const discount = net + bill.taxInside > 0 ? Math.round((stated * net) / (net + bill.taxInside)) : stated;
  const whole = [net, tax, shipping].map((part) => minorOf(part, currency));
  const paid = Math.max(0, minorOf(bill.paid, currency));
  const [goodsPaid = 0, taxPaid = 0, shippingPaid = 0] = paid < minorOf(total, currency) ? spread(paid, whole) : whole;
  const ofDiscount = minorOf(discount, currency);
  const discountPaid = net > 0 && whole[0] !== goodsPaid ? Math.round((ofDiscount * goodsPaid) / (whole[0] ?? 1)) : ofDiscount;
  return { currency, given: null, goods: goodsPaid + discountPaid, discount: discountPaid, tax: taxPaid, shipping: shippingPaid, tip: 0 };
}
