/** Fills a new installation with the demo shop, through the same doors that every merchant uses. */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { DEMO_COMPANY, DEMO_SHOP_DOMAIN, deliveryHeaders } from '#core/commerce/demo-order'
import { customerInputs, transactionInputs } from './api-input.ts'
import { eventInputs } from './event-input.ts'
import { call, inParallel, RefusedCall } from './http.ts'
import { DEMO_CUSTOMERS, DEMO_SEED, demoShop } from './shop.ts'
import type { DemoShop } from './shop.ts'
import { readState, writeState } from './state.ts'
import type { DemoState } from './state.ts'
import { pastDeliveries } from './webhook-input.ts'

export const DEMO_SIGN_IN = { email: 'demo@fernway.example', password: 'fernway-coffee-demo' } as const
const DEMO_INTEGRATION_NAME = 'Fernway online shop'

export interface LoadOptions {
  /** Without a trailing slash. */
  baseUrl: string
  operatorToken: string
  /** Where to remember how far it came. */
  dataDir: string
  log: (line: string) => void
  /** The shop's last instant when nothing is remembered; by default the present. */
  now?: Date
  /** How many customers; by default all of them. */
  customers?: number
}

const RECORDS_A_CALL = 1_000
/** Enough to keep the pipeline busy on two cores, few enough to leave it some of them. */
const CALLS_AT_ONCE = 3
const WEBHOOKS_AT_ONCE = 12
const PROCESSED_WITHIN_MS = 180_000

