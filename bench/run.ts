/** `npm run bench`: measures what the product promises and prints it as a table. Exit codes: 0 done, 1 bad input, 2 could not run. */
import { readdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import type { Bench, Row } from './bench.ts'
import { isMet } from './bench.ts'
import { jsonRows, tableText } from './table.ts'

const HELP = `npm run bench -- [--only NAME]… [--json FILE] [--list]
  --only NAME   run this benchmark alone (may be repeated)
  --json FILE   also write the figures as JSON
  --list        name the benchmarks and stop`

const benchModuleSchema = z.object({
  bench: z.object({ name: z.string(), seconds: z.number(), run: z.custom<Bench['run']>((value) => typeof value === 'function') }),
})

/** Every `*.bench.ts` beside this file, by name. */
async function allBenches(): Promise<Bench[]> {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.bench.ts')).sort()
  const modules = await Promise.all(files.map((file): Promise<unknown> => import(pathToFileURL(join(import.meta.dirname, file)).href)))
  return modules.map((module) => benchModuleSchema.parse(module).bench)
}

/** One after another: two at once would measure each other. */
async function runAll(benches: readonly Bench[]): Promise<{ rows: Row[]; failed: string[] }> {
  const rows: Row[] = [], failed: string[] = []
  for (const bench of benches) {
    process.stderr.write(`${bench.name} (about ${bench.seconds} s)\n`)
    try {
      rows.push(...(await bench.run()).map((row) => ({ ...row, name: `${bench.name}: ${row.name}` })))
    } catch (error) {
      failed.push(bench.name)
      process.stderr.write(`${bench.name} could not run: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    }
  }
  return { rows, failed }
}

async function main(): Promise<number> {
  let options: { only?: string[]; json?: string; list?: boolean; help?: boolean }
  try {
    options = parseArgs({
      options: { only: { type: 'string', multiple: true }, json: { type: 'string' }, list: { type: 'boolean' }, help: { type: 'boolean' } },
    }).values
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${HELP}\n`)
    return 1
  }
  if (options.help === true) {
    process.stdout.write(`${HELP}\n`)
    return 0
  }
  const all = await allBenches()
  if (options.list === true) {
    process.stdout.write(all.map((bench) => `${bench.name} (about ${bench.seconds} s)\n`).join(''))
    return 0
  }
  const { only } = options
  const unknown = only?.filter((name) => !all.some((bench) => bench.name === name)) ?? []
  if (unknown.length > 0) {
    process.stderr.write(`There is no benchmark called ${unknown.join(', ')}. There are: ${all.map((bench) => bench.name).join(', ')}\n`)
    return 1
  }
  const { rows, failed } = await runAll(only === undefined ? all : all.filter((bench) => only.includes(bench.name)))
  process.stdout.write(`${tableText(rows)}\n`)
  const judged = rows.map(isMet).filter((met) => met !== null)
  process.stdout.write(`${judged.filter((met) => met).length} of ${judged.length} targets met\n`)
  if (options.json !== undefined) {
    const machine = { node: process.version, cpu: cpus()[0]?.model ?? '', cores: cpus().length }
    writeFileSync(options.json, `${JSON.stringify({ measuredAt: new Date().toISOString(), machine, rows: jsonRows(rows), failed }, null, 2)}\n`)
  }
  return failed.length === 0 ? 0 : 2
}

process.exitCode = await main()
