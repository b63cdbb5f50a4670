/** A slow trickle of live orders for the demo shop: real signed webhooks to its own integration, until told to stop. */
import { liveOrder, liveRefund, deliveryHeaders } from '#core/commerce/demo-order'
import { chance, pick } from '#core/math/random'
import type { ShopBuyer, ShopifyDelivery, ShopOrder } from '#core/commerce/demo/shopify-payload'
import { call } from './http.ts'
import { buyerOf, demoShop } from './shop.ts'
import { readState } from './state.ts'
import type { DemoState } from './state.ts'

export interface TickerOptions {
  /** Without a trailing slash. */
  baseUrl: string
  dataDir: string
  log: (line: string) => void
  /** Seconds between two deliveries, at random in between. */
  everySeconds?: readonly [low: number, high: number]
}

export interface Ticker {
  /** One order now, beside the rhythm. Resolves when the webhook has been accepted. */
  sendLiveOrder(): Promise<ShopOrder>
  /** Ends the trickle; a delivery under way still arrives. */
  stop(): Promise<void>
}

const REFUND_SHARE = 0.04
/** Buyers of the last days come back soonest. */
const RECENT_DAYS = 75
const REMEMBERED_ORDERS = 50
const SLOW: readonly [number, number] = [20, 40]

/**
 * Starts the trickle; does nothing but answer `sendLiveOrder` until the first interval has passed.
 * @returns null when this data folder holds no loaded demo shop.
 */
export function startTicker({ baseUrl, dataDir, log, everySeconds = SLOW }: TickerOptions): Ticker | null {
  const state = readState(dataDir)
  if (state === null || !state.done || state.integration === null) return null
  const url = `${baseUrl}${state.integration.webhookPath}`
  const { webhookSecret } = state
  const sent: ShopOrder[] = []
  let known: ShopBuyer[] | null = null
  const recentBuyers = (): ShopBuyer[] => {
    known ??= buyersOf(state)
    return known
  }

  const deliver = async (delivery: ShopifyDelivery, now: Date): Promise<void> => {
    const headers = await deliveryHeaders(delivery, webhookSecret, crypto.randomUUID(), now.toISOString())
    await call(url, { method: 'POST', headers, body: delivery.body })
  }
  const sendLiveOrder = async (): Promise<ShopOrder> => {
    const now = new Date()
    const { order, ...delivery } = liveOrder(Math.random, now, recentBuyers())
    await deliver(delivery, now)
    sent.push(order)
    if (sent.length > REMEMBERED_ORDERS) sent.shift()
    return order
  }
  const sendOne = async (): Promise<void> => {
    if (sent.length === 0 || !chance(Math.random, REFUND_SHARE)) {
      await sendLiveOrder()
      return
    }
    const order = pick(Math.random, sent)
    // One refund an order is enough.
    sent.splice(sent.indexOf(order), 1)
    const now = new Date()
    await deliver(liveRefund(Math.random, now, order), now)
  }

  let timer: NodeJS.Timeout | null = null
  let running: Promise<void> = Promise.resolve()
  let stopped = false
  const arm = (): void => {
    const [low, high] = everySeconds
    timer = setTimeout(() => {
      running = sendOne()
        .catch((error: unknown) => {
          if (!stopped) log(`A demo order could not be delivered: ${error instanceof Error ? error.message : String(error)}`)
        })
        .finally(() => {
          if (!stopped) arm()
        })
    }, (low + Math.random() * (high - low)) * 1000)
    // The trickle alone keeps no process alive.
    timer.unref()
  }
  arm()
  return {
    sendLiveOrder,
    async stop() {
      stopped = true
      if (timer !== null) clearTimeout(timer)
      await running
    },
  }
}

/** Everybody with an account who bought in the shop's last weeks. */
function buyersOf({ seed, customers, now: at }: DemoState): ShopBuyer[] {
  const now = new Date(at)
  const since = new Date(now.getTime() - RECENT_DAYS * 86_400_000).toISOString()
  const recent = new Set(demoShop({ seed, customers, now }).orders.filter((order) => order.at >= since && order.customer.kind !== 'bulk').map((order) => order.customer))
  return [...recent].filter((customer) => customer.account === 'member').map(buyerOf)
}
