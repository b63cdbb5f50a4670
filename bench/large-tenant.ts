/** The stack with one large tenant in it; made once for a size and a schema, then kept under `reports/`. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { NO_LIMITS } from '../e2e/merchant.ts'
import type { Merchant } from '../e2e/merchant.ts'
import { startStack } from '#local/stack'
import type { Stack } from '#local/stack'
import { BENCH_SIGN_IN, startSeededStack } from './seeded-stack.ts'

export interface TenantSize {
  customers: number
  transactions: number
  years: number
}

export const LARGE: TenantSize = { customers: 100_000, transactions: 1_000_000, years: 3 }
/** What one tenant is promised to hold. */
export const FIVE_YEARS: TenantSize = { customers: 100_000, transactions: 5_000_000, years: 5 }

const CALL_WITHIN_MS = 300_000
const ROOT = join(import.meta.dirname, '..')
const FOLDER = join(ROOT, 'reports', 'bench-data')
/** What the data depend on. */
const SOURCES = ['migrations', 'bench/tenant-rows.ts', 'bench/seed-tenant.ts', 'bench/seeded-stack.ts'] as const
/** Older data have no orders in the windows that pages show first. */
const KEEP_DAYS = 7

const noteSchema = z.object({ companyId: z.string(), slug: z.string(), seededAt: z.string(), rebuildSeconds: z.number() })

export interface LargeTenant {
  stack: Stack
  companyId: string
  slug: string
  /** As the operator, as e2e's merchant does it. */
  send: Merchant['send']
  call: Merchant['call']
  /** Of the user who can sign in. */
  signIn: typeof BENCH_SIGN_IN
}

/** @param log told when the data have to be made, which takes minutes */
export async function openLargeTenant(log: (line: string) => void, size: TenantSize = LARGE): Promise<LargeTenant> {
  const ofSize = join(FOLDER, `${size.customers}-${size.transactions}-${size.years}`)
  const dataDir = join(ofSize, sourceHash())
  const noteFile = join(dataDir, 'bench.json')
  if (!isFresh(noteFile)) {
    rmSync(ofSize, { recursive: true, force: true })
    mkdirSync(dataDir, { recursive: true })
    log(`making ${size.customers.toLocaleString('en')} customers with ${size.transactions.toLocaleString('en')} transactions, once; some minutes`)
    const { stack, tenant } = await startSeededStack({ ...size, dataDir, log })
    await stack.stop()
    // Last: a folder that was not finished is not used.
    writeFileSync(noteFile, JSON.stringify({ companyId: tenant.companyId, slug: tenant.slug, seededAt: new Date().toISOString(), rebuildSeconds: tenant.rebuildSeconds }))
  }
  const { companyId, slug } = noteSchema.parse(JSON.parse(readFileSync(noteFile, 'utf8')))
  const stack = await startStack({ dataDir, schedules: false, vars: NO_LIMITS })
  const send: Merchant['send'] = (method, path, body, headers) => fetch(`${stack.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${stack.operatorToken}`, 'x-perennial-company': slug, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    // A benchmark ends, whatever it measures.
    signal: AbortSignal.timeout(CALL_WITHIN_MS),
  })
  const call: Merchant['call'] = async (shape, method, path, body) => {
    const response = await send(method, path, body)
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
    return shape.parse(JSON.parse(text))
  }
  return { stack, companyId, slug, send, call, signIn: BENCH_SIGN_IN }
}

function isFresh(noteFile: string): boolean {
  if (!existsSync(noteFile)) return false
  const { seededAt } = noteSchema.parse(JSON.parse(readFileSync(noteFile, 'utf8')))
  return Date.now() - Date.parse(seededAt) < KEEP_DAYS * 86_400_000
}

function sourceHash(): string {
  const hash = createHash('sha256')
  for (const source of SOURCES) {
    const path = join(ROOT, source)
    const files = source.endsWith('.ts') ? [path] : readdirSync(path).filter((name) => name.endsWith('.sql')).sort().map((name) => join(path, name))
    for (const file of files) hash.update(readFileSync(file))
  }
  return hash.digest('hex').slice(0, 16)
}
