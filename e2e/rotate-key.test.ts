// The credential key changes while a shop's webhooks arrive, the command is killed half-way, and nothing refuses or forgets anybody.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { generate } from 'otplib'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { connectAsOwner } from '../local/reseal.ts'
import { runningDatabase } from '../local/running-database.ts'
import { freePort } from '../local/free-port.ts'
import { makeTemporaryFolder, removeTemporaryFolder } from '../local/temporary-folder.ts'
import { cents, dashboard } from './answers.ts'
import { registerMerchant, type Merchant, type Shop } from './merchant.ts'
import { orderPayload } from './shopify-payload.ts'
import { startProduct, type StartedProduct } from './started-product.ts'
import { until } from './until.ts'

/** Enough that the command can be caught in the middle: some twenty batches. */
const MANY = 4_000
const BUYER = { id: '7300000000000000002', email: 'patient@people.example' }

let folder: string
let port: number
let product: StartedProduct
let merchant: Merchant
let shop: Shop
let recoveryCodes: string[]
let totpSecret: string

const secretsSchema = z.object({ CREDENTIAL_KEYS: z.string(), TOKEN_KEYS: z.string() })
const keyIds = (ring: keyof z.infer<typeof secretsSchema>): string[] =>
  secretsSchema.parse(JSON.parse(readFileSync(join(folder, 'secrets.json'), 'utf8')))[ring].split(',').map((key) => key.split(':')[0] ?? '')

type Command = { process: ChildProcess; output(): string; ended: Promise<number | null> }

function rotateKey(...args: string[]): Command {
  const started = spawn(process.execPath, [fileURLToPath(new URL('../local/rotate-key.ts', import.meta.url)), ...args], {
    env: { ...process.env, DATA_DIR: folder, DATABASE_URL: undefined, MIGRATE_DATABASE_URL: undefined }, stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [started.stdout, started.stderr]) stream.on('data', (bytes: Buffer) => { output += bytes.toString() })
  return { process: started, output: () => output, ended: once(started, 'close').then(([code]: unknown[]) => (typeof code === 'number' ? code : null)) }
}

async function done(...args: string[]): Promise<string> {
  const command = rotateKey(...args)
  const code = await command.ended
  if (code !== 0) throw new Error(`rotate-key ${args.join(' ')} ended with ${code}:\n${command.output()}`)
  return command.output()
}

let sending = true
const accepted = new Map<string, number>()
/** Every answer that was not "yes": a shop that is told 4xx gives up, 503 and a broken line it tries again. */
const refusals: string[] = []

async function keepSending(): Promise<void> {
  for (let n = 0; sending; n++) {
    const id = String(9_600_000_000_000_000_001n + BigInt(n))
    const at = new Date().toISOString()
    const body = orderPayload({ id, at, updatedAt: at, cents: 1_000 + n, buyer: BUYER })
    for (let ok = false; !ok; ) {
      const status = await shop.deliver('orders/create', body, id).then((response) => response.status, () => 0)
      ok = status === 200
      if (!ok && status !== 0 && status !== 503) refusals.push(`${id}: ${status}`)
      await sleep(ok ? 20 : 100)
    }
    accepted.set(id, 1_000 + n)
  }
}

async function useOf(table: 'integrations' | 'user_mfa'): Promise<Record<string, number>> {
  const column = table === 'integrations' ? 'credential_key_id' : 'key_id'
  const client = await connectAsOwner(await runningDatabase(folder))
  const { rows } = await client.query<{ key: string; n: number }>(`select ${column} as key, count(*)::int as n from ${table} group by 1`)
  await client.end()
  return Object.fromEntries(rows.map(({ key, n }) => [key, n]))
}

const signIn = async (second: { totp: string } | { recoveryCode: string }): Promise<number> =>
  (await fetch(`${product.url}/api/v1/auth/login`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ email: merchant.email, password: merchant.password, ...second }),
  })).status

beforeAll(async () => {
  folder = await makeTemporaryFolder()
  port = await freePort()
  product = await startProduct(folder, port)
  merchant = await registerMerchant(product.url, 'Key shop')
  shop = await merchant.openShop()
  totpSecret = (await merchant.call(z.object({ secret: z.string() }), 'POST', '/auth/mfa/enrol', { password: merchant.password })).secret
  recoveryCodes = (await merchant.call(z.object({ recoveryCodes: z.array(z.string()) }), 'POST', '/auth/mfa/confirm', { code: await generate({ secret: totpSecret }) })).recoveryCodes
  const client = new pg.Client({ connectionString: await runningDatabase(folder) })
  await client.connect()
  await client.query(`insert into integrations (company_id, id, platform, name, credentials, credential_key_id)
    select company_id, gen_random_uuid(), platform, 'one of many', credentials, credential_key_id from integrations, generate_series(1, ${MANY})`)
  await client.end()
})
afterAll(async () => {
  sending = false
  await product?.interrupt()
  await removeTemporaryFolder(folder)
})

