// Finds the database of a product that runs on this machine, for commands beside it.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DATABASE_NAME } from './database.ts'
import { openCluster } from './postgres-cluster.ts'

/** Whether the folder has had a database of its own; a product with DATABASE_URL keeps none. */
export function hasOwnDatabase(dataDir: string): boolean {
  return existsSync(join(dataDir, 'postgres.json'))
}

/** @returns the owner's connection string @throws Error when the folder's database was never started */
export async function runningDatabase(dataDir: string): Promise<string> {
  const { password, port } = await openCluster(dataDir)
  if (port === undefined) throw new Error(`The database of ${dataDir} has not been started yet. Wait until npm start says that it is ready.`)
  return `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/${DATABASE_NAME}`
}
