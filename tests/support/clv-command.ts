// `npm run clv` as people type it: its exit code and its words, and a folder for its files.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, vi } from 'vitest'
import { main } from '../../cli/clv.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export type Run = { code: number; out: string; err: string }

/** In a process of its own, as a terminal starts it. */
export function clvProcess(...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    // `node` of the project's own packages runs TypeScript as it is.
    const env = { ...process.env, PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH ?? ''}` }
    const child = execFile('node', ['cli/clv.ts', ...args], { cwd: ROOT, env, maxBuffer: 1 << 26 }, (_, out, err) => {
      resolve({ code: child.exitCode ?? -1, out, err })
    })
  })
}

let before: Promise<unknown> = Promise.resolve()

/** The same without a process: its words, its files and its exit code. One after the other, since all say what they say in one place. */
export function clv(...args: string[]): Promise<Run> {
  const run = before.then(async (): Promise<Run> => {
    const said = { out: '', err: '' }
    const streams = ([['out', process.stdout], ['err', process.stderr]] as const).map(([name, stream]) => vi.spyOn(stream, 'write').mockImplementation((chunk) => { said[name] += String(chunk); return true }))
    try {
      return { code: await main(args), ...said }
    } finally {
      for (const stream of streams) stream.mockRestore()
    }
  })
  before = run.catch(() => undefined)
  return run
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
