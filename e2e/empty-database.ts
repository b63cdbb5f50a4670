// Gives the journeys of a run a folder for the database that their own are copies of.
import type { TestProject } from 'vitest/node'
import { makeTemporaryFolder, removeTemporaryFolder } from '../local/temporary-folder.ts'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const theirs = process.env.EMPTY_DATABASE
  const folder = theirs ?? (await makeTemporaryFolder())
  // The other project of journeys takes the same.
  process.env.EMPTY_DATABASE = folder
  project.provide('emptyDatabase', folder)
  return async () => { if (theirs === undefined) await removeTemporaryFolder(folder) }
}
