// Gets the stack its database: the embedded Postgres, or the one DATABASE_URL names, behind what the Neon driver speaks.
import pg from 'pg'
import { ensureDatabase, migrateDatabase } from './migrate.ts'
import { startNeonEndpoint } from './neon-endpoint.ts'
import { startPostgres, type Postgres } from './postgres.ts'

/** Of the embedded server. */
export const DATABASE_NAME = 'perennial'

export type DatabaseOptions = {
  dataDir: string
  appPassword: string
  /** A Neon or Postgres of one's own instead of the embedded one. */
  databaseUrl?: string
  log: (line: string) => void
}

export type LocalDatabase = {
  /** What the Worker signs in with, as app_user. */
  appUrl: string
  /** Owner of the schema; equal to `appUrl` when only app_user's connection string was given. */
  ownerUrl: string
  /** `http://127.0.0.1:PORT/sql`; absent for a database on Neon, which has its own. */
  neonEndpoint: string | undefined
  /** Ends the embedded server as a crash would; it stays away until `startPostgres`. */
  stopPostgres(): Promise<void>
  startPostgres(): Promise<void>
  /** Waits until no statement of the Worker runs, at most `withinMs`. */
  settle(withinMs: number): Promise<void>
  stop(): Promise<void>
}

export function openDatabase(options: DatabaseOptions): Promise<LocalDatabase> {
  return options.databaseUrl === undefined ? openEmbedded(options) : openExternal(options, new URL(options.databaseUrl))
}

async function openEmbedded({ dataDir, appPassword, log }: DatabaseOptions): Promise<LocalDatabase> {
  let server: Postgres | undefined
  let port: number | undefined
  const start = async (): Promise<Postgres> => {
    server = await startPostgres({
      dataDir,
      port,
      onUnexpectedExit: () => {
        log('Postgres ended unexpectedly: starting it again.')
        start().then(
          () => log('Postgres is back.'),
          (error: unknown) => log(`Postgres does not start again: ${String(error)}`),
        )
      },
    })
    port = server.port
    return server
  }
  const first = await start()
  const endpoint = await startNeonEndpoint({ target: { host: '127.0.0.1', port: first.port } })
  await ensureDatabase(first.superuserUrl, DATABASE_NAME)
  const ownerUrl = first.url(DATABASE_NAME)
  await migrateDatabase({ ownerUrl, appPassword })
  return {
    appUrl: first.url(DATABASE_NAME, 'app_user', appPassword),
    ownerUrl,
    neonEndpoint: `http://127.0.0.1:${endpoint.port}/sql`,
    stopPostgres: async () => server?.stop({ immediate: true }),
    startPostgres: async () => void (await start()),
    settle: (withinMs) => settle(first.superuserUrl, withinMs),
    async stop() {
      await endpoint.close()
      await server?.stop()
    },
  }
}

/** With app_user's own connection string the schema is taken as it is; with an owner's it is migrated first. */
async function openExternal({ appPassword }: DatabaseOptions, given: URL): Promise<LocalDatabase> {
  const app = new URL(given)
  if (given.username !== 'app_user') {
    await migrateDatabase({ ownerUrl: given.href, appPassword })
    app.username = 'app_user'
    app.password = appPassword
  }
  const onNeon = given.hostname.endsWith('.neon.tech')
  const target = {
    host: given.hostname,
    port: Number(given.port || 5432),
    ssl: !['disable', null].includes(given.searchParams.get('sslmode')),
  }
  const endpoint = onNeon ? undefined : await startNeonEndpoint({ target })
  const notOurs = (): Promise<never> => Promise.reject(new Error('This database is not run by this machine'))
  return {
    appUrl: app.href,
    ownerUrl: given.href,
    neonEndpoint: endpoint && `http://127.0.0.1:${endpoint.port}/sql`,
    stopPostgres: notOurs,
    startPostgres: notOurs,
    settle: () => Promise.resolve(),
    stop: async () => endpoint?.close(),
  }
}

/** Two quiet looks in a row: between two statements of one job there is a moment without any. */
async function settle(connectionString: string, withinMs: number): Promise<void> {
  const client = new pg.Client({ connectionString })
  client.on('error', () => undefined)
  const end = Date.now() + withinMs
  try {
    await client.connect()
    for (let quiet = 0; quiet < 2 && Date.now() < end; ) {
      const busy = await client.query("SELECT 1 FROM pg_stat_activity WHERE usename = 'app_user' AND state <> 'idle' LIMIT 1")
      quiet = busy.rowCount === 0 ? quiet + 1 : 0
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
  } catch {
    // The server is gone: nothing runs.
  } finally {
    await client.end().catch(() => undefined)
  }
}
