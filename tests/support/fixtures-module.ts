// Hands the platforms' payloads to tests that run in workerd, where there are no files: as the module `virtual:fixtures`.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Plugin } from 'vitest/config'

const ID = 'virtual:fixtures'
const FOLDERS = ['shopify', 'shopify_derived', 'shopify_rest', 'stripe', 'stripe_pay', 'stripe_objects', 'woocommerce']

/** `export default { 'shopify/orders_create.json': '…' }`; empty where the reference folder is absent. */
export function fixturesModule(referenceDir: string): Plugin {
  const root = join(referenceDir, 'fixtures')
  return {
    name: 'fixtures-module',
    resolveId: (id) => (id === ID ? `\0${ID}` : null),
    load(id) {
      if (id !== `\0${ID}`) return null
      const files = FOLDERS.map((folder) => join(root, folder)).filter((folder) => existsSync(folder))
        .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
        .map((entry) => join(entry.parentPath, entry.name))
      return `export default ${JSON.stringify(Object.fromEntries(files.map((file) => [relative(root, file), readFileSync(file, 'utf8')])))}`
    },
  }
}
