// Four kinds of test: plain Node, real Postgres, the Worker in workerd, and journeys on the whole stack; of these some are timed.
import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { cloudflareTest } from '@cloudflare/vitest-pool-workers'
import type { ProvidedContext } from 'vitest'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { buildReady } from './tests/build-once.ts'
import { fixturesModule } from './tests/support/fixtures-module.ts'
import { referenceDir } from './tests/support/reference.ts'

const key = (): string => randomBytes(32).toString('base64')

/** The providers of identities as the Worker under test finds them. */
function signInVariables({ google, microsoft, github, clients }: ProvidedContext['identityServers']): Record<string, string> {
  const origins = { 'https://accounts.google.com': google, 'https://login.microsoftonline.com': microsoft, 'https://github.com': github, 'https://api.github.com': github }
  const named = Object.entries(clients).flatMap(([id, { clientId, clientSecret }]): [string, string][] => [[`${id.toUpperCase()}_CLIENT_ID`, clientId], [`${id.toUpperCase()}_CLIENT_SECRET`, clientSecret]])
  return { PLATFORM_ORIGINS: JSON.stringify(origins), ...Object.fromEntries(named) }
}

/** Vitest would leave one processor free for whoever watches it, and on two that is half of them. */
const maxWorkers = availableParallelism()

/** As they run. The first three are one group: the next begins on a processor that has nothing left of the one before. */
const PROJECTS = ['unit', 'database', 'worker', 'e2e', 'timed']

/**
 * The longest files of each project, longest first. One of them that began last would run alone at the end while the
 * other processor waits; of a fresh checkout nothing is known but how long the files are to read.
 */
const LONGEST = [
  'cli/churn.test.ts', 'cli/clv.test.ts', 'cli/clv/hard-inputs.test.ts', 'cli/clv-foresight.test.ts', 'core/clustering/reference.test.ts', 'core/clv/forecast.test.ts', 'core/clustering/clustering.test.ts', 'core/forecast/forecast.test.ts', 'cli/import.test.ts',
  'tests/database/models.test.ts', 'tests/database/segments-live.test.ts', 'tests/database/import-files.test.ts',
  'tests/worker/hostile.test.ts', 'tests/worker/pages-access.test.ts', 'tests/worker/access.test.ts', 'tests/worker/account-flows.test.ts', 'tests/worker/oauth.test.ts',
  'e2e/fault.test.ts', 'e2e/policy.test.ts', 'e2e/pages.test.ts', 'e2e/first-import.test.ts', 'e2e/rotate-key.test.ts', 'e2e/restart.test.ts', 'e2e/journey.test.ts', 'e2e/segments.test.ts',
]
/** Keeps one processor busy while the other starts workerd, which takes as long. */
const LAST = 'tests/database/learned-models.test.ts'

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}`))
      return moduleId.endsWith(`/${LAST}`) ? Infinity : at === -1 ? LONGEST.length : at
    }
    const sorted = await super.sort(files)
    // What is not named stays in its order.
    return PROJECTS.flatMap((name) => sorted.filter(({ project }) => project.name === name).sort((a, b) => place(a) - place(b)))
  }
}

/**
 * The journey that promises one second has the machine to itself. Those that promise many seconds say what they took, and
 * hold a limit that another stack beside them does not reach; `npm run bench` measures them alone.
 */
const TIMED = ['e2e/live.test.ts']

const journey = {
  environment: 'node' as const,
  globalSetup: ['e2e/empty-database.ts'],
  testTimeout: 180_000,
  hookTimeout: 180_000,
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['{core,worker,durable-objects,app,cli,local,bench}/**/*.test.{ts,tsx}'],
          // None is a measurement: on a busy machine the long ones take several times as long.
          testTimeout: 30_000,
          // Nothing here keeps state in a module that another file could trip over.
          isolate: false,
          maxWorkers,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'database',
          environment: 'node',
          include: ['tests/database/**/*.test.ts'],
          globalSetup: ['tests/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Each file has a database of its own; what it imports is the same for all.
          isolate: false,
          maxWorkers,
          sequence: { groupOrder: 0 },
        },
      },
      {
        plugins: [
          fixturesModule(referenceDir),
          cloudflareTest(async ({ inject }) => {
            await buildReady()
            return {
              remoteBindings: false,
              wrangler: { configPath: './wrangler.toml' },
              miniflare: {
                cf: false,
                bindings: {
                  APP_ENV: 'test',
                  DATABASE_URL: inject('workerDatabase').appUrl,
                  TEST_OWNER_URL: inject('workerDatabase').ownerUrl,
                  NEON_ENDPOINT: inject('neonEndpoint'),
                  AUTH_SECRET: key(),
                  IDENTITY_SECRET: key(),
                  CREDENTIAL_KEYS: `k1:${key()}`,
                  TOKEN_KEYS: `t2:${key()},t1:${key()}`,
                  ...signInVariables(inject('identityServers')),
                  // The same requests each time; a full run makes others as well, and says which.
                  HOSTILE_REQUESTS: process.env['HOSTILE_REQUESTS'] ?? (process.env['FULL'] === '1' ? '100000' : '20000'),
                  HOSTILE_SEED: process.env['HOSTILE_SEED'] ?? (process.env['FULL'] === '1' ? randomBytes(6).toString('hex') : 'fortress'),
                  OPERATOR_TOKEN: `op_${randomBytes(24).toString('base64url')}`,
                },
              },
            }
          }),
        ],
        test: {
          name: 'worker',
          include: ['tests/worker/**/*.test.ts'],
          globalSetup: ['tests/worker-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // A workerd for each file would load the whole Worker again; every test has companies of its own.
          isolate: false,
          maxWorkers,
          sequence: { groupOrder: 0 },
        },
      },
      // Three at a time, also on two processors: half of a journey is waiting for pages, clocks and disks.
      { test: { ...journey, name: 'e2e', include: ['e2e/**/*.test.ts'], exclude: TIMED, isolate: false, maxWorkers: 3, sequence: { groupOrder: 1 } } },
      { test: { ...journey, name: 'timed', include: TIMED, fileParallelism: false, sequence: { groupOrder: 2 } } },
    ],
  },
})
