/** Fernway Coffee, the demo shop: thirty months of customers, orders and refunds from one seed. */
import { giftBasket, householdBasket } from '#core/commerce/demo/basket'
import type { BasketLine } from '#core/commerce/demo/basket'
import { productBySku } from '#core/commerce/demo/catalogue'
import { priceBasket } from '#core/commerce/demo/pricing'
import type { PricedLine } from '#core/commerce/demo/pricing'
import { between, chance, createRandom, pick } from '#core/math/random'
import type { Random } from '#core/math/random'
import type { ShopBuyer, ShopOrder } from '#core/commerce/demo/shopify-payload'
import { DEMO_COMPANY } from '#core/commerce/demo-order'
import { DAY_MS, dayNumber } from '#core/calendar/days'
import { localDay } from '#core/calendar/local-day'
import { calendar, instantOn, isSale } from './calendar.ts'
import { inventCustomers } from './customers.ts'
import type { DemoCustomer, Period } from './customers.ts'
import { inventInvoices } from './invoices.ts'
import type { DemoInvoice } from './invoices.ts'
import { visitsOf } from './visits.ts'
import type { Visit } from './visits.ts'

export interface DemoOrder extends ShopOrder {
  customer: DemoCustomer
  type: 'purchase' | 'subscription'
  /** The shop's platform delivered it twice. */
  twice: boolean
}

export interface DemoRefund {
  id: number
  at: string
  order: DemoOrder
  lines: readonly PricedLine[]
}

export interface DemoShop {
  period: Period
  customers: DemoCustomer[]
  /** Oldest first. */
  orders: DemoOrder[]
  refunds: DemoRefund[]
  /** Wholesale in a foreign currency, without a rate: kept, but not counted. */
  invoices: DemoInvoice[]
}

export interface DemoShopOptions {
  /** Same seed and same `now`: the same shop to the byte. */
  seed: string
  /** Nothing is dated later. */
  now: Date
  /** Default 6,000; tests make do with fewer. */
  customers?: number
}

export const DEMO_SEED = 'fernway'
export const DEMO_CUSTOMERS = 6_000
const PERIOD_DAYS = 913
const OUTAGE_DAYS_AGO = 170
const OUTAGE_DAYS = 14
const REFUND_SHARE = 0.0405
const DELIVERED_TWICE = 0.0015
const FIRST_ORDER_ID = 5_604_000_000_000
const FIRST_REFUND_ID = 9_110_000_000_000
const SUBSCRIPTION_DISCOUNT = 10

export function demoShop({ seed, now, customers: count = DEMO_CUSTOMERS }: DemoShopOptions): DemoShop {
  const lastDay = dayNumber(localDay(now, DEMO_COMPANY.timeZone))
  const outageFrom = lastDay - OUTAGE_DAYS_AGO
  const period: Period = { firstDay: lastDay - PERIOD_DAYS + 1, lastDay, outage: { from: outageFrom, through: outageFrom + OUTAGE_DAYS - 1 } }
  const customers = inventCustomers(seed, period, count)
  const orders = customers
    .flatMap((customer) => ordersOf(seed, customer, period))
    .filter((order) => Date.parse(order.at) <= now.getTime())
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.customer.serial - b.customer.serial))
    // Numbered as they came in, as a platform does.
    .map((order, index) => ({ ...order, id: FIRST_ORDER_ID + index * 131, number: 1001 + index }))
  return { period, customers, orders, refunds: inventRefunds(seed, orders, now), invoices: inventInvoices(seed, period, now) }
}

/** A customer as the platform knows them. */
export function buyerOf(customer: DemoCustomer): ShopBuyer {
  return {
    id: customer.id,
    person: customer.account === 'unnamed' ? null : customer.person,
    since: new Date(customer.acquiredDay * DAY_MS).toISOString(),
    acceptsMarketing: customer.consent === 'granted',
  }
}

function ordersOf(seed: string, customer: DemoCustomer, period: Period): DemoOrder[] {
  const random = createRandom(`${seed}/orders/${customer.serial}`)
  const buyer = buyerOf(customer)
  // A subscription is the same parcel every time.
  const parcel = householdBasket(random, customer.taste).slice(0, 2)
  return visitsOf(seed, customer, period.lastDay).map((visit) => {
    const renewal = visit.purpose === 'subscription'
    const lost = visit.day >= period.outage.from && visit.day <= period.outage.through
    return {
      id: 0, number: 0,
      at: new Date(instantOn(random, visit.day, renewal)).toISOString(),
      buyer, customer,
      basket: priceBasket(basketOf(random, customer, visit, parcel), discountOf(random, visit)),
      presentment: customer.person.currency,
      sourceName: lost ? null : renewal ? 'subscription' : chance(random, 0.72) ? 'web' : 'mobile app',
      type: renewal ? 'subscription' : 'purchase',
      twice: chance(random, DELIVERED_TWICE),
    }
  })
}

function basketOf(random: Random, customer: DemoCustomer, visit: Visit, parcel: BasketLine[]): BasketLine[] {
  switch (visit.purpose) {
    case 'household': return householdBasket(random, customer.taste)
    case 'gift': return giftBasket(random, calendar(visit.day).month)
    case 'subscription': return parcel
    case 'bulk': return [
      { product: productBySku('ESP-NIG-1000'), quantity: between(random, 16, 40) },
      { product: productBySku('FIL-MEA-1000'), quantity: between(random, 8, 24) },
    ]
  }
}

function discountOf(random: Random, visit: Visit): number {
  if (visit.purpose === 'subscription') return SUBSCRIPTION_DISCOUNT
  if (visit.purpose === 'bulk') return 15
  if (isSale(visit.day) && chance(random, 0.6)) return 15
  return chance(random, 0.07) ? 10 : 0
}

/** Some send everything back, some one thing; the money follows within three weeks. */
function inventRefunds(seed: string, orders: readonly DemoOrder[], now: Date): DemoRefund[] {
  const random = createRandom(`${seed}/refunds`)
  const refunds: DemoRefund[] = []
  for (const order of orders) {
    if (!chance(random, REFUND_SHARE)) continue
    const everything = chance(random, 0.4)
    const after = (1 + 18 * random() ** 1.5) * DAY_MS
    const lines = everything ? order.basket.lines : [pick(random, order.basket.lines)]
    const at = new Date(Math.floor((Date.parse(order.at) + after) / 1000) * 1000)
    if (at.getTime() > now.getTime()) continue
    refunds.push({ id: FIRST_REFUND_ID + refunds.length * 1009, at: at.toISOString(), order, lines })
  }
  return refunds
}
