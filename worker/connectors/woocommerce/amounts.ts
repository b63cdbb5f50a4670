/** WooCommerce's money as minor units: what an order is worth in parts, and what went back. */
import type { Amounts, LineItem } from '#core/commerce/record';
import { toMinor } from '#core/commerce/money';
import { textOf } from '#connectors/payload';
import { spread, sumMinor } from '#connectors/shares';
import { plainText } from './plain-text.ts';
import type { LinePayload, OrderPayload, RefundPayload } from './payload.ts';

/** Minor units; a field that is missing or empty is 0. */
export function minorOf(amount: string | null | undefined, currency: string): number {
  return amount == null || amount === '' ? 0 : toMinor(amount, currency);
}

/**
 * Goods, discount, tax and shipping of the order as sold. An order's own totals do not change when it is refunded.
 *
 * - WooCommerce keeps lines, fees, discounts and shipping without tax, also where the shop enters its prices with it
 *   (`prices_include_tax`), so nothing has to be restated.
 * - Each line is stated rounded, the total is what was paid: net sales are total − tax − shipping, which is also the
 *   "net sales" of WooCommerce's own reports. So fees count as goods, and a negative fee is a discount.
 */
export function orderAmounts(order: OrderPayload): Amounts {
  const currency = order.currency.toUpperCase();
  const lines = sumMinor(order.line_items, (line) => Math.max(0, minorOf(line.subtotal, currency)));
  const fees = sumMinor(order.fee_lines, (fee) => Math.max(0, minorOf(fee.total, currency)));
  const tax = Math.max(0, minorOf(order.total_tax, currency));
  const shipping = Math.max(0, minorOf(order.shipping_total, currency));
  const net = Math.max(0, minorOf(order.total, currency) - tax - shipping);
  const goods = Math.max(lines + fees, net);
  return { currency, given: null, goods, discount: goods - net, tax, shipping, tip: 0 };
}

/** Lines as items that together are exactly `net`: what was rounded, or taken off as a negative fee, is shared out. */
export function itemsOf(lines: OrderPayload['line_items'], net: number, currency: string): LineItem[] {
  const sold = lines ?? [];
  const weights = sold.map((line) => Math.abs(minorOf(line.total, currency)));
  const known = weights.reduce((sum, weight) => sum + weight, 0);
  // Less than the net is a fee, which belongs to no product.
  const shares = known > net ? spread(net, weights) : weights;
  return sold.map((line, index) => ({
    productId: line.product_id == null || line.product_id === '0' ? null : line.product_id,
    sku: textOf(line.sku),
    name: textOf(plainText(line.name ?? '')) ?? 'Unnamed product',
    category: null,
    quantity: quantityOf(line),
    amount: shares[index] ?? 0,
  }));
}

/** Whole pieces; refunds state them below zero, and plugins sell by weight. */
function quantityOf(line: LinePayload): number {
  const quantity = Math.abs(Number(line.quantity ?? '1'));
  return Number.isFinite(quantity) ? Math.round(quantity) : 1;
}

/**
 * The parts of the first `money` that went back for an order: its goods with their tax first, in their proportion,
 * and shipping with its tax only when nothing else is left. So an order refunded bit by bit comes out at exactly its
 * own parts, whichever bits those are.
 */
function partsUpTo(money: number, sold: { goods: number; goodsTax: number; shipping: number; shippingTax: number }): { goods: number; tax: number; shipping: number } {
  const forGoods = Math.min(money, sold.goods + sold.goodsTax);
  const [goods = 0, goodsTax = 0] = forGoods === 0 ? [] : spread(forGoods, [sold.goods, sold.goodsTax]);
  const forShipping = Math.min(money - forGoods, sold.shipping + sold.shippingTax);
  const [shipping = 0, shippingTax = 0] = forShipping === 0 ? [] : spread(forShipping, [sold.shipping, sold.shippingTax]);
  // More than was paid is goodwill, which lessens what the customer is worth like goods do.
  return { goods: goods + (money - forGoods - forShipping), tax: goodsTax + shippingTax, shipping };
}

/**
 * A refund of `money` after `before` of it went back already, where nobody says what for: an order's list of refunds
 * has totals alone, and a refund typed in as an amount has no lines.
 */
export function guessedParts(order: OrderPayload, before: number, money: number): Amounts {
  const { currency, goods, discount, tax, shipping } = orderAmounts(order);
  const shippingTax = Math.min(tax, shipping === 0 ? 0 : Math.max(0, minorOf(order.shipping_tax, currency)));
  const sold = { goods: goods - discount, goodsTax: tax - shippingTax, shipping, shippingTax };
  const [from, to] = [partsUpTo(before, sold), partsUpTo(before + money, sold)];
  // Each part only grows with the sum, so all differences are ≥ 0, and they add up to the money.
  return { currency, given: null, goods: to.goods - from.goods, discount: 0, tax: to.tax - from.tax, shipping: to.shipping - from.shipping, tip: 0 };
}

/** The refund's own lines, when they add up to its amount; else null. */
export function statedParts(refund: RefundPayload, currency: string): Amounts | null {
  const back = (lines: RefundPayload['line_items'], key: 'total' | 'total_tax'): number => -sumMinor(lines, (line) => minorOf(line[key], currency));
  const goods = back(refund.line_items, 'total') + back(refund.fee_lines, 'total');
  const shipping = back(refund.shipping_lines, 'total');
  const tax = back(refund.line_items, 'total_tax') + back(refund.fee_lines, 'total_tax') + back(refund.shipping_lines, 'total_tax');
  if (goods < 0 || shipping < 0 || tax < 0 || goods + shipping + tax !== minorOf(refund.amount, currency)) return null;
  return { currency, given: null, goods, discount: 0, tax, shipping, tip: 0 };
}
