// Gives a test file a database of its own: migrated, empty, real Postgres.
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import './provided.ts'
import { cloneDatabase, type DatabaseUrls } from './clone-database.ts'

export type TestDatabase = DatabaseUrls & {
  /** For `neonConfig.fetchEndpoint`. */
  neonEndpoint: string
  /** Drops the database; needed only by tests that make many, since the cluster goes when the run ends. */
  drop(): Promise<void>
}

/**
 * A fresh database of the test cluster (about 50 ms). `appUrl` signs in as app_user, under
 * row-level security; `ownerUrl` as the superuser who bypasses it.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const superuserUrl = inject('superuserUrl')
  const name = `test_${randomBytes(6).toString('hex')}`
  const urls = await cloneDatabase(superuserUrl, inject('appPassword'), name)
  return {
    ...urls,
    neonEndpoint: inject('neonEndpoint'),
    async drop() {
      const client = new pg.Client({ connectionString: superuserUrl })
      await client.connect()
      await client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`)
      await client.end()
    },
  }
}
