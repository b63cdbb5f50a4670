/** When a state was seen, who is meant, and under which names a payment is known. */
import type { CustomerRef } from '#core/commerce/record';
import { textOf } from '#connectors/payload';

export const SOURCE = 'stripe';

/** A state of an object: the moment it was in it (an event's time, or when the API was read) and the event that told. */
export interface Seen {
  at: string;
  topic: string;
}

interface PersonPayload {
  email?: string | null | undefined;
  name?: string | null | undefined;
  address?: { country?: string | null | undefined } | null | undefined;
}

/** The customer, else a guest known by e-mail, else nobody. */
export function buyerOf(externalId: string | null, person: PersonPayload | null | undefined, otherEmail?: string | null): CustomerRef | null {
  const email = textOf(person?.email) ?? textOf(otherEmail);
  if (externalId === null && email === null) return null;
  return { externalId, email, name: textOf(person?.name), country: textOf(person?.address?.country) };
}

/**
 * The shop's order that took this payment, when the metadata name it beyond doubt: WooCommerce's own gateway writes
 * `order_id` together with `site_url`. Others put anything into an `order_id` (Shopify a checkout's number), so alone it says nothing.
 */
function shopOrder(metadata: Record<string, string> | null | undefined): string | null {
  const order = metadata?.['order_id'] ?? '';
  return /^\d+$/.test(order) && /^https?:\/\//.test(metadata?.['site_url'] ?? '') ? `woocommerce:${order}` : null;
}

/** Distinct payment keys of the Stripe objects named and of the shop's order in `metadata`, without the object's own name. */
export function paymentKeys(own: string, ids: readonly (string | null | undefined)[], metadata?: Record<string, string> | null): string[] {
  const keys = new Set(ids.filter((id) => id !== null && id !== undefined && id !== '' && id !== own).map((id) => `${SOURCE}:${id}`));
  const shop = shopOrder(metadata);
  if (shop !== null) keys.add(shop);
  return [...keys].sort();
}

/** Newer API versions name the invoice of a payment only here, beside merchants' own references. */
export function invoiceReference(details: { order_reference?: string | null | undefined } | null | undefined): string | null {
  const name = details?.order_reference ?? '';
  return /^in_\w+$/.test(name) ? name : null;
}

/** An instant at or before which nothing is newer: Stripe's times are whole seconds, so rank tells states of one second apart. */
export function versionOf({ at }: Seen, rank: number): { updatedAt: string; rank: number } {
  return { updatedAt: at, rank };
}
