/** A million lines through the product: the rate from upload to aggregated, whether it holds to the end, and the Worker's memory on the way. */
import { openAsBlob, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { importStatus } from '#core/commerce/import-status'
import { startStack } from '#local/stack'
import type { Stack } from '#local/stack'
import { NO_LIMITS, registerMerchant } from '../e2e/merchant.ts'
import type { Bench, Row } from './bench.ts'
import { loadNote } from './conditions.ts'
import { orderAt, writeOrderFile } from './order-file.ts'

const LINES = 1_000_000
const WITHIN_MS = 1_500_000
const POLL_MS = 1_000
const dashboard = z.object({ snapshot: z.object({ ready: z.boolean(), value: z.object({ customers: z.number() }) }) })

interface Sample {
  seconds: number
  lines: number
  workerMb: number
}

export const bench: Bench = {
  name: 'whole-import',
  seconds: 420,
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'whole-import-'))
    const stack = await startStack({ schedules: false, vars: NO_LIMITS })
    try {
      const path = join(folder, 'orders.csv')
      await writeOrderFile(path, LINES)
      const samples = await importWhole(stack, path)
      const [first, last] = [samples[0], samples.at(-1)]
      if (first === undefined || last === undefined) throw new Error('The import was over before it was looked at')
      const at = (lines: number): Sample => samples.find((sample) => sample.lines >= lines) ?? last
      const rate = (from: Sample, to: Sample): number => (to.lines - from.lines) / (to.seconds - from.seconds)
      // Its heap, the caches of SQLite and its connections are filled once some lines are through.
      const settled = at(LINES / 5)
      const peak = Math.max(...samples.filter(({ seconds }) => seconds >= settled.seconds).map(({ workerMb }) => workerMb))
      const rows: Row[] = [
        { name: `${LINES.toLocaleString('en')} lines, upload to aggregated`, figure: LINES / last.seconds, unit: 'lines/s', peer: null, target: null, note: loadNote() },
        { name: 'the last fifth', figure: rate(at(LINES * 0.8), last), unit: 'lines/s', peer: { name: 'the first fifth', figure: rate(first, settled) }, target: null },
        { name: 'the Worker’s memory at most', figure: peak, unit: 'MB', peer: { name: 'after a fifth', figure: settled.workerMb }, target: { of: 'ratio', bound: 'at_most', value: 1.25 } },
      ]
      return rows
    } finally {
      await stack.stop()
      rmSync(folder, { recursive: true })
    }
  },
}

/** A sample a second, the last when every line stands in the live figures. */
async function importWhole(stack: Stack, path: string): Promise<Sample[]> {
  const merchant = await registerMerchant(stack.url, 'Large file', { currency: 'EUR' })
  const headers = { authorization: `Bearer ${stack.operatorToken}`, 'x-perennial-company': merchant.slug }
  const customers = new Set(Array.from({ length: LINES }, (_, n) => orderAt(n, LINES).customer)).size
  const started = performance.now()
  const answer = await fetch(`${stack.url}/api/v1/imports?name=orders.csv`, { method: 'PUT', headers, body: await openAsBlob(path) })
  if (!answer.ok) throw new Error(`The file was answered with ${answer.status}: ${await answer.text()}`)
  const { id } = importStatus.pick({ id: true }).parse(await answer.json())
  const samples: Sample[] = []
  const take = (lines: number): void => { samples.push({ seconds: (performance.now() - started) / 1000, lines, workerMb: workerMemory(stack) }) }
  for (const deadline = Date.now() + WITHIN_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    const status = importStatus.parse(await (await fetch(`${stack.url}/api/v1/imports/${id}`, { headers })).json())
    take(status.linesRead)
    if (status.state === 'running' || status.state === 'waiting' || status.state === 'uploading') continue
    if (status.state !== 'done' || status.inserted !== LINES) throw new Error(`The import ended as ${status.state} with ${status.inserted} lines: ${status.error ?? ''}`)
    const { snapshot } = await merchant.call(dashboard, 'GET', '/dashboard?range=all')
    if (!snapshot.ready || snapshot.value.customers !== customers) continue
    take(LINES)
    return samples
  }
  throw new Error('The import did not end in time')
}

/** Resident, in MB. */
function workerMemory(stack: Stack): number {
  const pid = readFileSync(join(stack.dataDir, 'workerd.pid'), 'utf8').trim()
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}
