/** The made account as Stripe's own client sees it, and our connector reading the same: history and health. */
import Stripe from 'stripe'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CanonicalRecord, OrderRecord } from '#core/commerce/record'
import type { HistoryPage, HistoryUnit, HistoryWindow, PlatformAccess } from '#connectors/connector'
import { stripe } from '#connectors/stripe/connector'
import { startStripe } from './stripe-server.ts'
import type { StripeShop } from './stripe-server.ts'

const ORIGIN = 'https://api.stripe.com'
const ADDRESS = 'https://perennial.example/webhooks/stripe/1'
const NOW = '2026-11-20T08:00:00Z'
const WHOLE: HistoryWindow = { from: null, to: null }

const open = (customers: number): Promise<StripeShop> => startStripe({ customers, from: '2025-10-01T00:00:00Z', now: NOW })

let shop: StripeShop

/** Stripe's public address, led to this machine. */
function access(settings: Record<string, string> = {}): PlatformAccess {
  return { settings: { apiKey: shop.apiKey, ...settings }, currency: 'EUR', now: () => new Date(NOW), fetch: (url, init) => fetch(url.replace(ORIGIN, shop.url), init) }
}

async function readPage(window: HistoryWindow, cursor: string | null, through = access()): Promise<HistoryPage> {
  const page = await stripe.history?.read(through, window, cursor)
  if (page === undefined) throw new Error('Stripe has a history')
  expect((page.cursor ?? '').length).toBeLessThan(2048)
  return page
}

async function readAll(window: HistoryWindow = WHOLE): Promise<HistoryUnit[]> {
  const units: HistoryUnit[] = []
  let cursor: string | null = null
  do {
    const page = await readPage(window, cursor)
    expect(page.rejected).toEqual([])
    units.push(...page.units)
    cursor = page.cursor
  } while (cursor !== null)
  return units
}

const client = (): Stripe => new Stripe(shop.apiKey, { host: '127.0.0.1', port: shop.port, protocol: 'http', maxNetworkRetries: 0, telemetry: false })
const recordsOf = (units: readonly HistoryUnit[]): CanonicalRecord[] => units.flatMap(({ records }) => records)
const orders = (units: readonly HistoryUnit[], prefix: string): OrderRecord[] => recordsOf(units).filter((record) => record.kind === 'order').filter(({ externalId }) => externalId.startsWith(prefix))
const paidIn = ({ amounts: { given, goods, discount, tax, shipping, tip } }: OrderRecord): number => given ?? goods - discount + tax + shipping + tip

describe('the whole history', () => {
  let units: HistoryUnit[]
  beforeAll(async () => {
    shop = await open(210)
    units = await readAll()
  }, 30_000)
  afterAll(() => shop.close())

  it('has every object that the official client finds, once, slice by slice from the oldest', async () => {
    const official = client()
    const everything = { limit: 10_000 }
    const found = [
      ...(await official.customers.list({ limit: 100 }).autoPagingToArray(everything)),
      ...(await official.charges.list({ limit: 100 }).autoPagingToArray(everything)),
      ...(await official.invoices.list({ limit: 100 }).autoPagingToArray(everything)),
      ...(await official.checkout.sessions.list({ limit: 100 }).autoPagingToArray(everything)),
      ...(await official.refunds.list({ limit: 100 }).autoPagingToArray(everything)),
      ...(await official.disputes.list({ limit: 100 }).autoPagingToArray(everything)),
      ...(await official.subscriptions.list({ limit: 100, status: 'all' }).autoPagingToArray(everything)),
    ].map(({ id }) => id).sort()
    expect(units.map(({ payload }) => String(JSON.parse(payload).id)).sort()).toEqual(found)
    expect(new Set(units.map(({ deliveryId }) => deliveryId)).size).toBe(found.length)
    const charged = units.filter(({ topic }) => topic === 'charge.updated').map(({ payload }) => Number(JSON.parse(payload).created))
    // A slice is 31 days once something was found.
    expect(charged.every((created, i) => charged.slice(i).every((later) => later > created - 31 * 86_400))).toBe(true)
  })

  it('has the money to the last unit, and says which records are one sale', async () => {
    const charges = await client().charges.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 })
    const byCurrency = (rows: readonly (readonly [string, number])[]): Record<string, number> => {
      const sums: Record<string, number> = {}
      for (const [currency, amount] of rows) sums[currency] = (sums[currency] ?? 0) + amount
      return sums
    }
    const taken = charges.filter(({ paid, captured }) => paid && captured)
    expect(charges.length).toBeGreaterThan(taken.length)
    const counted = orders(units, 'ch_').filter(({ counts }) => counts)
    expect(byCurrency(counted.map((order) => [order.amounts.currency, paidIn(order)]))).toEqual(byCurrency(taken.map((charge) => [charge.currency.toUpperCase(), charge.amount_captured])))

    // Every invoice and session of money names the payment of a charge that took just that.
    const charged = new Map(counted.map((order) => [order.paymentKeys.find((key) => key.startsWith('stripe:pi_')), paidIn(order)]))
    const telling = [...orders(units, 'in_'), ...orders(units, 'cs_')].filter((order) => paidIn(order) > 0)
    expect(telling.length).toBeGreaterThan(200)
    for (const order of telling) expect(charged.get(order.paymentKeys.find((key) => key.startsWith('stripe:pi_'))), order.externalId).toBe(paidIn(order))
    expect(orders(units, 'in_').filter((order) => paidIn(order) === 0).length).toBeGreaterThan(0)
    expect(counted.filter(({ paymentKeys }) => paymentKeys.some((key) => /^woocommerce:\d+$/.test(key))).length).toBeGreaterThan(5)

    const refunds = await client().refunds.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 })
    const returned = recordsOf(units).filter((record) => record.kind === 'refund').filter(({ counts, externalId }) => counts && externalId.startsWith('re_'))
    expect(byCurrency(returned.map(({ amounts }) => [amounts.currency, amounts.given ?? 0]))).toEqual(byCurrency(refunds.map(({ currency, amount }) => [currency.toUpperCase(), amount])))
  })

  it('tells what a contract’s own dates say of its past', async () => {
    const told = recordsOf(units).filter((record) => record.kind === 'subscription')
    const trial = shop.account.subscriptions.find((one) => one['trial_end'] !== null && one['status'] === 'canceled')
    const past = told.filter(({ externalId }) => externalId === trial?.id).map(({ status, version }) => [status, version.updatedAt])
    const at = (value: unknown): string => new Date(Number(value) * 1000).toISOString()
    expect(past).toEqual([['trialing', at(trial?.['start_date'])], ['active', at(trial?.['trial_end'])], ['cancelled', new Date(NOW).toISOString()]])
    expect(new Set(told.map(({ plan, monthlyAmount }) => `${plan ?? ''} ${String(monthlyAmount)}`)))
      .toEqual(new Set(['Tea box, monthly 900', 'Tea box, monthly 1900', 'Tea box, monthly 4900', 'Tea box, yearly 1000']))
  })

})

