// Fires the Worker's schedules on this machine, where nothing else does.

/** Calls `fire` with each cron expression at the start of every minute; all of ours are "every minute". */
export function fireEveryMinute(crons: readonly string[], fire: (cron: string, at: Date) => Promise<void>, log: (line: string) => void): () => void {
  let timer: NodeJS.Timeout
  const arm = (): void => {
    timer = setTimeout(() => {
      const at = new Date()
      for (const cron of crons) {
        fire(cron, at).catch((error: unknown) => log(`The schedule ${cron} failed: ${error instanceof Error ? error.message : String(error)}`))
      }
      arm()
    }, 60_000 - (Date.now() % 60_000))
    timer.unref()
  }
  arm()
  return () => clearTimeout(timer)
}
