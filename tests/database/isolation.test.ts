// The test databases themselves: each file has its own, and app_user cannot pass row-level security.
import { neon, neonConfig } from '@neondatabase/serverless'
import pg from 'pg'
import { expect, it } from 'vitest'
import { createTestDatabase } from '../support/database.ts'

it('gives two databases that do not share rows', async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()])
  const client = new pg.Client({ connectionString: one.ownerUrl })
  await client.connect()
  await client.query('CREATE TABLE only_here (n int)')
  await client.end()
  const sql = connect(other.ownerUrl, other.neonEndpoint)
  expect(await sql`SELECT to_regclass('only_here') AS found`).toEqual([{ found: null }])
})

it('signs in as a role that cannot bypass row-level security', async () => {
  const { appUrl, neonEndpoint } = await createTestDatabase()
  const sql = connect(appUrl, neonEndpoint)
  expect(await sql`SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user`).toEqual([
    { rolname: 'app_user', rolsuper: false, rolbypassrls: false },
  ])
})

function connect(url: string, endpoint: string): ReturnType<typeof neon> {
  neonConfig.fetchEndpoint = () => endpoint
  return neon(url)
}
