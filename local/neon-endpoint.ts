// Speaks Neon's two protocols (SQL over HTTP, Postgres over WebSocket) in front of any Postgres server.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { runRequest, sqlRequestSchema, transactionFromHeaders } from './neon-sql.ts'
import { createPools } from './neon-pools.ts'

export type NeonEndpointOptions = {
  /** The Postgres server behind it; whatever address a client names is ignored. */
  target: { host: string; port: number; ssl?: boolean }
  /** Port on 127.0.0.1; any free one by default. */
  port?: number
  /** Connections kept for one connection string. */
  poolSize?: number
}

export type NeonEndpoint = { port: number; close(): Promise<void> }

/** Neon's own limit on a request's body. */
const MAX_BODY_BYTES = 64 * 1024 * 1024

/**
 * Serves `POST /sql` for `neon(url)` with `neonConfig.fetchEndpoint`, and WebSockets on any path for
 * `Pool` and `Client` with `neonConfig.wsProxy`. While Postgres is away it answers SQLSTATE 08006
 * (connection failure), which the driver throws as a `NeonDbError` with that `code`; it needs no
 * restart when Postgres is back.
 */
export async function startNeonEndpoint(options: NeonEndpointOptions): Promise<NeonEndpoint> {
  const pools = createPools(options.target, options.poolSize ?? 12)
  const server = createServer((request, response) => {
    void answer(request, response, pools)
  })
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (client) => {
      const upstream = connect(options.target.port, options.target.host)
      upstream.setNoDelay(true)
      upstream.on('data', (bytes) => {
        if (client.readyState === client.OPEN) client.send(bytes)
      })
      upstream.on('close', () => client.close())
      upstream.on('error', () => client.close())
      client.on('message', (bytes) => {
        for (const part of Array.isArray(bytes) ? bytes : [bytes]) upstream.write(new Uint8Array(part))
      })
      client.on('close', () => upstream.destroy())
      client.on('error', () => upstream.destroy())
    })
  })
  // Longer than workerd keeps an idle connection, so that it never writes into one that is closing here.
  server.keepAliveTimeout = 120_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  return {
    port: portOf(server.address()),
    async close() {
      for (const client of sockets.clients) client.terminate()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      await pools.close()
    },
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The database endpoint has no port')
  return address.port
}

async function answer(request: IncomingMessage, response: ServerResponse, pools: ReturnType<typeof createPools>): Promise<void> {
  const send = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  try {
    const path = request.url?.split('?')[0]
    const connectionString = request.headers['neon-connection-string']
    if (request.method !== 'POST' || path !== '/sql') return send(404, { message: 'Only POST /sql is served here' })
    if (typeof connectionString !== 'string') return send(400, { message: 'The header Neon-Connection-String is missing' })
    const parsed = sqlRequestSchema.safeParse(JSON.parse(await readBody(request)))
    if (!parsed.success) return send(400, { message: `Not a query: ${parsed.error.message}` })
    const outcome = await runRequest(pools.for(connectionString), parsed.data, transactionFromHeaders(request.headers))
    send(outcome.ok ? 200 : 400, outcome.body)
  } catch (error) {
    send(500, { message: error instanceof Error ? error.message : String(error) })
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request) {
    if (!(chunk instanceof Uint8Array)) throw new Error('A request body is bytes')
    size += chunk.byteLength
    if (size > MAX_BODY_BYTES) throw new Error('The request is larger than 64 MB')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
