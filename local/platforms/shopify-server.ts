// Shopify's GraphQL Admin API on this machine, as far as the history of a shop needs it: bulk operations, their files, refunds by id.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { json } from 'node:stream/consumers'
import { z } from 'zod'
import { bulkLines, hasConnectionInList, parseSelection, project, type Field } from './graphql-selection.ts'
import type { ShopData, ShopOrder, ShopRefund } from './shopify-orders.ts'

export type ShopifyServerOptions = {
  data: ShopData
  token: string
  scopes?: string[]
  /** How often a bulk operation is asked about before it is done (default 1). */
  polls?: number
  /** Every so manieth question is answered with THROTTLED; 0 never. */
  throttleEvery?: number
}

export type ShopifyServer = {
  /** Local origin that stands in for the shop's. */
  origin: string
  /** Swaps what the shop has; running operations keep what they began with. */
  sell(data: ShopData): void
  questions(): number
  /** Ranges of the file that were asked for. */
  ranges: string[]
  close(): Promise<void>
}

type Bulk = { id: string; data: ShopData; from: number; to: number; fields: Field[]; pollsLeft: number; size: number; marks: { index: number; byte: number }[] }

/** Where the files of bulk operations lie, as the outside sees it: lead it to this server as well. */
export const FILES_ORIGIN = 'https://files.shopify.example'

const question = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()).default({}) })

/** Orders between two remembered places of a file: how much is made anew and thrown away to begin in the middle. */
const MARK_EVERY = 200
const LISTS = new Set(['refunds', 'discountAllocations', 'taxLines', 'transactions'])

