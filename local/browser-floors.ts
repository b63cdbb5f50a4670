// Fails the build when a page would send code of the server's rooms to the browser.
import { relative, sep } from 'node:path'
import type { Plugin } from 'vite'

const ALLOWED = ['app', 'core', 'node_modules', 'public']

/** Vite plugin: the browser may be sent `app/` and `core/` (and packages), and nothing else of this project. */
export function browserFloors(): Plugin {
  let root = ''
  return {
    name: 'perennial:browser-floors',
    configResolved(config) {
      root = config.root
    },
    transform(_code, id) {
      if (this.environment.name !== 'client' || !id.startsWith(root)) return
      const path = relative(root, id.split('?')[0] ?? id)
      if (!ALLOWED.includes(path.split(sep)[0] ?? '')) {
        this.error(`${path} would be sent to the browser, which may have only app/ and core/. Import it in a *.server.ts file.`)
      }
    },
  }
}
