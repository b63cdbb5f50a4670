// `npm run rotate-key`: another key takes the place of the one that seals credentials, or of the one that signs tokens.
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { claimDataFolder, isFolderInUse } from './data-folder-lock.ts'
import { openDatabase } from './database.ts'
import { newKey, promoteLast, readRing, secondsSinceWritten, writeRing, type RingName } from './key-file.ts'
import { hasOwnDatabase, runningDatabase } from './running-database.ts'
import { connectAsOwner, keysInUse, reseal, type KeyUse } from './reseal.ts'
import { digestOf, loadSecrets, secretsFile, takenFile } from './secrets.ts'
import { readText } from './processes.ts'

const HELP = `npm run rotate-key                      the key that seals credentials and second factors, on this machine: a new key,
                                        everything sealed anew with it, the old key dropped. Run it again after an interruption
npm run rotate-key -- tokens            the key that signs access tokens, on this machine: a new key signs at once;
                                        run it again after 20 minutes, and the old one is dropped
npm run rotate-key -- [tokens] STEP     one step alone, for a deployment with --file
npm run rotate-key -- status            which keys there are, and what each has sealed

  STEP         add      a new key behind the others: it opens and checks, and is used for nothing new
               promote  the last key comes to the front: it seals and signs from now on
               reseal   what the other keys sealed is sealed with the first (not for tokens)
               drop     the first key stays alone; refused while anything needs another
  --file FILE  the JSON file of secrets that is deployed (default: secrets.json in DATA_DIR, .local)

The database is that of DATA_DIR, whether npm start runs or not, or the one that MIGRATE_DATABASE_URL (or DATABASE_URL)
names, as its owner.
Exit codes: 0 done, 1 bad input, 2 could not run or something is left.
`

const STEPS = ['add', 'promote', 'reseal', 'drop', 'status'] as const
type Step = (typeof STEPS)[number]

/** An access token lives 15 minutes, and isolates and their clocks take a while. */
const TOKENS_END_SECONDS = 20 * 60
/** Longer than workerd takes to start anew. */
const TAKEN_WITHIN_MS = 60_000

class Refused extends Error {
  readonly exitCode: 1 | 2
  constructor(exitCode: 1 | 2, message: string) {
    super(message)
    this.exitCode = exitCode
  }
}

type Place = {
  file: string
  /** The folder whose product must take what changes; null for a file that somebody deploys. */
  dataDir: string | null
}

const say = (line: string): void => console.log(line)
const rows = (n: number): string => `${n.toLocaleString('en')} ${n === 1 ? 'row' : 'rows'}`

function readArguments(args: string[]): { ring: RingName; step: Step | null; place: Place } | null {
  let parsed
  try {
    parsed = parseArgs({ args, allowPositionals: true, options: { file: { type: 'string' }, help: { type: 'boolean', default: false } } })
  } catch (error) {
    throw new Refused(1, `${error instanceof Error ? error.message : String(error)}\n\n${HELP}`)
  }
  const { values, positionals } = parsed
  if (values.help) return null
  const isTokens = positionals[0] === 'tokens'
  const [word, ...more] = positionals.slice(isTokens || positionals[0] === 'credentials' ? 1 : 0)
  const step = STEPS.find((one) => one === word) ?? null
  if (more.length > 0 || (word !== undefined && step === null)) throw new Refused(1, `There is no step "${[word, ...more].join(' ')}"\n\n${HELP}`)
  if (isTokens && step === 'reseal') throw new Refused(1, 'Tokens are not kept: there is nothing to seal anew. After promote, wait 20 minutes and drop.')
  if (values.file !== undefined && step === null) throw new Refused(1, `With --file name the step: each is deployed before the next\n\n${HELP}`)
  const dataDir = resolve(process.env.DATA_DIR ?? '.local')
  const place: Place = values.file === undefined ? { file: secretsFile(dataDir), dataDir } : { file: resolve(values.file), dataDir: null }
  return { ring: isTokens ? 'TOKEN_KEYS' : 'CREDENTIAL_KEYS', step, place }
}

