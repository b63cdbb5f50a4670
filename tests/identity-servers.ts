// Starts the providers of identities for a run, and hands their addresses to the Worker under test and to its tests.
import type { TestProject } from 'vitest/node'
import { z } from 'zod'
import { startHelper } from './support/helper-process.ts'
import { identityServersSchema } from './support/provided.ts'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { said, stop } = await startHelper('identity-servers.ts', z.object({ identityServers: identityServersSchema }))
  project.provide('identityServers', said.identityServers)
  return stop
}
