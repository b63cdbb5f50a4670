/** A WooCommerce shop on this machine: its REST API v3 for orders, refunds and webhooks, over made-up orders. */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { makeOrder } from './woocommerce-orders.ts'
import type { MadeOrder, WooOrder } from './woocommerce-orders.ts'

export interface WooWebhook {
  id: number
  name: string
  status: 'active' | 'paused' | 'disabled'
  topic: string
  delivery_url: string
}

export interface WooShop {
  /** `http://127.0.0.1:port` */
  url: string
  consumerKey: string
  consumerSecret: string
  webhooks: WooWebhook[]
  /** Oldest first. */
  orders: readonly MadeOrder[]
  /** Paths and queries asked for so far. */
  asked: string[]
  /** The next requests get these statuses instead of an answer. */
  failures: number[]
  /** A further order, as if placed at `at` (milliseconds, whole seconds). */
  place(at: number): MadeOrder
  /** Deletes it for good. */
  remove(id: number): void
  close(): Promise<void>
}

export interface WooShopOptions {
  orders: number
  seed?: number
  /** When the first was placed; ISO 8601. */
  from?: string
  /** This many, from the middle on, were placed within one second, as an import of old orders does. */
  burst?: number
}

const SECONDS_APART = 1800
/** Left out by `status=any`. */
const HIDDEN: ReadonlySet<string> = new Set(['trash', 'auto-draft'])

const second = (order: WooOrder): number => Date.parse(`${order.date_created_gmt}Z`)

/** Listens on a free port of this machine. */
export async function startWooCommerceShop({ orders: count, seed = 1, from = '2025-01-01T08:00:00Z', burst = 0 }: WooShopOptions): Promise<WooShop> {
  const start = Date.parse(from)
  const burstFrom = Math.floor(count / 2)
  const orders = Array.from({ length: count }, (_, n) => {
    const step = n < burstFrom ? n : Math.max(burstFrom, n - burst)
    return makeOrder(seed, n, start + step * SECONDS_APART * 1000)
  })
  let number = count
  const server = createServer((request, response) => { answer(shop, request, response) })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The shop has no port')
  const shop: WooShop = {
    url: `http://127.0.0.1:${address.port}`, consumerKey: 'ck_made', consumerSecret: 'cs_made', webhooks: [], orders, asked: [], failures: [],
    place(at) {
      const made = makeOrder(seed, number++, at)
      const before = orders.findIndex(({ order }) => second(order) > at)
      orders.splice(before === -1 ? orders.length : before, 0, made)
      return made
    },
    remove(id) {
      const index = orders.findIndex(({ order }) => order.id === id)
      if (index !== -1) orders.splice(index, 1)
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return shop
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8', ...headers }).end(JSON.stringify(body))
}

/** As WordPress says no. */
function refuse(response: ServerResponse, status: number, code: string, message: string, headers: Record<string, string> = {}): void {
  send(response, status, { code, message, data: { status } }, headers)
}

function answer(shop: WooShop, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', shop.url)
  shop.asked.push(url.pathname + url.search)
  const failure = shop.failures.shift()
  if (failure !== undefined) return refuse(response, failure, 'failed', 'Not now', failure === 429 ? { 'retry-after': '7' } : {})
  const path = /^\/wp-json\/wc\/v3\/(.+)$/.exec(url.pathname)?.[1]
  if (path === undefined || request.method !== 'GET') return refuse(response, 404, 'rest_no_route', 'No route was found matching the URL and request method.')
  const expected = `Basic ${Buffer.from(`${shop.consumerKey}:${shop.consumerSecret}`).toString('base64')}`
  if (request.headers.authorization !== expected) return refuse(response, 401, 'woocommerce_rest_cannot_view', 'Sorry, you cannot list resources.')

  if (path === 'webhooks') return page(response, shop.webhooks, url.searchParams)
  if (path === 'orders') return page(response, chosen(shop.orders.map(({ order }) => order), url.searchParams), url.searchParams)
  const [, id, more] = /^orders\/(\d+)(\/refunds)?$/.exec(path) ?? []
  if (id === undefined) return refuse(response, 404, 'rest_no_route', 'No route was found matching the URL and request method.')
  const made = shop.orders.find(({ order }) => order.id === Number(id))
  if (made === undefined) return refuse(response, 404, more === undefined ? 'woocommerce_rest_shop_order_invalid_id' : 'woocommerce_rest_invalid_order_id', 'Invalid order ID.')
  return more === undefined ? send(response, 200, made.order) : page(response, [...made.refunds].reverse(), url.searchParams)
}

/** Filtered by `status`, `after` and `before` (both exclusive, UTC when `dates_are_gmt`), sorted by date and id. */
function chosen(orders: readonly WooOrder[], query: URLSearchParams): WooOrder[] {
  const statuses = (query.get('status') ?? 'any').split(',')
  const bound = (name: string): number | null => {
    const text = query.get(name)
    if (text === null) return null
    if (query.get('dates_are_gmt') !== 'true') throw new Error('The made shop knows UTC only')
    return Date.parse(`${text}Z`)
  }
  const [after, before] = [bound('after'), bound('before')]
  const kept = orders.filter((order) => (statuses.includes('any') ? !HIDDEN.has(order.status) : statuses.includes(order.status))
    && (after === null || second(order) > after) && (before === null || second(order) < before))
    .sort((a, b) => second(a) - second(b) || a.id - b.id)
  return (query.get('order') ?? 'desc') === 'asc' ? kept : kept.reverse()
}

function page(response: ServerResponse, all: readonly unknown[], query: URLSearchParams): void {
  const size = Number(query.get('per_page') ?? '10')
  if (!(size >= 1 && size <= 100)) return refuse(response, 400, 'rest_invalid_param', 'Invalid parameter(s): per_page')
  const offset = query.has('offset') ? Number(query.get('offset')) : (Number(query.get('page') ?? '1') - 1) * size
  send(response, 200, all.slice(offset, offset + size), { 'x-wp-total': String(all.length), 'x-wp-totalpages': String(Math.ceil(all.length / size)) })
}
