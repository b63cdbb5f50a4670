// A server of this machine on whatever port is free.
import { once } from 'node:events'
import type { Server } from 'node:http'

export type Listening = {
  /** `http://127.0.0.1:port` */
  origin: string
  close(): Promise<void>
}

export async function listening(server: Server): Promise<Listening> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
