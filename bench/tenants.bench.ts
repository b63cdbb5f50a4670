/** A thousand tenants at once, with ten and with a hundred rows a batch: the rate of all together, and that a small shop does not wait for a large one. */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { NO_LIMITS } from '../e2e/merchant.ts'
import { startStack } from '#local/stack'
import type { Stack } from '#local/stack'
import { bareRate } from './bare-statement.ts'
import type { Bench, Row } from './bench.ts'
import { loadNote } from './conditions.ts'
import { latencyRows } from './latency.ts'
import { inBatches, makeSales } from './sales.ts'

const TENANTS = 1_000
/** What a shop sends at once, and how often. */
const CASES = [{ batch: 10, rounds: 3 }, { batch: 100, rounds: 1 }] as const
const SMALL_BATCH = 10
const SENDERS = 16
const WITHIN_MS = 300_000
/** Looking costs the database what the product could use: often where a moment is timed, seldom where minutes are. */
const POLL_MS = { one: 50, all: 1_000 } as const
/** What the large shop sends while small ones are timed. */
const LARGE_TRANSACTIONS = 20_000
const SMALL_SHOPS = 40
const REQUIRED_PER_SECOND = 1_000
const SMALL_LIMIT_MS = 3_000
const receipt = z.object({ accepted: z.int(), rejected: z.array(z.unknown()).max(0) })

type Shop = { id: string; slug: string }

export const bench: Bench = {
  name: 'tenants',
  seconds: 150,
  async run() {
    const stack = await startStack({ schedules: false, vars: NO_LIMITS })
    const books = new pg.Client({ connectionString: stack.databaseUrl })
    try {
      await books.connect()
      const rows: Row[] = []
      for (const one of CASES) {
        const bare = await bareRate({ stack, tenants: 10, batch: one.batch, transactions: 200 * one.batch })
        const rate = await together(stack, books, await makeShops(books, TENANTS), one)
        rows.push({ name: `${TENANTS} tenants, batches of ${one.batch}`, figure: rate, unit: 'transactions/s', peer: { name: 'bare statement', figure: bare }, target: { of: 'figure', bound: 'at_least', value: REQUIRED_PER_SECOND }, note: loadNote() })
      }
      const [large, ...small] = await makeShops(books, SMALL_SHOPS + 1)
      if (!large) throw new Error('No shop')
      const alone = await smallShops(stack, books, small.splice(0, SMALL_SHOPS / 2))
      const sending = send(stack, large, 1_000, LARGE_TRANSACTIONS)
      await sleep(500)
      const beside = await smallShops(stack, books, small)
      await sending
      const median = [...alone].sort((a, b) => a - b)[Math.floor(alone.length / 2)] ?? Number.NaN
      rows.push(
        ...latencyRows('a small shop’s batch, alone', alone, [50, 95], { percentile: 95, limit: SMALL_LIMIT_MS }),
        ...latencyRows('a small shop’s batch, beside a large import', beside, [50, 95], { percentile: 95, limit: SMALL_LIMIT_MS }, { name: 'alone', figure: median }),
      )
      return rows
    } finally {
      await books.end()
      await stack.stop()
    }
  },
}

/** Companies without people: the operator speaks for them. */
async function makeShops(books: pg.Client, count: number): Promise<Shop[]> {
  const shops = Array.from({ length: count }, (): Shop => ({ id: uuidv7(), slug: `shop-${uuidv7()}` }))
  await books.query(`with made as (insert into companies (id, slug, name, currency, time_zone) select id, slug, slug, 'EUR', 'UTC' from unnest($1::uuid[], $2::text[]) as u(id, slug) returning id)
    insert into tenant_clock (company_id) select id from made`, [shops.map(({ id }) => id), shops.map(({ slug }) => slug)])
  return shops
}

/** As a sender does: what is answered 503 is sent again. */
async function post(stack: Stack, shop: Shop, sales: unknown): Promise<void> {
  let answer = await ask(stack, shop, sales)
  for (const deadline = Date.now() + WITHIN_MS; answer.status === 503 && Date.now() < deadline; answer = await ask(stack, shop, sales)) {
    await answer.body?.cancel()
    await sleep(250)
  }
  if (!answer.ok) throw new Error(`Sales were answered with ${answer.status}: ${await answer.text()}`)
  receipt.parse(await answer.json())
}

function ask(stack: Stack, shop: Shop, sales: unknown): Promise<Response> {
  return fetch(`${stack.url}/api/v1/transactions`, {
    method: 'POST', body: JSON.stringify(sales),
    headers: { authorization: `Bearer ${stack.operatorToken}`, 'x-perennial-company': shop.slug, 'content-type': 'application/json' },
  })
}

async function send(stack: Stack, shop: Shop, batch: number, transactions: number): Promise<void> {
  for (const sales of inBatches(makeSales(transactions, 7, Date.now()), batch)) await post(stack, shop, sales)
}

const standing = z.object({ orders: z.coerce.number(), unscored: z.coerce.number() })

/** Resolves when the books hold `orders` of these shops and every customer has a score. */
async function aggregated(books: pg.Client, shops: readonly Shop[], orders: number, pollMs: number): Promise<number> {
  const ids = shops.map(({ id }) => id)
  for (const deadline = Date.now() + WITHIN_MS; Date.now() < deadline; await sleep(pollMs)) {
    const { rows: [row] } = await books.query(`select (select coalesce(sum(orders), 0) from daily_rollup where company_id = any($1)) as orders,
      (select count(*) from customer_stats where company_id = any($1) and scored_version <> version) as unscored`, [ids])
    const now = standing.parse(row)
    if (now.orders === orders && now.unscored === 0) return performance.now()
  }
  throw new Error('The sales were not counted in time')
}

/** Transactions a second of all tenants together, from the first request until all are counted and scored. */
async function together(stack: Stack, books: pg.Client, shops: readonly Shop[], { batch, rounds }: { batch: number; rounds: number }): Promise<number> {
  const sales = shops.map((_, i) => inBatches(makeSales(batch * rounds, i + 1, Date.now()), batch))
  const posts = Array.from({ length: rounds }, (_, round) => shops.map((shop, i) => ({ shop, sales: sales[i]?.[round] }))).flat()
  const start = performance.now()
  await Promise.all(Array.from({ length: SENDERS }, async () => {
    for (let next = posts.shift(); next !== undefined; next = posts.shift()) await post(stack, next.shop, next.sales)
  }))
  const end = await aggregated(books, shops, shops.length * batch * rounds, POLL_MS.all)
  return (shops.length * batch * rounds) / ((end - start) / 1000)
}

/** Milliseconds from a small shop's batch to its figures, one shop after the other. */
async function smallShops(stack: Stack, books: pg.Client, shops: readonly Shop[]): Promise<number[]> {
  const took: number[] = []
  for (const [i, shop] of shops.entries()) {
    const start = performance.now()
    await post(stack, shop, makeSales(SMALL_BATCH, 1_000 + i, Date.now()))
    took.push((await aggregated(books, [shop], SMALL_BATCH, POLL_MS.one)) - start)
  }
  return took
}