export async function startShopifyServer(options: ShopifyServerOptions): Promise<ShopifyServer> {
  let { data } = options
  let questions = 0
  const ranges: string[] = []
  const bulks = new Map<string, Bulk>()

  const answer = (query: string, variables: Record<string, unknown>): unknown => {
    const [field] = parseSelection(query)
    switch (field?.name) {
      case 'currentAppInstallation':
        return { currentAppInstallation: { accessScopes: (options.scopes ?? ['read_orders', 'read_all_orders', 'read_customers']).map((handle) => ({ handle })) } }
      case 'bulkOperationRunQuery': return { bulkOperationRunQuery: startBulk(String(variables.query)) }
      case 'node': {
        const bulk = bulks.get(String(variables.id))
        return { node: bulk === undefined ? null : project(stateOf(bulk), field.fields, 'BulkOperation') }
      }
      case 'nodes': {
        const ids = Array.isArray(variables.ids) ? variables.ids.map(String) : []
        return { nodes: ids.map((id) => { const found = findRefund(data, id); return found === null ? null : project(found, field.fields, 'Refund') }) }
      }
      default: throw new Error(`Field '${field?.name ?? ''}' doesn't exist on type 'QueryRoot'`)
    }
  }

  const startBulk = (query: string): unknown => {
    const refused = (message: string): unknown => ({ bulkOperation: null, userErrors: [{ field: ['query'], message, code: 'INVALID' }] })
    try {
      const [orders] = parseSelection(query)
      const node = orders?.fields.find(({ name }) => name === 'edges')?.fields.find(({ name }) => name === 'node')
      if (orders?.name !== 'orders' || node === undefined) return refused('Bulk queries must contain at least one connection.')
      if (hasConnectionInList(node.fields, LISTS)) return refused('Queries that contain a connection field within a list field are not currently supported.')
      const search = z.string().parse(JSON.parse(orders.args.query ?? '""'))
      const time = (sign: string, otherwise: number): number => Date.parse(new RegExp(`created_at:${sign}'([^']+)'`).exec(search)?.[1] ?? '') || otherwise
      const [from, to] = [firstFrom(data, time('>=', -Infinity)), firstFrom(data, time('<', Infinity))]
      const bulk: Bulk = { id: `gid://shopify/BulkOperation/${720_918 + bulks.size}`, data, from, to, fields: node.fields, pollsLeft: options.polls ?? 1, size: 0, marks: [] }
      for (let index = from; index < to; index++) {
        if ((index - from) % MARK_EVERY === 0) bulk.marks.push({ index, byte: bulk.size })
        bulk.size += Buffer.byteLength(textOf(bulk, index))
      }
      bulks.set(bulk.id, bulk)
      return { bulkOperation: { id: bulk.id, status: 'CREATED' }, userErrors: [] }
    } catch (error) {
      return refused(error instanceof Error ? error.message : String(error))
    }
  }

  const stateOf = (bulk: Bulk): Record<string, unknown> => {
    const done = bulk.pollsLeft <= 0
    bulk.pollsLeft -= 1
    const count = String(bulk.to - bulk.from)
    return {
      id: bulk.id, status: done ? 'COMPLETED' : 'RUNNING', errorCode: null, rootObjectCount: done ? count : '0', objectCount: done ? count : '0',
      fileSize: done ? String(bulk.size) : null, url: done && bulk.size > 0 ? `${FILES_ORIGIN}/files/${bulk.id.split('/').at(-1)}.jsonl` : null,
    }
  }

  const sendFile = async (bulk: Bulk, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1]
    const start = Number(range ?? 0)
    ranges.push(request.headers.range ?? 'all')
    if (start >= bulk.size) return void response.writeHead(416, { 'content-range': `bytes */${bulk.size}` }).end()
    response.writeHead(range === undefined ? 200 : 206, {
      'content-type': 'application/jsonl', 'content-length': bulk.size - start, ...(range !== undefined && { 'content-range': `bytes ${start}-${bulk.size - 1}/${bulk.size}` }),
    })
    const mark = bulk.marks.findLast(({ byte }) => byte <= start) ?? { index: bulk.from, byte: 0 }
    let byte = mark.byte
    for (let index = mark.index; index < bulk.to && !response.destroyed; index++) {
      const bytes = Buffer.from(textOf(bulk, index))
      const fresh = bytes.subarray(Math.max(0, start - byte))
      byte += bytes.length
      if (fresh.length > 0 && !response.write(fresh)) await roomIn(response)
    }
    response.end()
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.writeHead(500).end(error instanceof Error ? error.message : String(error))
    })
  })
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://local')
    const file = /^\/files\/(\d+)\.jsonl$/.exec(url.pathname)?.[1]
    if (file !== undefined) {
      const bulk = bulks.get(`gid://shopify/BulkOperation/${file}`)
      return bulk === undefined ? void response.writeHead(404).end() : sendFile(bulk, request, response)
    }
    const send = (status: number, body: unknown): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (request.method !== 'POST' || !/^\/admin\/api\/\d{4}-\d\d\/graphql\.json$/.test(url.pathname)) return send(404, { errors: 'Not Found' })
    if (request.headers['x-shopify-access-token'] !== options.token) return send(401, { errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' })
    questions += 1
    const cost = { requestedQueryCost: 110, actualQueryCost: null, throttleStatus: { maximumAvailable: 2000, currentlyAvailable: 10, restoreRate: 100 } }
    const every = options.throttleEvery ?? 0
    if (every > 0 && questions % every === 0) return send(200, { errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }], extensions: { cost } })
    const { query, variables } = question.parse(await json(request))
    try {
      send(200, { data: answer(query, variables), extensions: { cost } })
    } catch (error) {
      send(200, { errors: [{ message: error instanceof Error ? error.message : String(error) }] })
    }
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${z.object({ port: z.number() }).parse(server.address()).port}`, ranges, questions: () => questions,
    sell(fresh) { data = fresh },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function roomIn(response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    const go = (): void => {
      response.off('drain', go).off('close', go)
      resolve()
    }
    response.on('drain', go).on('close', go)
  })
}

function textOf({ data, fields }: Bulk, index: number): string {
  return `${bulkLines(data.at(index), fields).join('\n')}\n`
}

/** The first order created at or after `time`; orders stand by creation. */
function firstFrom(data: ShopData, time: number): number {
  let [low, high] = [0, data.count]
  while (low < high) {
    const middle = (low + high) >> 1
    if (Date.parse(data.at(middle).createdAt) < time) low = middle + 1
    else high = middle
  }
  return low
}

/** Refunds carry their order's number. */
function findRefund(data: ShopData, id: string): ShopRefund | null {
  const index = Number(BigInt(id.split('/').at(-1) ?? '0') - 9_820_982_911_946_154_000n - 1_000_000_000n)
  const near: ShopOrder[] = index >= 0 && index < data.count ? [data.at(index)] : []
  const inOrder = near.flatMap(({ refunds }) => refunds).find((refund) => refund.id === id)
  if (inOrder !== undefined) return inOrder
  for (let at = 0; at < Math.min(data.count, 1000); at++) {
    const found = data.at(at).refunds.find((refund) => refund.id === id)
    if (found !== undefined) return found
  }
  return null
}
