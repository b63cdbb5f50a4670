// What the tests in workerd need beside them, all started at once: a database, the platforms' packages, the providers of identities.
import type { TestProject } from 'vitest/node'
import { buildFirst } from './build-once.ts'
import startDatabase from './global-setup.ts'
import startIdentityServers from './identity-servers.ts'
import startSigner from './sign-as-platforms.ts'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [stops] = await Promise.all([Promise.all([startDatabase, startSigner, startIdentityServers].map((start) => start(project))), buildFirst()])
  return async () => { await Promise.all(stops.map((stop) => stop())) }
}
