// `npm run clv` as people type it: its exit code and its words, and a folder for its files.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export type Run = { code: number; out: string; err: string }

export function clv(...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    // `node` of the project's own packages runs TypeScript as it is; a hundred runs need not compile it a hundred times.
    const env = { ...process.env, PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH ?? ''}`, NODE_COMPILE_CACHE: join(tmpdir(), 'perennial-clv-compiled') }
    const child = execFile('node', ['cli/clv.ts', ...args], { cwd: ROOT, env, maxBuffer: 1 << 26 }, (_, out, err) => {
      resolve({ code: child.exitCode ?? -1, out, err })
    })
  })
}

/** A folder that goes when the test file is through. */
export function temporaryFolder(): { inFolder(name: string): string; file(name: string, text: string): Promise<string> } {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clv-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))
  const inFolder = (name: string): string => join(folder, name)
  return {
    inFolder,
    async file(name, text) {
      await writeFile(inFolder(name), text)
      return inFolder(name)
    },
  }
}
