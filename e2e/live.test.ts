// An open dashboard and an open customer follow fifty orders and a refund without a reload, within a second, to the cent.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { quantile } from '#core/math/quantile'
import type { Stack } from '../local/stack.ts'
import { fixture, haveFixtures } from '../tests/support/fixtures.ts'
import { cents, dashboard, rfm } from './answers.ts'
import { launch } from './browser.ts'
import { startEmptyStack } from './empty-stack.ts'
import { NO_LIMITS, registerMerchant, type Merchant, type Shop } from './merchant.ts'
import { atRest, openWindow, signIn, type Window } from './open-page.ts'
import { orderPayload, refundPayload } from './shopify-payload.ts'
import { until } from './until.ts'

const ORDERS = 50
/** Every so many orders are those of the customer whose page is open. */
const REGULAR_EVERY = 5
const PROMISED_MS = 1_000
/** Where other programs share the processors, the promise is printed and this is the limit. */
const LIMIT_MS = 3_000
const REGULAR = { id: '7100000000000000001', email: 'regular@people.example', firstName: 'Rita', lastName: 'Regular' }
const PAST_CUSTOMERS = 120
const DAY_MS = 86_400_000

let stack: Stack
let browser: Browser
let window: Window
let merchant: Merchant
let shop: Shop

beforeAll(async () => {
  stack = await startEmptyStack({ durable: true, vars: NO_LIMITS })
  merchant = await registerMerchant(stack.url, 'Live shop')
  shop = await merchant.openShop()
  await bringPast()
  browser = await launch()
  window = await openWindow(browser, stack.url)
})
afterAll(async () => {
  await browser?.close()
  await stack?.stop()
})

const look = (of = merchant) => of.call(dashboard, 'GET', '/dashboard?range=30d')

/** A year of sales, so that there is a model and RFM has its cut points. */
async function bringPast(): Promise<void> {
  const past = Array.from({ length: PAST_CUSTOMERS }, (_, n) => Array.from({ length: 1 + (n % 5) }, (_, k) => ({
    externalId: `past-${n}-${k}`, customer: { externalId: `c${n}`, email: `c${n}@people.example` },
    occurredAt: new Date(Date.now() - (40 + ((n * 37 + k * 61) % 300)) * DAY_MS).toISOString(), amount: `${20 + (n % 70)}.00`,
  }))).flat()
  await merchant.call(z.unknown(), 'POST', '/transactions', past)
  const first = orderPayload({ id: '9100000000000000000', at: new Date(Date.now() - 60 * DAY_MS).toISOString(), updatedAt: new Date(Date.now() - 60 * DAY_MS).toISOString(), cents: 4_000, buyer: REGULAR })
  expect((await shop.deliver('orders/create', first)).status).toBe(200)
  await until('the past to be counted', 60_000, async () => ((await look()).snapshot.value.customers === PAST_CUSTOMERS + 1 ? true : null))
  await merchant.call(z.unknown(), 'POST', '/models/refit')
}

/** Notes every text that an element shows from now on, and when. Ask for one with `seen`. */
async function watch(page: Page, name: string, selector: string): Promise<(text: string) => Promise<number>> {
  await page.locator(selector).first().waitFor()
  await page.evaluate(([key, css]) => {
    const target = document.querySelector(css)
    if (target === null) throw new Error(`Nothing to watch: ${css}`)
    const notes: [number, string][] = []
    Object.assign(globalThis, { [`watched_${key}`]: notes })
    // The element itself may be replaced: its nearest stable ancestor is watched, and read anew.
    new MutationObserver(() => notes.push([Date.now(), document.querySelector(css)?.textContent ?? ''])).observe(document.body, { childList: true, subtree: true, characterData: true })
  }, [name, selector] as const)
  return async (text) => {
    const handle = await page.waitForFunction(([key, wanted]) => {
      const notes: unknown = Reflect.get(globalThis, `watched_${key}`)
      return Array.isArray(notes) ? (notes.find((note: [number, string]) => note[1].includes(wanted)) ?? null) : null
    }, [name, text] as const, { polling: 20, timeout: 20_000 })
    return z.tuple([z.number(), z.string()]).parse(await handle.jsonValue())[0]
  }
}

function report(what: string, delays: readonly number[]): number {
  const sorted = [...delays].sort((a, b) => a - b)
  const p95 = quantile(sorted, 0.95)
  console.info(`${what}: median ${Math.round(quantile(sorted, 0.5))} ms, p95 ${Math.round(p95)} ms, most ${sorted.at(-1)} ms over ${sorted.length} (promised: p95 < ${PROMISED_MS} ms)`)
  return p95
}