const registeredSchema = z.object({ company: z.object({ slug: z.string() }) })
const integrationSchema = z.object({ id: z.string(), webhookPath: z.string() })
const integrationsSchema = z.object({ rows: z.array(integrationSchema.extend({ name: z.string(), waiting: z.number() })) })
type Api = (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<unknown>
const acceptedSchema = z.object({ batchId: z.string(), rejected: z.array(z.object({ index: z.number(), code: z.string(), reason: z.string() })) })
const batchSchema = z.object({ state: z.string() })

/**
 * Registers the company, connects its shop, sends its past, waits until all of it is processed and asks for a fit.
 * May be called again after any interruption: ids are the same each time, so repeats change nothing.
 * @returns how to sign in
 * @throws Error naming the call that was refused, or what stayed unprocessed
 */
export async function loadDemo(options: LoadOptions): Promise<{ email: string; password: string; slug: string }> {
  const { baseUrl, dataDir, log } = options
  let state = readState(dataDir) ?? freshState(options.now ?? new Date(), options.customers ?? DEMO_CUSTOMERS)
  const keep = (change: Partial<DemoState>): void => {
    state = { ...state, ...change }
    writeState(dataDir, state)
  }
  keep({})
  const slug = state.slug ?? await register(baseUrl)
  keep({ slug })
  const headers = { Authorization: `Bearer ${options.operatorToken}`, 'X-Perennial-Company': slug, 'Content-Type': 'application/json' }
  const api: Api = (method, path, body) =>
    call(`${baseUrl}/api/v1${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) })
  if (state.done) return { ...DEMO_SIGN_IN, slug }

  const integration = state.integration ?? await connect(state.webhookSecret, api)
  keep({ integration })

  const shop = demoShop({ seed: state.seed, now: new Date(state.now), customers: state.customers })
  log(`Demo shop: ${shop.customers.length.toLocaleString('en')} customers, ${shop.orders.length.toLocaleString('en')} orders.`)
  const sendRecords = async (noun: 'customers' | 'transactions' | 'events', records: Record<string, unknown>[]): Promise<void> => {
    const calls = Math.ceil(records.length / RECORDS_A_CALL)
    await inParallel(state.sent[noun], calls, CALLS_AT_ONCE, async (index) => {
      const answer = acceptedSchema.parse(await api('POST', `/${noun}`, records.slice(index * RECORDS_A_CALL, (index + 1) * RECORDS_A_CALL)))
      const [refused] = answer.rejected
      if (refused !== undefined) throw new Error(`Demo ${noun}: ${answer.rejected.length} of a call were refused; the first: ${refused.code}, ${refused.reason}`)
      keep({ waiting: [...state.waiting, answer.batchId] })
    }, (sent) => {
      keep({ sent: { ...state.sent, [noun]: sent } })
    })
  }
  await sendRecords('customers', customerInputs(shop))
  await sendRecords('transactions', transactionInputs(shop))
  await sendRecords('events', eventInputs(shop))
  await sendDeliveries(shop, state, `${baseUrl}${integration.webhookPath}`, (webhooks) => {
    // A file write for each of many hundreds would cost more than repeating a few.
    if (webhooks % 100 === 0) keep({ sent: { ...state.sent, webhooks } })
  })
  log('Demo shop: all sent, waiting until it is counted.')
  const deadline = Date.now() + PROCESSED_WITHIN_MS
  for (let [batchId] = state.waiting; batchId !== undefined; [batchId] = state.waiting) {
    await processed(batchId, deadline, api)
    keep({ waiting: state.waiting.slice(1) })
  }
  await drained(integration.id, deadline, api)
  await api('POST', '/models/refit', {})
  keep({ done: true })
  return { ...DEMO_SIGN_IN, slug }
}

function freshState(now: Date, customers: number): DemoState {
  return {
    seed: DEMO_SEED, customers, now: now.toISOString(), webhookSecret: randomBytes(32).toString('hex'), slug: null, integration: null,
    sent: { customers: 0, transactions: 0, webhooks: 0, events: 0 }, waiting: [], done: false,
  }
}

async function register(baseUrl: string): Promise<string> {
  const body = JSON.stringify({ companyName: DEMO_COMPANY.name, ...DEMO_SIGN_IN, currency: DEMO_COMPANY.currency, timeZone: DEMO_COMPANY.timeZone })
  try {
    const answer = await call(`${baseUrl}/api/v1/auth/register`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
    return registeredSchema.parse(answer).company.slug
  } catch (error) {
    // An earlier attempt got as far as this and was cut short before it could write that down.
    if (error instanceof RefusedCall && error.status === 409) return DEMO_COMPANY.slug
    throw error
  }
}

/** An earlier attempt may have connected it and been cut short before it wrote that down; its secret is the same. */
async function connect(webhookSecret: string, api: Api): Promise<z.infer<typeof integrationSchema>> {
  const { rows } = integrationsSchema.parse(await api('GET', '/integrations'))
  const { id, webhookPath } = rows.find((row) => row.name === DEMO_INTEGRATION_NAME) ?? integrationSchema.parse(await api('POST', '/integrations', {
    platform: 'shopify', name: DEMO_INTEGRATION_NAME, settings: { shopDomain: DEMO_SHOP_DOMAIN, webhookSecret },
  }))
  return { id, webhookPath }
}

async function sendDeliveries(shop: DemoShop, state: DemoState, url: string, reached: (sent: number) => void): Promise<void> {
  const deliveries = pastDeliveries(shop)
  await inParallel(state.sent.webhooks, deliveries.length, WEBHOOKS_AT_ONCE, async (index) => {
    const delivery = deliveries[index]
    if (delivery === undefined) return
    await call(url, { method: 'POST', headers: await deliveryHeaders(delivery, state.webhookSecret, delivery.eventId, delivery.at), body: delivery.body })
  }, reached)
}

async function processed(batchId: string, deadline: number, api: Api): Promise<void> {
  for (;;) {
    const { state } = batchSchema.parse(await api('GET', `/batches/${batchId}`))
    if (state === 'processed') return
    if (state !== 'waiting') throw new Error(`Demo batch ${batchId} ended as ${state}`)
    if (Date.now() > deadline) throw new Error(`Demo batch ${batchId} is still waiting after ${PROCESSED_WITHIN_MS / 1000} s`)
    await sleep(200)
  }
}

/** Until no webhook of the integration waits any more. */
async function drained(integrationId: string, deadline: number, api: Api): Promise<void> {
  for (;;) {
    const { rows } = integrationsSchema.parse(await api('GET', '/integrations'))
    const waiting = rows.find((row) => row.id === integrationId)?.waiting ?? 0
    if (waiting === 0) return
    if (Date.now() > deadline) throw new Error(`${waiting} demo webhooks are still waiting after ${PROCESSED_WITHIN_MS / 1000} s`)
    await sleep(200)
  }
}