/** The address of a role that sees every row, and how to let go of what was started for it. */
async function openOwner({ dataDir }: Place): Promise<{ ownerUrl: string; close: () => Promise<void> }> {
  const given = process.env.MIGRATE_DATABASE_URL ?? process.env.DATABASE_URL
  if (given !== undefined) return { ownerUrl: given, close: () => Promise.resolve() }
  if (dataDir === null) throw new Refused(1, 'Set MIGRATE_DATABASE_URL to the connection string of the database owner (not app_user).')
  // A database made here and now would be empty, and every key would look unused.
  if (!hasOwnDatabase(dataDir)) throw new Refused(1, `${dataDir} holds no database. Set DATABASE_URL as for npm start, as the database's owner.`)
  if (isFolderInUse(dataDir)) return { ownerUrl: await runningDatabase(dataDir), close: () => Promise.resolve() }
  const release = claimDataFolder(dataDir)
  const secrets = loadSecrets(dataDir)
  const database = await openDatabase({ dataDir, appPassword: secrets.APP_DB_PASSWORD, log: say }).catch((error: unknown) => {
    release()
    throw error
  })
  return {
    ownerUrl: database.ownerUrl,
    async close() {
      await database.stop()
      release()
    },
  }
}

async function withOwner<T>(place: Place, work: (client: Awaited<ReturnType<typeof connectAsOwner>>) => Promise<T>): Promise<T> {
  const { ownerUrl, close } = await openOwner(place)
  try {
    const client = await connectAsOwner(ownerUrl)
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  } finally {
    await close()
  }
}

/** Until the product that runs on the folder works with what is in the file now. */
async function untilTaken({ dataDir }: Place): Promise<void> {
  if (dataDir === null || !isFolderInUse(dataDir)) return
  const wanted = digestOf(loadSecrets(dataDir))
  for (const end = Date.now() + TAKEN_WITHIN_MS; Date.now() < end; ) {
    if (readText(takenFile(dataDir))?.trim() === wanted) return
    await sleep(100)
    if (!isFolderInUse(dataDir)) return
  }
  throw new Refused(2, 'The running product has not taken the changed keys. Stop it and run this again; nothing is lost meanwhile.')
}

function change(place: Place, ring: RingName, keys: ReturnType<typeof readRing>): Promise<void> {
  writeRing(place.file, ring, keys)
  say(`${ring} in ${place.file}: ${keys.map(({ keyId }, n) => (n === 0 ? `${keyId} (${ring === 'TOKEN_KEYS' ? 'signs' : 'seals'})` : keyId)).join(', ')}`)
  return untilTaken(place)
}

function printUse(ring: readonly { keyId: string }[], use: readonly KeyUse[]): void {
  for (const { keyId } of ring) {
    const sealed = use.filter((one) => one.keyId === keyId)
    say(`  ${keyId}: ${sealed.length === 0 ? 'nothing' : sealed.map((one) => `${rows(one.rows)} of ${one.table}`).join(', ')}`)
  }
  for (const one of use) {
    if (!ring.some(({ keyId }) => keyId === one.keyId)) say(`  ${one.keyId}, which is not among the keys: ${rows(one.rows)} of ${one.table}`)
  }
}

/** @throws Refused when something was left: it is named, and no key was dropped. */
async function resealAll(place: Place): Promise<void> {
  const keys = readRing(place.file, 'CREDENTIAL_KEYS')
  await withOwner(place, async (client) => {
    const { done, unopened } = await reseal(client, { keys, onBatch: (table, soFar) => say(`  ${table}: ${rows(soFar)} so far`) })
    const use = await keysInUse(client)
    say(`${rows(done)} sealed anew with ${keys[0]?.keyId ?? ''}. Now sealed with`)
    printUse(keys, use)
    if (unopened.length === 0) return
    for (const row of unopened.slice(0, 20)) say(`  cannot be opened: ${row.table} ${row.id} of company ${row.companyId}: ${row.reason}`)
    throw new Refused(2, `${rows(unopened.length)} could not be opened and stayed as they were. Put the key that sealed them behind the others and run this again; a key that is lost means connecting anew.`)
  })
}

