// Fills a new data folder with the demo shop, and keeps its orders coming.
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadDemo } from './demo/load.ts'
import { readState } from './demo/state.ts'
import { startTicker } from './demo/ticker.ts'

export type Demo = {
  /** The line that tells a person how to get in. */
  signIn: string
  /** Ends the trickle of orders. */
  stop: () => Promise<void>
}

const NOTHING = (signIn: string): Demo => ({ signIn, stop: () => Promise.resolve() })

/**
 * Loads the demo into a new data folder unless DEMO=0, and goes on with a load that was cut short.
 * A demo that cannot be loaded is reported and leaves the rest running.
 */
export async function offerDemo(
  stack: { url: string; dataDir: string; operatorToken: string },
  log: (line: string) => void,
): Promise<Demo> {
  const begun = join(stack.dataDir, 'begun')
  const isNew = !existsSync(begun)
  writeFileSync(begun, '')
  const { url: baseUrl, dataDir, operatorToken } = stack
  if (isNew && process.env.DEMO === '0') return NOTHING('Open it and register the first company.')
  if (process.env.DEMO === '0' || (!isNew && readState(dataDir) === null)) return NOTHING('Sign in as before.')
  try {
    const { email, password } = await loadDemo({ baseUrl, operatorToken, dataDir, log })
    const ticker = startTicker({ baseUrl, dataDir, log })
    return { signIn: `Demo shop: sign in as ${email} with the password ${password}`, stop: async () => ticker?.stop() }
  } catch (error) {
    log(`The demo shop could not be loaded: ${error instanceof Error ? error.message : String(error)}`)
    return NOTHING('Open it and register a company; the next start tries the demo shop again.')
  }
}
