/** Accepted to aggregated, sustained, through the API; beside the bare statement and a plain insert in the same run. */
import pg from 'pg'
import { z } from 'zod'
import { NO_LIMITS, registerMerchant } from '../e2e/merchant.ts'
import type { Merchant } from '../e2e/merchant.ts'
import { startStack } from '#local/stack'
import type { Stack } from '#local/stack'
import { bareRate, plainRate } from './bare-statement.ts'
import type { Bench, Row } from './bench.ts'
import { loadNote } from './conditions.ts'
import { openLiveView } from './live-view.ts'
import type { LiveView } from './live-view.ts'
import { inBatches, makeSales, minorOf } from './sales.ts'
import type { ApiSale } from './sales.ts'

const CASES = [{ tenants: 1, batch: 1_000 }, { tenants: 1, batch: 500 }, { tenants: 10, batch: 1_000 }, { tenants: 10, batch: 500 }] as const
const TRANSACTIONS = 40_000
/** Senders at once over all tenants: enough that acceptance never waits for one of them. */
const SENDERS = 10
const WITHIN_MS = 180_000
const REQUIRED_PER_SECOND = 1_500
const receipt = z.object({ accepted: z.int(), rejected: z.array(z.unknown()).max(0) })

interface Tenant {
  merchant: Merchant
  view: LiveView
  sales: ApiSale[]
}

export const bench: Bench = {
  name: 'ingest',
  seconds: 240,
  async run() {
    const stack = await startStack({ schedules: false, vars: NO_LIMITS })
    try {
      await warmUp(stack)
      const rows: Row[] = []
      for (const one of CASES) rows.push(...(await measure(stack, one)))
      return rows
    } finally {
      await stack.stop()
    }
  },
}

/** Compiles what will be measured, on a tenant of its own. */
async function warmUp(stack: Stack): Promise<void> {
  await sustainedRate(stack, 1, 500, 3_000)
}

async function measure(stack: Stack, { tenants, batch }: { tenants: number; batch: number }): Promise<Row[]> {
  const name = `${tenants} tenant${tenants === 1 ? '' : 's'}, batches of ${batch}`
  const peers = { stack, tenants, batch, transactions: TRANSACTIONS }
  const plain = await plainRate(peers)
  const bare = await bareRate(peers)
  const bareNote = loadNote()
  const rate = await sustainedRate(stack, tenants, batch, TRANSACTIONS)
  return [
    { name, figure: rate, unit: 'transactions/s', peer: { name: 'bare statement', figure: bare }, target: { of: 'figure', bound: 'at_least', value: REQUIRED_PER_SECOND }, note: loadNote() },
    { name: `${name}: aim`, figure: rate, unit: 'transactions/s', peer: { name: 'bare statement', figure: bare }, target: { of: 'ratio', bound: 'at_least', value: 0.4 }, note: loadNote() },
    { name: `${name}: bare statement`, figure: bare, unit: 'transactions/s', peer: { name: 'plain insert', figure: plain }, target: null, note: bareNote },
  ]
}

/** Transactions a second from the first request until every tenant's live figures and books hold them all. */
async function sustainedRate(stack: Stack, tenantCount: number, batch: number, transactions: number): Promise<number> {
  const now = Date.now()
  const tenants: Tenant[] = []
  for (let i = 0; i < tenantCount; i++) {
    const merchant = await registerMerchant(stack.url, `Ingest ${i}`, { currency: 'EUR', timeZone: 'Europe/Berlin' })
    tenants.push({ merchant, view: await openLiveView(stack.url, merchant.call), sales: makeSales(transactions / tenantCount, i + 1, now) })
  }
  // Round the tenants, so that all of them are busy all the time.
  const queues = tenants.map(({ sales, merchant }) => inBatches(sales, batch).map((sent) => ({ merchant, count: sent.length, body: JSON.stringify(sent) })))
  const posts = (queues[0] ?? []).flatMap((_, i) => queues.flatMap((queue) => queue[i] ?? []))
  const start = performance.now()
  await Promise.all(Array.from({ length: SENDERS }, async () => {
    for (let post = posts.shift(); post !== undefined; post = posts.shift()) {
      const answer = await post.merchant.call(receipt, 'POST', '/transactions', post.body)
      if (answer.accepted !== post.count) throw new Error(`${answer.accepted} of ${post.count} were accepted`)
    }
  }))
  const ends = await Promise.all(tenants.map(({ view, sales }) => {
    const total = minorOf(sales)
    // Scores are written after the revenue: without customers left to score, the value in sum is whole too.
    return view.when(({ windows, value }) => windows.some((window) => window.days === 365 && window.gross === total) && value.historicalValue === total, WITHIN_MS)
  }))
  const seconds = (Math.max(...ends) - start) / 1000
  await confirm(stack, tenants)
  for (const { view } of tenants) view.close()
  return transactions / seconds
}

const standing = z.object({ seq: z.coerce.number(), revenue: z.coerce.number(), unscored: z.coerce.number() })

/** The live object stands where the books stand, nobody is left without a score, and the revenue is that of the sales. */
async function confirm(stack: Stack, tenants: readonly Tenant[]): Promise<void> {
  const books = new pg.Client({ connectionString: stack.databaseUrl })
  await books.connect()
  try {
    for (const { merchant, view, sales } of tenants) {
      const { rows: [row] } = await books.query(`select k.seq, (select sum(amount) from transactions t where t.company_id = k.company_id and counted) as revenue,
        (select count(*) from customer_stats s where s.company_id = k.company_id and s.scored_version <> s.version) as unscored from tenant_clock k where k.company_id = $1`, [merchant.companyId])
      const { seq, revenue, unscored } = standing.parse(row)
      await view.when((figures) => figures.seq === seq, 5_000)
      if (revenue !== minorOf(sales) || unscored !== 0) throw new Error(`The books of ${merchant.slug} hold ${revenue} of ${minorOf(sales)}; ${unscored} customers have no score`)
    }
  } finally {
    await books.end()
  }
}
