/** Signed deliveries accepted, each another order, while the consumer books them; beside hello in the same run. */
import pg from 'pg'
import { z } from 'zod'
import { deliveryHeaders, liveOrder } from '#core/commerce/demo-order'
import { inventPerson } from '#core/commerce/demo/names'
import type { ShopBuyer } from '#core/commerce/demo/shopify-payload'
import { startStack } from '#local/stack'
import type { Stack } from '#local/stack'
import { NO_LIMITS, registerMerchant } from '../e2e/merchant.ts'
import { until } from '../e2e/until.ts'
import type { Bench, Row } from './bench.ts'
import { loadNote } from './conditions.ts'
import { runLoad } from './load-job.ts'
import type { LoadOutcome, LoadRequest } from './load-job.ts'
import { seeded } from './simulate-shop.ts'

const CONNECTIONS = 16
const FLOOD_SECONDS = 8
/** More than can be accepted in that time, so that none is sent twice. */
const POOL = 12_000
const STEADY_PER_SECOND = 200
const STEADY_SECONDS = 15
const REGULARS = 2_000
const WITHIN_MS = 120_000
const SHARE_OF_HELLO = 0.25
const P99_MS = 200

export const bench: Bench = {
  name: 'webhook',
  seconds: 90,
  async run() {
    const stack = await startStack({ schedules: false, vars: NO_LIMITS })
    try {
      return await measure(stack)
    } finally {
      await stack.stop()
    }
  },
}

async function measure(stack: Stack): Promise<Row[]> {
  const merchant = await registerMerchant(stack.url, 'Webhooks', { currency: 'EUR', timeZone: 'Europe/Berlin' })
  const shop = await merchant.openShop()
  const warm = STEADY_PER_SECOND * 3, steady = STEADY_PER_SECOND * STEADY_SECONDS
  const all = await signedOrders(shop.address, shop.secret, warm + steady + POOL)
  const { url } = stack
  const hello: LoadRequest[] = [{ method: 'GET', path: '/healthz', headers: {}, body: '' }]

  const first = await runLoad({ kind: 'steady', url, perSecond: STEADY_PER_SECOND, requests: all.slice(0, warm) })
  await runLoad({ kind: 'flood', url, connections: CONNECTIONS, seconds: 2, requests: hello })
  const hellos = await runLoad({ kind: 'flood', url, connections: CONNECTIONS, seconds: FLOOD_SECONDS, requests: hello })
  const helloNote = loadNote()
  const calm = await runLoad({ kind: 'steady', url, perSecond: STEADY_PER_SECOND, requests: all.slice(warm, warm + steady) })
  const calmNote = loadNote()
  const flooded = await runLoad({ kind: 'flood', url, connections: CONNECTIONS, seconds: FLOOD_SECONDS, requests: all.slice(warm + steady) })
  const note = loadNote()
  const drained = await booked(stack, merchant.companyId, [first, calm, flooded])
  return [
    { name: 'hello', figure: hellos.perSecond, unit: 'answers/s', peer: null, target: null, note: helloNote },
    { name: 'accepted', figure: flooded.perSecond, unit: 'deliveries/s', peer: { name: 'hello', figure: hellos.perSecond }, target: { of: 'ratio', bound: 'at_least', value: SHARE_OF_HELLO }, note },
    { name: 'accepted under flood p99', figure: flooded.p99, unit: 'ms', peer: { name: 'hello', figure: hellos.p99 }, target: null, note },
    { name: `${STEADY_PER_SECOND}/s p50`, figure: calm.p50, unit: 'ms', peer: null, target: null, note: calmNote },
    { name: `${STEADY_PER_SECOND}/s p99`, figure: calm.p99, unit: 'ms', peer: null, target: { of: 'figure', bound: 'at_most', value: P99_MS }, note: calmNote },
    { name: 'worked off after the flood', figure: drained, unit: 's', peer: null, target: null, note },
  ]
}

/** Orders by a few thousand regulars, each with a signature and an event of its own. */
async function signedOrders(address: string, secret: string, count: number): Promise<LoadRequest[]> {
  const random = seeded(1), now = new Date(), path = new URL(address).pathname
  const regulars = Array.from({ length: REGULARS }, (_, i): ShopBuyer => ({ id: 7_000_000 + i, person: inventPerson(random, i), since: '2024-01-01T00:00:00.000Z', acceptsMarketing: false }))
  const made: LoadRequest[] = []
  for (let n = 0; n < count; n++) {
    // A second apart, since an order's id follows from its time.
    const delivery = liveOrder(random, new Date(now.getTime() - n * 1000), regulars)
    made.push({ method: 'POST', path, headers: await deliveryHeaders(delivery, secret, crypto.randomUUID(), now.toISOString()), body: delivery.body })
  }
  return made
}

/** Seconds until every accepted order is in the books. What failed on its way may be there as well: it was not refused, only unheard. */
async function booked({ databaseUrl }: Stack, companyId: string, loads: readonly LoadOutcome[]): Promise<number> {
  const accepted = loads.reduce((sum, load) => sum + load.answered, 0), failed = loads.reduce((sum, load) => sum + load.failed, 0)
  if (failed > 0) throw new Error(`${failed} of ${accepted + failed} deliveries were not accepted`)
  const start = performance.now()
  const books = new pg.Client({ connectionString: databaseUrl })
  await books.connect()
  const count = async (): Promise<number> =>
    z.object({ n: z.coerce.number() }).parse((await books.query('select count(*) as n from transaction_keys where company_id = $1', [companyId])).rows[0]).n
  try {
    await until(`${accepted} accepted orders to be booked`, WITHIN_MS, async () => ((await count()) >= accepted ? true : null), 200)
    return (performance.now() - start) / 1000
  } finally {
    await books.end()
  }
}
