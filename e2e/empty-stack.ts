// A stack of a journey's own. Its database is a copy of one that was made and migrated once: that takes longer than all else that starting does.
import { execFile } from 'node:child_process'
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inject } from 'vitest'
import { z } from 'zod'
import { openDatabase } from '../local/database.ts'
import { startStack, type Stack, type StackOptions } from '../local/stack.ts'
import { makeTemporaryFolder, removeTemporaryFolder } from '../local/temporary-folder.ts'
import '../tests/support/provided.ts'
import { madeOnce } from './made-once.ts'

/** A process may die under a journey, the machine does not: what a killed server has written is there without it. */
const SETTINGS = 'fsync = off\n'

/** What a data folder remembers of its database; the port is each copy's own. */
const memory = z.looseObject({ port: z.number().optional() })

/** An empty product without schedules, as it was built, in a folder that goes when it stops. */
export async function startEmptyStack(options: Pick<StackOptions, 'vars' | 'port'> = {}): Promise<Stack> {
  const original = inject('emptyDatabase')
  await madeOnce(original, () => makeDatabase(original))
  const dataDir = await makeTemporaryFolder()
  await promisify(execFile)('cp', ['-a', join(original, 'postgres'), dataDir])
  const { port: _, ...remembered } = memory.parse(JSON.parse(readFileSync(join(original, 'postgres.json'), 'utf8')))
  writeFileSync(join(dataDir, 'postgres.json'), JSON.stringify(remembered), { mode: 0o600 })
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

async function makeDatabase(dataDir: string): Promise<void> {
  mkdirSync(dataDir, { recursive: true })
  const database = await openDatabase({ dataDir, appPassword: 'set anew by each copy', log: () => undefined })
  await database.stop()
  appendFileSync(join(dataDir, 'postgres', 'data', 'postgresql.auto.conf'), SETTINGS)
}
