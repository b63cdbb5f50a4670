// Runs the built Worker in workerd with every binding of wrangler.toml, kept on disk.
import { appendFileSync, mkdirSync, statSync, truncateSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
// First: the tools read their environment when they are loaded.
import './quiet-tools.ts'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { unstable_getMiniflareWorkerOptions } from 'wrangler'
import { z } from 'zod'
import { keepMail } from './mail-files.ts'
import { endProcess, isAlive, readPid, readText } from './processes.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const LOG_LIMIT_BYTES = 20_000_000

/** What is read from wrangler's own reading of wrangler.toml, which it leaves untyped. */
const ownOptionsSchema = z.object({
  bindings: z.record(z.string(), z.json()).default({}),
  cronTriggers: z.array(z.string()).default([]),
})

export type WorkerProcessOptions = {
  dataDir: string
  port: number
  /** Variables and secrets, over those of wrangler.toml. */
  vars: Readonly<Record<string, string>>
  /** Told of each line the Worker logs as a warning or an error. */
  onComplaint: (line: string) => void
  /** Called when workerd had died and has been started again. */
  onRestart: () => void
}

export type WorkerProcess = {
  /** Address with a trailing slash. */
  url: URL
  mf: Miniflare
  /** The cron expressions of wrangler.toml. */
  crons: readonly string[]
  /** Serves with other variables: workerd starts anew, and what is on disk stays. */
  take(vars: WorkerProcessOptions['vars']): Promise<void>
  /** Kills workerd as a crash would and resolves when it serves again. */
  crash(): Promise<void>
  stop(): Promise<void>
}

/** @throws Error when the port is taken or the bundle does not load */
export async function startWorkerProcess(options: WorkerProcessOptions): Promise<WorkerProcess> {
  const { dataDir, port } = options
  const state = join(dataDir, 'worker')
  mkdirSync(state, { recursive: true })
  const config = unstable_getMiniflareWorkerOptions(join(ROOT, 'wrangler.toml'))
  const { modulesRules: _, ...worker } = config.workerOptions
  const { bindings, cronTriggers } = ownOptionsSchema.parse(worker)
  const log = openLog(join(dataDir, 'worker.log'), options.onComplaint)
  const restarts = new Set<() => void>()
  process.env.MINIFLARE_WORKERD_PATH = join(ROOT, 'local', 'workerd.sh')
  const optionsWith = (vars: WorkerProcessOptions['vars']) =>
    convertV4MiniflareOptions({
      ...worker,
      rootPath: ROOT,
      modules: [{ type: 'ESModule', path: 'dist/index.js' }],
      modulesRoot: 'dist',
      bindings: { ...bindings, ...vars },
      host: '127.0.0.1',
      port,
      cf: false,
      log: new Log(LogLevel.ERROR),
      logRequests: false,
      telemetry: { enabled: false },
      resourcePersistencePath: state,
      resourceTmpPath: join(dataDir, 'tmp'),
      handleStructuredLogs: log,
      unsafeRuntimeEnv: { PERENNIAL_DATA: dataDir, PERENNIAL_WORKERD: workerdPath() },
      unsafeHandleRuntimeRestart: () => {
        for (const restarted of restarts) restarted()
        options.onRestart()
      },
    })
  const mf = new Miniflare(optionsWith(options.vars))
  const stopKeepingMail = keepMail(join(dataDir, 'tmp', 'email'), join(dataDir, 'mail'))
  return {
    url: await mf.ready,
    mf,
    crons: cronTriggers,
    take: (vars) => mf.setOptions(optionsWith(vars)),
    async crash() {
      const pid = readPid(join(dataDir, 'workerd.pid'))
      if (pid === undefined) throw new Error('workerd is not running')
      await new Promise<void>((resolve) => {
        restarts.add(resolve)
        process.kill(pid, 'SIGKILL')
      })
      restarts.clear()
    },
    async stop() {
      await mf.dispose()
      stopKeepingMail()
    },
  }
}

/** Ends the workerd of a start that was killed: it would still hold the port. @returns whether there was one */
export async function endOrphanWorker(dataDir: string): Promise<boolean> {
  const pid = readPid(join(dataDir, 'workerd.pid'))
  if (pid === undefined || !isAlive(pid)) return false
  // Its environment tells it from a process that got the same id later.
  if (readText(`/proc/${pid}/environ`)?.split('\0').includes(`PERENNIAL_DATA=${dataDir}`) !== true) return false
  return endProcess(pid, [{ signal: 'SIGKILL', waitMs: 5_000 }])
}

/** The program that Miniflare itself would run. */
function workerdPath(): string {
  const fromMiniflare = createRequire(createRequire(import.meta.url).resolve('miniflare'))
  const found: unknown = fromMiniflare('workerd')
  const path = typeof found === 'object' && found !== null && 'default' in found ? found.default : undefined
  if (typeof path !== 'string') throw new Error('workerd is not installed: run npm ci')
  return path
}

/** What workerd itself says, with a stack, of a name that cannot be looked up: whoever asked says so in words. */
const NAME_NOT_FOUND = 'failed to lookup address information'

/** Everything the Worker logs goes to a file; only what needs a person goes to the terminal. */
function openLog(file: string, onComplaint: (line: string) => void): (line: { level: string; message: string }) => void {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT_BYTES) truncateSync(file, 0)
  return ({ level, message }) => {
    appendFileSync(file, `${message}\n`)
    if ((level === 'error' || level === 'warn') && !message.includes(NAME_NOT_FOUND)) onComplaint(message)
  }
}
