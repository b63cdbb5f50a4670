// The rings of keys in a file of secrets, and the steps by which one key takes another's place.
import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { formatNamedKeys, parseNamedKeys, type NamedKey } from '#worker/context/named-keys'

export type RingName = 'CREDENTIAL_KEYS' | 'TOKEN_KEYS'

/** What new keys of a ring are called: the letter and the next number. */
const LETTERS: Readonly<Record<RingName, string>> = { CREDENTIAL_KEYS: 'k', TOKEN_KEYS: 't' }

const fileSchema = z.record(z.string(), z.string())

/** @throws Error that names file and secret, never a value */
export function readRing(file: string, name: RingName): NamedKey[] {
  const text = readSecrets(file)[name]
  if (text === undefined) throw new Error(`${file} has no ${name}`)
  const keys = parseNamedKeys(text)
  if (keys === null) throw new Error(`${name} in ${file} is not a list of keyId:base64(32 bytes), each keyId once`)
  return keys
}

/** Puts the ring in its place; everything else in the file stays. */
export function writeRing(file: string, name: RingName, keys: readonly NamedKey[]): void {
  const secrets = { ...readSecrets(file), [name]: formatNamedKeys(keys) }
  writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/** A key that no other was called like: what it seals names it for years. */
export function newKey(name: RingName, ring: readonly NamedKey[], used: readonly string[] = []): NamedKey {
  const numbers = [...ring.map(({ keyId }) => keyId), ...used].map((keyId) => Number(/(\d{1,9})$/.exec(keyId)?.[1] ?? 0))
  return { keyId: `${LETTERS[name]}${Math.max(0, ...numbers) + 1}`, key: Uint8Array.from(randomBytes(32)) }
}

/** The last key comes to the front, the others keep their order. */
export function promoteLast(ring: readonly NamedKey[]): NamedKey[] {
  return [...ring.slice(-1), ...ring.slice(0, -1)]
}

/** Seconds since the file was last written. */
export function secondsSinceWritten(file: string): number {
  return (Date.now() - statSync(file).mtimeMs) / 1000
}

function readSecrets(file: string): Record<string, string> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    throw new Error(`There is no file ${file}. Start Perennial once, set DATA_DIR to its folder, or name the file of secrets with --file.`)
  }
  const parsed = fileSchema.safeParse(parseJson(text))
  if (!parsed.success) throw new Error(`${file} is not a JSON object of texts`)
  return parsed.data
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
