/**
 * The parts of Shopify's webhook payloads that we read, as zod schemas over lossless JSON (numbers are text).
 * Everything else is let through unread, so a new API version with more fields changes nothing here.
 * Source: Shopify REST Admin API reference, Order, Refund and Customer resources.
 */
import { z } from 'zod';
import { instant } from '#connectors/payload';

const amount = z.string().nullish();

const moneySet = z
  .object({ shop_money: z.object({ amount: z.string(), currency_code: z.string() }).nullish() })
  .nullish();

const taxLine = z.object({ price: amount, price_set: moneySet });
const allocation = z.object({ amount, amount_set: moneySet });
const address = z.object({ country_code: z.string().nullish() }).nullish();

/** Shopify's id beside its GraphQL id: the latter is text and survives copies that rounded the former. */
const identified = { id: z.string().nullish(), admin_graphql_api_id: z.string().nullish() };

export const lineItem = z.object({
  product_id: z.string().nullish(),
  sku: z.string().nullish(),
  title: z.string().nullish(),
  name: z.string().nullish(),
  product_type: z.string().nullish(),
  gift_card: z.boolean().nullish(),
  quantity: z.string().nullish(),
  price: amount,
  price_set: moneySet,
  total_discount: amount,
  total_discount_set: moneySet,
  discount_allocations: z.array(allocation).nullish(),
  tax_lines: z.array(taxLine).nullish(),
});
export type LineItemPayload = z.infer<typeof lineItem>;

const shippingLine = z.object({
  price: amount,
  price_set: moneySet,
  discounted_price: amount,
  discounted_price_set: moneySet,
  discount_allocations: z.array(allocation).nullish(),
  tax_lines: z.array(taxLine).nullish(),
});
export type ShippingLinePayload = z.infer<typeof shippingLine>;

export const customer = z.object({
  ...identified,
  email: z.string().nullish(),
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
  created_at: instant.nullish(),
  updated_at: instant.nullish(),
  tags: z.string().nullish(),
  default_address: address,
  email_marketing_consent: z.object({ state: z.string().nullish() }).nullish(),
});
export type CustomerPayload = z.infer<typeof customer>;

const refundLineItem = z.object({
  quantity: z.string().nullish(),
  subtotal: amount,
  subtotal_set: moneySet,
  total_tax: amount,
  total_tax_set: moneySet,
  line_item: lineItem.nullish(),
});

const adjustment = z.object({
  kind: z.string().nullish(),
  amount,
  amount_set: moneySet,
  tax_amount: amount,
  tax_amount_set: moneySet,
});

const refundShippingLine = z.object({ subtotal_amount_set: moneySet, tax_amount_set: moneySet });

const transaction = z.object({
  kind: z.string().nullish(),
  status: z.string().nullish(),
  amount,
  currency: z.string().nullish(),
  test: z.boolean().nullish(),
});

export const refund = z.object({
  ...identified,
  order_id: z.string().nullish(),
  created_at: instant.nullish(),
  processed_at: instant.nullish(),
  refund_line_items: z.array(refundLineItem).nullish(),
  refund_shipping_lines: z.array(refundShippingLine).nullish(),
  order_adjustments: z.array(adjustment).nullish(),
  transactions: z.array(transaction).nullish(),
  total_duties_set: moneySet,
});
export type RefundPayload = z.infer<typeof refund>;

export const order = z.object({
  ...identified,
  name: z.string().nullish(),
  email: z.string().nullish(),
  contact_email: z.string().nullish(),
  currency: z.string().nullish(),
  financial_status: z.string().nullish(),
  cancelled_at: instant.nullish(),
  created_at: instant.nullish(),
  processed_at: instant.nullish(),
  updated_at: instant.nullish(),
  test: z.boolean().nullish(),
  taxes_included: z.boolean().nullish(),
  source_name: z.string().nullish(),
  total_line_items_price: amount,
  total_line_items_price_set: moneySet,
  total_discounts: amount,
  total_discounts_set: moneySet,
  total_tax: amount,
  total_tax_set: moneySet,
  total_shipping_price_set: moneySet,
  total_tip_received: amount,
  total_tip_received_set: moneySet,
  customer: customer.nullish(),
  shipping_address: address,
  billing_address: address,
  line_items: z.array(lineItem).nullish(),
  shipping_lines: z.array(shippingLine).nullish(),
  refunds: z.array(refund).nullish(),
});
export type OrderPayload = z.infer<typeof order>;

export const deletedOrder = z.object(identified);
export type DeletedOrderPayload = z.infer<typeof deletedOrder>;

export const orderEdit = z.object({ order_edit: z.object({ order_id: z.string() }) });
