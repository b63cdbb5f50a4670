// Builds the pages and bundles the Worker as a deployment would, unless what is built is already of these sources.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { isAlive, readPid, readText } from './processes.ts'
import { QUIET_TOOLS } from './quiet-tools.ts'
import { hashSources } from './source-hash.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const HASH_FILE = join(ROOT, 'dist', '.hash')
const LOCK_FILE = join(ROOT, 'build', '.lock')

/**
 * Makes `build/` (pages) and `dist/index.js` (the Worker); about ten seconds, nothing when fresh.
 *
 * @returns whether it had to build
 * @throws Error with the tool's output
 */
export async function buildWorker(): Promise<boolean> {
  if (isFresh()) return false
  const release = await takeLock()
  try {
    if (isFresh()) return false
    const hash = hashSources(ROOT)
    rmSync(HASH_FILE, { force: true })
    await runTool('@remix-run/dev', 'remix', ['vite:build', '--logLevel', 'warn'])
    await runTool('wrangler', 'wrangler', ['deploy', '--dry-run', '--outdir', 'dist'])
    writeFileSync(HASH_FILE, hash)
    return true
  } finally {
    release()
  }
}

function isFresh(): boolean {
  return existsSync(join(ROOT, 'build', 'client')) && readText(HASH_FILE) === hashSources(ROOT)
}

/** Two builds at once would write into each other's folders: the second waits for the first. */
async function takeLock(): Promise<() => void> {
  mkdirSync(dirname(LOCK_FILE), { recursive: true })
  for (;;) {
    try {
      writeFileSync(LOCK_FILE, `${process.pid}\n`, { flag: 'wx' })
      return () => rmSync(LOCK_FILE, { force: true })
    } catch {
      const holder = readPid(LOCK_FILE)
      if (holder === undefined || !isAlive(holder)) rmSync(LOCK_FILE, { force: true })
      await sleep(100)
    }
  }
}

const packageSchema = z.object({ bin: z.union([z.string(), z.record(z.string(), z.string())]) })

/** Runs a package's program with this very Node, whichever the system has. */
async function runTool(packageName: string, program: string, args: readonly string[]): Promise<string> {
  const require = createRequire(import.meta.url)
  const manifest = require.resolve(`${packageName}/package.json`)
  const { bin } = packageSchema.parse(JSON.parse(readText(manifest) ?? '{}'))
  const script = typeof bin === 'string' ? bin : bin[program]
  if (script === undefined) throw new Error(`${packageName} has no program ${program}`)
  const child = spawn(process.execPath, [join(dirname(manifest), script), ...args], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: 'production', ...QUIET_TOOLS },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const collect = (bytes: Buffer): void => void (output += bytes.toString())
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${output}`)
  return output
}

if (import.meta.main) {
  const start = performance.now()
  try {
    const built = await buildWorker()
    console.log(built ? `Built in ${((performance.now() - start) / 1000).toFixed(1)} s.` : 'The build is up to date.')
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
