// Builds app/snippet/perennial.ts to /perennial.js, which merchants' pages load: one small script beside the pages.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformWithEsbuild, type Plugin } from 'vite'

const NAME = 'perennial.js'

/** The script as it is served. It imports nothing, so translating it is building it. */
export async function buildSnippet(root: string): Promise<string> {
  const file = join(root, 'app', 'snippet', 'perennial.ts')
  const source = readFileSync(file, 'utf8').replace(/^export \{\};?$/m, '')
  const { code } = await transformWithEsbuild(source, file, { loader: 'ts', minify: true, target: 'es2020', sourcemap: false })
  return code
}

/** Vite plugin: writes it among the pages' files, and serves it in development. */
export function browserSnippet(): Plugin {
  let root = ''
  return {
    name: 'perennial:browser-snippet',
    configResolved(config) {
      root = config.root
    },
    async generateBundle() {
      if (this.environment.name === 'client') this.emitFile({ type: 'asset', fileName: NAME, source: await buildSnippet(root) })
    },
    configureServer(server) {
      server.middlewares.use(`/${NAME}`, (_request, response, next) => {
        buildSnippet(root).then((code) => response.setHeader('content-type', 'text/javascript').end(code), next)
      })
    },
  }
}
