// A merchant's own page on another origin, with the lines of our Events page in it, and what it sends.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BrowserContext, Request } from 'playwright-core'

export type ShopSite = { origin: string; setSnippet: (html: string) => void; stop: () => Promise<void> }

/** Any address below it is one page; a port of its own makes it another origin than the product's. */
export async function startShopSite(): Promise<ShopSite> {
  let snippet = ''
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html').end(`<!doctype html><html><head><title>Page ${request.url ?? ''}</title><link rel="icon" href="data:,">${snippet}</head><body>A shop</body></html>`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    setSnippet: (html) => { snippet = html },
    stop: () => new Promise((resolve) => { server.close(() => resolve()); server.closeAllConnections() }),
  }
}

export type SentEvent = { type: string }

/** What pages of the window send to our events while they are open; the browser tells nobody of what it sends when they go. */
export function eventsSent(context: BrowserContext): { events: SentEvent[]; requests: Request[] } {
  const sent: { events: SentEvent[]; requests: Request[] } = { events: [], requests: [] }
  context.on('request', (request) => {
    if (!request.url().includes('/api/v1/events')) return
    sent.requests.push(request)
    const body: unknown = JSON.parse(request.postData() ?? '{}')
    if (typeof body === 'object' && body !== null && 'events' in body && Array.isArray(body.events)) sent.events.push(...body.events)
  })
  return sent
}
