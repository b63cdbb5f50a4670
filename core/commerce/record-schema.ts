/** Canonical records as they are read back from where they waited. */
import { z } from 'zod';
import type { CanonicalRecord } from './record.ts';

const text = z.string().nullable();
const minor = z.number().int();
const version = z.object({ updatedAt: z.string(), rank: z.number().int() });
const amounts = z.object({ currency: z.string(), given: minor.nullable(), goods: minor, discount: minor, tax: minor, shipping: minor, tip: minor });
const customer = z.object({ externalId: text, email: text, name: text, country: text });
const items = z.array(z.object({ productId: text, sku: text, name: z.string(), category: text, quantity: z.number().int(), amount: minor }));
const head = { source: z.string(), externalId: z.string(), version };

export const canonicalRecordSchema: z.ZodType<CanonicalRecord> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('order'), ...head, occurredAt: z.string(), customer: customer.nullable(), amounts, status: z.string(), counts: z.boolean(),
    type: z.enum(['purchase', 'subscription']), channel: text, items, label: text,
  }),
  z.object({
    kind: z.literal('refund'), ...head, occurredAt: z.string(), orderExternalId: text, customer: customer.nullable(), amounts,
    status: z.string(), counts: z.boolean(), items,
  }),
  z.object({
    kind: z.literal('customer'), ...head, email: text, name: text, country: text, acquisitionChannel: text, acquisitionCost: minor.nullable(),
    acquiredOn: text, consentEmail: z.enum(['granted', 'denied', 'unknown']), attributes: z.record(z.string(), z.unknown()),
  }),
]);
