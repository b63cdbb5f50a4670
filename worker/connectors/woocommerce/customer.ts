/** A WooCommerce customer as a canonical profile, and the buyer that an order names. */
import type { CustomerRecord, CustomerRef } from '#core/commerce/record';
import type { NormaliseContext } from '#connectors/connector';
import { textOf } from '#connectors/payload';
import { plainText } from './plain-text.ts';
import type { CustomerPayload, OrderPayload } from './payload.ts';

interface Named {
  first_name?: string | null;
  last_name?: string | null;
}

function fullName(named: Named | null | undefined): string | null {
  return textOf(plainText([textOf(named?.first_name), textOf(named?.last_name)].filter((part) => part !== null).join(' ')));
}

function countryOf(...addresses: (CustomerPayload['billing'])[]): string | null {
  return addresses.map((address) => textOf(address?.country)).find((country) => country !== null) ?? null;
}

export function toCustomerRecord(customer: CustomerPayload, source: string, topic: string, context: NormaliseContext): CustomerRecord {
  return {
    kind: 'customer',
    source,
    externalId: customer.id,
    version: {
      updatedAt: customer.date_modified_gmt ?? customer.date_created_gmt ?? context.receivedAt,
      rank: topic === 'customer.created' ? 10 : 20,
    },
    email: textOf(customer.email) ?? textOf(customer.billing?.email),
    name: fullName(customer) ?? fullName(customer.billing) ?? textOf(plainText(customer.billing?.company ?? '')),
    country: countryOf(customer.billing, customer.shipping),
    acquisitionChannel: null,
    acquisitionCost: null,
    acquiredOn: null,
    // WooCommerce itself asks nobody; plugins that do each keep the answer in a place of their own.
    consentEmail: 'unknown',
    attributes: customer.role == null ? {} : { role: customer.role },
  };
}

/** The account, and the e-mail address of the bill by which guests are known; else nobody. */
export function buyerOf(order: OrderPayload): CustomerRef | null {
  const externalId = order.customer_id == null || order.customer_id === '0' ? null : textOf(order.customer_id);
  const email = textOf(order.billing?.email);
  if (externalId === null && email === null) return null;
  return {
    externalId,
    email,
    name: fullName(order.billing) ?? fullName(order.shipping) ?? textOf(plainText(order.billing?.company ?? '')),
    country: countryOf(order.billing, order.shipping),
  };
}
