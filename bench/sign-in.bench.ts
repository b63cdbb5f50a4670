/** Signing in, checking a token, and what counting a request costs: each beside what it cannot be faster than. */
import { scrypt } from 'node:crypto'
import { z } from 'zod'
import { quantile } from '#core/math/quantile'
import { startStack, type Stack } from '#local/stack'
import { issueAccessToken, readAccessToken, type Identity } from '#operations/access-token'
import { makeTokenKeys } from '#worker/context/token-keys'
import { NO_LIMITS, registerMerchant, type Merchant } from '../e2e/merchant.ts'
import type { Bench, Row } from './bench.ts'
import { loadNote } from './conditions.ts'
import { latencyRows, timeEach } from './latency.ts'

const LOGIN_MS = 200
const CHECK_MS = 1
const CHECKS = 3_000
/** Rounds of requests with and without counting, turn by turn: what else the machine does falls on both. */
const ROUNDS = 12
const A_ROUND = 60
/** As worker/operations/password.ts: the least that a sign-in can take. */
const SCRYPT = { N: 2 ** 15, r: 8, p: 2, maxmem: 96 * 1024 * 1024 }

const answer = z.object({ accessToken: z.string() })

export const bench: Bench = {
  name: 'sign-in',
  seconds: 60,
  async run() {
    const counted = await startStack({ schedules: false, vars: NO_LIMITS })
    try {
      const uncounted = await startStack({ schedules: false, build: false, vars: { ...NO_LIMITS, COUNT_REQUESTS: 'no' } })
      try {
        return [...(await logins(counted)), ...(await checks()), ...(await counting(counted, uncounted))]
      } finally {
        await uncounted.stop()
      }
    } finally {
      await counted.stop()
    }
  },
}

async function logins(stack: Stack): Promise<Row[]> {
  const { email, password } = await registerMerchant(stack.url, 'Sign-in')
  const login = async (): Promise<void> => {
    const response = await fetch(`${stack.url}/api/v1/auth/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ email, password }) })
    answer.parse(await response.json())
  }
  const hash = await timeEach(() => new Promise<void>((resolve, reject) => {
    scrypt(password, 'sixteen bytes...', 32, SCRYPT, (error) => { if (error === null) resolve(); else reject(error) })
  }), 20)
  return latencyRows('login, over HTTP', await timeEach(login), [50, 95], { percentile: 95, limit: LOGIN_MS }, { name: 'one scrypt of its cost in Node, median', figure: quantile(hash, 0.5) })
}

/** The code that the Worker runs, here in Node: nothing of it waits. */
async function checks(): Promise<Row[]> {
  const keys = makeTokenKeys([{ keyId: 't1', key: crypto.getRandomValues(new Uint8Array(32)) }])
  const identity: Identity = {
    companyId: crypto.randomUUID(), mustEnrol: false,
    actor: { kind: 'user', userId: crypto.randomUUID(), email: 'ada@shop.example', role: 'admin', sessionId: crypto.randomUUID() },
  }
  const now = new Date()
  const token = await issueAccessToken(keys, identity, now)
  const [head = '', body = '', signature = ''] = token.split('.')
  const signed = new TextEncoder().encode(`${head}.${body}`)
  const bytes = Uint8Array.from(Buffer.from(signature, 'base64url'))
  const key = await keys.checking('t1')
  if (key === null) throw new Error('No key to check with')
  const bare = await timeEach(async () => { if (!(await crypto.subtle.verify('Ed25519', key, bytes, signed))) throw new Error('The signature is not good') }, CHECKS)
  const whole = await timeEach(async () => { if ((await readAccessToken(keys, token, now)) === null) throw new Error('The token is not good') }, CHECKS)
  return latencyRows('checking a token', whole, [50, 95], { percentile: 95, limit: CHECK_MS }, { name: 'its bare signature, median', figure: quantile(bare, 0.5) })
}

async function counting(counted: Stack, uncounted: Stack): Promise<Row[]> {
  const merchants = [await registerMerchant(counted.url, 'Counted'), await registerMerchant(uncounted.url, 'Uncounted')] as const
  const ask = async (merchant: Merchant): Promise<void> => {
    const response = await merchant.send('GET', '/permissions')
    await response.arrayBuffer()
    if (response.status !== 200) throw new Error(`Asked for permissions, answered ${response.status}`)
  }
  const took: [number[], number[]] = [[], []]
  for (let round = 0; round < ROUNDS; round++) {
    for (const which of [0, 1] as const) took[which].push(...(await timeEach(() => ask(merchants[which]), A_ROUND)))
  }
  const [withIt, without] = [quantile(took[0], 0.5), quantile(took[1], 0.5)]
  return [
    ...latencyRows('a request with a token, counted', took[0], [50, 95], { percentile: 0, limit: 0 }, { name: 'not counted, median', figure: without }),
    { name: 'what counting a request costs, median', figure: withIt - without, unit: 'ms', peer: { name: 'the whole request, not counted', figure: without }, target: null, note: `${took[0].length} each, ${loadNote()}` },
  ]
}
