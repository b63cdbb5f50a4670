/** Segments at 100,000 customers and 1,000,000 orders: counted while edited, found whole, and moved by an order and by time. */
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Bench, Row } from './bench.ts'
import { loadNote } from './conditions.ts'
import { openLargeTenant } from './large-tenant.ts'
import type { LargeTenant } from './large-tenant.ts'
import { latencyRows, timeEach } from './latency.ts'
import { openSegmentView } from './segment-view.ts'
import type { SegmentView } from './segment-view.ts'

const PREVIEW_MS = 150
const SOCKET_MS = 1_000
const BOUNDARY_MS = 60_000
const SEGMENTS = 50
const ORDERS = 30
const BOUNDARIES = 8
const NIGHT_WITHIN_MS = 900_000

/** Ten conditions, each of another kind; `n` makes each filter another one, so that nothing is remembered. */
const tenConditions = (n: number): unknown => ({ all: [
  { is: 'orders.total', op: 'gt', value: 50 + n }, { is: 'orders.count', op: 'gte', value: 1, within: { days: 365 } }, { not: { is: 'last_order', op: 'within', days: 3 } },
  { any: [{ is: 'p_alive', op: 'gt', value: 0.2 }, { is: 'orders.average', op: 'gt', value: 30 }] }, { is: 'predicted_value', op: 'gte', value: 1 },
  { not: { is: 'event.count', event: 'page_view', op: 'gt', value: 100 } }, { is: 'orders.gross', op: 'lt', value: 100_000 }, { is: 'rfm.recency', op: 'gte', value: 2 }, { is: 'total_value', op: 'gt', value: 10 },
] })

const segment = z.object({ id: z.string(), members: z.int(), isEvaluated: z.boolean() })
const runs = z.object({ rows: z.array(z.object({ id: z.string(), state: z.string(), steps: z.array(z.object({ name: z.string(), state: z.string(), startedAt: z.string().nullable(), finishedAt: z.string().nullable(), result: z.record(z.string(), z.unknown()) })) })) })

export const bench: Bench = {
  name: 'segments',
  seconds: 420,
  async run() {
    const tenant = await openLargeTenant((line) => process.stderr.write(`${line}\n`))
    try {
      const kept = await tenant.call(z.object({ rows: z.array(segment) }), 'GET', '/segments')
      // What an earlier run left.
      for (const { id } of kept.rows) await tenant.send('DELETE', `/segments/${id}`)
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
  const took = await timeEach(async (n) => { await call(answer, 'POST', '/segments/preview', { filter: tenConditions(n) }) })
  return latencyRows('preview of ten conditions', took, [50, 95], { percentile: 95, limit: PREVIEW_MS })
}

const order = (name: string, occurredAt: number) => ({ externalId: `${name}-${occurredAt}`, customer: { externalId: name }, occurredAt: new Date(occurredAt).toISOString(), amount: 25, currency: 'EUR' })

/** Somebody's first order makes her a member while all the other segments are live too. */
async function ordersToSocket({ call }: LargeTenant, view: SegmentView): Promise<Row[]> {
  const prefix = `socket-${Date.now()}`
  const { id, members } = await call(segment, 'POST', '/segments', { name: 'Bench buyers', filter: { all: [{ is: 'orders.count', op: 'gte', value: 1 }, { is: 'external_id', op: 'starts_with', value: prefix }] } })
  const took: number[] = []
  for (let n = 1; n <= ORDERS; n++) {
    const told = view.when(id, (count) => count === members + n, 60_000)
    const start = Date.now()
    await call(z.unknown(), 'POST', '/transactions', order(`${prefix}-${n}`, start))
    took.push((await told) - start)
    await sleep(250)
  }
  return latencyRows(`order to membership on an open page, ${SEGMENTS} segments live`, took, [50, 95], { percentile: 95, limit: SOCKET_MS })
}

/** Orders of almost an hour ago: one after another they leave the window, each at its own second. */
async function boundaries({ call, stack }: LargeTenant, view: SegmentView): Promise<Row[]> {
  const prefix = `hour-${Date.now()}`
  const { id } = await call(segment, 'POST', '/segments', { name: 'Bench within the hour', filter: { all: [{ is: 'last_order', op: 'within', hours: 1 }, { is: 'external_id', op: 'starts_with', value: prefix }] } })
  const first = Date.now() + 40_000
  const due = Array.from({ length: BOUNDARIES }, (_, n) => first + n * 7_300)
  const entered = view.when(id, (count) => count === BOUNDARIES, 60_000)
  await call(z.unknown(), 'POST', '/transactions', due.map((at, n) => order(`${prefix}-${n}`, at - 3_600_000)))
  await entered
  // As the schedule of a deployment does; a stack of benches has none that fires by itself.
  const minute = setInterval(() => void stack.runSchedules(new Date()), 60_000)
  await stack.runSchedules(new Date())
  const took = await Promise.all(due.map(async (at, n) => (await view.when(id, (count) => count <= BOUNDARIES - 1 - n, 240_000)) - at)).finally(() => clearInterval(minute))
  return latencyRows('boundary of a time rule to exit on an open page', took, [50, 95], { percentile: 95, limit: BOUNDARY_MS })
}

/** What the night does: everybody looked at for every segment, and nothing may differ. */
async function wholeRefresh({ call }: LargeTenant): Promise<Row[]> {
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
