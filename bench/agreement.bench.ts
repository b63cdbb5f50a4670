/** The filter language says the same in Postgres and in memory: many more random trees and customers than a test run has time for. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { createRandom } from '#core/math/random'
import { CONDITIONS } from '#core/segments/conditions/registry'
import { openDatabase } from '#data/tenant'
import { cloneDatabase } from '../tests/support/clone-database.ts'
import { startHelper } from '../tests/support/helper-process.ts'
import { providedSchema } from '../tests/support/provided.ts'
import { disagreements, shrunk, withCuts } from '../tests/support/segment-agreement.ts'
import { randomCondition, randomFilter, randomSiblings } from '../tests/support/segment-trees.ts'
import { makeWorld, MOMENTS } from '../tests/support/segment-world.ts'
import type { Bench, Row } from './bench.ts'

const ROUNDS = 4
const CUSTOMERS = 100
const TREES = 200

async function run(): Promise<Row[]> {
  // Others each time; the same again with the seed that the row names.
  const seed = process.env['AGREEMENT_SEED'] ?? randomBytes(4).toString('hex')
  const { said, stop } = await startHelper('cluster.ts', providedSchema)
  try {
    const urls = await cloneDatabase(said.superuserUrl, said.appPassword, 'agreement')
    const owner = new pg.Client({ connectionString: urls.ownerUrl })
    await owner.connect()
    try {
      const start = performance.now()
      let pairs = 0, wrong = 0
      for (let round = 0; round < ROUNDS; round++) {
        for (const { timeZone, at } of MOMENTS) {
          const name = `${seed} ${round} ${timeZone}`
          const bare = await makeWorld(owner, { seed: name, timeZone, at: new Date(at), customers: CUSTOMERS, countZeroOrders: round % 2 === 1 })
          const db = openDatabase({ url: urls.appUrl, endpoint: said.neonEndpoint }).tenant(bare.moment.companyId)
          const random = createRandom(`trees of ${name}`)
          const trees = [...CONDITIONS.flatMap((one) => [0, 1].map(() => randomCondition(random, one, bare))), ...Array.from({ length: TREES }, () => randomFilter(random, bare, 5)),
            ...Array.from({ length: TREES / 4 }, () => randomSiblings(random, bare, 3))]
          const world = await withCuts(db, trees, bare)
          const found = await disagreements(db, trees, world)
          pairs += found.pairs
          wrong += found.wrong.length
          const [first] = found.wrong
          if (first) process.stderr.write(`${await shrunk(db, first, world)}\n`)
        }
      }
      const took = (performance.now() - start) / 1000
      return [{ name: `filters on which Postgres and memory differ, of ${pairs} pairs`, figure: wrong, unit: 'pairs', peer: null, target: { of: 'figure', bound: 'at_most', value: 0 }, note: `seed ${seed}, ${took.toFixed(0)} s` }]
    } finally {
      await owner.end()
    }
  } finally {
    await stop()
  }
}

export const bench: Bench = { name: 'agreement', seconds: 40, run }
