// Runs the tests' Postgres and Neon endpoint in a process of their own, which ends when the one that started it does.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { ensureDatabase, migrateDatabase } from '../../local/migrate.ts'
import { startNeonEndpoint } from '../../local/neon-endpoint.ts'
import { startPostgres } from '../../local/postgres.ts'
import { makeTemporaryFolder, removeTemporaryFolder } from '../../local/temporary-folder.ts'
import { cloneDatabase } from './clone-database.ts'
import { TEMPLATE } from './template.ts'

/** Nothing of a test run has to survive a power cut. */
const SETTINGS = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }

// Ctrl-C reaches the whole group: the order to stop comes through the closed input instead.
process.on('SIGINT', () => undefined)

const folder = await makeTemporaryFolder()
const postgres = await startPostgres({ dataDir: folder, settings: SETTINGS })
try {
  const endpoint = await startNeonEndpoint({ target: { host: '127.0.0.1', port: postgres.port } })
  const appPassword = randomBytes(12).toString('hex')
  await ensureDatabase(postgres.superuserUrl, TEMPLATE)
  await migrateDatabase({ ownerUrl: postgres.url(TEMPLATE), appPassword })
  const provided = {
    superuserUrl: postgres.superuserUrl,
    neonEndpoint: `http://127.0.0.1:${endpoint.port}/sql`,
    appPassword,
    workerDatabase: await cloneDatabase(postgres.superuserUrl, appPassword, 'worker_tests'),
  }
  console.log(JSON.stringify(provided))
  process.stdin.resume()
  await once(process.stdin, 'close')
} finally {
  await postgres.stop({ immediate: true })
  await removeTemporaryFolder(folder)
}
process.exit()
