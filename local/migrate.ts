// Brings a database to the newest schema as its owner, and gives the app's role its password.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'

const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url))
/** Any fixed number: two migrations of one database at once would run the same files twice. */
const MIGRATION_LOCK = 7_211_402

export type MigrateOptions = {
  /** Connection string of a role that owns the schema and may create roles. */
  ownerUrl: string
  /** Sets this password on app_user; left alone when absent. */
  appPassword?: string
}

/**
 * Runs the files of `migrations/` that the database has not seen, in one transaction.
 *
 * @returns how many ran
 * @throws Error naming the failed statement; nothing of that run remains
 */
export async function migrateDatabase({ ownerUrl, appPassword }: MigrateOptions): Promise<number> {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    const before = await countApplied(client)
    if (existsSync(`${MIGRATIONS}/meta/_journal.json`)) await migrate(drizzle(client), { migrationsFolder: MIGRATIONS })
    if (appPassword !== undefined && (await hasRole(client, 'app_user'))) {
      await client.query(`ALTER ROLE app_user LOGIN PASSWORD ${pg.escapeLiteral(appPassword)}`)
    }
    return (await countApplied(client)) - before
  } finally {
    await client.end()
  }
}

/** Creates the database when the server does not have it. */
export async function ensureDatabase(superuserUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl })
  await client.connect()
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`)
  } finally {
    await client.end()
  }
}

async function hasRole(client: pg.Client, name: string): Promise<boolean> {
  return (await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name])).rowCount === 1
}

async function countApplied(client: pg.Client): Promise<number> {
  const table = await client.query<{ name: string | null }>(`SELECT to_regclass('drizzle.__drizzle_migrations')::text AS name`)
  if (table.rows[0]?.name == null) return 0
  const count = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM drizzle.__drizzle_migrations')
  return count.rows[0]?.n ?? 0
}

if (import.meta.main) {
  const ownerUrl = process.env.MIGRATE_DATABASE_URL
  if (ownerUrl === undefined) {
    console.error('Set MIGRATE_DATABASE_URL to the connection string of the database owner (not app_user).')
    process.exit(1)
  }
  const ran = await migrateDatabase({ ownerUrl, appPassword: process.env.APP_DB_PASSWORD })
  console.log(ran === 0 ? 'The database is up to date.' : `Ran ${ran} migration${ran === 1 ? '' : 's'}.`)
}
