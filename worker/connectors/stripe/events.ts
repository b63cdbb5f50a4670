/** One event of Stripe's as canonical records, by what it is about. */
import type { CanonicalRecord } from '#core/commerce/record';
import { readPayload } from '#connectors/payload';
import type { z } from 'zod';
import { toCustomerRecord } from './customer.ts';
import type { Seen } from './identity.ts';
import { toInvoiceRecord, toPaymentLinks } from './invoice.ts';
import { charge, customer, dispute, eventOf, invoice, invoicePayment, paymentIntent, refund, session, subscription } from './payload.ts';
import { toChargeRecords, toIntentRecord } from './payment.ts';
import { toDisputeRecord, toRefundRecord } from './refund.ts';
import { toSessionRecords } from './session.ts';
import { toSubscriptionRecords } from './subscription.ts';

type Reader = (body: string, topic: string) => CanonicalRecord[];

function reader<About>(what: string, event: z.ZodType<{ created: string; data: { object: About } }>, records: (object: About, seen: Seen) => CanonicalRecord[]): Reader {
  return (body, topic) => {
    const { created, data } = readPayload(event, body, what);
    return records(data.object, { at: created, topic });
  };
}

const readers = {
  charge: reader('Charge', eventOf(charge), toChargeRecords),
  intent: reader('Payment intent', eventOf(paymentIntent), (object, seen) => [toIntentRecord(object, seen)]),
  invoice: reader('Invoice', eventOf(invoice), (object, seen) => [toInvoiceRecord(object, seen)]),
  invoicePayment: reader('Invoice payment', eventOf(invoicePayment), toPaymentLinks),
  session: reader('Checkout session', eventOf(session), toSessionRecords),
  refund: reader('Refund', eventOf(refund), (object, seen) => [toRefundRecord(object, seen)]),
  dispute: reader('Dispute', eventOf(dispute), (object, seen) => [toDisputeRecord(object, seen)]),
  customer: reader('Customer', eventOf(customer), (object, seen) => [toCustomerRecord(object, seen)]),
  subscription: reader('Subscription', eventOf(subscription), toSubscriptionRecords),
};

/** Events that move money or tell of people and contracts. All others are acknowledged and need nothing. */
const READERS: Readonly<Record<string, Reader>> = {
  'charge.succeeded': readers.charge, 'charge.updated': readers.charge, 'charge.captured': readers.charge, 'charge.failed': readers.charge,
  'charge.refunded': readers.charge, 'charge.pending': readers.charge, 'charge.expired': readers.charge,
  'payment_intent.succeeded': readers.intent, 'payment_intent.canceled': readers.intent, 'payment_intent.payment_failed': readers.intent,
  'payment_intent.created': readers.intent, 'payment_intent.processing': readers.intent,
  'invoice.paid': readers.invoice, 'invoice.payment_succeeded': readers.invoice, 'invoice.finalized': readers.invoice, 'invoice.created': readers.invoice,
  'invoice.payment_failed': readers.invoice, 'invoice.voided': readers.invoice, 'invoice.marked_uncollectible': readers.invoice, 'invoice.updated': readers.invoice,
  'invoice_payment.paid': readers.invoicePayment,
  'checkout.session.completed': readers.session, 'checkout.session.async_payment_succeeded': readers.session,
  'checkout.session.async_payment_failed': readers.session, 'checkout.session.expired': readers.session,
  'refund.created': readers.refund, 'refund.updated': readers.refund, 'refund.failed': readers.refund, 'charge.refund.updated': readers.refund,
  'charge.dispute.created': readers.dispute, 'charge.dispute.updated': readers.dispute, 'charge.dispute.closed': readers.dispute,
  'charge.dispute.funds_withdrawn': readers.dispute, 'charge.dispute.funds_reinstated': readers.dispute,
  'customer.created': readers.customer, 'customer.updated': readers.customer, 'customer.deleted': readers.customer,
  'customer.subscription.created': readers.subscription, 'customer.subscription.updated': readers.subscription, 'customer.subscription.deleted': readers.subscription,
  'customer.subscription.paused': readers.subscription, 'customer.subscription.resumed': readers.subscription, 'customer.subscription.trial_will_end': readers.subscription,
};

/** @throws AppError `invalid_input` naming the field that is not what Stripe documents. */
export function normaliseEvent(topic: string, body: string): CanonicalRecord[] {
  return READERS[topic]?.(body, topic) ?? [];
}