/** @throws Refused while anything needs a key that would go. */
async function drop(place: Place, ring: RingName): Promise<void> {
  const keys = readRing(place.file, ring)
  const [first, ...others] = keys
  if (first === undefined || others.length === 0) {
    say(`${ring} holds ${first?.keyId ?? 'nothing'} alone: there is nothing to drop.`)
    return
  }
  if (ring === 'TOKEN_KEYS') {
    const wait = TOKENS_END_SECONDS - secondsSinceWritten(place.file)
    if (wait > 0) throw new Refused(2, `Tokens of ${others.map(({ keyId }) => keyId).join(', ')} may still be in use: run this again in ${Math.ceil(wait / 60)} minutes.`)
  } else {
    const left = (await withOwner(place, keysInUse)).filter((use) => use.keyId !== first.keyId)
    if (left.length > 0) {
      printUse(keys, left)
      throw new Refused(2, `No key was dropped: ${left.map((use) => `${rows(use.rows)} of ${use.table} under ${use.keyId}`).join(', ')}. Run the step reseal first.`)
    }
  }
  await change(place, ring, [first])
  say(`Dropped ${others.map(({ keyId }) => keyId).join(', ')}.`)
}

/** A number that no key has, nor had what is still sealed. */
async function addKey(place: Place, ring: RingName): Promise<ReturnType<typeof readRing>> {
  const keys = readRing(place.file, ring)
  const used = ring === 'CREDENTIAL_KEYS' && place.dataDir !== null ? (await withOwner(place, keysInUse)).map(({ keyId }) => keyId) : []
  return [...keys, newKey(ring, keys, used)]
}

async function runStep(step: Step, place: Place, ring: RingName): Promise<void> {
  switch (step) {
    case 'add':
      await change(place, ring, await addKey(place, ring))
      say('Deploy it. When it runs everywhere: promote.')
      return
    case 'promote':
      await change(place, ring, promoteLast(readRing(place.file, ring)))
      say(`Deploy it. When it runs everywhere: ${ring === 'TOKEN_KEYS' ? 'wait 20 minutes, then drop' : 'reseal'}.`)
      return
    case 'reseal':
      await resealAll(place)
      return
    case 'drop':
      await drop(place, ring)
      return
    case 'status':
      say(`${ring}: ${readRing(place.file, ring).map(({ keyId }) => keyId).join(', ')}`)
      if (ring === 'CREDENTIAL_KEYS') printUse(readRing(place.file, ring), await withOwner(place, keysInUse))
      return
  }
}

/** On one machine a change reaches the one Worker whole: the new key may come first at once. */
async function rotateHere(place: Place, ring: RingName): Promise<void> {
  if (readRing(place.file, ring).length > 1) {
    say('A rotation is under way: it goes on.')
    await untilTaken(place)
  } else {
    await change(place, ring, promoteLast(await addKey(place, ring)))
    if (ring === 'TOKEN_KEYS') {
      say('It signs from now on. Tokens of the old key are good until they end: run this again in 20 minutes to drop it.')
      return
    }
  }
  if (ring === 'CREDENTIAL_KEYS') await resealAll(place)
  await drop(place, ring)
}

try {
  const asked = readArguments(process.argv.slice(2))
  if (asked === null) say(HELP)
  else if (asked.step === null) await rotateHere(asked.place, asked.ring)
  else await runStep(asked.step, asked.place, asked.ring)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = error instanceof Refused ? error.exitCode : 2
}
