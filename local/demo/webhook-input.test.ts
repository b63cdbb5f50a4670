/** The demo's webhooks are what the Shopify connector documents: signed, and worth in euros what the shop took. */
import { beforeAll, describe, expect, test } from 'vitest'
import { DEMO_COMPANY, deliveryHeaders, liveOrder, liveRefund, sign } from '#core/commerce/demo-order'
import { createRandom } from '#core/math/random'
import type { ShopifyDelivery } from '#core/commerce/demo/shopify-payload'
import type { CanonicalRecord } from '#core/commerce/record'
import { shopify } from '#connectors/shopify/connector'
import { isForeign } from './api-input.ts'
import { buyerOf, DEMO_SEED, demoShop } from './shop.ts'
import type { DemoShop } from './shop.ts'
import { pastDeliveries } from './webhook-input.ts'

const NOW = new Date('2026-11-22T15:00:00Z')
const SECRET = 'a secret of the test'
let shop: DemoShop
beforeAll(() => {
  shop = demoShop({ seed: DEMO_SEED, now: NOW })
})

const normalise = ({ topic, body }: ShopifyDelivery): CanonicalRecord[] =>
  shopify.normalise({ topic, body, headers: {} }, { currency: DEMO_COMPANY.currency, receivedAt: NOW.toISOString() })
const lower = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

describe('demo webhooks', () => {
  test('past foreign orders and refunds add up to the cent in the shop currency', () => {
    const seen = new Map<string, CanonicalRecord>()
    for (const record of pastDeliveries(shop).flatMap(normalise)) seen.set(`${record.kind} ${record.externalId}`, record)
    let sold = 0, returned = 0
    for (const record of seen.values()) {
      if (record.kind !== 'order' && record.kind !== 'refund') throw new Error('Only orders and refunds were sent')
      expect(record.amounts.currency).toBe('EUR')
      expect(record.counts).toBe(true)
      const net = record.amounts.goods - record.amounts.discount
      expect(record.items.reduce((sum, item) => sum + item.amount, 0)).toBe(net)
      if (record.kind === 'order') sold += net
      else returned += net
    }
    const orders = shop.orders.filter(isForeign), refunds = shop.refunds.filter((refund) => isForeign(refund.order))
    expect(seen.size).toBe(orders.length + refunds.length)
    expect(sold).toBe(orders.reduce((sum, order) => sum + order.basket.net, 0))
    expect(returned).toBe(refunds.flatMap((refund) => refund.lines).reduce((sum, line) => sum + line.gross - line.discount - line.tax, 0))
  })

  test('an order keeps its id, time, customer and channel', () => {
    const order = shop.orders.find((one) => isForeign(one) && one.buyer.id !== null && one.sourceName !== null)
    const delivery = pastDeliveries(shop).find((one) => one.eventId === `fernway-order-${order?.id}`)
    if (!order || !delivery) throw new Error('The demo has no foreign order')
    const [record] = normalise(delivery)
    expect(record).toMatchObject({
      kind: 'order', source: 'shopify', externalId: String(order.id), label: `#${order.number}`, channel: order.sourceName,
      customer: { externalId: String(order.buyer.id), email: order.buyer.person?.email, country: order.buyer.person?.country },
    })
    expect(record?.kind === 'order' && Date.parse(record.occurredAt)).toBe(Date.parse(order.at))
  })

  test('live orders are accepted, by known and by new customers, and their refunds too', () => {
    const random = createRandom('live')
    const known = shop.customers.filter((customer) => customer.account === 'member').slice(0, 20).map(buyerOf)
    const ids = new Set(known.map((buyer) => String(buyer.id)))
    let returning = 0
    const orders = new Set<string>()
    for (let i = 0; i < 200; i++) {
      const live = liveOrder(random, new Date(NOW.getTime() + i * 1000), known)
      const [record, ...more] = normalise(live)
      if (record?.kind !== 'order') throw new Error('Not an order')
      expect(more).toEqual([])
      expect(record.counts).toBe(true)
      expect(record.amounts.goods - record.amounts.discount).toBe(live.order.basket.net)
      orders.add(record.externalId)
      if (ids.has(record.customer?.externalId ?? '')) returning++
      const [refund] = normalise(liveRefund(random, new Date(NOW.getTime() + i * 1000 + 500), live.order))
      expect(refund).toMatchObject({ kind: 'refund', orderExternalId: record.externalId, counts: true })
    }
    expect(orders.size).toBe(200)
    expect(returning).toBeGreaterThan(100)
    expect(returning).toBeLessThan(180)
  })

  test('the signature is the one the connector checks; a changed body is refused', async () => {
    const delivery = liveOrder(createRandom('signed'), NOW, [])
    const headers = lower(await deliveryHeaders(delivery, SECRET, 'event-1', NOW.toISOString()))
    const request = { headers, body: new TextEncoder().encode(delivery.body) }
    expect(await shopify.verify(request, SECRET, NOW)).toBe(true)
    expect(await shopify.verify(request, 'another secret', NOW)).toBe(false)
    expect(await shopify.verify({ headers, body: new TextEncoder().encode(`${delivery.body} `) }, SECRET, NOW)).toBe(false)
    expect(shopify.envelope(request, () => 'made')).toMatchObject({ topic: 'orders/create', deliveryId: expect.stringContaining('event-1') })
    // RFC 4231, test case 2.
    const bytes = [...atob(await sign('what do ya want for nothing?', 'Jefe'))].map((letter) => letter.charCodeAt(0).toString(16).padStart(2, '0'))
    expect(bytes.join('')).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843')
  })
})
