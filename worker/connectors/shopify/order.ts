/** A Shopify order as one canonical sale, with the refunds it embeds. */
import { assertNever } from '#core/errors';
import type { Amounts, CustomerRef, LineItem, OrderRecord, RefundRecord } from '#core/commerce/record';
import type { NormaliseContext } from '#connectors/connector';
import { customerName } from './customer.ts';
import { fallbackTime, idOf, requireId, textOf } from './identity.ts';
import { shopMinor, spread, sumMinor } from './money.ts';
import type { DeletedOrderPayload, LineItemPayload, OrderPayload, ShippingLinePayload } from './payload.ts';
import { toRefundRecord } from './refund.ts';
import { SHOP_ORDER } from '#core/commerce/precedence';

const STATES = ['pending', 'authorized', 'expired', 'partially_paid', 'paid', 'partially_refunded', 'refunded', 'voided'] as const;
type State = (typeof STATES)[number];

function stateOf(financialStatus: string | null): State {
  // Orders without a status (drafts, some point-of-sale channels) have not been paid as far as we know.
  return STATES.find((state) => state === financialStatus?.toLowerCase()) ?? 'pending';
}

/**
 * How far along an order's life a state is. `updated_at` has whole seconds, so two versions of one second are
 * told apart by this.
 */
function rankOf(state: State): number {
  switch (state) {
    case 'pending': return 10;
    case 'authorized': return 20;
    case 'partially_paid': return 30;
    case 'paid': return 40;
    case 'partially_refunded': return 50;
    case 'refunded': return 60;
    case 'expired': return 65;
    case 'voided': return 70;
    default: return assertNever(state);
  }
}

const CANCELLED_RANK = 80;
const DELETED_RANK = 90;

/** Paid in whole or part, or refunded since (the refund nets it); see the modelling rules, "When it counts". */
function isSale(state: State): boolean {
  return state === 'paid' || state === 'partially_paid' || state === 'partially_refunded' || state === 'refunded';
}

function quantityOf(item: LineItemPayload): number {
  const quantity = Number(item.quantity ?? '1');
  return Number.isFinite(quantity) && quantity >= 0 ? quantity : 1;
}

function lineGross(item: LineItemPayload, currency: string): number {
  return Math.round(shopMinor(item.price_set, item.price, currency) * quantityOf(item));
}

function lineDiscount(item: LineItemPayload, currency: string): number {
  const allocated = sumMinor(item.discount_allocations, (entry) => shopMinor(entry.amount_set, entry.amount, currency));
  return allocated > 0 ? allocated : shopMinor(item.total_discount_set, item.total_discount, currency);
}

function lineTax(item: LineItemPayload | ShippingLinePayload, currency: string): number {
  return sumMinor(item.tax_lines, (tax) => shopMinor(tax.price_set, tax.price, currency));
}

/** A shipping line's price before and after its own discounts. */
function shippingPrices(line: ShippingLinePayload, currency: string): { before: number; after: number } {
  const before = shopMinor(line.price_set, line.price, currency);
  const stated = line.discounted_price_set?.shop_money ?? line.discounted_price ?? null;
  const after = stated === null
    ? before - sumMinor(line.discount_allocations, (entry) => shopMinor(entry.amount_set, entry.amount, currency))
    : shopMinor(line.discounted_price_set, line.discounted_price, currency);
  return { before, after: Math.max(0, after) };
}

/**
 * Goods, discount, tax, shipping and tip of the order as sold: the `total_*` fields, which Shopify states before
 * returns. The `current_*` fields already have refunds taken out, and ours are rows of their own, so reading them
 * would net a refund twice.
 *
 * - `total_discounts` includes discounts on shipping: those come off shipping, not goods.
 * - Where prices include tax, goods, discount and shipping are restated without it, so that
 *   goods − discount is net sales everywhere and all parts still add up to what was paid.
 * - A gift card is money held for the buyer, not goods sold: it counts when it pays for an order, as in
 *   Shopify's own net sales.
 */
function amountsOf(order: OrderPayload, currency: string): Amounts {
  const lines = order.line_items ?? [];
  const giftCards = sumMinor(lines, (item) => (item.gift_card ? lineGross(item, currency) : 0));
  const stated = order.total_line_items_price_set?.shop_money ?? order.total_line_items_price ?? null;
  const allLines = stated === null
    ? sumMinor(lines, (item) => lineGross(item, currency))
    : shopMinor(order.total_line_items_price_set, order.total_line_items_price, currency);
  const goods = Math.max(0, allLines - giftCards);

  const shippingLines = (order.shipping_lines ?? []).map((line) => shippingPrices(line, currency));
  const shipping = shippingLines.length > 0
    ? sumMinor(shippingLines, (line) => line.after)
    : shopMinor(order.total_shipping_price_set, null, currency);
  const shippingDiscount = sumMinor(shippingLines, (line) => line.before - line.after);
  const discount = Math.min(goods, Math.max(0, shopMinor(order.total_discounts_set, order.total_discounts, currency) - shippingDiscount));

  const tax = shopMinor(order.total_tax_set, order.total_tax, currency);
  const tip = shopMinor(order.total_tip_received_set, order.total_tip_received, currency);
  if (!order.taxes_included || tax === 0) return { currency, given: null, goods, discount, tax, shipping, tip };

  const shippingTax = Math.min(shipping, tax, sumMinor(order.shipping_lines, (line) => lineTax(line, currency)));
  const paidForGoods = goods - discount;
  const net = Math.max(0, paidForGoods - (tax - shippingTax));
  const goodsWithoutTax = paidForGoods > 0 ? Math.round((goods * net) / paidForGoods) : goods;
  return { currency, given: null, goods: goodsWithoutTax, discount: goodsWithoutTax - net, tax, shipping: shipping - shippingTax, tip };
}

