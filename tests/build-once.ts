// Makes sure that the pages the Worker serves have been built: all of them in a full run, any for a quick one.
import { existsSync } from 'node:fs'
import { buildWorker } from '../local/build.ts'

export default async function setup(): Promise<void> {
  if (process.env.CI !== undefined || !existsSync('build/server/index.js')) await buildWorker()
}
