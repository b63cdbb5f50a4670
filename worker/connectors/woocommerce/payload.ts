/**
 * The parts of WooCommerce's REST v3 resources that we read, as zod schemas over lossless JSON (numbers are text).
 * Webhooks deliver exactly these. What plugins add is let through unread.
 * Source: WooCommerce REST API reference, Orders, Order refunds and Customers; the REST controllers of its source.
 */
import { z } from 'zod';
import { instant } from '#connectors/payload';

const text = z.string().nullish();

/** Times ending in `_gmt` are UTC and do not say so. */
const utc = z.string().transform((value) => (/T[\d:.]+$/.test(value) ? `${value}Z` : value)).pipe(instant);

/** A list. PHP writes one whose members were filtered as an object with their old places as keys. */
function list<Entry>(entry: z.ZodType<Entry>) {
  return z.union([z.array(entry), z.record(z.string(), entry).transform((places) => Object.values(places))]).nullish();
}

/** Before (`subtotal`) and after (`total`) discounts, always without tax, however the shop enters its prices. Refunds' are negative. */
const line = z.object({ name: text, product_id: text, quantity: text, sku: text, subtotal: text, total: text, total_tax: text });
export type LinePayload = z.infer<typeof line>;

const address = z.object({ first_name: text, last_name: text, company: text, country: text, email: text }).nullish();

const identified = { id: z.string().regex(/^[1-9]\d*$/, 'A positive whole number is expected') };

/** Inside an order a refund has no date and no lines. */
const refundSummary = z.object({ ...identified, total: z.string() });
export type RefundSummary = z.infer<typeof refundSummary>;

export const order = z.object({
  ...identified,
  number: text,
  status: z.string(),
  currency: z.string().length(3),
  created_via: text,
  date_created_gmt: utc.nullish(),
  date_modified_gmt: utc.nullish(),
  date_paid_gmt: utc.nullish(),
  shipping_total: text,
  shipping_tax: text,
  total: z.string(),
  total_tax: text,
  customer_id: text,
  billing: address,
  shipping: address,
  payment_method: text,
  transaction_id: text,
  meta_data: list(z.object({ key: z.string(), value: z.unknown() })),
  line_items: list(line),
  fee_lines: list(line),
  refunds: list(refundSummary),
});
export type OrderPayload = z.infer<typeof order>;

/** `order.deleted` brings the id alone, unless a plugin adds the rest. */
export const removedOrder = z.object({ ...identified, status: text, currency: text, total: text });

/** As `GET /orders/{id}/refunds` lists them. */
export const refund = z.object({
  ...identified,
  date_created_gmt: utc.nullish(),
  amount: z.string(),
  line_items: list(line),
  shipping_lines: list(line),
  fee_lines: list(line),
});
export type RefundPayload = z.infer<typeof refund>;

export const customer = z.object({
  ...identified,
  date_created_gmt: utc.nullish(),
  date_modified_gmt: utc.nullish(),
  email: text,
  first_name: text,
  last_name: text,
  role: text,
  billing: address,
  shipping: address,
});
export type CustomerPayload = z.infer<typeof customer>;

/** As `GET /webhooks` lists them. */
export const webhook = z.object({ ...identified, status: z.string(), topic: z.string(), delivery_url: z.string() });