it('shows each of fifty orders, the customer it belongs to, its RFM cell and a refund, without a reload', async () => {
  const { page, context } = window
  await signIn(page, merchant)
  await page.getByTestId('freshness').getByText('live').waitFor()
  const list = z.object({ rows: z.array(z.object({ id: z.string(), email: z.string().nullable() })) })
  const regular = (await merchant.call(list, 'GET', '/customers?q=regular')).rows.find(({ email }) => email === REGULAR.email)
  const profile = await context.newPage()
  await profile.goto(`/customers/${regular?.id ?? ''}`)
  await profile.getByRole('heading', { name: 'Rita Regular' }).waitFor()
  await atRest(profile)

  const ordersShown = await watch(page, 'orders', 'section[aria-label="Orders"] p .figures')
  const revenueShown = await watch(page, 'revenue', 'section[aria-label="Net revenue"] p .figures')
  const valueShown = await watch(profile, 'value', 'section[aria-label="Value"]')
  const loads: string[] = []
  for (const each of [page, profile]) each.on('load', () => loads.push(each.url()))
  const cellsBefore = await gridOf(page)

  const before = await look()
  const month = before.snapshot.windows.find(({ days }) => days === 30)
  const start = { orders: month?.orders ?? 0, net: month ? cents(month.net) : 0 }
  const dashboardDelays: number[] = []
  const profileDelays: number[] = []
  let net = start.net
  let regularOrders = 1
  for (let n = 1; n <= ORDERS; n++) {
    const at = new Date().toISOString()
    const isRegular = n % REGULAR_EVERY === 0
    const buyer = isRegular ? REGULAR : { id: String(7_200_000_000_000_000_000n + BigInt(n)), email: `new-${n}@people.example` }
    const amount = 2_500 + n * 113
    const response = await shop.deliver('orders/create', orderPayload({ id: String(9_300_000_000_000_000_000n + BigInt(n)), at, updatedAt: at, cents: amount, buyer }))
    const acceptedAt = Date.now()
    expect(response.status).toBe(200)
    net += amount
    dashboardDelays.push(Math.max(0, (await ordersShown(count(start.orders + n))) - acceptedAt))
    if (isRegular) {
      regularOrders += 1
      profileDelays.push(Math.max(0, (await valueShown(`${regularOrders} orders`)) - acceptedAt))
    }
  }
  const p95 = report('order posted → on the open dashboard', dashboardDelays)
  const profileP95 = report('order posted → on the open customer', profileDelays)

  const at = new Date().toISOString()
  const refund = await shop.deliver('refunds/create', refundPayload({ id: '9400000000000000001', orderId: '9300000000000000050', at, cents: 2_500 }))
  const refundedAt = Date.now()
  expect(refund.status).toBe(200)
  net -= 2_500
  console.info(`refund posted → on the open dashboard: ${Math.max(0, (await revenueShown(dollarsShown(net))) - refundedAt)} ms`)

  const { snapshot } = await look()
  const shown = snapshot.windows.find(({ days }) => days === 30)
  expect({ orders: shown?.orders, net: shown && cents(shown.net) }).toEqual({ orders: start.orders + ORDERS, net })
  const { cells } = await merchant.call(rfm, 'GET', '/rfm')
  const grid = Object.fromEntries(cells.map(({ recency, frequency, customers }) => [`${recency}${frequency}`, customers]))
  await expect.poll(() => gridOf(page), { timeout: 10_000 }).toEqual(grid)
  expect(grid).not.toEqual(cellsBefore)
  expect(loads).toEqual([])
  expect(window.complaints).toEqual([])
  expect(Math.max(p95, profileP95)).toBeLessThan(LIMIT_MS)
})

const count = (value: number): string => new Intl.NumberFormat('en-US').format(value)
const dollarsShown = (amount: number): string => new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', maximumFractionDigits: 0 }).format(amount / 100)

/** Customers in each cell as the page shows them, by recency and frequency. */
async function gridOf(page: Page): Promise<Record<string, number>> {
  const cells = await page.locator('a[href^="/customers?rfm="]').evaluateAll((links) => links.map((link) => [link.getAttribute('href')?.slice(-2) ?? '', link.querySelector('.figures')?.textContent ?? '']))
  return Object.fromEntries(cells.map(([key, text]) => [key, Number(text?.replaceAll(',', ''))]))
}

describe.skipIf(!haveFixtures)('one shop’s day, signed, through the real address', () => {
  it('is worth 378.00, then 189.00 once a line was sent back, and stays so', async () => {
    const other = await registerMerchant(stack.url, 'Day shop', { timeZone: 'America/New_York' })
    const otherShop = await other.openShop()
    const deliver = async (topic: string, file: string): Promise<void> => {
      expect((await otherShop.deliver(topic, fixture(`shopify_derived/day/${file}.json`))).status, file).toBe(200)
    }
    const worth = async (amount: string): Promise<void> => {
      await expect.poll(async () => (await look(other)).snapshot.value.historicalValue.amount, { timeout: 15_000 }).toBe(amount)
    }
    await deliver('orders/create', '01_orders_create.pending')
    await deliver('orders/paid', '02_orders_paid')
    await worth('378.00')
    await deliver('refunds/create', '03_refunds_create.partial')
    await worth('189.00')
    await deliver('orders/updated', '04_orders_updated.partially_refunded')
    await deliver('orders/cancelled', '05_orders_cancelled')
    await deliver('customers/update', '06_customers_update')
    await deliver('refunds/create', '03_refunds_create.partial')
    await deliver('orders/paid', '02_orders_paid')
    const settled = z.object({ rows: z.array(z.object({ waiting: z.int() })) })
    await until('the day to be counted', 15_000, async () => ((await other.call(settled, 'GET', '/integrations')).rows.every(({ waiting }) => waiting === 0) ? true : null))
    await worth('189.00')
  })

  it('is refused when the signature is not its own', async () => {
    const body = fixture('shopify_derived/day/02_orders_paid.json')
    const forged = await fetch(shop.address, { method: 'POST', body, headers: { 'x-shopify-topic': 'orders/paid', 'x-shopify-hmac-sha256': 'c2lnbmVk' } })
    expect(forged.status).toBe(401)
  })
})
