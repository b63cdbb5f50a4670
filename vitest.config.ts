// Four kinds of test: plain Node, real Postgres, the Worker in workerd, and journeys on the whole stack; of these some are timed.
import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { cloudflareTest } from '@cloudflare/vitest-pool-workers'
import type { ProvidedContext } from 'vitest'
import { defineConfig } from 'vitest/config'
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

/** Journeys that promise seconds: each has the machine to itself, since two stacks at once would measure each other. */
const TIMED = ['e2e/first-import.test.ts', 'e2e/live.test.ts', 'e2e/restart.test.ts']

const journey = {
  environment: 'node' as const,
  globalSetup: ['e2e/build-fresh.ts'],
  testTimeout: 180_000,
  hookTimeout: 180_000,
}

export default defineConfig({
  test: {
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
          sequence: { groupOrder: 1 },
        },
      },
      {
        plugins: [
          fixturesModule(referenceDir),
          cloudflareTest(({ inject }) => ({
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
          })),
        ],
        test: {
          name: 'worker',
          include: ['tests/worker/**/*.test.ts'],
          globalSetup: ['tests/global-setup.ts', 'tests/sign-as-platforms.ts', 'tests/identity-servers.ts', 'tests/build-once.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // A workerd for each file would load the whole Worker again; every test has companies of its own.
          isolate: false,
          maxWorkers,
          sequence: { groupOrder: 2 },
        },
      },
      { test: { ...journey, name: 'e2e', include: ['e2e/**/*.test.ts'], exclude: TIMED, maxWorkers: 2, sequence: { groupOrder: 3 } } },
      { test: { ...journey, name: 'timed', include: TIMED, fileParallelism: false, sequence: { groupOrder: 4 } } },
    ],
  },
})
