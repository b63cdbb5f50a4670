/** A customer as she stood at the end of a day that is over, as far as that is kept. */
import type { CustomerFacts } from '#core/segments/facts';
import { rfmSegment } from '#core/rfm/segments';
import { namesOf } from '#core/segments/kept';
import type { MatchMoment } from '#core/segments/moment';
import type { Test } from '#core/segments/term';
import { loadPast } from '#data/segment-past';
import type { PastRows } from '#data/segment-past';
import type { TenantContext } from '#worker/ports';

/**
 * Her facts with what is known of `moment`, the last instant of a day, in place of today's.
 * @returns `isAsOf`: whether that is all that the test looks at
 */
export async function factsOfThePast(ctx: TenantContext, now: CustomerFacts, test: Test, moment: MatchMoment): Promise<{ facts: CustomerFacts; isAsOf: boolean }> {
  const past = await loadPast(ctx.db, now.id, moment.today, moment.at.toISOString());
  const known = knownNames(past);
  const { days, values, stage, rfmGroup } = past;
  const isKept = !days.isMoved;
  const stats: CustomerFacts['stats'] = {
    ...now.stats, orders: days.orders, gross: days.gross, refunded: days.refunded, historicalValue: days.gross - days.refunded,
    purchaseDays: days.purchaseDays, firstDay: days.firstDay, lastDay: days.lastDay, previousDay: days.previousDay,
    ...(isKept && values), ...(isKept && stage !== null && { stage }), ...(isKept && rfmGroup !== null && scoresOf(rfmGroup)),
  };
  return { facts: { ...now, stats, segments: new Set(past.segments) }, isAsOf: [...namesOf(test)].every((name) => known.has(name)) };
}

/** An order or refund on the day itself changed what the night had put aside, and its worth is not kept. */
function knownNames({ days, values, stage, rfmGroup }: PastRows): ReadonlySet<string> {
  return new Set([
    'segments', 'orders', 'gross', 'refunded', 'historical_value', 'average_order',
    ...(days.isRefundedLater ? [] : ['order_net', 'purchase_days', 'first_order', 'last_order_day', 'previous_order', 'cohort']),
    ...(values === null || days.isMoved ? [] : ['p_alive', 'predicted_value', 'predicted_low', 'predicted_high', 'interval_width', 'total_value']),
    ...(stage === null || days.isMoved ? [] : ['stage']),
    ...(rfmGroup === null || days.isMoved ? [] : ['rfm_group']),
  ]);
}

/** Any scores of the group: which of its cells she was in is not kept. */
function scoresOf(group: string): { recencyScore: number; frequencyScore: number } | null {
  for (let r = 1; r <= 5; r++) for (let f = 1; f <= 5; f++) if (rfmSegment(r, f) === group) return { recencyScore: r, frequencyScore: f };
  return null;
}
