// The same sales as their senders tell them: API batches and signed webhooks, repeated, shuffled, every version of each.
import type { Merchant, Shop } from '../merchant.ts'
import { orderPayload, refundPayload } from '../shopify-payload.ts'
import type { Chance } from './random.ts'
import type { Sale, Version } from './sales.ts'

export type Delivery = {
  door: 'api' | 'webhook'
  records: number
  /** One attempt; the same one may be made again when it was not accepted. */
  post(): Promise<Response>
}

const REPEATED = { api: 0.05, webhook: 0.1 } as const

/** One person has one address everywhere, and a number of its own at each source. */
const emailOf = (person: number): string => `person-${person}@people.example`
const apiCustomer = (person: number): object => ({ externalId: `customer-${person}`, email: emailOf(person) })
const dollars = (cents: number): string => (cents / 100).toFixed(2)

type Telling = { sale: Sale; version: Version; first: boolean }

function tellings(sales: readonly Sale[]): Telling[] {
  return sales.flatMap((sale) => sale.versions.map((version) => ({ sale, version, first: version === sale.versions[0] })))
}

/** Everything that will be sent, in the order in which it will be. */
export function planDeliveries(chance: Chance, sales: readonly Sale[], merchant: Merchant, shop: Shop): Delivery[] {
  const all = tellings(sales)
  const api = all.filter(({ sale }) => sale.source === 'api')
  const webhooks = all.filter(({ sale }) => sale.source === 'shopify')
  const again = <T>(list: readonly T[], share: number): T[] => list.filter(() => chance.happens(share))

  const records = chance.shuffled([...api, ...again(api, REPEATED.api)])
  const batches: Delivery[] = []
  for (let from = 0; from < records.length; ) {
    const size = chance.between(200, 1_000)
    batches.push(apiBatch(merchant, records.slice(from, from + size).map(apiRecord), `batch-${batches.length}`))
    from += size
  }
  const posts = webhooks.map((telling) => webhook(shop, telling))
  return chance.shuffled([...batches, ...again(batches, REPEATED.api), ...posts, ...again(posts, REPEATED.webhook)])
}

function apiRecord({ sale, version }: Telling): object {
  return {
    externalId: sale.externalId,
    type: sale.kind === 'refund' ? 'refund' : 'purchase',
    ...(sale.orderId !== null && { orderId: sale.orderId }),
    customer: apiCustomer(version.person),
    occurredAt: version.occurredAt,
    updatedAt: version.updatedAt,
    amount: dollars(version.cents),
    currency: 'USD',
  }
}

/** Every other batch has a key, so that both ways of repeating one are tried. */
function apiBatch(merchant: Merchant, records: readonly object[], key: string): Delivery {
  const body = JSON.stringify(records)
  const headers: Record<string, string> = /[02468]$/.test(key) ? { 'idempotency-key': key } : {}
  return { door: 'api', records: records.length, post: () => merchant.send('POST', '/transactions', body, headers) }
}

function webhook(shop: Shop, { sale, version, first }: Telling): Delivery {
  const topic = sale.kind === 'refund' ? 'refunds/create' : version.cancelled ? 'orders/cancelled' : first ? 'orders/create' : 'orders/updated'
  const { externalId: id, orderId } = sale
  const { occurredAt: at, updatedAt, cents, person, cancelled } = version
  const body = sale.kind === 'refund'
    ? refundPayload({ id, orderId: orderId ?? '', at, cents })
    : orderPayload({ id, at, updatedAt, cents, cancelled, buyer: { id: String(7_000_000_000_000_000_000n + BigInt(person)), email: emailOf(person) } })
  const eventId = `${sale.externalId}-${version.updatedAt}`
  return { door: 'webhook', records: 1, post: () => shop.deliver(topic, body, eventId) }
}
