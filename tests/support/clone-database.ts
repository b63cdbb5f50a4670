// Copies the migrated template into a new database of the test cluster.
import pg from 'pg'
import { TEMPLATE } from './template.ts'

export type DatabaseUrls = { appUrl: string; ownerUrl: string }

export async function cloneDatabase(superuserUrl: string, appPassword: string, name: string): Promise<DatabaseUrls> {
  const client = new pg.Client({ connectionString: superuserUrl })
  await client.connect()
  await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE ${TEMPLATE}`)
  await client.end()
  const owner = new URL(superuserUrl)
  owner.pathname = `/${name}`
  const app = new URL(owner)
  app.username = 'app_user'
  app.password = appPassword
  return { appUrl: app.href, ownerUrl: owner.href }
}
