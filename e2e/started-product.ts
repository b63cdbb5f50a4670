// `npm start` as a person runs it: a process of its own, on a data folder of its own, ended by Ctrl-C or worse.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readPid } from '../local/processes.ts'

export type StartedProduct = {
  url: string
  /** Seconds from the command to the line that says "Ready". */
  readyAfter: number
  /** Process ids of what runs now. */
  pids(): { start: number; workerd: number; postgres: number }
  /** What Ctrl-C in a terminal does; everything that was printed, when all of it has ended. */
  interrupt(): Promise<string>
  /** Resolves when the command itself has ended. */
  ended: Promise<number | null>
}

/** @throws Error with the output when it ends before it is ready */
export async function startProduct(dataDir: string, port: number): Promise<StartedProduct> {
  const began = performance.now()
  // A group of its own, as a terminal gives it: Ctrl-C reaches every process of it.
  const command = spawn('npm', ['start'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { ...process.env, DATA_DIR: dataDir, PORT: String(port), DEMO: '0', DATABASE_URL: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  const ended = once(command, 'close').then(([code]: unknown[]) => (typeof code === 'number' ? code : null))
  const url = await new Promise<string>((resolve, reject) => {
    const read = (bytes: Buffer): void => {
      output += bytes.toString()
      const ready = /Ready in .*: (http:\S+)/.exec(output)?.[1]
      if (ready !== undefined) resolve(ready)
    }
    command.stdout.on('data', read)
    command.stderr.on('data', read)
    void ended.then((code) => reject(new Error(`npm start ended with ${code} before it was ready:\n${output}`)))
  })
  const readyAfter = (performance.now() - began) / 1000
  const need = (file: string): number => {
    const pid = readPid(join(dataDir, file))
    if (pid === undefined) throw new Error(`No process id in ${file}`)
    return pid
  }
  return {
    url,
    readyAfter,
    ended,
    pids: () => ({ start: need('start.pid'), workerd: need('workerd.pid'), postgres: need('postgres/data/postmaster.pid') }),
    async interrupt() {
      if (command.pid !== undefined && command.exitCode === null && command.signalCode === null) process.kill(-command.pid, 'SIGINT')
      await ended
      return output
    },
  }
}
