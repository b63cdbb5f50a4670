/**
 * Segments at 100,000 customers and 1,000,000 orders: counted while edited, found whole, and moved by an order and by time.
 * `SHORT=1` goes through the same with a small tenant, few segments and few tries: whether it works, not how fast it is.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Bench, Row } from './bench.ts'
import { loadNote } from './conditions.ts'
import { LARGE, openLargeTenant } from './large-tenant.ts'
import type { LargeTenant, TenantSize } from './large-tenant.ts'
import { latencyRows, timeEach } from './latency.ts'
import { openSegmentView } from './segment-view.ts'
import type { SegmentView } from './segment-view.ts'

const PREVIEW_MS = 150
const SOCKET_MS = 1_000
const BOUNDARY_MS = 60_000
const IS_SHORT = process.env['SHORT'] === '1'
const SIZE: TenantSize = IS_SHORT ? { customers: 2_000, transactions: 20_000, years: 3 } : LARGE
const SEGMENTS = IS_SHORT ? 6 : 50
const ORDERS = IS_SHORT ? 5 : 30
const BOUNDARIES = IS_SHORT ? 2 : 8
const ASKED = IS_SHORT ? 5 : 80
const NIGHT_WITHIN_MS = 900_000
/** The worst that anybody is to wait for, with whatever else is going on. */
const WAIT_MS = 120_000

/** Ten conditions, each of another kind; `n` makes each filter another one, so that nothing is remembered. */
const tenConditions = (n: number): unknown => ({ all: [
  { is: 'orders.total', op: 'gt', value: 50 + n }, { is: 'orders.count', op: 'gte', value: 1, within: { days: 365 } }, { not: { is: 'last_order', op: 'within', days: 3 } },
  { any: [{ is: 'p_alive', op: 'gt', value: 0.2 }, { is: 'orders.average', op: 'gt', value: 30 }] }, { is: 'predicted_value', op: 'gte', value: 1 },
  { not: { is: 'event.count', event: 'page_view', op: 'gt', value: 100 } }, { is: 'orders.gross', op: 'lt', value: 100_000 }, { is: 'rfm.recency', op: 'gte', value: 2 }, { is: 'total_value', op: 'gt', value: 10 },
] })

/** Ten conditions that statistics cannot answer: each looks at the orders or events of a window, and some of them by channel. */
const tenWindows = (n: number): unknown => ({ all: [
  { is: 'orders.total', op: 'gt', value: 20 + n, within: { days: 365 } }, { is: 'orders.count', op: 'gte', value: 2, within: { days: 730 } }, { is: 'orders.gross', op: 'lt', value: 100_000, within: { days: 180 } },
  { any: [{ is: 'orders.count', op: 'gte', value: 2, within: { days: 90 } }, { is: 'orders.largest', op: 'gt', value: 30, within: { days: 300 } }] }, { is: 'orders.average', op: 'gt', value: 5, within: { days: 400 } },
  { is: 'orders.count', op: 'gte', value: 1, channel: 'web', within: { days: 200 } }, { is: 'orders.total', op: 'lt', value: 90_000, channel: 'web', within: { days: 100 } },
  { not: { is: 'event.count', event: 'page_view', op: 'gt', value: 100 } }, { not: { is: 'last_order', op: 'within', hours: 30 } },
] })

const segment = z.object({ id: z.string(), members: z.int(), isEvaluated: z.boolean() })
const runs = z.object({ rows: z.array(z.object({ id: z.string(), state: z.string(), steps: z.array(z.object({ name: z.string(), state: z.string(), startedAt: z.string().nullable(), finishedAt: z.string().nullable(), result: z.record(z.string(), z.unknown()) })) })) })

export const bench: Bench = {
  name: 'segments',
  seconds: 420,
  async run() {
    const tenant = await openLargeTenant((line) => process.stderr.write(`${line}\n`), SIZE)
    try {
      const kept = await tenant.call(z.object({ rows: z.array(segment) }), 'GET', '/segments')
      // What an earlier run left.
      for (const { id } of kept.rows) await tenant.send('DELETE', `/segments/${id}`)
      // A tenant that was made today has a first night to come, which the schedule would begin in the middle.
      await tenant.stack.runSchedules(new Date())
      await nightsOver(tenant)
      const rows = await previews(tenant)
      const view = await openSegmentView(tenant.stack.url, tenant.call)
      try {
        for (let n = 0; n < SEGMENTS - 2; n++) await tenant.call(segment, 'POST', '/segments', { name: `Bench ${n}`, filter: tenConditions(n) })
        rows.push(...(await ordersToSocket(tenant, view)), ...(await boundaries(tenant, view)), ...(await wholeRefresh(tenant)))
      } finally {
        view.close()
      }
      return rows
    } finally {
      await tenant.stack.stop()
    }
  },
}

