// Waits for something that the product does in the background.
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Asks again and again until the answer is not null.
 *
 * @param what completes "waited N s for …" when time is up
 * @throws Error when time is up, with the last failure of `ask` when it failed
 */
export async function until<T>(what: string, withinMs: number, ask: () => Promise<T | null> | T | null, everyMs = 100): Promise<T> {
  const end = Date.now() + withinMs
  let failure: unknown
  do {
    try {
      failure = undefined
      const answer = await ask()
      if (answer !== null) return answer
    } catch (error) {
      failure = error
    }
    await sleep(everyMs)
  } while (Date.now() < end)
  throw new Error(`Waited ${Math.round(withinMs / 1000)} s for ${what}`, { cause: failure })
}
