/** Goods on their way, as an event of whoever ordered them. */
import { z } from 'zod';
import type { EventRecord } from '#core/commerce/record';
import type { NormaliseContext } from '#connectors/connector';
import { instant } from '#connectors/payload';
import { fallbackTime, requireId, textOf } from './identity.ts';

export const fulfilment = z.object({
  id: z.string().nullish(),
  admin_graphql_api_id: z.string().nullish(),
  order_id: z.string(),
  status: z.string().nullish(),
  created_at: instant.nullish(),
  updated_at: instant.nullish(),
  email: z.string().nullish(),
  tracking_company: z.string().nullish(),
  line_items: z.array(z.object({ quantity: z.string().nullish() })).nullish(),
});

const FAILED = ['cancelled', 'error', 'failure'];

/** Empty for a fulfilment that came to nothing. The address it goes to is not read: it may be somebody else's. */
export function toFulfilmentRecords(payload: z.infer<typeof fulfilment>, source: string, headers: Record<string, string>, context: NormaliseContext): EventRecord[] {
  const externalId = requireId(payload, 'Fulfilment');
  const status = payload.status?.toLowerCase() ?? 'unknown';
  if (FAILED.includes(status)) return [];
  const email = textOf(payload.email);
  const at = payload.created_at ?? fallbackTime(headers, context);
  return [{
    kind: 'event', source, externalId: `fulfillment:${externalId}`, version: { updatedAt: payload.updated_at ?? at, rank: 0 }, type: 'order_fulfilled', occurredAt: at,
    customer: email === null ? null : { externalId: null, email, name: null, country: null }, anonymousId: null, sessionId: null,
    properties: {
      order_id: payload.order_id, status, items: (payload.line_items ?? []).reduce((sum, line) => sum + (Number(line.quantity ?? '1') || 0), 0),
      ...(textOf(payload.tracking_company) === null ? {} : { carrier: textOf(payload.tracking_company) }),
    },
  }];
}
