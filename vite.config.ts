// Builds the Remix pages; in development also runs the whole Worker in workerd, with hot reload.
import { cloudflare } from '@cloudflare/vite-plugin'
import { vitePlugin as remix } from '@remix-run/dev'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig, type Plugin } from 'vite'
import { z } from 'zod'
import { browserSnippet } from './local/browser-snippet.ts'
import { browserFloors } from './local/browser-floors.ts'

/** Set by local/dev.ts: this machine's variables and secrets, and where the Worker's data is kept. */
const devVars = z.record(z.string(), z.string()).parse(JSON.parse(process.env.PERENNIAL_DEV_VARS ?? '{}'))
const devState = process.env.PERENNIAL_DEV_STATE

/** Remix starts a second Vite server, with every plugin but itself, to read route exports: the Worker stays out of that one. */
const notInRemixChild = (plugin: Plugin): Plugin => ({
  ...plugin,
  apply: (config) => (config.plugins ?? []).flat(9).some((other) => other instanceof Object && 'name' in other && other.name === 'remix'),
})

/** In development the Worker's pages come from Remix's live module instead of the built file. */
const liveServerBuild: Plugin = {
  name: 'perennial:live-server-build',
  enforce: 'pre',
  resolveId(id) {
    return id.endsWith('build/server/index.js') ? this.resolve('virtual:remix/server-build') : undefined
  },
  // Remix refreshes its route list only in Vite's own server graph, not in the Worker's: a new route needs a restart (about 2 s).
  configureServer(server) {
    const restartOnRoute = (file: string): void => {
      if (/\/app\/routes\//.test(file)) void server.restart()
    }
    server.watcher.on('add', restartOnRoute).on('unlink', restartOnRoute)
  },
}

const development = (): Plugin[] => [
  liveServerBuild,
  ...cloudflare({
    configPath: './wrangler.toml',
    config: { vars: devVars },
    remoteBindings: false,
    inspectorPort: false,
    persistState: devState === undefined ? true : { path: devState },
  }).map(notInRemixChild),
]

const pagePackages = ['react', 'react/jsx-dev-runtime', '@remix-run/react']

export default defineConfig(({ command }) => ({
  plugins: [
    // `remix vite:build` and wrangler make the production bundle, so the Worker plugin stays out of builds.
    ...(command === 'serve' ? development() : []),
    browserFloors(),
    browserSnippet(),
    tailwindcss(),
    remix({
      // Tests lie beside the pages they test.
      ignoredRouteFiles: ['**/*.test.{ts,tsx}'],
      future: {
        v3_fetcherPersist: true,
        v3_relativeSplatPath: true,
        v3_throwAbortReason: true,
        v3_lazyRouteDiscovery: true,
        v3_singleFetch: true,
        unstable_optimizeDeps: true,
      },
    }),
  ],
  server: { host: '127.0.0.1', port: Number(process.env.PORT ?? 8787), strictPort: true },
  ...(command === 'serve'
    ? {
        // Named up front (the environment is called after the Worker), or a cold start bundles the packages three times.
        environments: {
          perennial: {
            optimizeDeps: { include: [...pagePackages, 'react-dom/server', '@remix-run/cloudflare', 'isbot', 'radix-ui', 'lucide-react', '@tanstack/react-virtual', 'lossless-json', 'hono', '@hono/zod-openapi', 'zod', 'drizzle-orm', '@neondatabase/serverless', 'jose', 'uuid'] },
          },
          client: { optimizeDeps: { include: [...pagePackages, 'react-dom/client', 'chart.js', 'react-chartjs-2', 'radix-ui', 'lucide-react', '@tanstack/react-virtual', 'zod'] } },
        },
      }
    : {
        // A server build that stands alone, with one copy of React, picked by workerd's export conditions.
        ssr: {
          target: 'webworker' as const,
          noExternal: true as const,
          resolve: { conditions: ['workerd', 'worker', 'browser', 'module', 'import', 'production'], externalConditions: ['workerd', 'worker'] },
        },
        resolve: { mainFields: ['browser', 'module', 'main'] },
      }),
}))
