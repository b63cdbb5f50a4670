// Makes sure that the pages the Worker serves have been built: all of them in a whole run, any for a quick one.
import { existsSync } from 'node:fs'
import { buildWorker } from '../local/build.ts'

/** Set where the build is made beside the tests that need none: who needs it waits just before, not at the beginning. */
const isMadeMeanwhile = process.env.FRESH_BUILD !== undefined

/** Before anything runs. Starting workerd may take a minute and a half, so it is no place to begin a build. */
export async function buildFirst(): Promise<void> {
  if (!isMadeMeanwhile && (process.env.CI !== undefined || !existsSync('build/server/index.js'))) await buildWorker()
}

/** Before the first test that needs pages. */
export async function buildReady(): Promise<void> {
  if (isMadeMeanwhile) await buildWorker()
}
