/** What a load generator is told, and what it reports; it runs in a process of its own, so that it cannot slow what it measures. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'

const requestSchema = z.object({ method: z.string(), path: z.string(), headers: z.record(z.string(), z.string()), body: z.string() })
export type LoadRequest = z.infer<typeof requestSchema>

export const jobSchema = z.discriminatedUnion('kind', [
  /** As many as fit: each connection sends its next request when it has its answer. */
  z.object({ kind: z.literal('flood'), url: z.string(), connections: z.int(), seconds: z.number(), requests: z.array(requestSchema) }),
  /** One every 1 / rate s, whatever becomes of the ones before. */
  z.object({ kind: z.literal('steady'), url: z.string(), perSecond: z.number(), requests: z.array(requestSchema) }),
])
export type LoadJob = z.infer<typeof jobSchema>

export const outcomeSchema = z.object({
  perSecond: z.number(), answered: z.number(),
  /** Other answers than 2xx, and none at all. */
  failed: z.number(),
  /** Milliseconds. */
  p50: z.number(), p99: z.number(),
})
export type LoadOutcome = z.infer<typeof outcomeSchema>

/** @throws Error when the generator itself could not run */
export async function runLoad(job: LoadJob): Promise<LoadOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'perennial-load-'))
  try {
    const file = join(folder, 'job.json')
    writeFileSync(file, JSON.stringify(job))
    const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'load-generator.ts'), file], { maxBuffer: 10_000_000 })
    return outcomeSchema.parse(JSON.parse(stdout))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
