// Makes sure that the pages the Worker serves have been built: all of them in a whole run, any for a quick one.
import { existsSync } from 'node:fs'
import { buildWorker } from '../local/build.ts'

export async function buildOnce(): Promise<void> {
  const { CI, FRESH_BUILD } = process.env
  if (CI !== undefined || FRESH_BUILD !== undefined || !existsSync('build/server/index.js')) await buildWorker()
}
