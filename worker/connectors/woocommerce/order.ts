/** A WooCommerce order as one canonical sale. */
import { SHOP_ORDER } from '#core/commerce/precedence';
import type { OrderRecord } from '#core/commerce/record';
import type { NormaliseContext } from '#connectors/connector';
import { textOf } from '#connectors/payload';
import { itemsOf, orderAmounts } from './amounts.ts';
import { buyerOf } from './customer.ts';
import type { OrderPayload } from './payload.ts';

/**
 * How far along an order's life a status is: `date_modified_gmt` has whole seconds, and a checkout passes several
 * statuses in one. A shop's own statuses (shipped, being packed) come after payment.
 */
const RANKS: Readonly<Record<string, number>> = {
  'auto-draft': 5, 'checkout-draft': 5, draft: 5, pending: 10, 'on-hold': 20, failed: 30, processing: 40, completed: 60, cancelled: 70, refunded: 75, trash: 80,
};
const OWN_STATUS_RANK = 50;
const REMOVED_RANK = 90;

function rankOf(order: OrderPayload): number {
  // An order set to refunded is saved once before its refund is made and once after, in one second.
  return (RANKS[order.status] ?? OWN_STATUS_RANK) + ((order.refunds ?? []).length > 0 ? 1 : 0);
}

/** Paid, by the modelling rules. */
const SALES: ReadonlySet<string> = new Set(['processing', 'completed']);

/**
 * Whether this state is a sale. A refunded order counts together with its refunds, which net it; WooCommerce makes one
 * for the rest when an order is set to refunded, and where there is none nothing would be left to net it with.
 * Plugins and shops add statuses of their own: such an order counts once it has been paid.
 */
function isSale(order: OrderPayload): boolean {
  if (SALES.has(order.status)) return true;
  if (order.status === 'refunded') return (order.refunds ?? []).length > 0;
  return !(order.status in RANKS) && order.date_paid_gmt != null;
}

/** Where payment plugins keep Stripe's name of the payment: WooCommerce's Stripe gateway, and WooPayments. */
const PAYMENT_META: ReadonlySet<string> = new Set(['_stripe_intent_id', '_stripe_charge_id', '_intent_id', '_charge_id']);
const STRIPE_PAYMENT = /^(?:ch|py|pi)_\w+$/;

function paymentKeysOf(order: OrderPayload): string[] {
  const named = [order.transaction_id, ...(order.meta_data ?? []).filter(({ key }) => PAYMENT_META.has(key)).map(({ value }) => value)];
  const known = named.filter((name) => typeof name === 'string').filter((name) => STRIPE_PAYMENT.test(name));
  return [...new Set(known)].sort().map((name) => `stripe:${name}`);
}

/** Payments that the Subscriptions plugin made when a period began; the first one is a checkout like any other. */
const RENEWAL_META: ReadonlySet<string> = new Set(['_subscription_renewal', '_subscription_renewal_early', '_subscription_resubscribe']);

function isRenewal(order: OrderPayload): boolean {
  return order.created_via === 'subscription' || (order.meta_data ?? []).some(({ key }) => RENEWAL_META.has(key));
}

/** When the order last changed: the time of its version, and of the refunds that were first seen in it. */
export function modifiedAt(order: OrderPayload, context: Pick<NormaliseContext, 'receivedAt'>): string {
  return order.date_modified_gmt ?? order.date_created_gmt ?? context.receivedAt;
}

/**
 * What a delivery says happened to the order. A deletion tells no time, so its version is when we received it, and so
 * is that of the restoring, whose own time may lie before: what is delivered is always the state at delivery.
 */
export type OrderEvent = 'saved' | 'removed' | 'restored';

export function toOrderRecord(order: OrderPayload, source: string, context: NormaliseContext, event: OrderEvent = 'saved'): OrderRecord {
  const amounts = orderAmounts(order);
  const removed = event === 'removed';
  return {
    kind: 'order',
    source,
    externalId: order.id,
    version: { updatedAt: event === 'saved' ? modifiedAt(order, context) : context.receivedAt, rank: removed ? REMOVED_RANK : rankOf(order) },
    // The day under which the shop lists it and WooCommerce's reports count it.
    occurredAt: order.date_created_gmt ?? order.date_paid_gmt ?? modifiedAt(order, context),
    customer: buyerOf(order),
    amounts,
    status: removed ? 'trash' : order.status,
    counts: !removed && isSale(order),
    type: isRenewal(order) ? 'subscription' : 'purchase',
    channel: textOf(order.created_via),
    items: itemsOf(order.line_items, amounts.goods - amounts.discount, amounts.currency),
    label: `#${textOf(order.number) ?? order.id}`,
    paymentKeys: paymentKeysOf(order),
    precedence: SHOP_ORDER,
  };
}

/** An order in the trash of which only the number is told: it counts no longer, and the rest stays as it was known. */
export function toRemovedOrder(id: string, source: string, context: NormaliseContext): OrderRecord {
  return {
    kind: 'order',
    source,
    externalId: id,
    version: { updatedAt: context.receivedAt, rank: REMOVED_RANK },
    occurredAt: context.receivedAt,
    customer: null,
    amounts: { currency: context.currency, given: null, goods: 0, discount: 0, tax: 0, shipping: 0, tip: 0 },
    status: 'trash',
    counts: false,
    type: 'purchase',
    channel: null,
    items: [],
    label: `#${id}`,
    paymentKeys: [],
    precedence: SHOP_ORDER,
    stateOnly: true,
  };
}
