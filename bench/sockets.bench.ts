/** A thousand open dashboards of one tenant: how long after an order each of them shows it. */
import { z } from 'zod'
import { NO_LIMITS, registerMerchant } from '../e2e/merchant.ts'
import type { Merchant } from '../e2e/merchant.ts'
import { startStack } from '#local/stack'
import type { Bench, Row } from './bench.ts'
import { loadNote } from './conditions.ts'
import { latencyRows } from './latency.ts'
import { openLiveView } from './live-view.ts'
import type { LiveView } from './live-view.ts'

const SOCKETS = 1_000
const OPENED_AT_ONCE = 20
const ORDERS = 10
const LIMIT_MS = 1_000
const WITHIN_MS = 30_000
const receipt = z.object({ accepted: z.literal(1) })

export const bench: Bench = {
  name: 'sockets',
  seconds: 60,
  async run() {
    const stack = await startStack({ schedules: false, vars: NO_LIMITS })
    try {
      const merchant = await registerMerchant(stack.url, 'Crowded', { currency: 'EUR', timeZone: 'Europe/Berlin' })
      await order(merchant, 0)
      const start = performance.now()
      const views = await openAll(stack.url, merchant)
      const opened: Row = { name: `opening ${SOCKETS} sockets`, figure: (performance.now() - start) / 1000, unit: 's', peer: null, target: null, note: loadNote() }
      await Promise.all(views.map((view) => view.when(({ ready }) => ready, WITHIN_MS)))
      const all: number[] = [], last: number[] = []
      for (let n = 1; n <= ORDERS; n++) {
        const took = await update(merchant, views, n)
        all.push(...took)
        last.push(Math.max(...took))
      }
      for (const view of views) view.close()
      return [
        opened,
        ...latencyRows(`order to each of ${SOCKETS} pages`, all, [50, 95], { percentile: 95, limit: LIMIT_MS }),
        ...latencyRows(`order to the last of ${SOCKETS} pages`, last, [50, 100], { percentile: 100, limit: LIMIT_MS }),
      ]
    } finally {
      await stack.stop()
    }
  },
}

async function openAll(url: string, merchant: Merchant): Promise<LiveView[]> {
  const views: LiveView[] = []
  await Promise.all(Array.from({ length: OPENED_AT_ONCE }, async () => {
    while (views.length < SOCKETS) {
      const place = views.push(await openLiveView(url, merchant.call))
      if (place > SOCKETS) views.pop()?.close()
    }
  }))
  return views
}

async function order(merchant: Merchant, n: number): Promise<void> {
  await merchant.call(receipt, 'POST', '/transactions', { externalId: `o${n}`, customer: { externalId: `c${n % 3}` }, occurredAt: new Date().toISOString(), amount: '10.00', currency: 'EUR' })
}

/** Milliseconds from posting an order until each page shows it. */
async function update(merchant: Merchant, views: readonly LiveView[], n: number): Promise<number[]> {
  const start = performance.now()
  const shown = views.map((view) => view.when(({ windows }) => windows.some(({ days, orders }) => days === 1 && orders > n), WITHIN_MS))
  await order(merchant, n)
  return (await Promise.all(shown)).map((at) => at - start)
}
