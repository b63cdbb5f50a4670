/** Canonical records as zod schemas: what was accepted is stored as JSON and parsed again when it is worked on. */
import { z } from 'zod';
import { SHOP_ORDER } from './precedence.ts';
import type {
  Amounts, CanonicalRecord, CustomerRef, CustomerRecord, EventRecord, LineItem, MergeRecord, OrderRecord, PaymentLinkRecord, PrivacyRecord,
  RefundRecord, SubscriptionRecord, Version,
} from './record.ts';

const minor = z.int().min(0);
const instant = z.iso.datetime();

const amounts: z.ZodType<Amounts> = z.object({
  currency: z.string().length(3),
  given: minor.nullable(),
  goods: minor,
  discount: minor,
  tax: minor,
  shipping: minor,
  tip: minor,
});

const customerRef: z.ZodType<CustomerRef> = z.object({
  externalId: z.string().nullable(),
  email: z.string().nullable(),
  name: z.string().nullable(),
  country: z.string().nullable(),
});

const lineItem: z.ZodType<LineItem> = z.object({
  productId: z.string().nullable(),
  sku: z.string().nullable(),
  name: z.string(),
  category: z.string().nullable(),
  quantity: z.number(),
  amount: minor,
});

const version: z.ZodType<Version> = z.object({ updatedAt: instant, rank: z.int().min(0).max(99) });

const keyed = { source: z.string().min(1), externalId: z.string().min(1), version };

const order = z.object({
  kind: z.literal('order'),
  ...keyed,
  occurredAt: instant,
  customer: customerRef.nullable(),
  amounts,
  status: z.string(),
  counts: z.boolean(),
  type: z.enum(['purchase', 'subscription']),
  channel: z.string().nullable(),
  items: z.array(lineItem),
  label: z.string().nullable(),
  // What an inbox held before these were known says nothing of them.
  paymentKeys: z.array(z.string()).default([]),
  precedence: z.int().min(0).max(99).default(SHOP_ORDER),
}) satisfies z.ZodType<OrderRecord>;

const refund = z.object({
  kind: z.literal('refund'),
  ...keyed,
  occurredAt: instant,
  orderExternalId: z.string().nullable(),
  customer: customerRef.nullable(),
  amounts,
  status: z.string(),
  counts: z.boolean(),
  items: z.array(lineItem),
}) satisfies z.ZodType<RefundRecord>;

const customer = z.object({
  kind: z.literal('customer'),
  ...keyed,
  email: z.string().nullable(),
  name: z.string().nullable(),
  country: z.string().nullable(),
  acquisitionChannel: z.string().nullable(),
  acquisitionCost: minor.nullable(),
  acquiredOn: z.iso.date().nullable(),
  consentEmail: z.enum(['granted', 'denied', 'unknown']),
  attributes: z.record(z.string(), z.unknown()),
}) satisfies z.ZodType<CustomerRecord>;

const paymentLink = z.object({
  kind: z.literal('payment_link'),
  ...keyed,
  paymentKeys: z.array(z.string().min(3)).min(2),
}) satisfies z.ZodType<PaymentLinkRecord>;

const subscription = z.object({
  kind: z.literal('subscription'),
  ...keyed,
  customer: customerRef.nullable(),
  status: z.enum(['trialing', 'active', 'past_due', 'paused', 'cancelled']),
  plan: z.string().nullable(),
  currency: z.string().length(3),
  monthlyAmount: minor,
  startedAt: instant,
  currentPeriodEnd: instant.nullable(),
  cancelAt: instant.nullable(),
  endedAt: instant.nullable(),
}) satisfies z.ZodType<SubscriptionRecord>;

const event = z.object({
  kind: z.literal('event'),
  ...keyed,
  type: z.string().min(1),
  occurredAt: instant,
  customer: customerRef.nullable(),
  anonymousId: z.string().nullable(),
  sessionId: z.string().nullable(),
  properties: z.record(z.string(), z.unknown()),
}) satisfies z.ZodType<EventRecord>;

const merge = z.object({ kind: z.literal('merge'), ...keyed, kept: customerRef, gone: customerRef }) satisfies z.ZodType<MergeRecord>;

const privacy = z.object({
  kind: z.literal('privacy'),
  ...keyed,
  request: z.enum(['data_request', 'erasure', 'deletion', 'shop_erasure', 'uninstalled']),
  subject: customerRef.nullable(),
  requestedAt: instant,
}) satisfies z.ZodType<PrivacyRecord>;

/** Plain JSON both ways: `JSON.parse(JSON.stringify(record))` parses to the same record. */
export const canonicalRecordSchema: z.ZodType<CanonicalRecord> = z.discriminatedUnion('kind', [order, refund, customer, paymentLink, subscription, event, merge, privacy]);
