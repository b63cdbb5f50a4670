/** Charges and payment intents: one total each, so they are the order of record only where nothing tells more. */
import type { Amounts, OrderRecord, RefundRecord } from '#core/commerce/record';
import { CHARGE, PAYMENT_INTENT } from '#core/commerce/precedence';
import { buyerOf, invoiceReference, paymentKeys, SOURCE, versionOf } from './identity.ts';
import type { Seen } from './identity.ts';
import { currencyOf, minorOf } from './money.ts';
import type { ChargePayload, PaymentIntentPayload } from './payload.ts';
import { toRefundRecord } from './refund.ts';

/** All that is known is what was paid: it counts as given under every revenue basis. */
export function totalOnly(amount: number, currency: string): Amounts {
  return { currency, given: Math.max(0, minorOf(amount, currency)), goods: 0, discount: 0, tax: 0, shipping: 0, tip: 0 };
}

type ChargeState = 'pending' | 'uncaptured' | 'failed' | 'succeeded' | 'partially_refunded' | 'refunded';

/** How far along a charge's life a state is, for states of one second. */
const CHARGE_RANKS: Readonly<Record<ChargeState, number>> = { pending: 10, uncaptured: 20, failed: 30, succeeded: 40, partially_refunded: 50, refunded: 60 };

function chargeState(charge: ChargePayload): ChargeState {
  // Before 2015 there was no status, and `paid` said it all.
  const status = charge.status ?? (charge.paid ? 'succeeded' : 'failed');
  if (status !== 'succeeded' || !charge.paid) return status === 'pending' ? 'pending' : 'failed';
  if (charge.captured === false) return 'uncaptured';
  if (charge.refunded === true) return 'refunded';
  return (charge.amount_refunded ?? 0) > 0 ? 'partially_refunded' : 'succeeded';
}

/** The charge, followed by the refunds it embeds (API versions before 2022-11-15), which are those that `refund.*` events give. */
export function toChargeRecords(charge: ChargePayload, seen: Seen): (OrderRecord | RefundRecord)[] {
  const currency = currencyOf(charge.currency, 'Charge');
  const state = chargeState(charge);
  // A refunded charge was a sale; its refunds are records of their own and net it.
  const counts = state === 'succeeded' || state === 'partially_refunded' || state === 'refunded';
  const record: OrderRecord = {
    kind: 'order', source: SOURCE, externalId: charge.id,
    version: versionOf(seen, CHARGE_RANKS[state]),
    occurredAt: charge.created,
    customer: buyerOf(charge.customer, charge.billing_details, charge.receipt_email),
    amounts: totalOnly(counts ? (charge.amount_captured ?? charge.amount) : charge.amount, currency),
    status: state, counts,
    type: 'purchase', channel: null, items: [], label: null,
    paymentKeys: paymentKeys(charge.id, [charge.payment_intent, charge.invoice, invoiceReference(charge.payment_details)], charge.metadata),
    precedence: CHARGE,
  };
  return [record, ...(charge.refunds?.data ?? []).map((refund) => toRefundRecord({ ...refund, charge: refund.charge ?? charge.id }, seen))];
}

const INTENT_RANKS: Readonly<Record<string, number>> = {
  requires_payment_method: 10, requires_confirmation: 15, requires_action: 20, processing: 30, requires_capture: 35, canceled: 80, succeeded: 90,
};

export function toIntentRecord(intent: PaymentIntentPayload, seen: Seen): OrderRecord {
  const currency = currencyOf(intent.currency, 'Payment intent');
  const charges = intent.charges?.data ?? [];
  const latest = intent.latest_charge;
  const expanded = typeof latest === 'object' && latest !== null ? latest : null;
  const paying = charges.find((charge) => charge.status === 'succeeded') ?? expanded;
  const succeeded = intent.status === 'succeeded';
  // An intent may wait in a basket for days: the sale is when the money came.
  const paidAt = paying?.created ?? (seen.topic === 'payment_intent.succeeded' ? seen.at : null);
  const paid = totalOnly(succeeded ? (intent.amount_received ?? intent.amount) : intent.amount, currency);
  const tip = Math.min(paid.given ?? 0, Math.max(0, minorOf(intent.amount_details?.tip?.amount ?? 0, currency)));
  return {
    kind: 'order', source: SOURCE, externalId: intent.id,
    version: versionOf(seen, INTENT_RANKS[intent.status] ?? 5),
    occurredAt: succeeded ? (paidAt ?? intent.created) : intent.created,
    customer: buyerOf(intent.customer, paying?.billing_details, intent.receipt_email),
    // A tip is not the merchant's sale, and terminals say how much it was.
    amounts: tip > 0 ? { ...paid, given: null, goods: (paid.given ?? 0) - tip, tip } : paid,
    status: intent.status, counts: succeeded,
    type: 'purchase', channel: null, items: [], label: null,
    paymentKeys: paymentKeys(intent.id, [
      ...charges.map((charge) => charge.id), typeof latest === 'string' ? latest : expanded?.id, intent.invoice, invoiceReference(intent.payment_details),
    ], intent.metadata),
    precedence: PAYMENT_INTENT,
  };
}
