/** How long the server takes for what pages ask of a large tenant. */
import { z } from 'zod'
import { quantile } from '#core/math/quantile'
import type { Row } from './bench.ts'
import type { LargeTenant } from './large-tenant.ts'
import { latencyRows, timeEach } from './latency.ts'

const DASHBOARD_MS = 100
const LIST_MS = 150
const CUSTOMER_MS = 50
const COHORTS_MS = 50
const ACTIONS_MS = 1_000
const PERCENTILES = [50, 95] as const

const listSchema = z.object({ rows: z.array(z.object({ id: z.string() })).min(1), nextCursor: z.string().nullable() })

type Timed = { name: string; took: number[]; limit: number }

/** Rows for the table: each percentile beside `hello` of the same run, the 95th held to what is promised. */
export async function pageTimes(tenant: LargeTenant): Promise<Row[]> {
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
  await add('cohorts by month', COHORTS_MS, () => '/cohorts')
  await add('actions of everybody', ACTIONS_MS, () => '/actions')
  await add('one customer\'s value', CUSTOMER_MS, (n) => `/customers/${one(n)}/value`)
  return rows.flatMap(({ name, took, limit }) => latencyRows(name, took, PERCENTILES, { percentile: 95, limit }, floor))
}
