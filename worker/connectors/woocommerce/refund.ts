/** WooCommerce's refunds as keyed records. There is no webhook for them: they arrive inside their order, without a date. */
import type { RefundRecord } from '#core/commerce/record';
import { guessedParts, itemsOf, minorOf, statedParts } from './amounts.ts';
import type { OrderPayload, RefundPayload, RefundSummary } from './payload.ts';

/** Refunds share the numbering of orders, not their names. */
const NAME = 'refund:';

/** Before every order that WooCommerce ever took (its first release was in 2011). */
const MIRROR = Date.parse('2000-01-01T00:00:00Z');

/**
 * The version of a refund seen in an order that was last modified at `seenAt`: the earlier it was seen, the newer.
 * The time mirrored at the year 2000 does that, so the first sight, whose date is the best we have, stays whatever
 * comes later and in whatever order; and what history reads, with its true date, is newer than any sight.
 */
function firstSight(seenAt: string): string {
  return new Date(2 * MIRROR - Date.parse(seenAt)).toISOString();
}

/** Oldest first. Numbers only ever rise, and may be longer than a number can hold. */
function inOrder<Entry extends { id: string }>(refunds: readonly Entry[]): Entry[] {
  return [...refunds].sort((a, b) => a.id.length - b.id.length || (a.id < b.id ? -1 : 1));
}

function totalOf(summary: RefundSummary, currency: string): number {
  return Math.abs(minorOf(summary.total, currency));
}

/**
 * The refunds that an order lists: dated by when the order was modified, and split as `guessedParts` says.
 * @param seenAt when the order was last modified
 */
export function refundsSeenIn(order: OrderPayload, source: string, seenAt: string): RefundRecord[] {
  const currency = order.currency.toUpperCase();
  let before = 0;
  return inOrder(order.refunds ?? []).map((summary) => {
    const money = totalOf(summary, currency);
    const amounts = guessedParts(order, before, money);
    before += money;
    return {
      kind: 'refund',
      source,
      externalId: NAME + summary.id,
      version: { updatedAt: firstSight(seenAt), rank: 10 },
      occurredAt: seenAt,
      orderExternalId: order.id,
      customer: null,
      amounts,
      status: 'refunded',
      counts: true,
      items: [],
    };
  });
}

/**
 * The refunds of an order as history reads them: with their own dates, and their own lines where they have some.
 * @param fallback when one happened that does not say so
 */
export function refundsOf(order: OrderPayload, refunds: readonly RefundPayload[], source: string, fallback: string): RefundRecord[] {
  const currency = order.currency.toUpperCase();
  let before = 0;
  return inOrder(refunds).map((refund) => {
    const money = Math.abs(minorOf(refund.amount, currency));
    const amounts = statedParts(refund, currency) ?? guessedParts(order, before, money);
    before += money;
    const occurredAt = refund.date_created_gmt ?? fallback;
    return {
      kind: 'refund',
      source,
      externalId: NAME + refund.id,
      version: { updatedAt: occurredAt, rank: 20 },
      occurredAt,
      orderExternalId: order.id,
      customer: null,
      amounts,
      status: 'refunded',
      counts: true,
      items: itemsOf(refund.line_items, amounts.goods, currency),
    };
  });
}
