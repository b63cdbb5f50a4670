/** Live orders of the demo shop: what its platform would send this minute, and the signature it would send with it. */
import { householdBasket, inventTaste } from './demo/basket.ts';
import { inventPerson, personOf } from './demo/names.ts';
import { priceBasket } from './demo/pricing.ts';
import { between, chance, pick } from '#core/math/random';
import type { Random } from '#core/math/random';
import { orderDelivery, refundDelivery } from './demo/shopify-payload.ts';
import type { ShopBuyer, ShopifyDelivery, ShopOrder } from './demo/shopify-payload.ts';

/** The shop's address at its platform; also a setting of its integration. */
export const DEMO_SHOP_DOMAIN = 'fernway-coffee.myshopify.com';
/** The demo company's slug follows from its name at registration; both are the same in every demo. */
export const DEMO_COMPANY = { slug: 'fernway-coffee', name: 'Fernway Coffee', currency: 'EUR', timeZone: 'Europe/Berlin' } as const;

const NEW_CUSTOMER_SHARE = 0.3;
const DISCOUNT_SHARE = 0.08;

export interface LiveOrder extends ShopifyDelivery {
  /** Kept by callers that may want to refund it later. */
  order: ShopOrder;
}

/**
 * One paid order as of `now`: mostly by somebody the shop knows, now and then by somebody new.
 * @param known customers to order again; empty means that everybody is new.
 * @param source randomness in [0, 1): seeded in tests, real otherwise.
 */
export function liveOrder(source: Random, now: Date, known: readonly ShopBuyer[]): LiveOrder {
  const at = now.toISOString();
  // Microseconds since 1970 with a random tail: unlike any other id of the shop, and below 2^53.
  const id = now.getTime() * 1000 + between(source, 0, 999);
  const buyer = known.length > 0 && !chance(source, NEW_CUSTOMER_SHARE)
    ? pick(source, known)
    : { id: id + 1, person: inventPerson(source, id % 1_000_000), since: at, acceptsMarketing: chance(source, 0.5) };
  const basket = householdBasket(source, inventTaste(source));
  const order: ShopOrder = {
    id,
    number: 100_000 + (Math.floor(now.getTime() / 1000) % 900_000),
    at,
    buyer,
    basket: priceBasket(basket, chance(source, DISCOUNT_SHARE) ? 10 : 0),
    presentment: buyer.person?.currency ?? 'EUR',
    sourceName: 'web',
  };
  return { ...orderDelivery(order), order };
}

/**
 * A customer of the list as the shop's platform knows them; null for guests and for whoever came another way.
 * @param customer `externalId` is the platform's id.
 */
export function knownBuyer(customer: { externalId: string; name: string | null; email: string | null; country: string | null }): ShopBuyer | null {
  const { externalId, name, email, country } = customer;
  if (!/^\d{1,15}$/.test(externalId) || name === null || email === null) return null;
  return { id: Number(externalId), person: personOf({ name, email, country }), since: '2024-01-01T00:00:00.000Z', acceptsMarketing: false };
}

/** Somebody sends back one line of an earlier order. */
export function liveRefund(source: Random, now: Date, order: ShopOrder): ShopifyDelivery {
  return refundDelivery({
    id: now.getTime() * 1000 + between(source, 0, 999), at: now.toISOString(), order, lines: [pick(source, order.basket.lines)],
  });
}

/** Base64 HMAC-SHA-256 of the body: what Shopify puts into `X-Shopify-Hmac-Sha256`. */
export async function sign(body: string, secret: string): Promise<string> {
  const text = new TextEncoder();
  const key = await crypto.subtle.importKey('raw', text.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const signature = await crypto.subtle.sign('HMAC', key, text.encode(body));
  return btoa(String.fromCharCode(...new Uint8Array(signature)));
}

/**
 * All headers of a delivery.
 * @param eventId the same in every attempt to deliver one event.
 */
export async function deliveryHeaders(delivery: ShopifyDelivery, secret: string, eventId: string, triggeredAt: string): Promise<Record<string, string>> {
  return {
    'Content-Type': 'application/json',
    'X-Shopify-Topic': delivery.topic,
    'X-Shopify-Hmac-Sha256': await sign(delivery.body, secret),
    'X-Shopify-Shop-Domain': DEMO_SHOP_DOMAIN,
    'X-Shopify-API-Version': '2026-10',
    'X-Shopify-Event-Id': eventId,
    'X-Shopify-Webhook-Id': eventId,
    'X-Shopify-Triggered-At': triggeredAt,
  };
}
