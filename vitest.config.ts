// Four kinds of test: plain Node, real Postgres, the Worker in workerd, and a browser on the whole stack.
import { randomBytes } from 'node:crypto'
import { cloudflareTest } from '@cloudflare/vitest-pool-workers'
import { defineConfig } from 'vitest/config'
import { fixturesModule } from './tests/support/fixtures-module.ts'
import { referenceDir } from './tests/support/reference.ts'

const key = (): string => randomBytes(32).toString('base64')

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
                OPERATOR_TOKEN: `op_${randomBytes(24).toString('base64url')}`,
              },
            },
          })),
        ],
        test: {
          name: 'worker',
          include: ['tests/worker/**/*.test.ts'],
          globalSetup: ['tests/global-setup.ts', 'tests/sign-as-platforms.ts', 'tests/build-once.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['e2e/**/*.test.ts'],
          globalSetup: ['e2e/build-fresh.ts'],
          // Each file runs a whole stack: two at once would measure each other.
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
})
