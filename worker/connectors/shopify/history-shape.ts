/** Orders and refunds in GraphQL's shape, restated as the webhook writes them, so that both ways meet in one normaliser. */
import { z } from 'zod';
import { AppError } from '#core/errors';

const money = z.object({ shopMoney: z.object({ amount: z.string(), currencyCode: z.string() }) }).nullish();
type Money = z.infer<typeof money>;

const taxes = z.array(z.object({ priceSet: money })).nullish();
const allocations = z.array(z.object({ allocatedAmountSet: money })).nullish();
const address = z.object({ countryCodeV2: z.string().nullish() }).nullish();
const product = z.object({ id: z.string() }).nullish();

const orderLine = z.object({
  __typename: z.literal('Order').optional(), id: z.string(), name: z.string().nullish(), email: z.string().nullish(), test: z.boolean().nullish(),
  createdAt: z.string(), processedAt: z.string().nullish(), updatedAt: z.string().nullish(), cancelledAt: z.string().nullish(),
  displayFinancialStatus: z.string().nullish(), currencyCode: z.string(), taxesIncluded: z.boolean().nullish(), sourceName: z.string().nullish(),
  totalDiscountsSet: money, totalTaxSet: money, totalShippingPriceSet: money, totalTipReceivedSet: money,
  customer: z.object({
    id: z.string(), firstName: z.string().nullish(), lastName: z.string().nullish(), createdAt: z.string().nullish(), updatedAt: z.string().nullish(),
    tags: z.array(z.string()).nullish(), defaultEmailAddress: z.object({ emailAddress: z.string().nullish() }).nullish(), defaultAddress: address,
  }).nullish(),
  shippingAddress: address, billingAddress: address,
  refunds: z.array(z.object({ id: z.string(), createdAt: z.string().nullish() })).nullish(),
});

const lineItem = z.object({
  __typename: z.literal('LineItem'), sku: z.string().nullish(), title: z.string().nullish(), name: z.string().nullish(), isGiftCard: z.boolean().nullish(),
  quantity: z.int(), product, originalUnitPriceSet: money, totalDiscountSet: money, discountAllocations: allocations, taxLines: taxes,
});
const shippingLine = z.object({ __typename: z.literal('ShippingLine'), originalPriceSet: money, discountedPriceSet: money, discountAllocations: allocations, taxLines: taxes });
const childLine = z.discriminatedUnion('__typename', [lineItem, shippingLine]);

/** One order with what belongs to it, as the lines of the file gave it. */
export interface BulkOrder {
  order: z.infer<typeof orderLine>;
  items: z.infer<typeof lineItem>[];
  shipping: z.infer<typeof shippingLine>[];
}

const nodes = <Node>(node: z.ZodType<Node>) => z.object({ nodes: z.array(node) }).nullish();

export const refundNode = z.object({
  id: z.string(), createdAt: z.string().nullish(),
  refundLineItems: nodes(z.object({
    quantity: z.int(), subtotalSet: money, totalTaxSet: money,
    lineItem: z.object({ sku: z.string().nullish(), title: z.string().nullish(), name: z.string().nullish(), isGiftCard: z.boolean().nullish(), product }).nullish(),
  })),
  refundShippingLines: nodes(z.object({ subtotalAmountSet: money, taxAmountSet: money })),
  orderAdjustments: nodes(z.object({ reason: z.string().nullish(), amountSet: money, taxAmountSet: money })),
  transactions: nodes(z.object({ kind: z.string(), status: z.string(), test: z.boolean().nullish(), amountSet: money })),
});
export type RefundNode = z.infer<typeof refundNode>;

/** @throws AppError `invalid_input` naming the field that is not what Shopify documents. */
export function readBulkOrder(lines: readonly string[]): BulkOrder {
  const [first, ...rest] = lines.map((line): unknown => JSON.parse(line));
  const order = orderLine.safeParse(first);
  if (!order.success) throw unread('Order', order.error);
  const items: BulkOrder['items'] = [];
  const shipping: BulkOrder['shipping'] = [];
  for (const line of rest) {
    const child = childLine.safeParse(line);
    if (!child.success) throw unread('Order line', child.error);
    if (child.data.__typename === 'LineItem') items.push(child.data);
    else shipping.push(child.data);
  }
  return { order: order.data, items, shipping };
}

function unread(what: string, error: z.ZodError): AppError {
  const [issue] = error.issues;
  return new AppError('invalid_input', `${what}: ${issue === undefined ? 'not understood' : `${issue.path.map(String).join('.') || 'line'}: ${issue.message}`}`);
}

