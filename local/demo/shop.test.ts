/** The demo shop holds what its description promises, and is the same to the byte for the same seed. */
import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { PRODUCTS } from '#core/commerce/demo/catalogue'
import { dayNumber } from '#core/calendar/days'
import { localDay } from '#core/calendar/local-day'
import { customerInputs, transactionInputs } from './api-input.ts'
import { DEMO_SEED, demoShop } from './shop.ts'
import type { DemoOrder, DemoShop } from './shop.ts'
import { pastDeliveries } from './webhook-input.ts'

const NOW = new Date('2026-11-22T15:00:00Z')
let shop: DemoShop
beforeAll(() => {
  shop = demoShop({ seed: DEMO_SEED, now: NOW })
})

function counted<T>(list: readonly T[], key: (item: T) => string | number | null): Map<string | number | null, number> {
  const counts = new Map<string | number | null, number>()
  for (const item of list) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1)
  return counts
}
const share = (part: (order: DemoOrder) => boolean): number => shop.orders.filter(part).length / shop.orders.length
const digest = (one: DemoShop): string =>
  createHash('sha256').update(JSON.stringify([customerInputs(one), transactionInputs(one), pastDeliveries(one)])).digest('hex')
const localDayOf = (at: string): number => dayNumber(localDay(new Date(at), 'Europe/Berlin'))

