/** The part of the demo shop's past that arrives as the platform's own webhooks: whatever was paid in another currency. */
import { orderDelivery, refundDelivery } from '#core/commerce/demo/shopify-payload'
import type { ShopifyDelivery } from '#core/commerce/demo/shopify-payload'
import { isForeign } from './api-input.ts'
import type { DemoShop } from './shop.ts'

export interface PastDelivery extends ShopifyDelivery {
  /** The same in every delivery of one event. */
  eventId: string
  /** ISO 8601. */
  at: string
}

/** Oldest first; some twice. */
export function pastDeliveries(shop: DemoShop): PastDelivery[] {
  const orders = shop.orders.filter(isForeign).flatMap((order): PastDelivery[] => {
    const delivery = { ...orderDelivery(order), eventId: `fernway-order-${order.id}`, at: order.at }
    return order.twice ? [delivery, delivery] : [delivery]
  })
  const refunds = shop.refunds.filter((refund) => isForeign(refund.order))
    .map((refund): PastDelivery => ({ ...refundDelivery(refund), eventId: `fernway-refund-${refund.id}`, at: refund.at }))
  return [...orders, ...refunds].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}
