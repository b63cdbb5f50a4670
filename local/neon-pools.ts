// Keeps one small pool of Postgres connections for each connection string the endpoint sees.
import pg from 'pg'

export type Pools = { for(connectionString: string): pg.Pool; close(): Promise<void> }

/** Pools towards one fixed server: user, password and database come from the string, its host does not. */
export function createPools(target: { host: string; port: number; ssl?: boolean }, size: number): Pools {
  const pools = new Map<string, pg.Pool>()
  return {
    for(connectionString) {
      const known = pools.get(connectionString)
      if (known !== undefined) return known
      const url = new URL(connectionString)
      const pool = new pg.Pool({
        host: target.host,
        port: target.port,
        ssl: target.ssl === true,
        user: decodeURIComponent(url.username),
        password: decodeURIComponent(url.password),
        database: decodeURIComponent(url.pathname.slice(1)),
        application_name: url.searchParams.get('application_name') ?? 'neon-endpoint',
        max: size,
        pipeline: true,
        idleTimeoutMillis: 30_000,
        connectionTimeoutMillis: 10_000,
      })
      // An idle connection that breaks leaves the pool by itself; unheard, its error would end the process.
      pool.on('error', () => undefined)
      pools.set(connectionString, pool)
      return pool
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.end()))
    },
  }
}
