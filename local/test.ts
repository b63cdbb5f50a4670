// `npm test`: every test that gates a landing, with a report in reports/; `--full` adds the long ones.
import { spawn } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildWorker } from './build.ts'
import { QUIET_TOOLS } from './quiet-tools.ts'

const REPORT = 'reports/vitest.json'
const root = fileURLToPath(new URL('..', import.meta.url))
const args = process.argv.slice(2)
const full = args.includes('--full')
const rest = args.filter((arg) => arg !== '--full')
/** Whether this run has tests that need the built Worker. */
const needsBuild = !rest.includes('--project') || rest.some((arg) => ['e2e', 'timed', 'worker'].includes(arg))
/** The first minutes of a whole run need no build: it is made beside them, and what needs it waits for it. */
const isWhole = rest.length === 0

mkdirSync(`${root}reports`, { recursive: true })
rmSync(`${root}${REPORT}`, { force: true })

try {
  const start = performance.now()
  const building = needsBuild ? buildWorker() : Promise.resolve(false)
  const built = building.then((hadTo) => { if (hadTo) console.log(`Built in ${((performance.now() - start) / 1000).toFixed(1)} s.`) })
  if (!isWhole) await built
  const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
  const run = spawn(process.execPath, [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`, ...rest], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...QUIET_TOOLS, ...(isWhole && { FRESH_BUILD: '1' }), ...(full && { FULL: '1' }) },
  })
  const ended = new Promise<number>((resolve, reject) => {
    run.once('error', reject)
    run.once('close', (code) => resolve(code ?? 1))
  })
  await built.catch((error: unknown) => {
    run.kill('SIGINT')
    throw error
  })
  process.exitCode = await ended
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
