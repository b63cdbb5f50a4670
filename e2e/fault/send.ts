// A sender as platforms are: sends again whatever was not accepted, and never what was.
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Delivery } from './deliveries.ts'

const RETRY_MS = 300

export type Sent = {
  /** Attempts that were not accepted, by what came back. */
  refusals: Map<string, number>
  /** Ids of the accepted API batches. */
  batches: Set<string>
  /** Ids of the accepted files. */
  files: Set<string>
}

const receipt = z.object({ batchId: z.string(), rejected: z.array(z.unknown()).max(0) })
const upload = z.object({ id: z.string() })

/**
 * @param reached told how many deliveries have been accepted; the sender waits while it does
 * @throws Error when an answer says that sending again is of no use
 */
export async function sendAll(deliveries: readonly Delivery[], width: number, reached: (accepted: number) => Promise<void> | void): Promise<Sent> {
  const sent: Sent = { refusals: new Map(), batches: new Set(), files: new Set() }
  let next = 0
  let accepted = 0
  const sender = async (): Promise<void> => {
    for (;;) {
      const delivery = deliveries[next++]
      if (delivery === undefined) return
      while (!(await attempt(delivery, sent))) await sleep(RETRY_MS)
      await reached(++accepted)
    }
  }
  await Promise.all(Array.from({ length: width }, sender))
  return sent
}

async function attempt(delivery: Delivery, sent: Sent): Promise<boolean> {
  const refuse = (why: string): false => {
    sent.refusals.set(why, (sent.refusals.get(why) ?? 0) + 1)
    return false
  }
  let response: Response
  try {
    response = await delivery.post()
  } catch {
    return refuse('no answer')
  }
  try {
    const text = await response.text()
    if (response.status >= 500) return refuse(String(response.status))
    if (!response.ok) throw new Error(`A ${delivery.door} delivery was refused: ${response.status} ${text}`)
    if (delivery.door === 'api') sent.batches.add(receipt.parse(JSON.parse(text)).batchId)
    if (delivery.door === 'file') sent.files.add(upload.parse(JSON.parse(text)).id)
    return true
  } catch (error) {
    // The status came and the connection went: platforms take a 2xx as accepted, whatever follows.
    if (error instanceof TypeError) return response.ok && delivery.door === 'webhook' ? true : refuse('answer cut off')
    throw error
  }
}