describe('the demo shop', () => {
  test('is the same to the byte for one seed, and another for another', () => {
    expect(digest(demoShop({ seed: DEMO_SEED, now: NOW }))).toBe(digest(shop))
    expect(digest(demoShop({ seed: 'another', now: NOW }))).not.toBe(digest(shop))
  })

  test('has 6,000 customers and 25,000 to 30,000 orders over 30 months that end now', () => {
    expect(shop.customers).toHaveLength(6_000)
    expect(shop.orders.length).toBeGreaterThan(25_000)
    expect(shop.orders.length).toBeLessThan(30_000)
    const days = localDayOf(shop.orders.at(-1)?.at ?? '') - localDayOf(shop.orders[0]?.at ?? '') + 1
    expect(days).toBeGreaterThan(905)
    expect(days).toBeLessThanOrEqual(913)
    expect([...shop.orders, ...shop.refunds].every(({ at }) => Date.parse(at) <= NOW.getTime())).toBe(true)
    // Orders of the last day exist, so that a fresh dashboard has a today.
    expect(shop.orders.filter(({ at }) => localDayOf(at) === shop.period.lastDay).length).toBeGreaterThan(10)
  })

  test('sells 48 products in 6 categories, all of them, at positive prices and unique ids', () => {
    expect(PRODUCTS).toHaveLength(48)
    expect(new Set(PRODUCTS.map((product) => product.category)).size).toBe(6)
    expect(new Set(PRODUCTS.map((product) => product.id)).size).toBe(48)
    expect(new Set(shop.orders.flatMap((order) => order.basket.lines.map((line) => line.product.sku))).size).toBe(48)
    expect(PRODUCTS.every((product) => product.price > 0)).toBe(true)
  })

  test('refunds 4 %, has 12 % guests, 5 % foreign currency, each within half a point or so', () => {
    expect(Math.abs(shop.refunds.length / shop.orders.length - 0.04)).toBeLessThan(0.004)
    const guests = shop.customers.filter((customer) => customer.account !== 'member')
    expect(Math.abs(guests.length / shop.customers.length - 0.12)).toBeLessThan(0.008)
    expect(shop.customers.filter((customer) => customer.account === 'unnamed').length).toBeGreaterThan(40)
    expect(Math.abs(share((order) => order.presentment !== 'EUR') - 0.05)).toBeLessThan(0.008)
    expect(shop.invoices.length).toBeGreaterThan(15)
    expect(shop.invoices.every((invoice) => invoice.currency !== shop.orders[0]?.presentment)).toBe(true)
  })

  test('has three kinds of people who behave differently', () => {
    const orders = counted(shop.orders, (order) => order.customer.kind)
    const people = counted(shop.customers, (customer) => customer.kind)
    const each = (kind: string): number => (orders.get(kind) ?? 0) / (people.get(kind) ?? 1)
    expect(each('subscriber')).toBeGreaterThan(1.5 * each('regular'))
    expect(each('regular')).toBeGreaterThan(2 * each('gift'))
    const late = shop.orders.filter((order) => order.customer.kind === 'gift' && /-1[12]-/.test(order.at)).length
    expect(late / (orders.get('gift') ?? 1)).toBeGreaterThan(0.4)
    expect(shop.orders.filter((order) => order.type === 'subscription').every((order) => order.customer.kind === 'subscriber')).toBe(true)
  })

  test('peaks in November and on the first days of the week', () => {
    const months = counted(shop.orders, (order) => order.at.slice(0, 7))
    for (const year of ['2024', '2025']) {
      const november = months.get(`${year}-11`) ?? 0
      for (const [month, orders] of months) {
        if (String(month).startsWith(year) && month !== `${year}-11`) expect(orders, String(month)).toBeLessThan(november)
      }
    }
    const weekdays = counted(shop.orders, (order) => new Date(order.at).getUTCDay())
    expect(weekdays.get(0) ?? 0).toBeGreaterThan(1.25 * (weekdays.get(5) ?? 0))
  })

  test('wins customers over four channels at different cost and of different worth', () => {
    const won = shop.customers.filter((customer) => customer.channel !== null)
    const channels = counted(won, (customer) => customer.channel)
    expect(channels.size).toBe(4)
    const cost = (channel: string): number => {
      const paid = won.filter((customer) => customer.channel === channel)
      return paid.reduce((sum, customer) => sum + (customer.cost ?? 0), 0) / paid.length
    }
    expect(cost('Paid search')).toBeGreaterThan(5 * cost('Organic search'))
    const bought = counted(shop.orders, (order) => order.customer.channel)
    const each = (channel: string): number => (bought.get(channel) ?? 0) / (channels.get(channel) ?? 1)
    expect(each('Referral')).toBeGreaterThan(1.4 * each('Social ads'))
  })

  test('lost its tracking for two weeks and at no other time', () => {
    const { from, through } = shop.period.outage
    expect(through - from + 1).toBe(14)
    for (const order of shop.orders) {
      const day = localDayOf(order.at)
      expect(order.sourceName === null).toBe(day >= from && day <= through)
    }
    expect(shop.customers.some((customer) => customer.account === 'member' && customer.channel === null)).toBe(true)
  })

  test('has one bulk buyer, far above everybody else', () => {
    const spent = [...shop.orders.reduce((sums, order) => sums.set(order.customer.serial, (sums.get(order.customer.serial) ?? 0) + order.basket.net), new Map<number, number>())]
      .sort((a, b) => b[1] - a[1])
    expect(shop.customers[spent[0]?.[0] ?? -1]?.kind).toBe('bulk')
    expect(spent[0]?.[1] ?? 0).toBeGreaterThan(3 * (spent[1]?.[1] ?? 0))
  })

  test('delivers a few orders twice, most of them in another call of 1,000', () => {
    const inputs = transactionInputs(shop)
    const first = new Map<string, number>()
    const gaps: number[] = []
    inputs.forEach((input, index) => {
      const id = String(input.externalId), before = first.get(id)
      if (before === undefined) first.set(id, index)
      else gaps.push(index - before)
    })
    expect(gaps.length).toBeGreaterThan(15)
    expect(gaps.length).toBeLessThan(120)
    expect(gaps.filter((gap) => gap >= 1_000).length).toBeGreaterThan(gaps.length / 2)
  })

  test('what goes together is bought together: a dripper brings filter papers', () => {
    const having = (sku: string) => (order: DemoOrder): boolean => order.basket.lines.some((line) => line.product.sku === sku)
    const both = share((order) => having('GEA-DRI-01')(order) && having('GEA-PAP-100')(order))
    expect(both / (share(having('GEA-DRI-01')) * share(having('GEA-PAP-100')))).toBeGreaterThan(3)
  })

  test('spends like a coffee shop', () => {
    const mean = shop.orders.reduce((sum, order) => sum + order.basket.net, 0) / shop.orders.length / 100
    expect(mean).toBeGreaterThan(25)
    expect(mean).toBeLessThan(60)
    expect(shop.orders.every(({ basket }) => basket.net > 0 && basket.gross - basket.discount - basket.goodsTax === basket.net)).toBe(true)
  })

  test('refunds return what was bought, of an order that came before', () => {
    for (const refund of shop.refunds) {
      expect(refund.at > refund.order.at).toBe(true)
      expect(refund.lines.length).toBeGreaterThan(0)
      expect(refund.lines.every((line) => refund.order.basket.lines.includes(line))).toBe(true)
    }
  })
})
