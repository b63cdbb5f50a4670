// Tells the running product when its keys were changed, and whoever changed them that it has taken them.
import { rmSync, unwatchFile, watchFile, writeFileSync } from 'node:fs'
import { digestOf, loadSecrets, secretsFile, takenFile, type LocalSecrets } from './secrets.ts'

const LOOK_MS = 300

/**
 * Calls `take` after each change of the folder's secrets, one after the other.
 *
 * @param current what the product has been started with
 * @returns stops looking
 */
export function followSecrets(dataDir: string, current: LocalSecrets, take: (secrets: LocalSecrets) => Promise<void>, log: (line: string) => void): () => Promise<void> {
  let known = digestOf(current)
  let taking = Promise.resolve()
  const note = (): void => writeFileSync(takenFile(dataDir), `${known}\n`, { mode: 0o600 })
  const look = async (): Promise<void> => {
    const secrets = loadSecrets(dataDir)
    if (digestOf(secrets) === known) return
    await take(secrets)
    known = digestOf(secrets)
    note()
  }
  note()
  const changed = (): void => {
    taking = taking.then(look).catch((error: unknown) => log(`The changed keys were not taken: ${error instanceof Error ? error.message : String(error)}`))
  }
  watchFile(secretsFile(dataDir), { interval: LOOK_MS }, changed)
  // What was changed between the start and here would never be seen.
  changed()
  return async () => {
    unwatchFile(secretsFile(dataDir), changed)
    await taking
    rmSync(takenFile(dataDir), { force: true })
  }
}
