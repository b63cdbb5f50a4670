/** The made shop as WooCommerce's own client sees it, and our connector reading the same: history and health. */
import { request as httpRequest } from 'node:http'
import type { IncomingMessage, RequestOptions } from 'node:http'
import WooCommerceRestApi from '@woocommerce/woocommerce-rest-api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { OrderRecord, RefundRecord } from '#core/commerce/record'
import type { HistoryPage, HistoryUnit, PlatformAccess } from '#connectors/connector'
import { woocommerce } from '#connectors/woocommerce/connector'
import { startWooCommerceShop } from './woocommerce-server.ts'
import type { WooShop } from './woocommerce-server.ts'

const ORIGIN = 'https://woo.example'
const ADDRESS = 'https://perennial.example/webhooks/woocommerce/1'
const NOW = new Date('2026-11-22T08:00:00Z')

let shop: WooShop

beforeEach(async () => {
  shop = await startWooCommerceShop({ orders: 620, burst: 260 })
})
afterEach(async () => {
  await shop.close()
})

/** The shop's public address, led to this machine. */
function access(settings: Record<string, string> = {}): PlatformAccess {
  return {
    settings: { storeUrl: ORIGIN, consumerKey: shop.consumerKey, consumerSecret: shop.consumerSecret, ...settings },
    currency: 'EUR',
    now: () => NOW,
    fetch: (url, init) => fetch(url.replace(ORIGIN, shop.url), init),
  }
}

function client(): WooCommerceRestApi {
  const { hostname, port } = new URL(shop.url)
  // Told an https address, the client speaks Basic auth, as we do, and not OAuth; its connection leads to this machine.
  const transport = { request: (options: RequestOptions, heard: (response: IncomingMessage) => void) => httpRequest({ ...options, protocol: 'http:', hostname, port, agent: undefined }, heard) }
  return new WooCommerceRestApi({ url: ORIGIN, consumerKey: shop.consumerKey, consumerSecret: shop.consumerSecret, version: 'wc/v3', axiosConfig: { transport } })
}

interface Read {
  units: HistoryUnit[]
  pages: number
  expected: number | null
}

/** Reads everything; `between` runs after each page. */
async function readAll(window: { from: string | null, to: string | null } = { from: null, to: null }, between: (page: number) => void = () => undefined): Promise<Read> {
  const read: Read = { units: [], pages: 0, expected: null }
  let cursor: string | null = null
  do {
    const page: HistoryPage | undefined = await woocommerce.history?.read(access(), window, cursor)
    if (page === undefined) throw new Error('WooCommerce has a history')
    expect(page.rejected).toEqual([])
    expect((page.cursor ?? '').length).toBeLessThan(2048)
    read.units.push(...page.units)
    read.expected = page.expected
    cursor = page.cursor
    read.pages += 1
    between(read.pages)
  } while (cursor !== null)
  return read
}

const idsOf = (units: readonly HistoryUnit[]): string[] => units.map(({ deliveryId }) => deliveryId)
const orderOf = (unit: HistoryUnit): OrderRecord | undefined => unit.records.find((record) => record.kind === 'order')
const refundsIn = (units: readonly HistoryUnit[]): RefundRecord[] => units.flatMap(({ records }) => records.filter((record) => record.kind === 'refund'))