it('changes under the running product: killed half-way it goes on, and every webhook is accepted', async () => {
  const sender = keepSending()
  await until('the first orders', 30_000, () => (accepted.size > 10 ? true : null))

  const first = rotateKey()
  await until('some to be sealed anew', 90_000, () => (/so far/.test(first.output()) ? true : null), 1)
  first.process.kill('SIGKILL')
  await first.ended
  const half = await useOf('integrations')
  expect(half['k1'], first.output()).toBeGreaterThan(0)
  expect(half['k2']).toBeGreaterThan(0)
  // Both are kept, the new one first; and neither can be dropped by mistake.
  expect(keyIds('CREDENTIAL_KEYS')).toEqual(['k2', 'k1'])
  const refused = rotateKey('drop')
  expect([await refused.ended, refused.output()]).toEqual([2, expect.stringMatching(/No key was dropped: .* of integrations under k1/)])
  const before = accepted.size
  await until('orders in between', 30_000, () => (accepted.size > before + 20 ? true : null))

  expect(await done()).toMatch(/goes on[\s\S]*Dropped k1/)
  expect(keyIds('CREDENTIAL_KEYS')).toEqual(['k2'])
  expect([await useOf('integrations'), await useOf('user_mfa')]).toEqual([{ k2: MANY + 1 }, { k2: 1 }])
  const after = accepted.size
  await until('orders under the new key alone', 60_000, () => (accepted.size > after + 20 ? true : null))
  sending = false
  await sender
  expect(refusals).toEqual([])
  const sum = [...accepted.values()].reduce((total, amount) => total + amount, 0)
  await until('all of it to be counted', 120_000, async () => (cents((await merchant.call(dashboard, 'GET', '/dashboard')).snapshot.value.historicalValue) === sum ? true : null), 1_000)
}, 300_000)

it('leaves the second factor and the secrets as they were', async () => {
  const revealed = await merchant.call(z.object({ secret: z.string() }), 'GET', `/integrations/${shop.integrationId}/secret`)
  expect(revealed.secret).toBe(shop.secret)
  expect(await signIn({ totp: '000000' })).toBe(401)
  // The code that confirmed it was used; the next one comes within half a minute.
  await until('a fresh code to be taken', 70_000, async () => ((await signIn({ totp: await generate({ secret: totpSecret }) })) === 200 ? true : null), 7_000)
}, 120_000)

it('gives tokens a second key that both check, and drops none that tokens still need', async () => {
  const published = z.object({ keys: z.array(z.object({ kid: z.string() })) })
  const jwks = async () => published.parse(await (await fetch(`${product.url}/.well-known/jwks.json`)).json()).keys.map(({ kid }) => kid)
  expect(await jwks()).toEqual(['t1'])
  expect(await done('tokens')).toContain('It signs from now on')
  expect(await jwks()).toEqual(['t2', 't1'])
  // The merchant's token was signed by the former key.
  expect((await merchant.send('GET', '/auth/me')).status).toBe(200)
  const early = rotateKey('tokens')
  expect([await early.ended, early.output()]).toEqual([2, expect.stringMatching(/may still be in use: run this again in \d+ minutes/)])
  expect(keyIds('TOKEN_KEYS')).toEqual(['t2', 't1'])
}, 120_000)

it('changes the same way while the product is stopped', async () => {
  await product.interrupt()
  expect(await done()).toMatch(/Dropped k2/)
  expect(keyIds('CREDENTIAL_KEYS')).toEqual(['k3'])
  product = await startProduct(folder, port)
  const body = orderPayload({ id: '9700000000000000001', at: new Date().toISOString(), updatedAt: new Date().toISOString(), cents: 500, buyer: BUYER })
  expect((await shop.deliver('orders/create', body)).status).toBe(200)
  expect(await signIn({ recoveryCode: recoveryCodes[0] ?? '' })).toBe(200)
  expect(await done('status')).toMatch(/k3: 4,001 rows of integrations, 1 row of user_mfa/)
}, 180_000)

it('touches nothing where there is no database', async () => {
  const empty = await makeTemporaryFolder()
  const command = spawn(process.execPath, [fileURLToPath(new URL('../local/rotate-key.ts', import.meta.url))], { env: { ...process.env, DATA_DIR: empty, DATABASE_URL: undefined, MIGRATE_DATABASE_URL: undefined }, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  command.stderr.on('data', (bytes: Buffer) => { said += bytes.toString() })
  expect((await once(command, 'close'))[0]).not.toBe(0)
  expect(said).toContain('There is no file')
  await removeTemporaryFolder(empty)
})
