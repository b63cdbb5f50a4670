/**
 * The parts of Stripe's objects that we read, as zod schemas over lossless JSON (numbers are text), in the shapes of
 * API versions from 2017 to 2026. The rest is let through unread.
 * Source: docs.stripe.com/api and the OpenAPI description in stripe/openapi.
 */
import { z } from 'zod';

/** A whole number that a double holds exactly. */
const whole = z.string().regex(/^-?\d{1,16}$/, 'Not a whole number').transform(Number).refine(Number.isSafeInteger, 'Larger than we can keep exactly');
/** An instant, from seconds since 1970. */
export const time = z.string().regex(/^\d{1,11}$/, 'Not a Unix time').transform((seconds) => new Date(Number(seconds) * 1000).toISOString());
const text = z.string().nullish();
const id = z.string().min(3).max(255);

/** Another object's id, also where it was expanded. */
const reference = z.union([z.string(), z.object({ id: z.string() })]).nullish()
  .transform((value) => (typeof value === 'string' ? value : value?.id ?? null) || null);

const listOf = <Entry extends z.ZodType>(entry: Entry) => z.object({ data: z.array(entry).nullish(), has_more: z.boolean().nullish() }).nullish();

const metadata = z.record(z.string(), z.string()).nullish();
const address = z.object({ country: text }).nullish();
const person = z.object({ email: text, name: text, address }).nullish();

export const refund = z.object({
  id, amount: whole, currency: z.string(), created: time, status: text, charge: reference, payment_intent: reference,
});
export type RefundPayload = z.infer<typeof refund>;

export const charge = z.object({
  id, amount: whole, amount_captured: whole.nullish(), amount_refunded: whole.nullish(), currency: z.string(), created: time,
  paid: z.boolean(), captured: z.boolean().nullish(), refunded: z.boolean().nullish(), status: text,
  customer: reference, billing_details: person, receipt_email: text,
  payment_intent: reference, invoice: reference, metadata, refunds: listOf(refund),
  payment_details: z.object({ order_reference: text }).nullish(),
});
export type ChargePayload = z.infer<typeof charge>;

/** A charge inside another object: its time when it was expanded, and its id in either case. */
const chargeInside = z.union([z.string(), z.object({ id: z.string(), created: time.nullish(), status: text, billing_details: person })]).nullish();

export const paymentIntent = z.object({
  id, amount: whole, amount_received: whole.nullish(), currency: z.string(), created: time, status: z.string(),
  customer: reference, receipt_email: text, invoice: reference, metadata,
  latest_charge: chargeInside,
  charges: listOf(z.object({ id: z.string(), created: time, status: text, billing_details: person })),
  amount_details: z.object({ tip: z.object({ amount: whole.nullish() }).nullish() }).nullish(),
  payment_details: z.object({ order_reference: text }).nullish(),
});
export type PaymentIntentPayload = z.infer<typeof paymentIntent>;

const taxAmount = z.object({ amount: whole, inclusive: z.boolean().nullish(), tax_behavior: text });
const discountAmount = z.object({ amount: whole });

const invoiceLine = z.object({
  amount: whole, description: text, quantity: whole.nullish(),
  discount_amounts: z.array(discountAmount).nullish(),
  tax_amounts: z.array(taxAmount).nullish(), taxes: z.array(taxAmount).nullish(),
  price: z.object({ product: reference }).nullish(), plan: z.object({ product: reference }).nullish(),
  pricing: z.object({ price_details: z.object({ product: text }).nullish() }).nullish(),
});
export type InvoiceLinePayload = z.infer<typeof invoiceLine>;

const paymentOf = z.object({ charge: reference, payment_intent: reference });

