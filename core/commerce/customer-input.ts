/** A customer as the API takes it for upsert, and the canonical profile that it becomes. */
import { z } from 'zod';
import { idText, InputRefusal, instantOf, minorOf, parseBatch, type BatchResult, type InputContext } from './batch-input.ts';
import type { CustomerRecord } from './record.ts';
import { country, email, sourceName } from './transaction-input.ts';

const text = z.string().trim().min(1).max(255);

/** One element of `POST /api/v1/customers`. Attributes are merged key by key; null takes one away. */
export const customerInput = z.strictObject({
  externalId: idText,
  email: email.nullish(),
  name: text.nullish(),
  country: country.nullish(),
  acquisitionChannel: text.nullish(),
  /** Decimal, in the company's currency. */
  acquisitionCost: z.union([z.string().trim().min(1).max(40), z.number()]).nullish(),
  acquiredOn: z.iso.date({ error: 'Write the day like 2026-11-20' }).nullish(),
  consentEmail: z.enum(['granted', 'denied', 'unknown'], { error: 'Use granted, denied or unknown' }).optional(),
  attributes: z.record(z.string().max(100), z.unknown()).optional(),
  source: sourceName.optional(),
  updatedAt: z.string().optional(),
});
export type CustomerInput = z.infer<typeof customerInput>;

/** An import of attributes is not a place to keep files. */
const MAX_ATTRIBUTES_CHARACTERS = 16_384;

/** @throws InputRefusal */
export function toCustomerRecord(input: CustomerInput, context: InputContext): CustomerRecord {
  const attributes = input.attributes ?? {};
  if (JSON.stringify(attributes).length > MAX_ATTRIBUTES_CHARACTERS) {
    throw new InputRefusal('invalid_field', 'attributes', 'Attributes may hold up to 16 KB');
  }
  const cost = input.acquisitionCost ?? null;
  const acquisitionCost = cost === null ? null : minorOf(cost, 'acquisitionCost', context.currency);
  if (acquisitionCost !== null && acquisitionCost < 0) throw new InputRefusal('negative_amount', 'acquisitionCost', 'A cost cannot be negative');
  return {
    kind: 'customer',
    source: input.source ?? context.source,
    externalId: input.externalId,
    version: { updatedAt: input.updatedAt === undefined ? context.now.toISOString() : instantOf(input.updatedAt, 'updatedAt', context), rank: 0 },
    email: input.email ?? null,
    name: input.name ?? null,
    country: input.country ?? null,
    acquisitionChannel: input.acquisitionChannel ?? null,
    acquisitionCost,
    acquiredOn: input.acquiredOn ?? null,
    consentEmail: input.consentEmail ?? 'unknown',
    attributes,
  };
}

/** Every input as a record or a rejection; see `parseBatch`. */
export function parseCustomers(inputs: readonly unknown[], context: InputContext): BatchResult<CustomerRecord> {
  return parseBatch(inputs, customerInput, toCustomerRecord, context);
}
