// Starts what a run of tests needs beside it, in a process of its own: vitest's resolves packages as the Worker does.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { z } from 'zod'

/** Runs a script of this folder, which says where it is in one line of JSON and ends when its input does. */
export async function startHelper<Said>(script: string, schema: z.ZodType<Said>): Promise<{ said: Said; stop: () => Promise<void> }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(script, import.meta.url))], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  const firstLine = once(createInterface(child.stdout), 'line')
  const [line]: unknown[] = await Promise.race([firstLine, ended.then(() => Promise.reject(new Error(`${script} did not start`)))])
  return {
    said: schema.parse(JSON.parse(String(line))),
    stop: async () => {
      child.stdin.end()
      await ended
    },
  }
}
