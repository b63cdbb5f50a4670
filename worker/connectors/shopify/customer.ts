/** A Shopify customer as a canonical profile. */
import type { Consent, CustomerRecord } from '#core/commerce/record';
import type { NormaliseContext } from '#connectors/connector';
import { fallbackTime, requireId, textOf } from './identity.ts';
import type { CustomerPayload } from './payload.ts';

/** First and last name as one; null when there is neither. */
export function customerName(customer: CustomerPayload): string | null {
  return textOf([customer.first_name, customer.last_name].map(textOf).filter((part) => part !== null).join(' '));
}

/** Only a confirmed subscription is consent; only an explicit refusal is its opposite. */
export function consentOf(state: string | null): Consent {
  switch (state?.toLowerCase()) {
    case 'subscribed': return 'granted';
    case 'unsubscribed':
    case 'redacted': return 'denied';
    // not_subscribed, pending, invalid, and whatever Shopify adds: nobody has said yes or no.
    default: return 'unknown';
  }
}

/** @throws AppError `invalid_input` when the customer has no id. */
export function toCustomerRecord(customer: CustomerPayload, source: string, topic: string, headers: Record<string, string>, context: NormaliseContext): CustomerRecord {
  const tags = customer.tags?.split(',').map((tag) => tag.trim()).filter((tag) => tag !== '');
  return {
    kind: 'customer',
    source,
    externalId: requireId(customer, 'Customer'),
    version: {
      updatedAt: customer.updated_at ?? customer.created_at ?? fallbackTime(headers, context),
      rank: topic === 'customers/create' ? 10 : 20,
    },
    email: textOf(customer.email),
    name: customerName(customer),
    country: textOf(customer.default_address?.country_code),
    acquisitionChannel: null,
    acquisitionCost: null,
    acquiredOn: null,
    consentEmail: consentOf(customer.email_marketing_consent?.state ?? null),
    attributes: tags ? { tags } : {},
  };
}
