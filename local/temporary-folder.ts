// Makes data folders that live as long as the process that asked: for tests and measurements.
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeCluster } from './postgres-cluster.ts'
import { endOrphan } from './postgres-orphan.ts'
import { isAlive } from './processes.ts'

const PREFIX = 'perennial-temporary-'

/** A new empty folder. Folders whose maker was killed are cleaned up first, with the database left running in them. */
export async function makeTemporaryFolder(): Promise<string> {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue
    const maker = Number(name.slice(PREFIX.length).split('-')[0])
    if (!isAlive(maker)) await removeTemporaryFolder(join(tmpdir(), name))
  }
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`))
  chmodSync(folder, 0o711) // the database's user must be able to pass through
  return folder
}

/** Removes the folder and the database files that belong to it; a folder of another user is left alone. */
export async function removeTemporaryFolder(folder: string): Promise<void> {
  try {
    await endOrphan(join(folder, 'postgres', 'data'))
    removeCluster(folder)
    rmSync(folder, { recursive: true, force: true })
  } catch (error) {
    console.warn(`${folder} could not be removed: ${error instanceof Error ? error.message : String(error)}`)
  }
}