/**
 * The goods sold, each line after discounts and without tax; together exactly goods − discount. Discounts that
 * Shopify did not allocate to lines are spread in proportion.
 */
function itemsOf(order: OrderPayload, amounts: Amounts): LineItem[] {
  const lines = (order.line_items ?? []).filter((item) => !item.gift_card);
  const weights = lines.map((item) => {
    const tax = order.taxes_included ? lineTax(item, amounts.currency) : 0;
    return Math.max(0, lineGross(item, amounts.currency) - lineDiscount(item, amounts.currency) - tax);
  });
  const net = amounts.goods - amounts.discount;
  const exact = weights.reduce((sum, weight) => sum + weight, 0) === net ? weights : spread(net, weights);
  return lines.map((item, index) => ({
    productId: textOf(item.product_id),
    sku: textOf(item.sku),
    name: textOf(item.title) ?? textOf(item.name) ?? 'Unnamed product',
    category: textOf(item.product_type),
    quantity: quantityOf(item),
    amount: exact[index] ?? 0,
  }));
}

/** The customer, else a guest known by e-mail, else nobody. */
function buyerOf(order: OrderPayload): CustomerRef | null {
  const externalId = order.customer ? idOf(order.customer) : null;
  const email = textOf(order.customer?.email) ?? textOf(order.email) ?? textOf(order.contact_email);
  if (externalId === null && email === null) return null;
  return {
    externalId,
    email,
    name: order.customer ? customerName(order.customer) : null,
    country: textOf(order.customer?.default_address?.country_code)
      ?? textOf(order.shipping_address?.country_code)
      ?? textOf(order.billing_address?.country_code),
  };
}

/**
 * One order, followed by a record for each refund that it embeds (the same records as `refunds/create` gives).
 * @throws AppError `invalid_input` when the order has no id.
 */
export function toOrderRecords(order: OrderPayload, source: string, headers: Record<string, string>, context: NormaliseContext): (OrderRecord | RefundRecord)[] {
  const externalId = requireId(order, 'Order');
  const currency = (order.total_line_items_price_set?.shop_money?.currency_code ?? order.currency ?? context.currency).toUpperCase();
  const fallback = fallbackTime(headers, context);
  const state = stateOf(order.financial_status ?? null);
  const cancelled = (order.cancelled_at ?? null) !== null;
  const amounts = amountsOf(order, currency);
  const record: OrderRecord = {
    kind: 'order',
    source,
    externalId,
    version: { updatedAt: order.updated_at ?? order.created_at ?? fallback, rank: cancelled ? CANCELLED_RANK : rankOf(state) },
    // The day Shopify shows on the order and reports it under.
    occurredAt: order.processed_at ?? order.created_at ?? fallback,
    customer: buyerOf(order),
    amounts,
    status: order.test ? 'test' : cancelled ? 'cancelled' : (textOf(order.financial_status) ?? 'pending'),
    counts: isSale(state) && !cancelled && order.test !== true,
    type: 'purchase',
    channel: textOf(order.source_name),
    items: itemsOf(order, amounts),
    label: textOf(order.name),
    paymentKeys: [],
    precedence: SHOP_ORDER,
  };
  const refunds = (order.refunds ?? []).map((refund) => toRefundRecord(refund, source, headers, { ...context, currency }, externalId));
  return [record, ...refunds];
}

/** An order that the shop deleted, of which only the number is told: it counts no longer, and the rest stays as it was known. */
export function toDeletedOrder(order: DeletedOrderPayload, source: string, headers: Record<string, string>, context: NormaliseContext): OrderRecord {
  const at = fallbackTime(headers, context);
  return {
    kind: 'order',
    source,
    externalId: requireId(order, 'Order'),
    version: { updatedAt: at, rank: DELETED_RANK },
    occurredAt: at,
    customer: null,
    amounts: { currency: context.currency, given: null, goods: 0, discount: 0, tax: 0, shipping: 0, tip: 0 },
    status: 'deleted',
    counts: false,
    type: 'purchase',
    channel: null,
    items: [],
    label: null,
    paymentKeys: [],
    precedence: SHOP_ORDER,
    stateOnly: true,
  };
}
