/** Fills a tenant with raw rows straight in Postgres, then lets the product's own rebuild derive the rest. */
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { rebuildTenant } from '#data/rebuild'
import { openDatabase } from '#data/tenant'
import { makeShop, SOURCE } from './tenant-rows.ts'

export interface SeedOptions {
  /** app_user's connection string: row security holds here too. */
  appUrl: string
  neonEndpoint: string | undefined
  /** The owner's, to refresh the planner's statistics afterwards; left out: autovacuum does, later. */
  ownerUrl?: string
  slug: string
  /** An empty company that exists; left out: one is made, without users. */
  companyId?: string
  customers: number
  transactions: number
  /** Default 3. */
  years?: number
  seed?: number
  /** Day number of the last transactions; default yesterday. */
  lastDay?: number
  log?: (line: string) => void
}

export interface SeededTenant {
  companyId: string
  slug: string
  /** What went in a second, raw rows only. */
  rowsPerSecond: number
  rebuildSeconds: number
}

const CHUNK = 10_000
const YEARS = 3

/**
 * Years of trade in EUR, until yesterday.
 * @throws Error when the slug is taken
 */
export async function seedTenant(options: SeedOptions): Promise<SeededTenant> {
  const log = options.log ?? (() => undefined)
  const companyId = options.companyId ?? uuidv7()
  const lastDay = options.lastDay ?? Math.floor(Date.now() / 86_400_000) - 1
  const shop = makeShop(companyId, {
    customers: options.customers, transactions: options.transactions, firstDay: lastDay - (options.years ?? YEARS) * 365 + 1, lastDay, seed: options.seed ?? 1,
  })
  const client = new pg.Client({ connectionString: options.appUrl })
  await client.connect()
  const start = performance.now()
  try {
    await client.query("select set_config('app.company_id', $1, false), set_config('synchronous_commit', 'off', false)", [companyId])
    await client.query('begin')
    if (options.companyId === undefined) {
      await client.query("insert into companies (id, slug, name, currency, time_zone) values ($1, $2, $3, 'EUR', 'Europe/Berlin')", [companyId, options.slug, `Bench ${options.slug}`])
      await client.query('insert into tenant_clock (company_id) values ($1)', [companyId])
    }
    for (const c of shop.customers(CHUNK)) {
      await client.query(
        `with i as (select * from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::date[])
            as i (id, external_id, email, name, country, channel, acquired_on)),
          named as (insert into customers (company_id, id, source, external_id, email, name, country, acquisition_channel, acquisition_cost, acquired_on)
            select $1, id, $9, external_id, email, name, country, channel, 900, acquired_on from i),
          known as (insert into customer_identities (company_id, kind, value, customer_id) select $1, $9, external_id, id from i)
        insert into customer_stats (company_id, customer_id) select $1, id from i`,
        [companyId, c.id, c.externalId, c.email, c.name, c.country, c.channel, c.acquiredOn, SOURCE],
      )
    }
    log(`${options.customers.toLocaleString('en')} customers (${seconds(start)} s)`)
    for (const t of shop.transactions(CHUNK)) {
      await client.query(
        `with i as (select * from unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::bigint[])
            as i (id, customer_id, at, external_id, kind, order_external_id, amount)),
          keyed as (insert into transaction_keys (company_id, source, external_id, transaction_id, transaction_date, version_at, version_rank, order_external_id)
            select $1, $9, external_id, id, at, at, 0, order_external_id from i)
        insert into transactions (company_id, id, transaction_date, customer_id, source, external_id, kind, type, order_external_id,
            status, source_counts, counted, channel, currency, given, goods, discount, tax, shipping, tip, amount)
          select $1, id, at, customer_id, $9, external_id, kind, case kind when 'refund' then 'refund' else 'purchase' end, order_external_id,
            case kind when 'refund' then 'refunded' else 'paid' end, true, true, 'web', 'EUR', amount, 0, 0, 0, 0, 0, amount from i`,
        [companyId, t.id, t.customerId, t.at, t.externalId, t.kind, t.orderExternalId, t.amount, SOURCE],
      )
    }
    await client.query('commit')
  } finally {
    await client.end()
  }
  const took = (performance.now() - start) / 1000
  log(`${options.transactions.toLocaleString('en')} transactions (${took.toFixed(1)} s)`)
  await analyze(options.ownerUrl)
  const rebuild = performance.now()
  await rebuildTenant(openDatabase({ url: options.appUrl, endpoint: options.neonEndpoint ?? null }).tenant(companyId))
  const rebuildSeconds = (performance.now() - rebuild) / 1000
  log(`rebuilt (${rebuildSeconds.toFixed(1)} s)`)
  await analyze(options.ownerUrl)
  return { companyId, slug: options.slug, rowsPerSecond: (options.customers + options.transactions) / took, rebuildSeconds }
}

const seconds = (start: number): string => ((performance.now() - start) / 1000).toFixed(1)

async function analyze(ownerUrl: string | undefined): Promise<void> {
  if (ownerUrl === undefined) return
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  try {
    await owner.query('vacuum analyze')
  } finally {
    await owner.end()
  }
}