describe('history', () => {
  it('is what WooCommerce’s own client pages through', async () => {
    const seen: { id: number, total: string }[] = []
    for (let page = 1; ; page++) {
      const { data, headers } = await client().get('orders', { per_page: 100, page, orderby: 'date', order: 'asc', status: 'any' })
      seen.push(...z.array(z.object({ id: z.number(), total: z.string() })).parse(data))
      if (page >= Number(headers['x-wp-totalpages'])) break
    }
    const { units, expected } = await readAll()
    expect(expected).toBe(620)
    expect(idsOf(units)).toEqual(seen.map(({ id }) => `order:${id}`))
    const money = (list: readonly number[]): number => list.reduce((sum, part) => sum + part, 0)
    expect(money(units.map((unit) => {
      const amounts = orderOf(unit)?.amounts
      return amounts === undefined ? 0 : amounts.goods - amounts.discount + amounts.tax + amounts.shipping
    }))).toBe(money(seen.map(({ total }) => Math.round(Number(total) * 100))))
  })

  it('brings refunds with their own dates and parts, as the client sees them', async () => {
    const { units } = await readAll()
    const refunds = refundsIn(units)
    expect(refunds.length).toBeGreaterThan(10)
    for (const refund of refunds.slice(0, 5)) {
      const { data } = await client().get(`orders/${refund.orderExternalId ?? ''}/refunds`)
      const [seen] = z.array(z.object({ id: z.number(), amount: z.string(), date_created_gmt: z.string(), line_items: z.array(z.object({ total: z.string() })) })).parse(data)
      expect(refund.externalId).toBe(`refund:${seen?.id ?? ''}`)
      expect(refund.occurredAt).toBe(`${seen?.date_created_gmt ?? ''}.000Z`)
      const { goods, tax, shipping } = refund.amounts
      expect(goods + tax + shipping).toBe(Math.round(Number(seen?.amount) * 100))
      const [line] = seen?.line_items ?? []
      if (line !== undefined) expect(goods).toBe(-Math.round(Number(line.total) * 100))
    }
  })

  it('agrees with the webhook to the record, and outranks its refunds', async () => {
    const { units } = await readAll()
    const context = { currency: 'EUR', receivedAt: NOW.toISOString() }
    for (const unit of units) {
      const [order, ...refunds] = woocommerce.normalise({ topic: 'order.updated', headers: {}, body: unit.payload }, context)
      expect(orderOf(unit)).toEqual(order)
      const read = refundsIn([unit])
      expect(read.map(({ externalId }) => externalId)).toEqual(refunds.map(({ externalId }) => externalId))
      for (const [index, refund] of refunds.entries()) expect((read[index]?.version.updatedAt ?? '') > refund.version.updatedAt).toBe(true)
    }
  })

  it('misses and repeats nothing while orders come and go', async () => {
    const before = shop.orders.map(({ order }) => order.id)
    const gone = [before[0], before[150], before[620 - 20]].filter((id) => id !== undefined)
    const placed: number[] = []
    const { units } = await readAll(undefined, (page) => {
      if (page === 2) {
        for (const id of gone) shop.remove(id)
        placed.push(shop.place(NOW.getTime()).order.id)
      }
      // One of a second that fills several pages, already read.
      if (page === 5) shop.remove(before[330] ?? 0)
    })
    const ids = idsOf(units)
    expect(new Set(ids).size).toBe(ids.length)
    const later = [...before.filter((id) => !gone.slice(2).includes(id)), ...placed].map((id) => `order:${id}`)
    expect(ids.toSorted()).toEqual(later.toSorted())
  })

  it('keeps to its window: from its first second, and not its last', async () => {
    const at = (index: number): string => `${shop.orders[index]?.order.date_created_gmt ?? ''}Z`
    const { units, expected } = await readAll({ from: at(10), to: at(20) })
    expect([expected, idsOf(units)]).toEqual([10, shop.orders.slice(10, 20).map(({ order }) => `order:${order.id}`)])
  })

  it('asks for the refunds of those alone that have some', async () => {
    await readAll()
    const asked = shop.asked.filter((path) => path.includes('/refunds')).length
    expect(asked).toBe(shop.orders.filter(({ refunds }) => refunds.length > 0).length)
  })

  it('sets an unreadable order aside and reads on', async () => {
    const broken = shop.orders[3]?.order
    if (broken) broken.total = 'a lot'
    const page = await woocommerce.history?.read(access(), { from: null, to: null }, null)
    expect(page?.rejected).toMatchObject([{ deliveryId: `order:${broken?.id ?? ''}`, error: expect.stringContaining('a lot') }])
    expect(page?.units).toHaveLength(99)
  })

  it.each([
    [401, 'invalid_input', /refused the REST API keys/], [403, 'invalid_input', /may not see/], [429, 'unavailable', /429/], [503, 'unavailable', /503/],
  ])('says what to do about a %i', async (status, code, message) => {
    shop.failures.push(status)
    await expect(woocommerce.history?.read(access(), { from: null, to: null }, null))
      .rejects.toMatchObject({ code, message: expect.stringMatching(message), retryAfterSeconds: status === 429 ? 7 : undefined })
  })

  it('says that the keys or the address are wrong', async () => {
    const reads = (settings: Record<string, string>) => woocommerce.history?.read(access(settings), { from: null, to: null }, null)
    await expect(reads({ consumerSecret: 'cs_other' })).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(reads({ consumerKey: '' })).rejects.toMatchObject({ code: 'invalid_input', message: expect.stringContaining('consumer key') })
    await expect(reads({ storeUrl: `${ORIGIN}/blog` })).rejects.toMatchObject({ code: 'invalid_input', message: expect.stringContaining('no WooCommerce REST API') })
  })
})

describe('health', () => {
  const all = () => woocommerce.topics.map((topic, index) => ({ id: index + 1, name: topic, status: 'active' as const, topic, delivery_url: ADDRESS }))
  const check = () => woocommerce.health?.(access(), ADDRESS)

  it('is well when each topic has one that is on, and names the newest order that should be here', async () => {
    shop.webhooks = [...all(), { id: 9, name: 'old', status: 'disabled', topic: 'order.updated', delivery_url: ADDRESS }]
    shop.place(NOW.getTime() - 60_000)
    const due = shop.orders.filter(({ order }) => ['completed', 'processing'].includes(order.status) && Date.parse(`${order.date_created_gmt}Z`) < NOW.getTime() - 900_000).at(-1)?.order
    expect(await check()).toEqual({ state: 'healthy', detail: 'All webhooks are on.', newestOrder: { externalId: String(due?.id), label: `#${due?.id ?? ''}`, at: `${due?.date_created_gmt ?? ''}.000Z` } })
  })

  it('finds one that was turned off, one that is paused, and those that are missing', async () => {
    shop.webhooks = all().map((one) => (one.topic === 'order.updated' ? { ...one, status: 'disabled' as const } : one))
    expect(await check()).toMatchObject({ state: 'disabled', detail: expect.stringMatching(/turned the webhook for order\.updated off.*Active again/) })
    shop.webhooks = all().map((one) => (one.topic === 'order.updated' ? { ...one, status: 'paused' as const } : one))
    expect(await check()).toMatchObject({ state: 'disabled', detail: expect.stringMatching(/^The webhook for order\.updated is paused/) })
    shop.webhooks = all().slice(2)
    expect(await check()).toMatchObject({ state: 'missing', detail: expect.stringContaining('order.created and order.updated') })
    shop.webhooks = all().map((one) => ({ ...one, delivery_url: 'https://other.example/' }))
    expect(await check()).toMatchObject({ state: 'missing', detail: expect.stringContaining('No webhook') })
  })

  it('knows nothing when the keys are refused, and is asked again when the shop is away', async () => {
    shop.failures.push(401)
    expect(await check()).toMatchObject({ state: 'unknown', detail: expect.stringContaining('REST API keys') })
    shop.failures.push(502)
    await expect(check()).rejects.toMatchObject({ code: 'unavailable' })
  })
})
