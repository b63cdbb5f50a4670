// Runs the embedded Postgres 17 on one machine: start, stop, and come back after any kind of death.
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, statSync, truncateSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { freePort, isPortFree } from './free-port.ts'
import { openCluster, rememberPort, type Cluster } from './postgres-cluster.ts'
import { endOrphan } from './postgres-orphan.ts'
import { endProcess, isAlive, readText } from './processes.ts'

export type PostgresOptions = {
  /** Where the database's files are kept or remembered; made when absent. */
  dataDir: string
  /** Port on 127.0.0.1; by default the one of the last start if it is free, else any. */
  port?: number
  /** Server settings for this run, over the cluster's own. */
  settings?: Readonly<Record<string, string>>
  /** Called when the server ends without having been asked to. */
  onUnexpectedExit?: () => void
}

export type Postgres = {
  port: number
  /** Process id of the server. */
  pid: number
  /** Connection string of the superuser for the database `postgres`. */
  superuserUrl: string
  /** Connection string for a database of this server, of the superuser unless another is named. */
  url(database: string, user?: string, password?: string): string
  /** Stops cleanly; with `immediate` as a crash would, without a checkpoint. */
  stop(options?: { immediate?: boolean }): Promise<void>
}

const LOG_LIMIT_BYTES = 10_000_000
const READY_WITHIN_MS = 60_000

/**
 * Starts the server and waits until it answers (0.2 s; after a crash, until it has recovered).
 *
 * @throws Error with the end of the server's log when it does not come up
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const cluster = await openCluster(options.dataDir)
  await endOrphan(cluster.dataDir)
  const port = options.port ?? (await choosePort(cluster))
  const url = (database: string, user = 'postgres', password = cluster.password): string =>
    `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`

  const server = await launch(cluster, port, url('postgres'), options.settings ?? {})
  const pid = server.pid
  if (pid === undefined) throw new Error('Postgres has no process id')
  rememberPort(options.dataDir, cluster, port)
  let stopping = false
  server.once('exit', () => {
    if (!stopping) options.onUnexpectedExit?.()
  })
  return {
    port,
    pid,
    superuserUrl: url('postgres'),
    url,
    async stop({ immediate = false } = {}) {
      stopping = true
      const fast = { signal: 'SIGINT', waitMs: 15_000 } as const
      const crash = { signal: 'SIGQUIT', waitMs: 5_000 } as const
      const kill = { signal: 'SIGKILL', waitMs: 2_000 } as const
      await endProcess(pid, immediate ? [crash, kill] : [fast, crash, kill])
    },
  }
}

async function choosePort(cluster: Cluster): Promise<number> {
  return cluster.port !== undefined && (await isPortFree(cluster.port)) ? cluster.port : freePort()
}

async function launch(cluster: Cluster, port: number, url: string, settings: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const deadline = Date.now() + READY_WITHIN_MS
  for (;;) {
    trimLog(cluster.logFile)
    const from = statSync(cluster.logFile, { throwIfNoEntry: false })?.size ?? 0
    const log = openSync(cluster.logFile, 'a', 0o600)
    // Its own process group: Ctrl-C in a terminal must reach the start script alone, which stops things in order.
    const server: ChildProcess = spawn(cluster.binaries.postgres, ['-D', cluster.dataDir, '-p', String(port), ...flags], {
      ...cluster.user,
      cwd: '/',
      detached: true,
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    let failure: Error | undefined
    server.once('error', (error) => (failure = error))
    while (server.exitCode === null && server.signalCode === null && failure === undefined && Date.now() < deadline) {
      if (await answers(url)) return server
      await sleep(25)
    }
    const said = failure?.message ?? readText(cluster.logFile)?.slice(from).slice(-2_000) ?? ''
    // Children of a killed server take a moment to notice and let go of the shared memory.
    const leftovers = /pre-existing shared memory block|lock file "postmaster.pid"/.test(said)
    if (leftovers && Date.now() < deadline) {
      await sleep(200)
      continue
    }
    if (server.pid !== undefined && isAlive(server.pid)) await endProcess(server.pid, [{ signal: 'SIGQUIT', waitMs: 5_000 }])
    throw new Error(`Postgres did not start: ${said}`)
  }
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('SELECT 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

function trimLog(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > LOG_LIMIT_BYTES) truncateSync(file, 0)
}
