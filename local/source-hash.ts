// Fingerprints everything the build reads, so that an unchanged checkout is not built again.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

const FOLDERS = ['app', 'core', 'durable-objects', 'public', 'worker']
const FILES = ['package.json', 'package-lock.json', 'tsconfig.json', 'vite.config.ts', 'local/browser-floors.ts', 'local/browser-snippet.ts', 'wrangler.toml']

/** @returns SHA-256, hexadecimal, over the names and contents of the sources; tests are no part of it */
export function hashSources(root: string): string {
  const hash = createHash('sha256')
  for (const path of [...FILES, ...FOLDERS.flatMap((folder) => filesOf(root, folder))]) {
    const bytes = readFileSync(join(root, path))
    hash.update(`${path}\0${bytes.byteLength}\0`).update(bytes)
  }
  return hash.digest('hex')
}

function filesOf(root: string, folder: string): string[] {
  if (statSync(join(root, folder), { throwIfNoEntry: false }) === undefined) return []
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .sort()
}
