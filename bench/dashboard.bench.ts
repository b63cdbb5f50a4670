/** What pages ask at 100,000 customers: the dashboard, the customer list, one customer; and the dashboard painted in a browser. */
import { z } from 'zod'
import { launch } from '../e2e/browser.ts'
import type { Bench, Row } from './bench.ts'
import { largestPaint } from './largest-paint.ts'
import { openLargeTenant } from './large-tenant.ts'
import type { LargeTenant } from './large-tenant.ts'
import { latencyRows, timeEach } from './latency.ts'
import { quantile } from '#core/math/quantile'

const DASHBOARD_MS = 100
const LIST_MS = 150
const CUSTOMER_MS = 50
const LCP_MS = 1_200
const PAGE_LOADS = 8
const PERCENTILES = [50, 95] as const

const listSchema = z.object({ rows: z.array(z.object({ id: z.string() })).min(1), nextCursor: z.string().nullable() })

export const bench: Bench = {
  name: 'dashboard',
  seconds: 60,
  async run() {
    const tenant = await openLargeTenant((line) => process.stderr.write(`${line}\n`))
    try {
      const { floor, rows } = await serverTimes(tenant)
      return [...rows.flatMap(({ name, took, limit }) => latencyRows(name, took, PERCENTILES, { percentile: 95, limit }, floor)), ...(await painted(tenant))]
    } finally {
      await tenant.stack.stop()
    }
  },
}

type Timed = { name: string; took: number[]; limit: number }

async function serverTimes(tenant: LargeTenant): Promise<{ floor: Row['peer']; rows: Timed[] }> {
  const get = async (path: string): Promise<void> => {
    const answer = await tenant.send('GET', path)
    const body = await answer.text()
    if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}: ${body}`)
  }
  const list = (path: string) => tenant.call(listSchema, 'GET', path)
  const healthz = async (): Promise<void> => void (await (await fetch(`${tenant.stack.url}/healthz`)).text())
  const floor = { name: 'hello', figure: quantile(await timeEach(healthz), 0.5) }

  // Far down: the two hundredth page of fifty, reached by its cursor as scrolling does.
  let far: string | null = null
  for (let page = 1; page < 50; page++) far = (await list(`/customers?limit=200${far === null ? '' : `&cursor=${far}`}`)).nextCursor ?? far
  const { rows: people } = await list('/customers?limit=200&sort=orders')
  const one = (n: number): string => people[n % people.length]?.id ?? ''
  const letters = [...'abcdefghijklmnopqrstuvwxyz'].flatMap((letter) => ['an', 'el', 'ar', 'i'].map((tail) => `${letter}${tail}`))

  const rows: Timed[] = []
  const add = async (name: string, limit: number, path: (n: number) => string): Promise<void> => {
    rows.push({ name, took: await timeEach((n) => get(path(n))), limit })
  }
  await add('dashboard data, 90 days', DASHBOARD_MS, () => '/dashboard?range=90d')
  await add('dashboard data, all time', DASHBOARD_MS, () => '/dashboard?range=all')
  await add('customers, first page', LIST_MS, () => '/customers')
  await add('customers, by last order', LIST_MS, () => '/customers?sort=last_order')
  await add('customers, search', LIST_MS, (n) => `/customers?q=${letters[n % letters.length]}`)
  await add('customers, one letter', LIST_MS, (n) => `/customers?q=${letters[n % letters.length]?.[0]}`)
  await add('customers, one stage', LIST_MS, () => '/customers?stage=at_risk&sort=last_order')
  await add('customers, page 200 of 50', LIST_MS, () => `/customers?limit=50&cursor=${far}`)
  await add('one customer\'s value', CUSTOMER_MS, (n) => `/customers/${one(n)}/value`)
  return { floor, rows }
}

async function painted({ stack, signIn }: LargeTenant): Promise<Row[]> {
  const browser = await launch()
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    const page = await context.newPage()
    await page.goto(`${stack.url}/sign-in`)
    await page.fill('input[name=email]', signIn.email)
    await page.fill('input[name=password]', signIn.password)
    await Promise.all([page.waitForURL((url) => !url.pathname.startsWith('/sign-in')), page.press('input[name=password]', 'Enter')])
    const rows: Row[] = []
    for (const path of ['/', '/customers'] as const) {
      const took: number[] = []
      for (let n = 0; n < PAGE_LOADS; n++) took.push(await largestPaint(context, `${stack.url}${path}`))
      rows.push(...latencyRows(`${path === '/' ? 'dashboard' : 'customers'} page, largest paint`, took, [50, 75], { percentile: 75, limit: LCP_MS }))
    }
    return rows
  } finally {
    await browser.close()
  }
}
