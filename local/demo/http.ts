/** Calls to the running product that outlast a restart or a busy moment. */
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'

export interface CallOptions {
  method: 'GET' | 'POST'
  headers?: Record<string, string>
  /** Sent as it is; JSON text. */
  body?: string
}

/** An answer that trying again will not change. */
export class RefusedCall extends Error {
  readonly status: number
  readonly code: string

  constructor(path: string, status: number, code: string, detail: string) {
    super(`${path} answered ${status} ${code}: ${detail}`)
    this.name = 'RefusedCall'
    this.status = status
    this.code = code
  }
}

const problemSchema = z.object({ code: z.string().optional(), detail: z.string().optional(), title: z.string().optional(), errors: z.unknown().optional() })
const ATTEMPTS = 12

/**
 * The answer's JSON (null when empty), after as many attempts as a restart of the server takes.
 * @throws RefusedCall when the server understood and said no; Error when it stays away.
 */
export async function call(url: string, options: CallOptions): Promise<unknown> {
  let trouble = ''
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const response = await fetch(url, { ...options, signal: AbortSignal.timeout(30_000) }).catch((error: unknown) => {
      trouble = String(error)
      return null
    })
    if (response !== null) {
      const text = await response.text()
      if (response.ok) return text === '' ? null : JSON.parse(text)
      if (response.status !== 429 && response.status < 500) throw refusal(url, response.status, text)
      trouble = refusal(url, response.status, text).message
    }
    const asked = Number(response?.headers.get('retry-after') ?? Number.NaN)
    await sleep(Number.isFinite(asked) && asked > 0 ? Math.min(asked, 60) * 1000 : Math.min(250 * 2 ** attempt, 8_000))
  }
  throw new Error(`No answer after ${ATTEMPTS} attempts. Last: ${trouble}`)
}

function refusal(url: string, status: number, text: string): RefusedCall {
  let body: unknown = null
  try {
    body = JSON.parse(text)
  } catch {
    // Not ours: keep the text.
  }
  const parsed = problemSchema.safeParse(body)
  const problem = parsed.success ? parsed.data : {}
  const errors = problem.errors === undefined ? '' : ` ${JSON.stringify(problem.errors).slice(0, 300)}`
  return new RefusedCall(new URL(url).pathname, status, problem.code ?? '', (problem.detail ?? problem.title ?? text.slice(0, 200)) + errors)
}

/**
 * Runs `work` for items `from`, `from + 1`, … of a list of `count`, at most `width` at a time.
 * @param reached told the number of items finished without gaps from the first, as it grows.
 */
export async function inParallel(from: number, count: number, width: number, work: (index: number) => Promise<void>, reached: (finished: number) => void): Promise<void> {
  const finished = new Set<number>()
  let next = from, solid = from
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next++
      try {
        await work(index)
      } catch (error) {
        // The others finish what they hold and take up nothing more.
        next = count
        throw error
      }
      finished.add(index)
      const before = solid
      while (finished.delete(solid)) solid++
      if (solid > before) reached(solid)
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
}
