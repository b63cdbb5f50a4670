/** Checkout sessions: what the buyer saw at the till. Knows totals, not lines. */
import type { OrderRecord } from '#core/commerce/record';
import { CHECKOUT_SESSION } from '#core/commerce/precedence';
import { buyerOf, paymentKeys, SOURCE, versionOf } from './identity.ts';
import type { Seen } from './identity.ts';
import { firstBillOf } from './invoice.ts';
import { currencyOf } from './money.ts';
import { partsOf } from './parts.ts';
import type { SessionPayload } from './payload.ts';

type State = 'open' | 'unpaid' | 'expired' | 'paid';
const RANKS: Readonly<Record<State, number>> = { open: 10, unpaid: 30, expired: 60, paid: 90 };

function stateOf({ status, payment_status }: SessionPayload): State {
  if (status === 'expired') return 'expired';
  if (status === 'open') return 'open';
  // Complete without a payment: a trial begins, or everything was free.
  return payment_status === 'unpaid' ? 'unpaid' : 'paid';
}

/** Empty for a session that sells nothing: one that only saves a card, or has no amount yet. */
export function toSessionRecords(session: SessionPayload, seen: Seen): OrderRecord[] {
  const { amount_total: total, currency: stated } = session;
  if (session.mode === 'setup' || total === null || total === undefined || stated === null || stated === undefined) return [];
  const currency = currencyOf(stated, 'Checkout session');
  const state = stateOf(session);
  const intent = session.payment_intent;
  const charge = typeof intent === 'object' && intent !== null ? intent.latest_charge : null;
  const paidAt = (typeof charge === 'object' && charge !== null ? charge.created : null) ?? (seen.topic.startsWith('checkout.session.') ? seen.at : null);
  const details = session.total_details;
  return [{
    kind: 'order', source: SOURCE, externalId: session.id,
    version: versionOf(seen, RANKS[state]),
    occurredAt: (state === 'paid' ? paidAt : session.created) ?? session.created ?? seen.at,
    customer: buyerOf(session.customer, session.customer_details, session.customer_email),
    amounts: partsOf({
      total, paid: total, tax: details?.amount_tax ?? 0, taxInside: 0, shipping: details?.amount_shipping ?? 0, discount: details?.amount_discount ?? 0,
    }, currency),
    status: state, counts: state === 'paid',
    type: session.mode === 'subscription' ? 'subscription' : 'purchase',
    channel: null, items: [], label: null,
    paymentKeys: paymentKeys(session.id, [
      typeof intent === 'string' ? intent : intent?.id, session.invoice,
      session.subscription === null || session.invoice !== null ? null : firstBillOf(session.subscription),
    ], session.metadata),
    precedence: CHECKOUT_SESSION,
  }];
}