async function previews({ call }: LargeTenant): Promise<Row[]> {
  const answer = z.object({ count: z.int().positive(), exact: z.literal(true) })
  const took = await timeEach(async (n) => { await call(answer, 'POST', '/segments/preview', { filter: tenConditions(n) }) }, ASKED)
  const windows = await timeEach(async (n) => { await call(answer, 'POST', '/segments/preview', { filter: tenWindows(n) }) }, ASKED)
  return [
    ...latencyRows('preview of ten conditions', took, [50, 95, 100], { percentile: 95, limit: PREVIEW_MS }),
    ...latencyRows('preview of ten conditions, all of them on single orders or events', windows, [50, 95], null),
  ]
}

const order = (name: string, occurredAt: number) => ({ externalId: `${name}-${occurredAt}`, customer: { externalId: name }, occurredAt: new Date(occurredAt).toISOString(), amount: 25, currency: 'EUR' })

/** Somebody's first order makes her a member while all the other segments are live too. */
async function ordersToSocket({ call }: LargeTenant, view: SegmentView): Promise<Row[]> {
  const prefix = `socket-${Date.now()}`
  const { id, members } = await call(segment, 'POST', '/segments', { name: 'Bench buyers', filter: { all: [{ is: 'orders.count', op: 'gte', value: 1 }, { is: 'external_id', op: 'starts_with', value: prefix }] } })
  const took: number[] = []
  for (let n = 1; n <= ORDERS; n++) {
    const told = view.when(id, (count) => count === members + n, WAIT_MS)
    const start = Date.now()
    await call(z.unknown(), 'POST', '/transactions', order(`${prefix}-${n}`, start))
    took.push((await told) - start)
    await sleep(250)
  }
  return latencyRows(`order to membership on an open page, ${SEGMENTS} segments live`, took, [50, 95, 100], { percentile: 95, limit: SOCKET_MS })
}

/** Orders of almost an hour ago: one after another they leave the window, each at its own second. */
async function boundaries({ call, stack }: LargeTenant, view: SegmentView): Promise<Row[]> {
  const prefix = `hour-${Date.now()}`
  const { id } = await call(segment, 'POST', '/segments', { name: 'Bench within the hour', filter: { all: [{ is: 'last_order', op: 'within', hours: 1 }, { is: 'external_id', op: 'starts_with', value: prefix }] } })
  const first = Date.now() + 40_000
  const due = Array.from({ length: BOUNDARIES }, (_, n) => first + n * 7_300)
  const entered = view.when(id, (count) => count === BOUNDARIES, WAIT_MS)
  await call(z.unknown(), 'POST', '/transactions', due.map((at, n) => order(`${prefix}-${n}`, at - 3_600_000)))
  await entered
  // As the schedule of a deployment does; a stack of benches has none that fires by itself.
  const minute = setInterval(() => { stack.runSchedules(new Date()).catch((error: unknown) => process.stderr.write(`the schedule: ${String(error)}\n`)) }, 60_000)
  await stack.runSchedules(new Date())
  const took = await Promise.all(due.map(async (at, n) => (await view.when(id, (count) => count <= BOUNDARIES - 1 - n, 240_000)) - at)).finally(() => clearInterval(minute))
  return latencyRows('boundary of a time rule to exit on an open page', took, [50, 95, 100], { percentile: 95, limit: BOUNDARY_MS })
}

async function nightsOver({ call }: LargeTenant): Promise<void> {
  for (const start = Date.now(); Date.now() - start < NIGHT_WITHIN_MS; await sleep(1_000)) {
    if ((await call(runs, 'GET', '/runs')).rows.every((one) => one.state !== 'running')) return
  }
  throw new Error('A night that was at work did not end in time')
}

/** What the night does: everybody looked at for every segment, and nothing may differ. */
async function wholeRefresh(tenant: LargeTenant): Promise<Row[]> {
  const { call } = tenant
  await nightsOver(tenant)
  const { runId } = await call(z.object({ runId: z.string() }), 'POST', '/runs', { kind: 'night' })
  for (const start = Date.now(); Date.now() - start < NIGHT_WITHIN_MS; await sleep(1_000)) {
    const night = (await call(runs, 'GET', '/runs')).rows.find((one) => one.id === runId)
    const step = night?.steps.find((one) => one.name === 'segments')
    if (night?.state === 'failed') throw new Error('The night failed')
    if (step?.state !== 'done' || step.startedAt === null || step.finishedAt === null) continue
    const seconds = (Date.parse(step.finishedAt) - Date.parse(step.startedAt)) / 1_000
    return [
      { name: `full refresh of ${SEGMENTS} segments`, figure: seconds, unit: 's', peer: null, target: null, note: loadNote() },
      { name: 'unexplained differences of the night', figure: z.number().parse(step.result['differences']), unit: 'memberships', peer: null, target: { of: 'figure', bound: 'at_most', value: 0 } },
    ]
  }
  throw new Error('The night did not come to its segments in time')
}