export const invoice = z.object({
  id, currency: z.string(), created: time, status: text, paid: z.boolean().nullish(), number: text, billing_reason: text,
  amount_paid: whole, total: whole, tax: whole.nullish(),
  total_tax_amounts: z.array(taxAmount).nullish(), total_taxes: z.array(taxAmount).nullish(),
  total_discount_amounts: z.array(discountAmount).nullish(),
  amount_shipping: whole.nullish(), shipping_cost: z.object({ amount_subtotal: whole.nullish() }).nullish(),
  customer: reference, customer_email: text, customer_name: text, customer_address: address, metadata,
  charge: reference, payment_intent: reference, subscription: reference,
  parent: z.object({ type: text, subscription_details: z.object({ subscription: reference }).nullish() }).nullish(),
  payments: listOf(z.object({ payment: paymentOf.nullish() })),
  status_transitions: z.object({ paid_at: time.nullish() }).nullish(),
  lines: listOf(invoiceLine),
});
export type InvoicePayload = z.infer<typeof invoice>;

export const invoicePayment = z.object({ id, invoice: reference, payment: paymentOf.nullish() });
export type InvoicePaymentPayload = z.infer<typeof invoicePayment>;

export const session = z.object({
  id, created: time.nullish(), currency: text, mode: text, status: text, payment_status: z.string(),
  amount_total: whole.nullish(),
  total_details: z.object({ amount_discount: whole.nullish(), amount_shipping: whole.nullish(), amount_tax: whole.nullish() }).nullish(),
  customer: reference, customer_details: person, customer_email: text, metadata,
  // Expanded where history is read, to learn when the money came.
  payment_intent: z.union([z.string(), z.object({ id: z.string(), latest_charge: chargeInside })]).nullish(),
  invoice: reference, subscription: reference,
});
export type SessionPayload = z.infer<typeof session>;

export const dispute = z.object({
  id, amount: whole, currency: z.string(), created: time, status: z.string(), charge: reference, payment_intent: reference,
  balance_transactions: z.array(z.object({ amount: whole })).nullish(),
});
export type DisputePayload = z.infer<typeof dispute>;

export const customer = z.object({
  id, email: text, name: text, address, shipping: z.object({ address }).nullish(), metadata, deleted: z.boolean().nullish(),
});
export type CustomerPayload = z.infer<typeof customer>;

const coupon = z.object({ percent_off: text, amount_off: whole.nullish(), currency: text, duration: text });
const discount = z.union([z.string(), z.object({
  coupon: z.union([z.string(), coupon]).nullish(), source: z.object({ coupon: z.union([z.string(), coupon]).nullish() }).nullish(), end: time.nullish(),
})]);
export type DiscountPayload = z.infer<typeof discount>;

const taxRate = z.union([z.string(), z.object({ inclusive: z.boolean().nullish(), percentage: text })]);
const recurring = { interval: text, interval_count: whole.nullish(), usage_type: text };
const price = z.object({
  ...recurring, currency: text, nickname: text, name: text, lookup_key: text, product: z.union([z.string(), z.object({ name: text })]).nullish(),
  recurring: z.object(recurring).nullish(),
  // `amount` is the name before prices there were plans had.
  unit_amount: whole.nullish(), unit_amount_decimal: text, amount: whole.nullish(), amount_decimal: text,
});
export type PricePayload = z.infer<typeof price>;

const subscriptionItem = z.object({
  quantity: whole.nullish(), price: price.nullish(), plan: price.nullish(), current_period_end: time.nullish(),
  discounts: z.array(discount).nullish(), tax_rates: z.array(taxRate).nullish(),
});
export type SubscriptionItemPayload = z.infer<typeof subscriptionItem>;

export const subscription = z.object({
  id, status: z.string(), currency: text, customer: reference,
  start_date: time.nullish(), start: time.nullish(), created: time.nullish(), current_period_end: time.nullish(),
  cancel_at: time.nullish(), cancel_at_period_end: z.boolean().nullish(), canceled_at: time.nullish(), ended_at: time.nullish(),
  trial_end: time.nullish(), pause_collection: z.object({ behavior: text }).nullish(),
  items: z.object({ data: z.array(subscriptionItem).min(1) }),
  discount: discount.nullish(), discounts: z.array(discount).nullish(), default_tax_rates: z.array(taxRate).nullish(),
});
export type SubscriptionPayload = z.infer<typeof subscription>;

/** What every event says of itself. */
export const eventHead = z.object({ id, type: z.string().min(3).max(100) });

/** An event about `object`. */
export const eventOf = <Shape extends z.ZodType>(object: Shape) => z.object({ created: time, data: z.object({ object }) });