/** `gid://shopify/Product/632910392` → `632910392`, digit by digit. */
function digits(gid: string | null | undefined): string | null {
  return /\/(\d+)(?:\?|$)/.exec(gid ?? '')?.[1] ?? null;
}

function set(value: Money): { shop_money: { amount: string; currency_code: string } } | null {
  return value ? { shop_money: { amount: value.shopMoney.amount, currency_code: value.shopMoney.currencyCode } } : null;
}

const taxLines = (list: z.infer<typeof taxes>) => (list ?? []).map((tax) => ({ price_set: set(tax.priceSet) }));
const discounts = (list: z.infer<typeof allocations>) => (list ?? []).map((entry) => ({ amount_set: set(entry.allocatedAmountSet) }));
const place = (value: z.infer<typeof address>) => (value ? { country_code: value.countryCodeV2 ?? null } : null);

/** The body that `orders/updated` would have had, as far as we read it. */
export function asWebhookOrder({ order, items, shipping }: BulkOrder, refunds: ReadonlyMap<string, RefundNode>): Record<string, unknown> {
  const { customer } = order;
  return {
    admin_graphql_api_id: order.id, name: order.name, email: order.email, currency: order.currencyCode, test: order.test ?? false,
    financial_status: order.displayFinancialStatus?.toLowerCase() ?? null, source_name: order.sourceName, taxes_included: order.taxesIncluded ?? false,
    created_at: order.createdAt, processed_at: order.processedAt, updated_at: order.updatedAt, cancelled_at: order.cancelledAt,
    total_discounts_set: set(order.totalDiscountsSet), total_tax_set: set(order.totalTaxSet),
    total_shipping_price_set: set(order.totalShippingPriceSet), total_tip_received_set: set(order.totalTipReceivedSet),
    customer: customer ? {
      admin_graphql_api_id: customer.id, email: customer.defaultEmailAddress?.emailAddress ?? null, first_name: customer.firstName, last_name: customer.lastName,
      created_at: customer.createdAt, updated_at: customer.updatedAt, tags: customer.tags?.join(', ') ?? null, default_address: place(customer.defaultAddress),
    } : null,
    shipping_address: place(order.shippingAddress), billing_address: place(order.billingAddress),
    line_items: items.map((item) => ({
      product_id: digits(item.product?.id), sku: item.sku, title: item.title, name: item.name, gift_card: item.isGiftCard ?? false, quantity: String(item.quantity),
      price_set: set(item.originalUnitPriceSet), total_discount_set: set(item.totalDiscountSet),
      discount_allocations: discounts(item.discountAllocations), tax_lines: taxLines(item.taxLines),
    })),
    shipping_lines: shipping.map((line) => ({
      price_set: set(line.originalPriceSet), discounted_price_set: set(line.discountedPriceSet),
      discount_allocations: discounts(line.discountAllocations), tax_lines: taxLines(line.taxLines),
    })),
    refunds: (order.refunds ?? []).map(({ id }) => {
      const refund = refunds.get(id);
      if (refund === undefined) throw new AppError('invalid_input', `Order: the refund ${digits(id) ?? id} could not be read`);
      return asWebhookRefund(refund);
    }),
  };
}

function asWebhookRefund(refund: RefundNode): Record<string, unknown> {
  return {
    admin_graphql_api_id: refund.id, created_at: refund.createdAt,
    refund_line_items: (refund.refundLineItems?.nodes ?? []).map((line) => ({
      quantity: String(line.quantity), subtotal_set: set(line.subtotalSet), total_tax_set: set(line.totalTaxSet),
      line_item: line.lineItem ? {
        product_id: digits(line.lineItem.product?.id), sku: line.lineItem.sku, title: line.lineItem.title, name: line.lineItem.name, gift_card: line.lineItem.isGiftCard ?? false,
      } : null,
    })),
    refund_shipping_lines: (refund.refundShippingLines?.nodes ?? []).map((line) => ({ subtotal_amount_set: set(line.subtotalAmountSet), tax_amount_set: set(line.taxAmountSet) })),
    order_adjustments: (refund.orderAdjustments?.nodes ?? []).map((entry) => ({
      kind: entry.reason?.toLowerCase() ?? null, amount_set: set(entry.amountSet), tax_amount_set: set(entry.taxAmountSet),
    })),
    transactions: (refund.transactions?.nodes ?? []).map((one) => ({
      kind: one.kind.toLowerCase(), status: one.status.toLowerCase(), test: one.test ?? false,
      amount: one.amountSet?.shopMoney.amount ?? null, currency: one.amountSet?.shopMoney.currencyCode ?? null,
    })),
  };
}
