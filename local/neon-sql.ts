// Runs one request of Neon's SQL-over-HTTP protocol: a statement, or several in one transaction.
import type { IncomingHttpHeaders } from 'node:http'
import pg from 'pg'
import { z } from 'zod'

const statementSchema = z.object({ query: z.string(), params: z.array(z.unknown()).default([]) })
export const sqlRequestSchema = z.union([z.object({ queries: z.array(statementSchema) }), statementSchema])

type Statement = z.infer<typeof statementSchema>
export type SqlRequest = z.infer<typeof sqlRequestSchema>

const ISOLATION = new Map([
  ['ReadUncommitted', 'READ UNCOMMITTED'],
  ['ReadCommitted', 'READ COMMITTED'],
  ['RepeatableRead', 'REPEATABLE READ'],
  ['Serializable', 'SERIALIZABLE'],
])

/** The `BEGIN` that a batch's headers ask for. */
export function transactionFromHeaders(headers: IncomingHttpHeaders): string {
  const isolation = ISOLATION.get(String(headers['neon-batch-isolation-level']))
  return [
    'BEGIN',
    isolation === undefined ? '' : ` ISOLATION LEVEL ${isolation}`,
    headers['neon-batch-read-only'] === 'true' ? ' READ ONLY' : '',
    headers['neon-batch-deferrable'] === 'true' ? ' DEFERRABLE' : '',
  ].join('')
}

/** Every value stays the text Postgres sent (`Neon-Raw-Text-Output`): the driver parses it. */
const rawText = { getTypeParser: () => (value: unknown) => value }

/**
 * @param begin the statement that opens a batch's transaction
 * @returns the protocol's answer, or its error with the fields of a Postgres error; a lost
 *   connection is SQLSTATE 08006, whatever the network called it
 */
export async function runRequest(pool: pg.Pool, request: SqlRequest, begin: string): Promise<{ ok: boolean; body: unknown }> {
  let client: pg.PoolClient
  try {
    client = await pool.connect()
  } catch (error) {
    return { ok: false, body: describeError(error) }
  }
  // Without a listener, a server that dies during a statement would end this process.
  const ignore = (): void => undefined
  client.on('error', ignore)
  let broken = false
  try {
    return { ok: true, body: 'queries' in request ? { results: await runBatch(client, request.queries, begin) } : await run(client, request) }
  } catch (error) {
    broken = !(error instanceof pg.DatabaseError) || error.severity === 'FATAL'
    return { ok: false, body: describeError(error) }
  } finally {
    client.off('error', ignore)
    client.release(broken)
  }
}

/**
 * All statements go out at once: answers are waited for together, and a tenant's lock is held no longer than Postgres
 * works. After a refused one Postgres refuses the rest and takes the COMMIT as a ROLLBACK.
 */
async function runBatch(client: pg.PoolClient, statements: readonly Statement[], begin: string): Promise<unknown[]> {
  const began = client.query(begin)
  const sent = statements.map((statement) => run(client, statement))
  const answers = await Promise.allSettled([began, ...sent, client.query('COMMIT')])
  for (const answer of answers) if (answer.status === 'rejected') throw answer.reason
  return Promise.all(sent)
}

async function run(client: pg.PoolClient, statement: Statement): Promise<unknown> {
  const config = { name: nameOf(client, statement.query), text: statement.query, values: statement.params, rowMode: 'array', types: rawText, queryMode: 'extended' } as const
  const { command, rowCount, rows, fields } = await client.query(config)
  return { command, rowCount, rowAsArray: true, rows, fields }
}

/** Statements a connection keeps prepared; what comes after them is planned each time. */
const MOST_PREPARED = 300
const seen = new WeakMap<pg.PoolClient, Map<string, string>>()

/**
 * From its second time on a connection a statement has a name, so that Postgres need not parse and plan it anew: for the
 * small batches of many tenants that costs as much as running it.
 */
function nameOf(client: pg.PoolClient, text: string): string | undefined {
  const statements = seen.get(client) ?? new Map<string, string>()
  seen.set(client, statements)
  const known = statements.get(text)
  if (known === undefined && statements.size < MOST_PREPARED) statements.set(text, `s${String(statements.size)}`)
  return known
}

const ERROR_FIELDS = [
  ...(['severity', 'code', 'detail', 'hint', 'position', 'internalPosition', 'internalQuery', 'where'] as const),
  ...(['schema', 'table', 'column', 'dataType', 'constraint', 'file', 'line', 'routine'] as const),
]

function describeError(error: unknown): Record<string, unknown> {
  if (error instanceof pg.DatabaseError) {
    const fields: Record<string, unknown> = { message: error.message }
    for (const name of ERROR_FIELDS) fields[name] = error[name] ?? null
    return fields
  }
  const reason = error instanceof Error ? error.message || ('code' in error ? String(error.code) : error.name) : String(error)
  return { message: `Could not reach the database: ${reason}`, severity: 'FATAL', code: '08006' }
}
