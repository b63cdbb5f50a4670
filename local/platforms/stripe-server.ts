/** A Stripe account on this machine: the lists of its API over made-up objects, with its refusals and its limits. */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { LISTS, makeAccount } from './stripe-account.ts'
import type { StripeAccount, StripeObject } from './stripe-account.ts'

export interface StripeShop {
  /** `http://127.0.0.1:port` */
  url: string
  port: number
  /** May read everything until `forbidden` says otherwise. */
  apiKey: string
  account: StripeAccount
  /** Lists, by path, that the key may not read. */
  forbidden: Set<string>
  /** Paths and queries asked for so far. */
  asked: string[]
  /** The next requests get these statuses instead of an answer. */
  failures: number[]
  /** What its clock says in every answer. */
  now: Date
  close(): Promise<void>
}

export interface StripeShopOptions {
  customers: number
  seed?: number
  /** When the first customer came; ISO 8601. */
  from: string
  now: string
}

type ListName = (typeof LISTS)[number]

const WORDS: Readonly<Record<number, { type: string; message: string }>> = {
  429: { type: 'invalid_request_error', message: 'Request rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits.' },
  500: { type: 'api_error', message: 'An unknown error occurred' },
}

/** Listens on a free port of this machine. */
export async function startStripe({ customers, seed = 1, from, now }: StripeShopOptions): Promise<StripeShop> {
  const server = createServer((request, response) => { answer(shop, request, response) })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The account has no port')
  const shop: StripeShop = {
    url: `http://127.0.0.1:${String(address.port)}`, port: address.port, apiKey: 'rk_test_made', forbidden: new Set(), asked: [], failures: [], now: new Date(now),
    account: makeAccount(seed, customers, Date.parse(from) / 1000, Date.parse(now) / 1000),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return shop
}

function answer(shop: StripeShop, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', shop.url)
  shop.asked.push(url.pathname + url.search)
  const send = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
    response.writeHead(status, {
      'content-type': 'application/json', 'request-id': `req_${String(shop.asked.length)}`, date: shop.now.toUTCString(),
      'stripe-version': String(request.headers['stripe-version'] ?? ''), ...headers,
    }).end(JSON.stringify(body))
  }
  const refuse = (status: number, error: Record<string, string>, headers: Record<string, string> = {}): void => { send(status, { error }, headers) }

  const failure = shop.failures.shift()
  if (failure !== undefined) return refuse(failure, WORDS[failure] ?? { type: 'api_error', message: 'Not now' }, failure === 429 ? { 'retry-after': '7' } : {})
  if (request.headers.authorization !== `Bearer ${shop.apiKey}`) return refuse(401, { type: 'invalid_request_error', message: 'Invalid API Key provided: rk_test_****ng' })
  const name = LISTS.find((list) => url.pathname === `/v1/${list}`)
  if (name === undefined || request.method !== 'GET') return refuse(404, { type: 'invalid_request_error', message: `Unrecognized request URL (${request.method ?? ''}: ${url.pathname}).` })
  if (shop.forbidden.has(name)) {
    return refuse(403, { type: 'invalid_request_error', message: `The provided key 'rk_test_****de' does not have the required permissions for this endpoint. Having the 'rak_${name}_read' permission would allow this request to continue.` })
  }
  const found = page(shop, name, url.searchParams)
  if ('error' in found) return refuse(400, found.error)
  send(200, { object: 'list', url: `/v1/${name}`, ...found })
}

/** Newest first, as Stripe lists everything. */
function page(shop: StripeShop, name: ListName, query: URLSearchParams): { data: StripeObject[]; has_more: boolean } | { error: Record<string, string> } {
  const wrong = (param: string, message: string): { error: Record<string, string> } => ({ error: { type: 'invalid_request_error', param, message } })
  const limit = Number(query.get('limit') ?? '10')
  if (!(limit >= 1 && limit <= 100)) return wrong('limit', 'This value must be between 1 and 100.')
  const [from, before] = [Number(query.get('created[gte]') ?? '0'), Number(query.get('created[lt]') ?? 'Infinity')]
  const status = query.get('status') ?? (name === 'subscriptions' ? 'not_canceled' : 'all')
  const has = (object: StripeObject): boolean => status === 'all' || (status === 'not_canceled' ? object['status'] !== 'canceled' : object['status'] === status)
  const kept = shop.account[name].filter((object) => object.created >= from && object.created < before && has(object)).reverse()
  const after = query.get('starting_after')
  const start = after === null ? 0 : kept.findIndex(({ id }) => id === after) + 1
  if (after !== null && start === 0) return wrong('starting_after', `No such object: '${after}'`)
  const data = kept.slice(start, start + limit).map((object) => expanded(shop, name, object, query.getAll('expand[]')))
  return { data, has_more: start + limit < kept.length }
}

/** What is only told when it is asked for. */
function expanded(shop: StripeShop, name: ListName, object: StripeObject, wanted: readonly string[]): StripeObject {
  if (name === 'invoices' && !wanted.includes('data.payments')) return { ...object, payments: undefined }
  if (name === 'checkout/sessions' && wanted.includes('data.payment_intent.latest_charge')) {
    const intent = shop.account.payment_intents.find(({ id }) => id === object['payment_intent'])
    const charge = shop.account.charges.find(({ id }) => id === intent?.['latest_charge'])
    return { ...object, payment_intent: { ...intent, latest_charge: charge } }
  }
  return object
}
