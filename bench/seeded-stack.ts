/** The whole product on this machine with one large tenant in it, fitted and scored: what page benchmarks measure. */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { z } from 'zod'
import { startStack } from '#local/stack'
import type { Stack } from '#local/stack'
import { seedTenant } from './seed-tenant.ts'
import type { SeededTenant } from './seed-tenant.ts'

export interface SeededStack {
  stack: Stack
  tenant: SeededTenant
  /** A call to `/api/v1…` of that tenant, as the operator. */
  api(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Response>
}

export interface SeededStackOptions {
  customers: number
  transactions: number
  /** Default 3. */
  years?: number
  /** Kept afterwards; by default a folder that goes when the stack stops. */
  dataDir?: string
  companyName?: string
  seed?: number
  log?: (line: string) => void
}

const SCORED_WITHIN_MS = 600_000
/** Signs in to the company of a benchmark. */
export const BENCH_SIGN_IN = { email: 'bench@fernway.example', password: 'one-hundred-thousand' } as const
const registeredSchema = z.object({ company: z.object({ id: z.string(), slug: z.string() }) })

/** @throws Error when the stack does not start or scores do not arrive; nothing is left running then. */
export async function startSeededStack(options: SeededStackOptions): Promise<SeededStack> {
  const log = options.log ?? (() => undefined)
  // Minutes of fitting and scoring are the subject here, not the limits of one caller.
  const stack = await startStack({ dataDir: options.dataDir, log, vars: { API_PER_MINUTE: '1000000' } })
  try {
    const company = await register(stack.url, options.companyName ?? 'Bench')
    const tenant = await seedTenant({
      appUrl: stack.appUrl, neonEndpoint: stack.neonEndpoint, ownerUrl: stack.databaseUrl, slug: company.slug, companyId: company.id,
      customers: options.customers, transactions: options.transactions, years: options.years, seed: options.seed, log,
    })
    const headers = { Authorization: `Bearer ${stack.operatorToken}`, 'X-Perennial-Company': tenant.slug, 'Content-Type': 'application/json' }
    const api: SeededStack['api'] = (method, path, body) =>
      fetch(`${stack.url}/api/v1${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) })
    const start = performance.now()
    const asked = await api('POST', '/models/refit', {})
    if (!asked.ok) throw new Error(`Refit answered ${asked.status}: ${await asked.text()}`)
    await allScored(stack.databaseUrl, tenant.companyId)
    log(`fitted and scored (${((performance.now() - start) / 1000).toFixed(1)} s)`)
    return { stack, tenant, api }
  } catch (error) {
    await stack.stop()
    throw error
  }
}

async function register(url: string, companyName: string): Promise<{ id: string; slug: string }> {
  const answer = await fetch(`${url}/api/v1/auth/register`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ companyName, ...BENCH_SIGN_IN, currency: 'EUR', timeZone: 'Europe/Berlin' }),
  })
  if (!answer.ok) throw new Error(`Registering answered ${answer.status}: ${await answer.text()}`)
  return registeredSchema.parse(await answer.json()).company
}

/** Waits until a model serves and no customer's score is older than their figures. */
async function allScored(ownerUrl: string, companyId: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    for (const deadline = Date.now() + SCORED_WITHIN_MS; Date.now() < deadline; await sleep(1000)) {
      const left = await client.query(
        `select from tenant_clock k where k.company_id = $1 and k.serving_model is not null
          and not exists (select from customer_stats s where s.company_id = $1 and s.scored_version <> s.version)`, [companyId])
      if (left.rowCount === 1) return
    }
    throw new Error(`Not all customers were scored within ${SCORED_WITHIN_MS / 60_000} minutes`)
  } finally {
    await client.end()
  }
}
