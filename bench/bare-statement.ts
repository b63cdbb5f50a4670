/** What ingest is measured against: the product's own statement without anything around it, and a plain insert. */
import { createHmac } from 'node:crypto'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { parseTransactions } from '#core/commerce/transaction-input'
import { writeBatch } from '#data/ingest'
import type { IngestBatch } from '#data/batch-rows'
import { openDatabase } from '#data/tenant'
import type { Stack } from '#local/stack'
import { toBatch } from '#operations/ingest-batch'
import { registerMerchant } from '../e2e/merchant.ts'
import { inBatches, makeSales } from './sales.ts'

export interface PeerOptions {
  stack: Stack
  tenants: number
  batch: number
  /** Over all tenants. */
  transactions: number
}

interface Prepared {
  companyId: string
  batches: IngestBatch[]
}

/** The same sales as the API would be sent, as the statement takes them. */
async function prepare({ stack, tenants, batch, transactions }: PeerOptions): Promise<Prepared[]> {
  const now = Date.now()
  return Promise.all(Array.from({ length: tenants }, async (_, i): Promise<Prepared> => {
    const { companyId } = await registerMerchant(stack.url, `Bare ${i}`, { currency: 'EUR', timeZone: 'Europe/Berlin' })
    const batches = await Promise.all(inBatches(makeSales(transactions / tenants, i + 1, now), batch).map(async (sales) => {
      const { accepted, rejected } = parseTransactions(sales, { source: 'api', currency: 'EUR', timeZone: 'Europe/Berlin', now: new Date(now), makeId: uuidv7 })
      if (rejected.length > 0) throw new Error(`A sale was refused: ${rejected[0]?.reason ?? ''}`)
      return toBatch(accepted, { companyId, identityHash: (email) => Promise.resolve(createHmac('sha256', companyId).update(email).digest('hex')), makeId: uuidv7 })
    }))
    return { companyId, batches }
  }))
}

/** One writer a tenant, all tenants at once. Transactions a second. */
async function rateOf(tenants: readonly Prepared[], write: (tenant: Prepared) => Promise<void>): Promise<number> {
  const count = tenants.reduce((sum, { batches }) => sum + batches.reduce((n, { sales }) => n + sales.length, 0), 0)
  const start = performance.now()
  await Promise.all(tenants.map(write))
  return count / ((performance.now() - start) / 1000)
}

/** `writeBatch` alone: no API, no inbox, no scores, no live figures. */
export async function bareRate(options: PeerOptions): Promise<number> {
  const database = openDatabase({ url: options.stack.appUrl, endpoint: options.stack.neonEndpoint ?? null })
  return rateOf(await prepare(options), async ({ companyId, batches }) => {
    const db = database.tenant(companyId)
    for (const batch of batches) await writeBatch(db, batch, 0)
  })
}

/** The raw rows alone, under row security: no keys, no customers, nothing derived. The least that storing them costs. */
export async function plainRate(options: PeerOptions): Promise<number> {
  return rateOf(await prepare(options), async ({ companyId, batches }) => {
    const client = new pg.Client({ connectionString: options.stack.appUrl })
    await client.connect()
    try {
      await client.query("select set_config('app.company_id', $1, false)", [companyId])
      for (const { sales } of batches) {
        await client.query(
          `insert into transactions (company_id, id, transaction_date, customer_id, source, external_id, kind, type, status, source_counts, counted,
             channel, currency, given, goods, discount, tax, shipping, tip, amount)
           select $1::uuid, id, at, id, 'api', external_id, 'order', 'purchase', 'paid', true, true, null, 'EUR', amount, amount, 0, 0, 0, 0, amount
           from unnest($2::uuid[], $3::timestamptz[], $4::text[], $5::bigint[]) as i (id, at, external_id, amount)`,
          [companyId, sales.map((s) => s.id), sales.map((s) => s.occurredAt), sales.map((s) => s.externalId), sales.map((s) => s.given ?? s.goods)])
      }
    } finally {
      await client.end()
    }
  })
}
