// Starts one Postgres cluster with the Neon endpoint for a run, and hands its addresses to the test files.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { providedSchema } from './support/provided.ts'

/** In a process of its own: this one resolves packages as the Worker does. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const script = fileURLToPath(new URL('./support/cluster.ts', import.meta.url))
  const cluster = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(cluster, 'close')
  const firstLine = once(createInterface(cluster.stdout), 'line')
  const [line]: unknown[] = await Promise.race([firstLine, ended.then(() => Promise.reject(new Error('The test database did not start')))])
  const { superuserUrl, neonEndpoint, appPassword, workerDatabase } = providedSchema.parse(JSON.parse(String(line)))
  project.provide('superuserUrl', superuserUrl)
  project.provide('neonEndpoint', neonEndpoint)
  project.provide('appPassword', appPassword)
  project.provide('workerDatabase', workerDatabase)
  return async () => {
    cluster.stdin.end()
    await ended
  }
}
