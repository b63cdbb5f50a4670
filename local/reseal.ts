// Seals anew what an older credential key sealed. Each row names its key, so a run that was cut short is simply run again.
import pg from 'pg'
import { makeKeyring } from '#worker/context/keyring'
import type { NamedKey } from '#worker/context/named-keys'

/** Every column that holds something sealed, with the one that names its key; a test compares this with the catalogue. */
export const SEALED_COLUMNS = [
  { table: 'integrations', id: 'id', sealed: 'credentials', keyId: 'credential_key_id' },
  { table: 'user_mfa', id: 'user_id', sealed: 'secret', keyId: 'key_id' },
] as const

type SealedColumn = (typeof SEALED_COLUMNS)[number]

/** Rows by the key that sealed them. */
export type KeyUse = { table: string; keyId: string; rows: number }

/** A row that its key does not open: the wrong key, or damaged. */
export type Unopened = { table: string; companyId: string; id: string; reason: string }

export type Resealed = {
  /** Rows sealed anew by this run. */
  done: number
  unopened: Unopened[]
}

export type ResealOptions = {
  /** The first one seals; all open. */
  keys: readonly NamedKey[]
  /** Rows read, opened, sealed and written at once. */
  batch?: number
  /** Called after each batch has been committed, with the rows done so far. */
  onBatch?: (table: string, done: number) => void | Promise<void>
}

const BATCH = 200
const FIRST_ID = '00000000-0000-0000-0000-000000000000'

/**
 * Connects as a role that sees the rows of every company.
 *
 * @throws Error when row-level security holds the role: what it does not see it would take for done
 */
export async function connectAsOwner(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString })
  client.on('error', () => undefined)
  await client.connect()
  for (const { table } of SEALED_COLUMNS) {
    const held = await client.query<{ held: boolean }>('SELECT row_security_active($1) AS held', [table])
    if (held.rows[0]?.held !== false) {
      await client.end()
      throw new Error(`This role does not see every row of ${table}, because row-level security holds it. Give the address of the database's owner, not of app_user.`)
    }
  }
  return client
}

/** What is sealed with which key. */
export async function keysInUse(client: pg.Client): Promise<KeyUse[]> {
  const all: KeyUse[] = []
  for (const { table, keyId } of SEALED_COLUMNS) {
    const { rows } = await client.query<{ key: string; n: number }>(`SELECT ${keyId} AS key, count(*)::int AS n FROM ${table} GROUP BY 1 ORDER BY 1`)
    all.push(...rows.map(({ key, n }) => ({ table, keyId: key, rows: n })))
  }
  return all
}

/**
 * Seals every row that the first key did not seal. Rows that change meanwhile are left to whoever changed them, and looked
 * at again. Safe to run twice, also at once.
 */
export async function reseal(client: pg.Client, options: ResealOptions): Promise<Resealed> {
  const result: Resealed = { done: 0, unopened: [] }
  for (const column of SEALED_COLUMNS) {
    // What somebody changed under our hands may be sealed with an older key again: until a pass finds nothing to do.
    for (let moved = true; moved; ) {
      const pass = await passOver(client, column, options, result.done)
      moved = pass.done > 0
      result.done += pass.done
      if (!moved) result.unopened.push(...pass.unopened)
    }
  }
  return result
}

async function passOver(client: pg.Client, column: SealedColumn, { keys, batch = BATCH, onBatch }: ResealOptions, before: number): Promise<Resealed> {
  const { table, id, sealed, keyId } = column
  // Its own for identities is never asked for.
  const ring = makeKeyring({ identitySecret: new Uint8Array(32), credentialKeys: keys })
  const newest = keys[0]?.keyId ?? ''
  const result: Resealed = { done: 0, unopened: [] }
  for (let after: readonly [string, string] = [FIRST_ID, FIRST_ID]; ; ) {
    const { rows } = await client.query<{ company: string; id: string; sealed: string; key: string }>(
      `SELECT company_id::text AS company, ${id}::text AS id, ${sealed} AS sealed, ${keyId} AS key FROM ${table}
       WHERE ${keyId} <> $1 AND (company_id, ${id}) > ($2::uuid, $3::uuid) ORDER BY company_id, ${id} LIMIT $4`,
      [newest, ...after, batch],
    )
    const last = rows.at(-1)
    if (last === undefined) return result
    after = [last.company, last.id]
    const anew: { company: string; id: string; old: string; sealed: string }[] = []
    for (const row of rows) {
      try {
        anew.push({ company: row.company, id: row.id, old: row.sealed, sealed: (await ring.encrypt(await ring.decrypt(row.key, row.sealed))).sealed })
      } catch (error) {
        result.unopened.push({ table, companyId: row.company, id: row.id, reason: error instanceof Error ? error.message : String(error) })
      }
    }
    // Only over what was read: a change that came in between stays.
    const written = await client.query(
      `UPDATE ${table} t SET ${sealed} = n.sealed, ${keyId} = $1
       FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) AS n (company, id, old, sealed)
       WHERE t.company_id = n.company AND t.${id} = n.id AND t.${sealed} = n.old`,
      [newest, anew.map((row) => row.company), anew.map((row) => row.id), anew.map((row) => row.old), anew.map((row) => row.sealed)],
    )
    result.done += written.rowCount ?? 0
    await onBatch?.(table, before + result.done)
  }
}
