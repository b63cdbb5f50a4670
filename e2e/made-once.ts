// What several test files need, made by the first of them.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, readPid } from '../local/processes.ts'

/**
 * Resolves when `folder` holds what `make` puts there, by this process or another one.
 *
 * @throws whatever `make` throws; the next to ask tries again
 */
export async function madeOnce(folder: string, make: () => Promise<unknown>): Promise<void> {
  const done = join(folder, 'done')
  const lock = join(folder, 'lock')
  mkdirSync(folder, { recursive: true })
  while (!existsSync(done)) {
    try {
      writeFileSync(lock, `${process.pid}\n`, { flag: 'wx' })
    } catch {
      const holder = readPid(lock)
      if (holder === undefined || !isAlive(holder)) rmSync(lock, { force: true })
      await sleep(100)
      continue
    }
    try {
      await make()
      writeFileSync(done, '')
    } finally {
      rmSync(lock, { force: true })
    }
  }
}
