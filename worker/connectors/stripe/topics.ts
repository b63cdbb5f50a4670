/** The events that an endpoint is to be told of. */

/** Drafts and attempts are understood as well, but move nothing. */
export const TOPICS = [
  'charge.succeeded', 'charge.captured', 'charge.updated', 'charge.refunded',
  'payment_intent.succeeded',
  'invoice.paid', 'invoice.payment_failed', 'invoice.voided', 'invoice_payment.paid',
  'checkout.session.completed', 'checkout.session.async_payment_succeeded',
  'refund.created', 'refund.updated', 'refund.failed',
  'charge.dispute.created', 'charge.dispute.funds_withdrawn', 'charge.dispute.funds_reinstated', 'charge.dispute.closed',
  'customer.created', 'customer.updated', 'customer.deleted',
  'customer.subscription.created', 'customer.subscription.updated', 'customer.subscription.deleted', 'customer.subscription.paused', 'customer.subscription.resumed',
];
