// The demo shop, loaded into the whole stack and cut short half-way, is in the books to the cent; a live order counts at once.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { DEMO_SIGN_IN, loadDemo } from '../local/demo/load.ts'
import { DEMO_SEED, demoShop } from '../local/demo/shop.ts'
import { readState } from '../local/demo/state.ts'
import { startTicker } from '../local/demo/ticker.ts'
import type { Stack } from '../local/stack.ts'
import { startEmptyStack } from './empty-stack.ts'

const CUSTOMERS = 700
const NOW = new Date()
let stack: Stack
let books: pg.Client

beforeAll(async () => {
  stack = await startEmptyStack()
  books = new pg.Client({ connectionString: stack.databaseUrl })
  await books.connect()
})
afterAll(async () => {
  await books.end()
  await stack.stop()
})

/** Loads in a process of its own and kills it as soon as the first calls have been answered. */
async function loadAndKill(): Promise<void> {
  const options = JSON.stringify({ baseUrl: stack.url, operatorToken: stack.operatorToken, dataDir: stack.dataDir, customers: CUSTOMERS })
  const script = `import { loadDemo } from '#local/demo/load'; await loadDemo({ ...${options}, now: new Date(${NOW.getTime()}), log() {} })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: fileURLToPath(new URL('..', import.meta.url)), stdio: 'ignore' })
  const gone = once(child, 'exit')
  for (let state = readState(stack.dataDir); (state?.sent.transactions ?? 0) === 0 && child.exitCode === null; state = readState(stack.dataDir)) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  child.kill('SIGKILL')
  await gone
}

const sumsSchema = z.object({ orders: z.number(), refunds: z.number(), uncounted: z.number(), gross: z.number(), refunded: z.number(), customers: z.number(), guests: z.number() })
async function sums(): Promise<z.infer<typeof sumsSchema>> {
  const { rows } = await books.query(`select
    (count(*) filter (where kind = 'order' and counted))::int as orders, (count(*) filter (where kind = 'refund' and counted))::int as refunds,
    (count(*) filter (where not counted))::int as uncounted,
    (sum(amount) filter (where kind = 'order' and counted))::float8 as gross, (sum(amount) filter (where kind = 'refund' and counted))::float8 as refunded,
    (select count(*) from customer_identities where kind = 'shopify')::int as customers,
    (select count(*) from customers where external_id like 'guest-%')::int as guests from transactions`)
  return sumsSchema.parse(rows[0])
}

test('a load that was killed half-way goes on and ends with every order once, to the cent', async () => {
  await loadAndKill()
  expect(readState(stack.dataDir)).toMatchObject({ done: false, slug: 'fernway-coffee' })
  const signIn = await loadDemo({ baseUrl: stack.url, operatorToken: stack.operatorToken, dataDir: stack.dataDir, log: () => undefined })
  expect(signIn).toMatchObject(DEMO_SIGN_IN)

  const shop = demoShop({ seed: DEMO_SEED, now: NOW, customers: CUSTOMERS })
  const bought = new Set(shop.orders.map((order) => order.customer))
  expect(await sums()).toEqual({
    orders: shop.orders.length,
    refunds: shop.refunds.length,
    uncounted: shop.invoices.length,
    gross: shop.orders.reduce((sum, order) => sum + order.basket.net, 0),
    refunded: shop.refunds.flatMap((refund) => refund.lines).reduce((sum, line) => sum + line.gross - line.discount - line.tax, 0),
    customers: shop.customers.filter((customer) => customer.account === 'member').length,
    guests: [...bought].filter((customer) => customer.account === 'guest').length,
  })
  const integrations = await books.query('select from integrations')
  expect(integrations.rowCount).toBe(1)
})

test('a live order is a signed webhook that counts within a second or so', async () => {
  const ticker = startTicker({ baseUrl: stack.url, dataDir: stack.dataDir, log: () => undefined })
  if (ticker === null) throw new Error('The demo shop is not there')
  const before = await sums()
  const order = await ticker.sendLiveOrder()
  const deadline = Date.now() + 10_000
  let after = before
  while (after.orders === before.orders && Date.now() < deadline) after = await sums()
  expect(after.gross - before.gross).toBe(order.basket.net)
  await ticker.stop()
})

test('signing in works with the words that npm start prints', async () => {
  const answer = await fetch(`${stack.url}/api/v1/auth/login`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(DEMO_SIGN_IN),
  })
  expect(answer.status).toBe(200)
  expect(z.object({ company: z.object({ slug: z.string() }) }).parse(await answer.json()).company.slug).toBe('fernway-coffee')
})
