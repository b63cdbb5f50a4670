// Ends a Postgres server that outlived the process that started it.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { endProcess, isAlive, readPid, runsCommand } from './processes.ts'

/**
 * Stops the server named in `postmaster.pid`, fast but cleanly, and removes a file that names a
 * process which is something else by now (Postgres would refuse to start beside it).
 *
 * @returns whether a server was running
 */
export async function endOrphan(dataDir: string): Promise<boolean> {
  const pidFile = join(dataDir, 'postmaster.pid')
  const pid = readPid(pidFile)
  if (pid === undefined || !isAlive(pid)) return false
  if (!runsCommand(pid, ['postgres', dataDir])) {
    rmSync(pidFile, { force: true })
    return false
  }
  const gone = await endProcess(pid, [
    { signal: 'SIGINT', waitMs: 15_000 },
    { signal: 'SIGQUIT', waitMs: 5_000 },
  ])
  if (!gone) throw new Error(`A Postgres of an earlier run (process ${pid}) does not stop`)
  return true
}
