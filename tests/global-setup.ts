// Starts one Postgres cluster with the Neon endpoint for a run, and migrates the template its databases are cloned from.
import { randomBytes } from 'node:crypto'
import type { TestProject } from 'vitest/node'
import { ensureDatabase, migrateDatabase } from '../local/migrate.ts'
import { startNeonEndpoint } from '../local/neon-endpoint.ts'
import { startPostgres } from '../local/postgres.ts'
import { makeTemporaryFolder, removeTemporaryFolder } from '../local/temporary-folder.ts'
import { cloneDatabase } from './support/clone-database.ts'
import { TEMPLATE } from './support/provided.ts'

/** Nothing of a test run has to survive a power cut. */
const SETTINGS = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await makeTemporaryFolder()
  const postgres = await startPostgres({ dataDir: folder, settings: SETTINGS })
  const endpoint = await startNeonEndpoint({ target: { host: '127.0.0.1', port: postgres.port } })
  const appPassword = randomBytes(12).toString('hex')
  await ensureDatabase(postgres.superuserUrl, TEMPLATE)
  await migrateDatabase({ ownerUrl: postgres.url(TEMPLATE), appPassword })

  project.provide('superuserUrl', postgres.superuserUrl)
  project.provide('neonEndpoint', `http://127.0.0.1:${endpoint.port}/sql`)
  project.provide('appPassword', appPassword)
  project.provide('workerDatabase', await cloneDatabase(postgres.superuserUrl, appPassword, 'worker_tests'))
  return async () => {
    await endpoint.close()
    await postgres.stop({ immediate: true })
    await removeTemporaryFolder(folder)
  }
}
