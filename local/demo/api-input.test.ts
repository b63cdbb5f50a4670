/** Every record of the demo's past is one that the public API takes, and together they are worth what the shop took. */
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { InputContext } from '#core/commerce/batch-input'
import { parseCustomers } from '#core/commerce/customer-input'
import { parseTransactions } from '#core/commerce/transaction-input'
import { customerInputs, isForeign, transactionInputs } from './api-input.ts'
import { DEMO_SEED, demoShop } from './shop.ts'

const NOW = new Date('2026-11-22T15:00:00Z')
const shop = demoShop({ seed: DEMO_SEED, now: NOW })
const context: InputContext = { source: 'api', currency: 'EUR', timeZone: 'Europe/Berlin', now: NOW, makeId: () => 'made' }
/** As it goes over the wire. */
const sent = (inputs: Record<string, unknown>[]): unknown[] => z.array(z.unknown()).parse(JSON.parse(JSON.stringify(inputs)))

describe('the demo shop through the API', () => {
  test('no customer is rejected, and only members have a profile', () => {
    const { accepted, rejected } = parseCustomers(sent(customerInputs(shop)), context)
    expect(rejected).toEqual([])
    expect(accepted).toHaveLength(shop.customers.filter((customer) => customer.account === 'member').length)
    expect(new Set(accepted.map((record) => record.externalId)).size).toBe(accepted.length)
  })

  test('no transaction is rejected; orders, refunds and guests arrive as they were', () => {
    const { accepted, rejected } = parseTransactions(sent(transactionInputs(shop)), context)
    expect(rejected).toEqual([])
    const unique = new Map(accepted.map((record) => [record.externalId, record]))
    let orders = 0, sold = 0, returned = 0, guests = 0, nobody = 0, foreign = 0
    for (const record of unique.values()) {
      if (record.amounts.currency !== 'EUR') {
        foreign++
        continue
      }
      const items = record.items.reduce((sum, item) => sum + item.amount, 0)
      expect(items).toBe(record.amounts.given)
      if (record.kind === 'refund') returned += items
      else {
        orders++
        sold += items
        if (record.customer === null) nobody++
        else if (record.customer.externalId === null) guests++
      }
    }
    const own = shop.orders.filter((order) => !isForeign(order))
    expect(orders).toBe(own.length)
    expect(sold).toBe(own.reduce((sum, order) => sum + order.basket.net, 0))
    expect(returned).toBe(shop.refunds.filter((refund) => !isForeign(refund.order)).flatMap((refund) => refund.lines).reduce((sum, line) => sum + line.gross - line.discount - line.tax, 0))
    expect(guests).toBe(own.filter((order) => order.customer.account === 'guest').length)
    expect(nobody).toBe(own.filter((order) => order.customer.account === 'unnamed').length)
    expect(foreign).toBe(shop.invoices.length)
  })
})
