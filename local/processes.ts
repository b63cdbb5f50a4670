// Asks about and ends processes of an earlier run by their recorded ids.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Whether a process with this id exists (also one of another user). Zombies count as gone. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  // An orphan nobody waits for (a container without an init) stays as a zombie: it serves nothing.
  return !/^State:\s+Z/m.test(readText(`/proc/${pid}/status`) ?? '')
}

/**
 * Whether the process runs a command containing every one of `words`: process ids are reused, so a
 * recorded id alone never justifies ending anything.
 */
export function runsCommand(pid: number, words: readonly string[]): boolean {
  const command = readText(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ')
  return command !== undefined && words.every((word) => command.includes(word))
}

/** Reads a process id from the first line of a file; undefined when there is none. */
export function readPid(file: string): number | undefined {
  const pid = Number.parseInt(readText(file)?.split('\n')[0] ?? '', 10)
  return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined
}

/** Sends each signal in turn, giving the process its time to go; true when it is gone. */
export async function endProcess(
  pid: number,
  steps: readonly { signal: NodeJS.Signals; waitMs: number }[],
): Promise<boolean> {
  for (const { signal, waitMs } of steps) {
    try {
      process.kill(pid, signal)
    } catch {
      return !isAlive(pid)
    }
    const end = Date.now() + waitMs
    while (Date.now() < end) {
      if (!isAlive(pid)) return true
      await sleep(20)
    }
  }
  return !isAlive(pid)
}

/** The file's text, or undefined when it cannot be read. */
export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
