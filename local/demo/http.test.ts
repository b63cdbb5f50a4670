/** Calls outlast a busy or restarting server, stop at a clear refusal, and report progress without gaps. */
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { call, inParallel, RefusedCall } from './http.ts'

let server: Server | null = null
afterEach(() => {
  server?.close()
  server = null
})

async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener)
  server = started
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve))
  const address = started.address()
  if (address === null || typeof address === 'string') throw new Error('No port')
  return `http://127.0.0.1:${address.port}/api/v1/transactions`
}

describe('call', () => {
  test('tries again after 503 and 429, then answers', async () => {
    const answers = [503, 429, 200]
    let calls = 0
    const url = await serve((_request, response) => {
      response.writeHead(answers[calls++] ?? 500, { 'Content-Type': 'application/json' }).end('{"batchId":"b"}')
    })
    expect(await call(url, { method: 'POST', body: '[]' })).toEqual({ batchId: 'b' })
    expect(calls).toBe(3)
  })

  test('gives up at once on a refusal, with the code and what is wrong', async () => {
    let calls = 0
    const url = await serve((_request, response) => {
      calls++
      response.writeHead(400, { 'Content-Type': 'application/problem+json' }).end(JSON.stringify({ code: 'invalid_input', detail: 'Bad', errors: [{ path: 'amount' }] }))
    })
    const refused: unknown = await call(url, { method: 'GET' }).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(RefusedCall)
    expect(refused).toMatchObject({ status: 400, code: 'invalid_input' })
    expect(String(refused)).toContain('"path":"amount"')
    expect(calls).toBe(1)
  })
})

describe('inParallel', () => {
  test('does every item once, never more at a time than allowed, and reports no gaps', async () => {
    const done: number[] = [], reported: number[] = []
    let running = 0, most = 0
    await inParallel(2, 30, 4, async (index) => {
      most = Math.max(most, ++running)
      // Later items of a group finish first.
      await new Promise((resolve) => setTimeout(resolve, (4 - (index % 4)) * 3))
      running--
      done.push(index)
      if (reported.length > 0) expect(reported.at(-1)).toBeLessThanOrEqual(index + 4)
    }, (finished) => {
      expect(Array.from({ length: finished - 2 }, (_, i) => i + 2).every((index) => done.includes(index))).toBe(true)
      reported.push(finished)
    })
    expect([...done].sort((a, b) => a - b)).toEqual(Array.from({ length: 28 }, (_, i) => i + 2))
    expect(most).toBe(4)
    expect(reported.at(-1)).toBe(30)
  })

  test('stops taking up work when one item fails', async () => {
    const begun: number[] = []
    await expect(inParallel(0, 100, 2, async (index) => {
      begun.push(index)
      await Promise.resolve()
      if (index === 3) throw new Error('full')
    }, () => undefined)).rejects.toThrow('full')
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(begun.length).toBeLessThan(10)
  })
})
