/** One tenant with 5 million transactions of 100,000 customers over five years: its pages, and a whole night's work. */
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Bench, Row } from './bench.ts'
import { loadNote } from './conditions.ts'
import { FIVE_YEARS, openLargeTenant } from './large-tenant.ts'
import type { LargeTenant } from './large-tenant.ts'
import { pageTimes } from './page-times.ts'

const NIGHT_WITHIN_MS = 1_200_000
const POLL_MS = 500

const started = z.object({ runId: z.string() })
const run = z.object({
  state: z.string(), error: z.string().nullable(), startedAt: z.string(), finishedAt: z.string().nullable(),
  steps: z.array(z.object({ name: z.string(), startedAt: z.string().nullable(), finishedAt: z.string().nullable(), result: z.record(z.string(), z.unknown()) })),
})

export const bench: Bench = {
  name: 'five-years',
  seconds: 600,
  async run() {
    const tenant = await openLargeTenant((line) => process.stderr.write(`${line}\n`), FIVE_YEARS)
    try {
      return [...(await pageTimes(tenant)), ...(await night(tenant))]
    } finally {
      await tenant.stack.stop()
    }
  },
}

const secondsBetween = (from: string | null, to: string | null): number => (from === null || to === null ? Number.NaN : (Date.parse(to) - Date.parse(from)) / 1000)

/** From asking for a night to its end, and each of its steps. */
async function night({ call }: LargeTenant): Promise<Row[]> {
  const { runId } = await call(started, 'POST', '/runs', { kind: 'night' })
  for (const deadline = Date.now() + NIGHT_WITHIN_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    const now = await call(run, 'GET', `/runs/${runId}`)
    if (now.state === 'running') continue
    if (now.state !== 'done') throw new Error(`The night ended as ${now.state}: ${now.error ?? ''}`)
    const differences = now.steps.find((step) => step.name === 'verify')?.result['differences']
    if (differences !== 0) throw new Error(`The recount found ${String(differences)} differences`)
    const row = (name: string, figure: number): Row => ({ name, figure, unit: 's', peer: null, target: null, note: loadNote() })
    return [row('a night', secondsBetween(now.startedAt, now.finishedAt)), ...now.steps.map((step) => row(`a night: ${step.name}`, secondsBetween(step.startedAt, step.finishedAt)))]
  }
  throw new Error('The night did not end in time')
}
