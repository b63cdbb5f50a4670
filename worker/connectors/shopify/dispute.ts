/** A dispute as a refund that counts while the bank has the money. */
import { z } from 'zod';
import { toMinor } from '#core/commerce/money';
import type { RefundRecord } from '#core/commerce/record';
import type { NormaliseContext } from '#connectors/connector';
import { instant } from '#connectors/payload';
import { fallbackTime, requireId, textOf } from './identity.ts';

export const dispute = z.object({
  id: z.string(),
  order_id: z.string().nullish(),
  type: z.string().nullish(),
  amount: z.string(),
  currency: z.string().nullish(),
  status: z.string().nullish(),
  initiated_at: instant.nullish(),
});

/**
 * How far along a dispute is: of two versions of one moment the later stage is newer. Not listed is not counted:
 * `charge_refunded`, whose money comes back as a refund of its own, and whatever Shopify adds.
 */
const STAGES: Readonly<Record<string, { rank: number; withdrawn: boolean }>> = {
  needs_response: { rank: 10, withdrawn: true },
  under_review: { rank: 20, withdrawn: true },
  charge_refunded: { rank: 30, withdrawn: false },
  prevented: { rank: 40, withdrawn: false },
  accepted: { rank: 50, withdrawn: true },
  lost: { rank: 60, withdrawn: true },
  won: { rank: 70, withdrawn: false },
};

/**
 * Only a chargeback withdraws money; an inquiry asks a question first. The amount is the buyer's whole loss in one
 * figure, so it is taken as given under every revenue basis.
 * @throws AppError `invalid_input` when the id is missing or the amount is none
 */
export function toDisputeRecord(payload: z.infer<typeof dispute>, source: string, headers: Record<string, string>, context: NormaliseContext): RefundRecord {
  const at = fallbackTime(headers, context);
  const status = payload.status?.toLowerCase() ?? 'unknown';
  const stage = STAGES[status] ?? { rank: 0, withdrawn: false };
  const currency = (payload.currency ?? context.currency).toUpperCase();
  const isChargeback = payload.type?.toLowerCase() === 'chargeback';
  return {
    kind: 'refund', source, externalId: `dispute:${requireId(payload, 'Dispute')}`, version: { updatedAt: at, rank: stage.rank },
    occurredAt: payload.initiated_at ?? at, orderExternalId: textOf(payload.order_id), customer: null,
    amounts: { currency, given: toMinor(payload.amount, currency), goods: 0, discount: 0, tax: 0, shipping: 0, tip: 0 },
    status: `${isChargeback ? 'chargeback' : 'inquiry'} ${status.replaceAll('_', ' ')}`, counts: isChargeback && stage.withdrawn, items: [],
  };
}
