/** How far the demo shop has been loaded, kept in the data folder so that an interrupted load goes on where it stopped. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const demoStateSchema = z.object({
  seed: z.string(),
  customers: z.number().int(),
  /** The shop's last instant: dates must not shift between two attempts. */
  now: z.iso.datetime(),
  webhookSecret: z.string(),
  /** Set once the company is registered. */
  slug: z.string().nullable(),
  integration: z.object({ id: z.string(), webhookPath: z.string() }).nullable(),
  /** Calls answered so far, without gaps from the first. */
  sent: z.object({ customers: z.number().int(), transactions: z.number().int(), webhooks: z.number().int(), events: z.number().int().default(0) }),
  /** Batches accepted and not yet seen processed. */
  waiting: z.array(z.string()),
  done: z.boolean(),
})

export type DemoState = z.infer<typeof demoStateSchema>

const fileOf = (dataDir: string): string => join(dataDir, 'demo-shop.json')

/** Null when no load was ever begun in this data folder. */
export function readState(dataDir: string): DemoState | null {
  const file = fileOf(dataDir)
  return existsSync(file) ? demoStateSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : null
}

/** Readable by the owner alone: it holds the webhook secret. */
export function writeState(dataDir: string, state: DemoState): void {
  const file = fileOf(dataDir)
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
