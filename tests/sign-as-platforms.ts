// Starts what signs and judges deliveries by the platforms' own packages, and hands its address to the tests in workerd.
import type { TestProject } from 'vitest/node'
import { z } from 'zod'
import { startHelper } from './support/helper-process.ts'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { said, stop } = await startHelper('signer.ts', z.object({ platformSigner: z.string() }))
  project.provide('platformSigner', said.platformSigner)
  return stop
}
