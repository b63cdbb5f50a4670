// A stack of a journey's own. Its database is a copy of one that was made and migrated once: that takes longer than all else that starting does.
import { execFile } from 'node:child_process'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inject } from 'vitest'
import { z } from 'zod'
import { buildWorker } from '../local/build.ts'
import { openDatabase } from '../local/database.ts'
import { startStack, type Stack, type StackOptions } from '../local/stack.ts'
import { makeTemporaryFolder, removeTemporaryFolder } from '../local/temporary-folder.ts'
import '../tests/support/provided.ts'
import { madeOnce } from './made-once.ts'

/** A process may die under a journey, the machine does not: what a killed server has written is there without it. */
const UNSYNCED = 'fsync = off\n'

/** What a data folder remembers of its database; the port is each copy's own. */
const memory = z.looseObject({ folder: z.string(), port: z.number().optional() })

let built: Promise<boolean> | undefined

export type EmptyStackOptions = Pick<StackOptions, 'vars' | 'port'> & {
  /** Whether a commit waits for the disk, as for merchants: where a journey promises how long something takes. */
  durable?: boolean
}

/** An empty product without schedules, in a folder that goes when it stops. */
export async function startEmptyStack({ durable = false, ...options }: EmptyStackOptions = {}): Promise<Stack> {
  await (built ??= buildWorker())
  const original = inject('emptyDatabase')
  await madeOnce(original, () => makeDatabase(original))
  const dataDir = await makeTemporaryFolder()
  await copyDatabase(original, dataDir, durable)
  const stack = await startStack({ dataDir, schedules: false, build: false, ...options }).catch(async (error: unknown) => {
    await removeTemporaryFolder(dataDir)
    throw error
  })
  const stop = async (): Promise<void> => {
    await stack.stop()
    await removeTemporaryFolder(dataDir)
  }
  return { ...stack, stop }
}

async function copyDatabase(from: string, to: string, durable: boolean): Promise<void> {
  const { port: _, ...remembered } = memory.parse(JSON.parse(readFileSync(join(from, 'postgres.json'), 'utf8')))
  // Elsewhere, where its user cannot enter the folder: nor could it enter the copy, which is made anew then.
  if (remembered.folder !== join(from, 'postgres')) return
  const folder = join(to, 'postgres')
  await promisify(execFile)('cp', ['-a', remembered.folder, folder])
  if (!durable) appendFileSync(join(folder, 'data', 'postgresql.auto.conf'), UNSYNCED)
  writeFileSync(join(to, 'postgres.json'), JSON.stringify({ ...remembered, folder }), { mode: 0o600 })
}

async function makeDatabase(dataDir: string): Promise<void> {
  const database = await openDatabase({ dataDir, appPassword: 'set anew by each copy', log: () => undefined })
  await database.stop()
}
