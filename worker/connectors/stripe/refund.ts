/** Refunds and disputes: money that goes back, as rows of their own under the charge it came from. */
import type { RefundRecord } from '#core/commerce/record';
import { SOURCE, versionOf } from './identity.ts';
import type { Seen } from './identity.ts';
import { currencyOf, minorOf } from './money.ts';
import type { DisputePayload, RefundPayload } from './payload.ts';
import { AppError } from '#core/errors';

/** A refund may fail or be called off after it succeeded, never the other way round. */
const REFUND_RANKS: Readonly<Record<string, number>> = { pending: 10, requires_action: 20, succeeded: 40, canceled: 50, failed: 60 };

interface Returned {
  id: string;
  amount: number;
  currency: string;
  created: string;
  charge: string | null;
  payment_intent: string | null;
}

function returned(what: string, money: Returned, seen: Seen, status: string, rank: number, counts: boolean): RefundRecord {
  const currency = currencyOf(money.currency, what);
  const order = money.charge ?? money.payment_intent;
  if (order === null) {
    throw new AppError('invalid_input', `${what}: charge is missing`, { errors: [{ path: 'charge', message: 'Neither charge nor payment_intent is named' }] });
  }
  return {
    kind: 'refund', source: SOURCE, externalId: money.id, version: versionOf(seen, rank), occurredAt: money.created,
    orderExternalId: order, customer: null,
    // Only the sum is known, also where the order's tax and shipping are.
    amounts: { currency, given: Math.max(0, minorOf(money.amount, currency)), goods: 0, discount: 0, tax: 0, shipping: 0, tip: 0 },
    status, counts, items: [],
  };
}

/** @throws AppError `invalid_input` for a refund of nothing. */
export function toRefundRecord(refund: RefundPayload, seen: Seen): RefundRecord {
  // Before 2014 refunds had no status: they were done.
  const status = refund.status ?? 'succeeded';
  return returned('Refund', refund, seen, status, REFUND_RANKS[status] ?? 5, status === 'succeeded');
}

/**
 * A dispute takes the money back as a refund does, and gives it again when it is won. An inquiry (`warning_…`) moves
 * none. While a dispute is open, the money is gone once a withdrawal is among its balance transactions, or the event
 * is the withdrawal itself.
 */
export function toDisputeRecord(dispute: DisputePayload, seen: Seen): RefundRecord {
  const { status } = dispute;
  const moved = (dispute.balance_transactions ?? []).reduce((sum, { amount }) => sum + amount, 0);
  const withdrawn = seen.topic === 'charge.dispute.funds_withdrawn' || moved < 0;
  const reinstated = seen.topic === 'charge.dispute.funds_reinstated';
  const gone = status === 'lost' || ((status === 'needs_response' || status === 'under_review') && withdrawn);
  return returned('Dispute', dispute, seen, gone && status !== 'lost' ? `${status}_funds_withdrawn` : status, disputeRank(status, withdrawn, reinstated), gone && !reinstated);
}

function disputeRank(status: string, withdrawn: boolean, reinstated: boolean): number {
  if (reinstated) return 90;
  switch (status) {
    case 'warning_needs_response': return 10;
    case 'warning_under_review': return 15;
    case 'warning_closed': return 20;
    case 'needs_response': return withdrawn ? 40 : 30;
    case 'under_review': return withdrawn ? 50 : 45;
    case 'lost': return 70;
    case 'won':
    case 'prevented': return 80;
    default: return 5;
  }
}
