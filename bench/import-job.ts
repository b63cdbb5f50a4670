/** Reads one order file alone in a fresh process and prints how long it took and what memory: `node bench/import-job.ts read|floor FILE`. */
import { existsSync, openAsBlob, readFileSync } from 'node:fs'
import process from 'node:process'
import { localTimeIn } from '#core/calendar/local-time'
import { importRows } from '#core/commerce/csv/import-rows'
import { guessMapping } from '#core/commerce/csv/mapping'
import { RowIdentity } from '#core/commerce/csv/row-identity'
import { sampleFile } from '#core/commerce/files/sample'
import { fileOfBlob } from '#core/commerce/files/stored-file'

/** Bytes. Linux carries `maxRSS` over from the process that started this one, however large that was; VmHWM is our own. */
function peakResident(): number {
  const own = existsSync('/proc/self/status') ? /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) : null
  return Number(own?.[1] ?? process.resourceUsage().maxRSS) * 1024
}

/** Every byte of the file, and nothing done with it. */
async function floor(path: string): Promise<number> {
  let bytes = 0
  for await (const chunk of (await openAsBlob(path)).stream()) bytes += chunk.length
  return bytes
}

/** Every line as the import reads it, up to the records that would be written. */
async function read(path: string): Promise<number> {
  const file = fileOfBlob(await openAsBlob(path))
  const { mapping } = guessMapping(await sampleFile(file))
  const context = { source: 'file', currency: 'EUR', clock: localTimeIn('Europe/Berlin'), now: Date.parse('2026-11-22T00:00:00Z'), identity: new RowIdentity() }
  let records = 0
  for await (const batch of importRows(file, mapping, context, { resumeAt: 0, endAt: null, batchRows: 1000 })) {
    if (batch.rejections.length > 0) throw new Error(JSON.stringify(batch.rejections[0]))
    records += batch.records.length
  }
  return records
}

const [, , job, path = ''] = process.argv
const started = performance.now()
const count = await (job === 'floor' ? floor(path) : read(path))
console.log(JSON.stringify({ count, seconds: (performance.now() - started) / 1000, peakMb: peakResident() / 2 ** 20 }))
