// Starts one Postgres cluster with the Neon endpoint for a run, and hands its addresses to the test files.
import type { TestProject } from 'vitest/node'
import { startHelper } from './support/helper-process.ts'
import { providedSchema } from './support/provided.ts'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { said, stop } = await startHelper('cluster.ts', providedSchema)
  project.provide('superuserUrl', said.superuserUrl)
  project.provide('neonEndpoint', said.neonEndpoint)
  project.provide('appPassword', said.appPassword)
  project.provide('workerDatabase', said.workerDatabase)
  return stop
}
