// Builds what the journeys run against, when the sources have changed.
import { buildWorker } from '../local/build.ts'

export default async function setup(): Promise<void> {
  await buildWorker()
}