describe('history', () => {
  beforeEach(async () => { shop = await open(90) })
  afterEach(() => shop.close())

  it('keeps to its window, and asks the same for the same cursor', async () => {
    const window = { from: '2026-02-01T00:00:00Z', to: '2026-03-01T00:00:00Z' }
    const inside = (await readAll(window)).map(({ payload }) => Number(JSON.parse(payload).created))
    expect(inside.length).toBeGreaterThan(30)
    expect(inside.every((created) => created >= Date.parse(window.from) / 1000 && created < Date.parse(window.to) / 1000)).toBe(true)
    const first = await readPage(window, null)
    expect(await readPage(window, first.cursor)).toEqual(await readPage(window, first.cursor))
    await expect(readPage(window, 'elsewhere')).rejects.toMatchObject({ code: 'invalid_input' })
  })

  it('spends few requests on years without anything', async () => {
    await readAll({ from: null, to: '2020-01-01T00:00:00Z' })
    expect(shop.asked.length).toBeLessThan(80)
  })

  it('waits when it asked too much, tries later when Stripe is ill, and pins its version', async () => {
    shop.failures.push(429)
    const limited = await readPage(WHOLE, null)
    expect(limited).toMatchObject({ units: [], waitSeconds: 7 })
    expect(await readPage(WHOLE, limited.cursor)).toMatchObject({ waitSeconds: 0 })
    shop.failures.push(500)
    await expect(readPage(WHOLE, limited.cursor)).rejects.toMatchObject({ code: 'unavailable' })
    let version: string | undefined
    await readPage(WHOLE, null, { ...access(), fetch: (url, init) => { version = init?.headers?.['stripe-version']; return access().fetch(url, init) } })
    expect(version).toBe(Stripe.API_VERSION)
  })

  it('says which permission a key lacks, and never repeats the key', async () => {
    await expect(readPage(WHOLE, null, access({ apiKey: '' }))).rejects.toThrow(/add one to the settings/)
    await expect(readPage(WHOLE, null, access({ apiKey: 'rk_live_secret' }))).rejects.toThrow(/refused the API key(?!.*secret)/)
    shop.forbidden.add('checkout/sessions')
    await expect(readAll()).rejects.toThrow(/may not read Checkout Sessions.*set Checkout Sessions to Read/)
  })

  it('passes over what it cannot read, and says so', async () => {
    const broken = shop.account.charges[3]
    if (broken) broken['currency'] = 'xyz'
    const rejected: HistoryPage['rejected'] = []
    let cursor: string | null = null
    do {
      const page = await readPage({ from: '2025-10-01T00:00:00Z', to: '2025-10-20T00:00:00Z' }, cursor)
      rejected.push(...page.rejected)
      cursor = page.cursor
    } while (cursor !== null)
    expect(rejected).toMatchObject([{ deliveryId: `charges:${broken?.id ?? ''}`, topic: 'charge.updated', error: 'Charge: currency: "xyz" is not a currency' }])
  })
})

describe('health', () => {
  beforeAll(async () => { shop = await open(3) })
  afterAll(() => shop.close())

  const endpoint = (over: Record<string, unknown>) => ({ id: 'we_1', object: 'webhook_endpoint', created: 1_700_000_000, url: ADDRESS, status: 'enabled', enabled_events: ['*'], ...over })
  const check = async () => stripe.health?.(access(), ADDRESS)

  it('tells a missing, a disabled, a deaf and a healthy endpoint apart', async () => {
    expect(await check()).toMatchObject({ state: 'missing' })
    shop.account.webhook_endpoints.push(endpoint({ status: 'disabled' }))
    expect(await check()).toMatchObject({ state: 'disabled' })
    shop.account.webhook_endpoints.push(endpoint({ enabled_events: stripe.topics.filter((topic) => topic !== 'invoice_payment.paid') }))
    expect(await check()).toMatchObject({ state: 'missing', detail: expect.stringContaining('invoice_payment.paid') })
    shop.account.webhook_endpoints.push(endpoint({}))
    expect(await check()).toMatchObject({ state: 'healthy' })
    shop.forbidden.add('webhook_endpoints')
    expect(await check()).toMatchObject({ state: 'unknown', detail: expect.stringContaining('Webhook Endpoints') })
  })
})
