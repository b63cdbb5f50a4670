// Any process of `npm start` is killed while orders are being accepted: it comes back whole, and nothing accepted is missing.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { freePort, isPortFree } from '../local/free-port.ts'
import { isAlive } from '../local/processes.ts'
import { makeTemporaryFolder, removeTemporaryFolder } from '../local/temporary-folder.ts'
import { cents, dashboard } from './answers.ts'
import { registerMerchant, type Merchant, type Shop } from './merchant.ts'
import { orderPayload } from './shopify-payload.ts'
import { slack } from './slack.ts'
import { startProduct, type StartedProduct } from './started-product.ts'
import { until } from './until.ts'

const PROMISED_SECONDS = 10
const BUYER = { id: '7300000000000000001', email: 'steady@people.example' }
const FIRST_ORDER = 9_500_000_000_000_000_001n

let folder: string
let port: number
let product: StartedProduct
let merchant: Merchant
let shop: Shop

beforeAll(async () => {
  folder = await makeTemporaryFolder()
  port = await freePort()
  product = await startProduct(folder, port)
  merchant = await registerMerchant(product.url, 'Restart shop')
  shop = await merchant.openShop()
})
afterAll(async () => {
  sending = false
  await product?.interrupt()
  await removeTemporaryFolder(folder)
})

/** Cents of every accepted order, by its id. */
const accepted = new Map<string, number>()
let sending = true

/** Orders one after the other, each sent until it is accepted. */
async function keepSending(): Promise<void> {
  for (let n = 0n; sending; n++) {
    const id = String(FIRST_ORDER + n)
    const cents = 1_000 + Number(n % 700n)
    const at = new Date().toISOString()
    const body = orderPayload({ id, at, updatedAt: at, cents, buyer: BUYER })
    for (let ok = false; !ok; ) {
      ok = await shop.deliver('orders/create', body, id).then((response) => response.ok, () => false)
      await sleep(ok ? 25 : 150)
      if (!sending && !ok) return
    }
    accepted.set(id, cents)
  }
}

/** Seconds until an order is accepted that was first sent after now. */
async function acceptsAgain(): Promise<number> {
  const began = performance.now()
  const before = accepted.size
  // One more may have been on its way.
  await until('orders to be accepted again', 60_000, () => (accepted.size > before + 1 ? true : null), 20)
  return (performance.now() - began) / 1000
}

const transactions = z.object({ rows: z.array(z.object({ externalId: z.string(), amount: z.object({ amount: z.string() }), counted: z.boolean() })), nextCursor: z.string().nullable() })

/** Cents of every order in the books, by its id; each page is asked for until it is answered. */
async function inTheBooks(): Promise<Map<string, number>> {
  const list = z.object({ rows: z.array(z.object({ id: z.string() })) })
  const customer = (await merchant.call(list, 'GET', '/customers')).rows[0]?.id ?? ''
  const found = new Map<string, number>()
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: z.infer<typeof transactions> = await merchant.call(transactions, 'GET', `/customers/${customer}/transactions?limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`)
    for (const { externalId, amount } of page.rows) {
      expect(found.has(externalId), externalId).toBe(false)
      found.set(externalId, cents(amount))
    }
    cursor = page.nextCursor
  }
  return found
}

it('comes back from the death of workerd, of Postgres and of npm start, each in the middle of its work', async () => {
  const sender = keepSending()
  await acceptsAgain()
  await sleep(1_500)

  process.kill(product.pids().workerd, 'SIGKILL')
  console.info(`workerd killed: accepts again after ${(await acceptsAgain()).toFixed(1)} s`)
  await sleep(1_500)

  const { postgres } = product.pids()
  process.kill(postgres, 'SIGKILL')
  const during = accepted.size
  await until('Postgres to be back', 60_000, () => (product.pids().postgres !== postgres ? true : null), 50)
  console.info(`Postgres killed: ${accepted.size - during} orders accepted before it was back`)
  await sleep(1_500)

  process.kill(product.pids().start, 'SIGKILL')
  await product.ended
  const allowed = PROMISED_SECONDS * slack()
  product = await startProduct(folder, port)
  console.info(`npm start killed: the next one is ready after ${product.readyAfter.toFixed(1)} s and accepts after another ${(await acceptsAgain()).toFixed(1)} s`)
  expect(product.readyAfter).toBeLessThan(allowed)
  await sleep(1_500)
  sending = false
  await sender
}, 240_000)

it('has every accepted order once and shows their sum', async () => {
  const sum = [...accepted.values()].reduce((total, amount) => total + amount, 0)
  expect(accepted.size).toBeGreaterThan(50)
  await until('all of it to be counted', 120_000, async () => (cents((await merchant.call(dashboard, 'GET', '/dashboard')).snapshot.value.historicalValue) === sum ? true : null), 1_500)
  console.info(`${accepted.size} orders accepted across three deaths, all counted once`)
  expect([...(await inTheBooks())].sort()).toEqual([...accepted].sort())
}, 180_000)

it('ends whole at Ctrl-C, and the next start shows the same', async () => {
  const before = await merchant.call(dashboard, 'GET', '/dashboard')
  const pids = Object.values(product.pids())
  const began = performance.now()
  expect(await product.interrupt()).toMatch(/\nStopped\.\s*$/)
  console.info(`Ctrl-C: all ended after ${((performance.now() - began) / 1000).toFixed(1)} s`)
  expect(pids.filter(isAlive)).toEqual([])
  expect(await isPortFree(port)).toBe(true)

  const allowed = PROMISED_SECONDS * slack()
  product = await startProduct(folder, port)
  console.info(`started again: ready after ${product.readyAfter.toFixed(1)} s`)
  expect(product.readyAfter).toBeLessThan(allowed)
  const after = await merchant.call(dashboard, 'GET', '/dashboard')
  expect({ ...after.snapshot.value }).toEqual(before.snapshot.value)
  expect(await product.interrupt()).toMatch(/\nStopped\.\s*$/)
})
