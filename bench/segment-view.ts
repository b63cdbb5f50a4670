/** An open page's ear for segments: each new size, and when it came. */
import WebSocket from 'ws'
import { z } from 'zod'
import type { Merchant } from '../e2e/merchant.ts'

const messageSchema = z.object({ type: z.string(), segmentId: z.string().optional(), count: z.number().optional() })
const ticketSchema = z.object({ ticket: z.string() })

export interface SegmentView {
  /** Resolves with `Date.now()` of the moment at which the segment was told to have so many members. */
  when(segmentId: string, isIt: (count: number) => boolean, withinMs: number): Promise<number>
  close(): void
}

export async function openSegmentView(url: string, call: Merchant['call']): Promise<SegmentView> {
  const { ticket } = await call(ticketSchema, 'POST', '/live/tickets', {})
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1/live?ticket=${ticket}`)
  const watchers = new Set<(segmentId: string, count: number) => void>()
  socket.on('message', (data: Buffer) => {
    const { type, segmentId, count } = messageSchema.parse(JSON.parse(data.toString('utf8')))
    if (type !== 'segment' || segmentId === undefined || count === undefined) return
    for (const watcher of watchers) watcher(segmentId, count)
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve())
    socket.once('error', reject)
  })
  // What breaks later shows as sizes that never come.
  socket.on('error', () => undefined)
  return {
    when: (wanted, isIt, withinMs) => new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        watchers.delete(look)
        reject(new Error(`The segment did not move within ${withinMs / 1000} s`))
      }, withinMs)
      const look = (segmentId: string, count: number): void => {
        if (segmentId !== wanted || !isIt(count)) return
        clearTimeout(timer)
        watchers.delete(look)
        resolve(Date.now())
      }
      watchers.add(look)
    }),
    close: () => socket.close(),
  }
}
