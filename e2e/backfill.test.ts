// A shop's history through the whole product while workerd is killed half-way: complete, once, equal sums. 100,000 orders with --full.
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { verifyTenant } from '#data/rebuild'
import { openDatabase } from '#data/tenant'
import { generatedShop } from '../local/platforms/shopify-orders.ts'
import { FILES_ORIGIN, startShopifyServer, type ShopifyServer } from '../local/platforms/shopify-server.ts'
import type { Stack } from '../local/stack.ts'
import { deadLetters } from './answers.ts'
import { startEmptyStack } from './empty-stack.ts'
import { NO_LIMITS, registerMerchant, type Merchant } from './merchant.ts'
import { until } from './until.ts'

const FULL = process.env.FULL !== undefined
const ORDERS = FULL ? 100_000 : 2_000
const TOKEN = 'shpat_e2e'
const data = generatedShop(ORDERS, new Date(Date.now() - 86_400_000))

let stack: Stack
let shopify: ShopifyServer
let merchant: Merchant
let books: pg.Client

beforeAll(async () => {
  shopify = await startShopifyServer({ data, token: TOKEN })
  const origins = { 'https://fernway.myshopify.com': shopify.origin, [FILES_ORIGIN]: shopify.origin }
  stack = await startEmptyStack({ vars: { ...NO_LIMITS, PLATFORM_ORIGINS: JSON.stringify(origins) } })
  merchant = await registerMerchant(stack.url, 'History shop', { currency: 'EUR', timeZone: 'Europe/Berlin' })
  books = new pg.Client({ connectionString: stack.databaseUrl })
  await books.connect()
})
afterAll(async () => {
  await books?.end()
  await stack?.stop()
  await shopify?.close()
})

const backfill = z.object({ id: z.string(), state: z.string(), recordsRead: z.int(), recordsExpected: z.int().nullable(), rejected: z.int(), error: z.string().nullable() })
const backfills = z.object({ rows: z.array(backfill) })
const cents = (amount: string | undefined): number => Math.round(Number(amount) * 100)

/** What the shop sold and gave back, reckoned from its orders without our code. */
function expected(): { rows: number; gross: number; refunded: number } {
  const sum = { rows: 0, gross: 0, refunded: 0 }
  for (let index = 0; index < data.count; index++) {
    const order = data.at(index)
    sum.rows += 1 + order.refunds.length
    if (order.test || order.cancelledAt !== null || order.displayFinancialStatus === 'PENDING') continue
    for (const line of order.lineItems) sum.gross += cents(line.originalUnitPriceSet.shopMoney.amount) - cents(line.totalDiscountSet.shopMoney.amount)
    for (const refund of order.refunds) sum.refunded += cents(refund.transactions[0]?.amountSet.shopMoney.amount)
  }
  return sum
}

it(`brings ${ORDERS} orders though workerd is killed half-way`, async () => {
  const settings = { shopDomain: 'fernway.myshopify.com', webhookSecret: 'not used here', adminToken: 'a wrong one' }
  const { id } = await merchant.call(z.object({ id: z.string() }), 'POST', '/integrations', { platform: 'shopify', settings })
  const newest = async (): Promise<z.infer<typeof backfill>> => z.tuple([backfill]).rest(backfill).parse((await merchant.call(backfills, 'GET', `/integrations/${id}/backfills`)).rows)[0]

  // With a wrong key it says so; mended in place, it runs.
  await merchant.call(backfill, 'POST', `/integrations/${id}/backfill`, {})
  const refused = await until('the wrong key to be told', 20_000, async () => { const one = await newest(); return one.state === 'failed' ? one : null })
  expect(refused.error).toContain('refuses the Admin API access token')
  await merchant.call(z.object({ id: z.string() }), 'PATCH', `/integrations/${id}`, { settings: { adminToken: TOKEN } })
  const started = performance.now()
  await merchant.call(backfill, 'POST', `/integrations/${id}/backfill`, {})
  expect((await merchant.send('POST', `/integrations/${id}/backfill`, {})).status).toBe(409)

  await until('half of the orders', FULL ? 900_000 : 60_000, async () => ((await newest()).recordsRead >= ORDERS / 2 ? true : null), 50)
  await stack.killWorkerd()
  const atKill = await newest()
  expect(atKill.state).toBe('running')
  expect(atKill.recordsRead).toBeLessThan(ORDERS)
  // The killed worker's lease lapses by itself; only the short run does not wait for it.
  if (!FULL) await books.query('update backfills set lease_until = now() where lease_until is not null')
  await stack.runSchedules()
  const everyFewSeconds = setInterval(() => void stack.runSchedules().catch(() => undefined), 5_000)
  try {
    await until('the rest', FULL ? 900_000 : 60_000, async () => ((await newest()).state === 'done' ? true : null), 200)
  } finally {
    clearInterval(everyFewSeconds)
  }
  const seconds = (performance.now() - started) / 1000
  console.info(`${ORDERS} orders in ${seconds.toFixed(1)} s (${Math.round(ORDERS / seconds)} a second), killed at ${atKill.recordsRead}; ${shopify.questions()} questions to the shop`)
  expect(await newest()).toMatchObject({ recordsRead: ORDERS, recordsExpected: ORDERS, rejected: 0, error: null })
}, FULL ? 2_000_000 : 180_000)

it('has every order once, with equal sums', async () => {
  const { rows } = await books.query('select (select count(*)::int from transactions) as rows, (select sum(gross)::float8 from customer_stats) as gross, (select sum(refunded)::float8 from customer_stats) as refunded')
  expect(rows[0]).toEqual(expected())
  const db = openDatabase({ url: stack.appUrl, endpoint: stack.neonEndpoint ?? null }).tenant(merchant.companyId)
  expect(await verifyTenant(db)).toEqual([])
  expect(await merchant.call(deadLetters, 'GET', '/dead-letters')).toMatchObject({ rows: [] })
})
