/** A Stripe customer as a canonical profile. */
import type { CustomerRecord } from '#core/commerce/record';
import { textOf } from '#connectors/payload';
import { SOURCE, versionOf } from './identity.ts';
import type { Seen } from './identity.ts';
import type { CustomerPayload } from './payload.ts';

/**
 * Deleting a customer at Stripe ends her subscriptions and forgets her cards; it is housekeeping there and no request
 * of hers to be forgotten, and her payments stay in Stripe's own books. So the profile is marked and nothing is erased.
 */
export function toCustomerRecord(customer: CustomerPayload, seen: Seen): CustomerRecord {
  const deleted = seen.topic === 'customer.deleted' || customer.deleted === true;
  const { metadata } = customer;
  return {
    kind: 'customer', source: SOURCE, externalId: customer.id,
    version: versionOf(seen, deleted ? 90 : seen.topic === 'customer.created' ? 10 : 20),
    email: textOf(customer.email), name: textOf(customer.name),
    country: textOf(customer.address?.country) ?? textOf(customer.shipping?.address?.country),
    acquisitionChannel: null, acquisitionCost: null, acquiredOn: null,
    // Being billed is no consent to be written to, and Stripe keeps none.
    consentEmail: 'unknown',
    attributes: {
      ...(metadata && Object.keys(metadata).length > 0 ? { stripe: metadata } : {}),
      ...(deleted ? { deletedAtStripe: seen.at } : {}),
    },
  };
}
