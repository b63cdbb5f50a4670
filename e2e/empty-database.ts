// Gives the journeys of a run a folder for the database that their own are copies of.
import type { TestProject } from 'vitest/node'
import { makeTemporaryFolder, removeTemporaryFolder } from '../local/temporary-folder.ts'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await makeTemporaryFolder()
  project.provide('emptyDatabase', folder)
  return () => removeTemporaryFolder(folder)
}
