/** Reading order files of every kind up to the records that would be written: lines a second, and memory beside merely reading the bytes. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { Bench, Row } from './bench.ts'
import { loadNote } from './conditions.ts'
import { writeOrderFile } from './order-file.ts'

const CASES = [
  { format: 'csv', lines: 1_000_000 }, { format: 'csv.gz', lines: 1_000_000 }, { format: 'jsonl', lines: 1_000_000 },
  { format: 'xlsx', lines: 100_000 }, { format: 'xlsx', lines: 1_000_000 },
] as const
/** A Worker has 128 MB; Node itself takes some 60 MB before the first line. */
const MOST_ADDED_MB = 128
const job = z.object({ count: z.number(), seconds: z.number(), peakMb: z.number() })

async function runJob(kind: 'read' | 'floor', path: string): Promise<z.infer<typeof job>> {
  // Room for one batch and no more: an unbounded heap would only tell how seldom garbage is collected.
  const { stdout } = await promisify(execFile)(process.execPath, ['--max-old-space-size=96', '--max-semi-space-size=4', join(import.meta.dirname, 'import-job.ts'), kind, path])
  return job.parse(JSON.parse(stdout))
}

export const bench: Bench = {
  name: 'import',
  seconds: 150,
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'import-bench-'))
    const rows: Row[] = []
    try {
      for (const { format, lines } of CASES) {
        const path = join(folder, `orders.${format}`)
        await writeOrderFile(path, lines)
        const floor = await runJob('floor', path)
        const read = await runJob('read', path)
        if (read.count !== lines) throw new Error(`${format}: ${read.count} of ${lines} lines were read`)
        const name = `${lines.toLocaleString('en')} lines of ${format}`
        rows.push(
          { name, figure: lines / read.seconds, unit: 'lines/s', peer: { name: 'reading the bytes', figure: lines / floor.seconds }, target: null, note: loadNote() },
          { name: `${name}: memory`, figure: read.peakMb, unit: 'MB', peer: { name: 'reading the bytes', figure: floor.peakMb }, target: null },
          { name: `${name}: memory added`, figure: read.peakMb - floor.peakMb, unit: 'MB', peer: null, target: { of: 'figure', bound: 'at_most', value: MOST_ADDED_MB } },
        )
        rmSync(path)
      }
      return rows
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
}
