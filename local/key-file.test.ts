// Rings of keys in a file: nothing else in it is touched, no name comes twice, and no key is ever told.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { formatNamedKeys } from '#worker/context/named-keys'
import { newKey, promoteLast, readRing, writeRing } from './key-file.ts'

const key = (keyId: string, fill: number) => ({ keyId, key: new Uint8Array(32).fill(fill) })
let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keys-'))
  file = join(folder, 'secrets.json')
})
afterEach(() => rmSync(folder, { recursive: true }))
const write = (secrets: Record<string, string>): void => writeFileSync(file, JSON.stringify(secrets))

it('takes a ring out, puts another in, and leaves the rest and its order', () => {
  write({ AUTH_SECRET: 'a', CREDENTIAL_KEYS: formatNamedKeys([key('k1', 1)]), SOMETHING_OF_YOURS: 'stays' })
  writeRing(file, 'CREDENTIAL_KEYS', [key('k2', 2), ...readRing(file, 'CREDENTIAL_KEYS')])
  expect(readRing(file, 'CREDENTIAL_KEYS')).toEqual([key('k2', 2), key('k1', 1)])
  expect(Object.entries(JSON.parse(readFileSync(file, 'utf8')))).toEqual([['AUTH_SECRET', 'a'], ['CREDENTIAL_KEYS', expect.any(String)], ['SOMETHING_OF_YOURS', 'stays']])
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

it('names a new key like no other, also like none that still seals something', () => {
  expect(newKey('CREDENTIAL_KEYS', [key('k3', 1), key('k1', 1)]).keyId).toBe('k4')
  expect(newKey('CREDENTIAL_KEYS', [key('k3', 1)], ['k9', 'k2']).keyId).toBe('k10')
  expect(newKey('TOKEN_KEYS', [key('first', 1)]).keyId).toBe('t1')
  const [one, other] = [newKey('TOKEN_KEYS', []), newKey('TOKEN_KEYS', [])]
  expect(one.key).toHaveLength(32)
  expect(one.key).not.toEqual(other.key)
})

it('brings the last key to the front', () => {
  expect(promoteLast([key('k1', 1), key('k2', 2), key('k3', 3)]).map(({ keyId }) => keyId)).toEqual(['k3', 'k1', 'k2'])
})

it.each([
  ['no file', () => undefined, /There is no file .*secrets\.json/],
  ['no ring', () => write({ AUTH_SECRET: 'hidden' }), /has no CREDENTIAL_KEYS/],
  ['a ring that is none', () => write({ CREDENTIAL_KEYS: 'k1:hidden' }), /CREDENTIAL_KEYS in .* is not a list/],
  ['a name twice', () => write({ CREDENTIAL_KEYS: formatNamedKeys([key('k1', 1), key('k1', 2)]) }), /each keyId once/],
  ['no JSON', () => writeFileSync(file, 'hidden'), /is not a JSON object/],
])('says what is wrong with %s, and tells nothing of what is in it', (_what, make, words) => {
  make()
  let said = ''
  try {
    readRing(file, 'CREDENTIAL_KEYS')
  } catch (error) {
    said = String(error)
  }
  expect(said).toMatch(words)
  expect(said).not.toContain('hidden')
})
