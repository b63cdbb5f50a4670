/** A Shopify refund as its own keyed record: the money that went back, and for what. */
import { AppError } from '#core/errors';
import type { Amounts, LineItem, RefundRecord } from '#core/commerce/record';
import type { NormaliseContext } from '#connectors/connector';
import { fallbackTime, requireId, textOf } from './identity.ts';
import { shopMinor, spread, sumMinor } from './money.ts';
import type { RefundPayload } from './payload.ts';

type MoneyState = 'refunded' | 'pending' | 'failed' | 'no_money';

/** Money only comes back with a successful refund transaction; a restock alone returns none. */
function moneyState(refund: RefundPayload): MoneyState {
  // Older payloads and copies may leave the list out altogether: the refund's own lines are then what we know.
  if (!refund.transactions) return 'refunded';
  const refunds = refund.transactions.filter((transaction) => transaction.kind === 'refund');
  if (refunds.some((transaction) => transaction.status === 'success')) return 'refunded';
  if (refunds.some((transaction) => transaction.status === 'pending')) return 'pending';
  return refunds.length > 0 ? 'failed' : 'no_money';
}

/** A refund has no updated-at: of two copies with the same times, the one whose money moved is newer. */
const RANKS: Readonly<Record<MoneyState, number>> = { no_money: 10, pending: 20, failed: 30, refunded: 40 };

/** Minor units that were paid back in the shop's currency; null when the payments are stated in another. */
function moneyBack(refund: RefundPayload, currency: string): number | null {
  if (!refund.transactions) return null;
  const paid = refund.transactions.filter((transaction) => transaction.kind === 'refund' && transaction.status === 'success');
  if (paid.some((transaction) => (transaction.currency ?? currency) !== currency)) return null;
  return sumMinor(paid, (transaction) => shopMinor(null, transaction.amount, currency));
}

/**
 * The parts of what was paid back. Tax and shipping are as stated; goods are the rest of the money, which also takes
 * in restocking fees, goodwill and prices that include tax, because
 * money = goods + tax + shipping holds for all of them. Only when the payments are not in the shop's currency do
 * the refund's own lines decide, with their stated discrepancy.
 */
function amountsOf(refund: RefundPayload, currency: string): Amounts {
  const lines = refund.refund_line_items ?? [];
  const adjustments = refund.order_adjustments ?? [];
  const ofKind = (kind: string) => adjustments.filter((entry) => entry.kind === kind);
  const stated = sumMinor(lines, (line) => shopMinor(line.subtotal_set, line.subtotal, currency));
  const giftCards = sumMinor(lines, (line) => (line.line_item?.gift_card ? shopMinor(line.subtotal_set, line.subtotal, currency) : 0));
  const lineTax = sumMinor(lines, (line) => shopMinor(line.total_tax_set, line.total_tax, currency));
  // API versions from 2025 list shipping refunds on their own; before, they are adjustments with negative amounts.
  const listed = refund.refund_shipping_lines ?? [];
  const shippingStated = listed.length > 0
    ? sumMinor(listed, (line) => shopMinor(line.subtotal_amount_set, null, currency))
    : -sumMinor(ofKind('shipping_refund'), (entry) => shopMinor(entry.amount_set, entry.amount, currency));
  const shippingTax = listed.length > 0
    ? sumMinor(listed, (line) => shopMinor(line.tax_amount_set, null, currency))
    : -sumMinor(ofKind('shipping_refund'), (entry) => shopMinor(entry.tax_amount_set, entry.tax_amount, currency));
  const tax = Math.max(0, lineTax + shippingTax);
  const money = moneyBack(refund, currency);
  if (money === null) {
    const discrepancy = -sumMinor(ofKind('refund_discrepancy'), (entry) => shopMinor(entry.amount_set, entry.amount, currency));
    return { currency, given: null, goods: Math.max(0, stated - giftCards + discrepancy), discount: 0, tax, shipping: Math.max(0, shippingStated), tip: 0 };
  }
  const taxIncluded = tax > 0 && stated + shippingStated === money;
  const shipping = Math.max(0, taxIncluded ? shippingStated - shippingTax : shippingStated);
  const keptTax = Math.min(tax, money);
  const keptShipping = Math.min(shipping, money - keptTax);
  const goods = Math.max(0, money - keptTax - keptShipping - giftCards);
  return { currency, given: null, goods, discount: 0, tax: keptTax, shipping: keptShipping, tip: 0 };
}

function itemsOf(refund: RefundPayload, amounts: Amounts): LineItem[] {
  const lines = (refund.refund_line_items ?? []).filter((line) => !line.line_item?.gift_card);
  const weights = lines.map((line) => Math.max(0, shopMinor(line.subtotal_set, line.subtotal, amounts.currency)));
  const known = weights.reduce((sum, weight) => sum + weight, 0);
  // Goodwill beyond the lines belongs to no product; less than the lines (a fee) shrinks each in proportion.
  const shares = known > amounts.goods || known === 0 ? spread(amounts.goods, weights) : weights;
  return lines.map((line, index) => ({
    productId: textOf(line.line_item?.product_id),
    sku: textOf(line.line_item?.sku),
    name: textOf(line.line_item?.title) ?? textOf(line.line_item?.name) ?? 'Unnamed product',
    category: textOf(line.line_item?.product_type),
    quantity: Math.max(0, Number(line.quantity ?? '1') || 0),
    amount: shares[index] ?? 0,
  }));
}

/** The shop's currency, from whatever part of the refund states it. */
function currencyOf(refund: RefundPayload, context: NormaliseContext): string {
  const stated = refund.total_duties_set?.shop_money
    ?? refund.refund_line_items?.find((line) => line.subtotal_set?.shop_money)?.subtotal_set?.shop_money;
  return (stated?.currency_code ?? context.currency).toUpperCase();
}

/**
 * @param orderExternalId the order that embeds the refund; else the payload's `order_id`.
 * @throws AppError `invalid_input` when the refund's id or its order's is missing.
 */
export function toRefundRecord(refund: RefundPayload, source: string, headers: Record<string, string>, context: NormaliseContext, orderExternalId: string | null = null): RefundRecord {
  const externalId = requireId(refund, 'Refund');
  const parent = orderExternalId ?? textOf(refund.order_id);
  if (parent === null) throw new AppError('invalid_input', 'Refund: order_id is missing', { errors: [{ path: 'order_id', message: 'Missing' }] });
  const currency = currencyOf(refund, context);
  const state = moneyState(refund);
  const test = refund.transactions?.some((transaction) => transaction.test === true) ?? false;
  const amounts = amountsOf(refund, currency);
  const fallback = fallbackTime(headers, context);
  return {
    kind: 'refund',
    source,
    externalId,
    version: { updatedAt: refund.processed_at ?? refund.created_at ?? fallback, rank: RANKS[state] },
    occurredAt: refund.processed_at ?? refund.created_at ?? fallback,
    orderExternalId: parent,
    customer: null,
    amounts,
    status: test ? 'test' : state,
    counts: state === 'refunded' && !test,
    items: itemsOf(refund, amounts),
  };
}
