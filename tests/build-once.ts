// Makes sure that the pages the Worker serves have been built at all.
import { existsSync } from 'node:fs'
import { buildWorker } from '../local/build.ts'

export default async function setup(): Promise<void> {
  if (!existsSync('build/server/index.js')) await buildWorker()
}
