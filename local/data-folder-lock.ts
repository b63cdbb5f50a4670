// Lets one start at a time use a data folder.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, readText } from './processes.ts'

/**
 * Claims the folder for this process.
 *
 * @returns gives it back
 * @throws Error when another living process has it
 */
export function claimDataFolder(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
  const file = join(dataDir, 'start.pid')
  const pid = holderOf(file)
  if (pid !== null) {
    throw new Error(`Perennial is running already on ${dataDir} (process ${pid}). Stop it, or set another DATA_DIR and PORT.`)
  }
  writeFileSync(`${file}.${process.pid}`, `${identify(process.pid)}\n`)
  renameSync(`${file}.${process.pid}`, file)
  return () => rmSync(file, { force: true })
}

/** Whether another living process has the folder. */
export function isFolderInUse(dataDir: string): boolean {
  return holderOf(join(dataDir, 'start.pid')) !== null
}

function holderOf(file: string): number | null {
  const holder = readText(file)?.trim()
  const pid = Number(holder?.split(' ')[0])
  return pid > 0 && pid !== process.pid && isAlive(pid) && holder === identify(pid) ? pid : null
}

/** A process id with its start time and boot: ids alone are reused, in containers at once. */
function identify(pid: number): string {
  const afterName = readText(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ')
  const boot = readText('/proc/sys/kernel/random/boot_id')?.trim()
  return [pid, afterName?.[19] ?? 'unknown', boot ?? 'unknown'].join(' ')
}
