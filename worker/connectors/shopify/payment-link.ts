/** Which payment at the gateway an order was paid by: what Stripe tells of the same sale is then counted once. */
import { z } from 'zod';
import type { PaymentLinkRecord } from '#core/commerce/record';
import type { NormaliseContext } from '#connectors/connector';
import { instant } from '#connectors/payload';
import { fallbackTime, requireId } from './identity.ts';

const receipt = z.object({
  id: z.unknown(), charge: z.unknown(), charge_id: z.unknown(), latest_charge: z.unknown(), payment_intent: z.unknown(), payment_intent_id: z.unknown(),
}).partial();

export const orderTransaction = z.object({
  id: z.string(),
  admin_graphql_api_id: z.string().nullish(),
  order_id: z.string(),
  kind: z.string().nullish(),
  status: z.string().nullish(),
  test: z.boolean().nullish(),
  authorization: z.string().nullish(),
  payment_id: z.string().nullish(),
  receipt: receipt.nullish(),
  created_at: instant.nullish(),
  processed_at: instant.nullish(),
});

export const tenderTransaction = z.object({
  id: z.string(),
  order_id: z.string(),
  test: z.boolean().nullish(),
  remote_reference: z.string().nullish(),
  processed_at: instant.nullish(),
});

/** A charge, a payment of another method, or an intent: their ids name the gateway by themselves. */
const STRIPE_PAYMENT = /^(?:ch|py|pi)_[A-Za-z0-9]{8,}$/;

function link(name: string, orderId: string, said: readonly unknown[], source: string, updatedAt: string): PaymentLinkRecord[] {
  const names = said.filter((text) => typeof text === 'string').filter((text) => STRIPE_PAYMENT.test(text));
  if (names.length === 0) return [];
  return [{
    kind: 'payment_link', source, externalId: name, version: { updatedAt, rank: 0 },
    paymentKeys: [`${source}:${orderId}`, ...[...new Set(names)].map((text) => `stripe:${text}`)],
  }];
}

/** Empty when the gateway is not one that we know by its ids, when the payment failed, and for refunds and tests. */
export function fromOrderTransaction(payload: z.infer<typeof orderTransaction>, source: string, headers: Record<string, string>, context: NormaliseContext): PaymentLinkRecord[] {
  const paid = ['sale', 'capture', 'authorization'].includes(payload.kind ?? '') && payload.status === 'success' && payload.test !== true;
  const said = paid ? [payload.authorization, payload.payment_id, ...Object.values(payload.receipt ?? {})] : [];
  return link(`transaction:${requireId(payload, 'Transaction')}`, payload.order_id, said, source, payload.processed_at ?? payload.created_at ?? fallbackTime(headers, context));
}

/** As `fromOrderTransaction`, from the list of tenders. */
export function fromTenderTransaction(payload: z.infer<typeof tenderTransaction>, source: string, headers: Record<string, string>, context: NormaliseContext): PaymentLinkRecord[] {
  const said = payload.test === true ? [] : [payload.remote_reference];
  return link(`tender:${requireId(payload, 'Transaction')}`, payload.order_id, said, source, payload.processed_at ?? fallbackTime(headers, context));
}
