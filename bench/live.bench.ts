/** From a signed order posted to the new figures on an open page, at 100,000 customers. */
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { deliveryHeaders, liveOrder } from '#core/commerce/demo-order'
import { inventPerson } from '#core/commerce/demo/names'
import type { ShopBuyer } from '#core/commerce/demo/shopify-payload'
import type { Bench } from './bench.ts'
import { openLargeTenant } from './large-tenant.ts'
import type { LargeTenant } from './large-tenant.ts'
import { latencyRows } from './latency.ts'
import { openLiveView } from './live-view.ts'
import { seeded } from './simulate-shop.ts'

const ORDERS = 100
const WARM_UP = 10
const REGULARS = 200
const LIMIT_MS = 1_000
const WITHIN_MS = 20_000
const integrationSchema = z.object({ webhookPath: z.string(), secret: z.string() })

export const bench: Bench = {
  name: 'live',
  seconds: 70,
  async run() {
    const tenant = await openLargeTenant((line) => process.stderr.write(`${line}\n`))
    try {
      return latencyRows('signed order to open page', await updates(tenant), [50, 95, 99], { percentile: 95, limit: LIMIT_MS })
    } finally {
      await tenant.stack.stop()
    }
  },
}

/** Milliseconds of each order, from posting it to the message that counts it. */
async function updates({ stack, call }: LargeTenant): Promise<number[]> {
  const random = seeded(Date.now() % 1_000_000)
  const shop = await call(integrationSchema, 'POST', '/integrations', { platform: 'shopify', settings: { shopDomain: 'bench.myshopify.com', webhookSecret: crypto.randomUUID() } })
  const view = await openLiveView(stack.url, call)
  await view.when((figures) => figures.ready, WITHIN_MS)
  const regulars = Array.from({ length: REGULARS }, (_, i): ShopBuyer => ({ id: 7_000_000 + i, person: inventPerson(random, i), since: '2024-01-01T00:00:00.000Z', acceptsMarketing: false }))
  const today = (): number => view.figures()?.windows.find((window) => window.days === 1)?.orders ?? 0
  const took: number[] = []
  for (let n = 0; n < WARM_UP + ORDERS; n++) {
    // Not in step with the hub, which sends at most every quarter of a second.
    await sleep(250 + random() * 500)
    const now = new Date()
    const delivery = liveOrder(random, now, regulars)
    const headers = await deliveryHeaders(delivery, shop.secret, crypto.randomUUID(), now.toISOString())
    const before = today()
    const start = performance.now()
    const counted = view.when(({ windows }) => windows.some((window) => window.days === 1 && window.orders > before), WITHIN_MS)
    const answer = await fetch(`${stack.url}${shop.webhookPath}`, { method: 'POST', headers, body: delivery.body })
    if (answer.status !== 200) throw new Error(`The order was answered with ${answer.status}: ${await answer.text()}`)
    const end = await counted
    if (n >= WARM_UP) took.push(end - start)
  }
  view.close()
  return took
}
