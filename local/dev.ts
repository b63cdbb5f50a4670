// `npm run dev`: the same stack with hot reload for pages, API and Durable Objects.
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import './quiet-tools.ts'
import { createServer } from 'vite'
import { claimDataFolder } from './data-folder-lock.ts'
import { openDatabase } from './database.ts'
import { offerDemo } from './demo-shop.ts'
import { machineVars } from './machine-vars.ts'
import { fireEveryMinute } from './schedules.ts'
import { loadSecrets } from './secrets.ts'

const started = performance.now()
const say = (line: string): void => console.log(line)
const root = fileURLToPath(new URL('..', import.meta.url))
const dataDir = resolve(process.env.DATA_DIR ?? join(root, '.local'))
const port = Number(process.env.PORT ?? 8787)

try {
  const release = claimDataFolder(dataDir)
  const secrets = loadSecrets(dataDir)
  const database = await openDatabase({ dataDir, appPassword: secrets.APP_DB_PASSWORD, databaseUrl: process.env.DATABASE_URL, log: say })
  say('Postgres is up and migrated.')

  // vite.config.ts reads these: it is evaluated again whenever Vite restarts itself.
  Object.assign(process.env, {
    PERENNIAL_DEV_VARS: JSON.stringify(machineVars(database, secrets)),
    PERENNIAL_DEV_STATE: join(dataDir, 'worker-dev'),
    PORT: String(port),
  })
  const vite = await createServer({ root, configFile: join(root, 'vite.config.ts'), mode: 'development' })
  await vite.listen()
  const url = `http://127.0.0.1:${port}`

  const fire = async (cron: string, at: Date): Promise<void> => {
    const query = new URLSearchParams({ cron, time: String(at.getTime()) })
    const response = await fetch(`${url}/cdn-cgi/local/scheduled?${query.toString()}`)
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  }
  const stopSchedules = fireEveryMinute(['* * * * *'], fire, say)

  let stopping = false
  let stopDemo = (): Promise<void> => Promise.resolve()
  const stop = async (): Promise<void> => {
    if (stopping) process.exit(1)
    stopping = true
    say('\nStopping.')
    stopSchedules()
    await stopDemo()
    await vite.close()
    await database.stop()
    release()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.removeAllListeners(signal)
    process.on(signal, () => void stop())
  }
  say(`\nReady in ${((performance.now() - started) / 1000).toFixed(1)} s: ${url}`)
  const demo = await offerDemo({ url, dataDir, operatorToken: secrets.OPERATOR_TOKEN }, say)
  stopDemo = demo.stop
  say(demo.signIn)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(2)
}
