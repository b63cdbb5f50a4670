// Starts and stops everything on one machine: database, Neon endpoint, the built Worker, schedules.
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Miniflare } from 'miniflare'
import { buildWorker } from './build.ts'
import { claimDataFolder } from './data-folder-lock.ts'
import { openDatabase } from './database.ts'
import { freePort, isPortFree } from './free-port.ts'
import { machineVars } from './machine-vars.ts'
import { fireEveryMinute } from './schedules.ts'
import { followSecrets } from './follow-secrets.ts'
import { loadSecrets } from './secrets.ts'
import { makeTemporaryFolder, removeTemporaryFolder } from './temporary-folder.ts'
import { endOrphanWorker, startWorkerProcess } from './worker-process.ts'

export type StackOptions = {
  /** Where everything is kept; by default a folder that goes when the stack stops. */
  dataDir?: string
  /** Any free port by default. */
  port?: number
  /** A Neon or Postgres of one's own instead of the embedded one. */
  databaseUrl?: string
  /** Variables for the Worker, over those of this machine. */
  vars?: Readonly<Record<string, string>>
  /** Whether schedules fire by themselves (default true); `runSchedules` fires them at once. */
  schedules?: boolean
  /** Whether to build first when the sources have changed (default true). */
  build?: boolean
  /** Told what happens, in plain words. */
  log?: (line: string) => void
}

export type Stack = {
  /** Address without a trailing slash. */
  url: string
  /** The database owner's connection string: looks past row-level security. */
  databaseUrl: string
  /** app_user's connection string. */
  appUrl: string
  /** For `neonConfig.fetchEndpoint`; absent when the database is on Neon. */
  neonEndpoint: string | undefined
  operatorToken: string
  dataDir: string
  mf: Miniflare
  /** Fires every schedule now, as if it were `at`. */
  runSchedules(at?: Date): Promise<void>
  /** Kills workerd as a crash would; resolves when it serves again. */
  killWorkerd(): Promise<void>
  /** Takes Postgres away as a crash would, until `startPostgres`. */
  stopPostgres(): Promise<void>
  startPostgres(): Promise<void>
  /** Lets running work end, then ends every process. Safe to call twice. */
  stop(): Promise<void>
}

const DRAIN_MS = 5_000
/** A killed process counts as gone before its last thread has let go of its port. */
const ORPHAN_PORT_MS = 5_000

/** @throws Error in words a person can act on: port taken, data folder in use, build failed */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const log = options.log ?? (() => undefined)
  const temporary = options.dataDir === undefined ? await makeTemporaryFolder() : undefined
  const dataDir = resolve(options.dataDir ?? temporary ?? '.local')
  /** How to undo what has been done so far, newest last. */
  const undo: (() => Promise<void> | void)[] = []
  if (temporary !== undefined) undo.push(() => removeTemporaryFolder(temporary))
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => (stopped ??= runBackwards(undo))
  try {
    undo.push(claimDataFolder(dataDir))
    const ended = await endOrphanWorker(dataDir)
    const port = await choosePort(options.port, ended ? ORPHAN_PORT_MS : 0)
    const secrets = loadSecrets(dataDir)
    const database = await timed(log, options.databaseUrl === undefined ? 'Postgres is up and migrated' : 'The database is migrated', () =>
      openDatabase({ dataDir, appPassword: secrets.APP_DB_PASSWORD, databaseUrl: options.databaseUrl, log }),
    )
    undo.push(() => database.stop())
    if (options.build !== false) await timed(log, 'The Worker is built', buildWorker)
    const worker = await timed(log, 'The Worker runs', () =>
      startWorkerProcess({
        dataDir,
        port,
        vars: { ...machineVars(database, secrets), ...options.vars },
        onComplaint: log,
        onRestart: () => log('workerd had died and has been started again.'),
      }),
    )
    undo.push(() => worker.stop(), () => database.settle(DRAIN_MS))
    undo.push(followSecrets(dataDir, secrets, async (changed) => {
      await worker.take({ ...machineVars(database, changed), ...options.vars })
      log('The keys have changed: the Worker runs with the new ones.')
    }, log))
    const fire = async (cron: string, at: Date): Promise<void> => {
      await (await worker.mf.getWorker()).scheduled({ cron, scheduledTime: at })
    }
    if (options.schedules !== false) undo.push(fireEveryMinute(worker.crons, fire, log))
    return {
      url: worker.url.href.replace(/\/$/, ''),
      databaseUrl: database.ownerUrl,
      appUrl: database.appUrl,
      neonEndpoint: database.neonEndpoint,
      operatorToken: secrets.OPERATOR_TOKEN,
      dataDir,
      mf: worker.mf,
      runSchedules: async (at = new Date()) => {
        for (const cron of worker.crons) await fire(cron, at)
      },
      killWorkerd: () => worker.crash(),
      stopPostgres: () => database.stopPostgres(),
      startPostgres: () => database.startPostgres(),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function runBackwards(undo: readonly (() => Promise<void> | void)[]): Promise<void> {
  const errors: unknown[] = []
  for (const step of undo.toReversed()) {
    try {
      await step()
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, 'Not everything stopped cleanly')
}

async function choosePort(wanted: number | undefined, patienceMs: number): Promise<number> {
  if (wanted === undefined || wanted === 0) return freePort()
  const end = Date.now() + patienceMs
  do {
    if (await isPortFree(wanted)) return wanted
    await sleep(50)
  } while (Date.now() < end)
  throw new Error(`Port ${wanted} is in use by another program. Set PORT to another one.`)
}

async function timed<T>(log: (line: string) => void, done: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now()
  const result = await work()
  log(`${done} (${((performance.now() - start) / 1000).toFixed(1)} s).`)
  return result
}
