/** An open dashboard as a program sees it: the socket, the newest figures, and when they came. */
import WebSocket from 'ws'
import { z } from 'zod'
import type { Merchant } from '../e2e/merchant.ts'

const figuresSchema = z.object({
  epoch: z.number(), seq: z.number(), ready: z.boolean(),
  windows: z.array(z.object({ days: z.number(), gross: z.number(), orders: z.number() })),
  value: z.object({ customers: z.number(), historicalValue: z.number() }),
})
/** Amounts in minor units. */
export type Figures = z.infer<typeof figuresSchema>

const messageSchema = z.object({ type: z.string(), snapshot: figuresSchema.optional() })
const ticketSchema = z.object({ ticket: z.string() })

export interface LiveView {
  /** Null until the first snapshot has come. */
  figures(): Figures | null
  /** Resolves with the moment (performance.now) at which figures that satisfy `enough` stood on the page. */
  when(enough: (figures: Figures) => boolean, withinMs: number): Promise<number>
  close(): void
}

/** @param url the product's address @param ticketOf asks for a single-use ticket */
export async function openLiveView(url: string, call: Merchant['call']): Promise<LiveView> {
  const { ticket } = await call(ticketSchema, 'POST', '/live/tickets', {})
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1/live?ticket=${ticket}`)
  let newest: Figures | null = null
  const watchers = new Set<() => void>()
  socket.on('message', (data: Buffer) => {
    const message = messageSchema.parse(JSON.parse(data.toString('utf8')))
    if (message.snapshot === undefined) return
    newest = message.snapshot
    for (const watcher of watchers) watcher()
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve())
    socket.once('error', reject)
  })
  // What breaks later shows as figures that never come.
  socket.on('error', () => undefined)
  return {
    figures: () => newest,
    when: (enough, withinMs) => new Promise((resolve, reject) => {
      const end = (act: () => void): void => {
        clearTimeout(timer)
        watchers.delete(look)
        act()
      }
      const look = (): void => {
        if (newest !== null && enough(newest)) end(() => resolve(performance.now()))
      }
      const timer = setTimeout(() => end(() => reject(new Error(`The figures did not come within ${withinMs / 1000} s`))), withinMs)
      watchers.add(look)
      look()
    }),
    close: () => socket.close(),
  }
}
