// The same sales as their senders tell them: API batches and signed webhooks, repeated, shuffled, every version of each.
import type { Merchant, Shop } from '../merchant.ts'
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
  const body = exactIds(sale.kind === 'refund' ? refundPayload(sale, version) : orderPayload(sale, version))
  const eventId = `${sale.externalId}-${version.updatedAt}`
  return { door: 'webhook', records: 1, post: () => shop.deliver(topic, body, eventId) }
}

function orderPayload(sale: Sale, version: Version): object {
  // An odd discount, so that what counts is never what is printed as the price.
  const discount = 137
  return {
    id: sale.externalId, name: `#${sale.externalId.slice(-6)}`, test: false, currency: 'USD', taxes_included: false,
    created_at: version.occurredAt, processed_at: version.occurredAt, updated_at: version.updatedAt,
    cancelled_at: version.cancelled ? version.updatedAt : null, financial_status: 'paid', source_name: 'web',
    total_line_items_price: dollars(version.cents + discount), total_discounts: dollars(discount), total_tax: '0.00',
    total_price: dollars(version.cents),
    customer: { id: String(7_000_000_000_000_000_000n + BigInt(version.person)), email: emailOf(version.person) },
    line_items: [{ id: '1', product_id: '11', title: 'Thing', quantity: 1, price: dollars(version.cents + discount), total_discount: dollars(discount) }],
    refunds: [],
  }
}

function refundPayload(sale: Sale, version: Version): object {
  return {
    id: sale.externalId, order_id: sale.orderId, created_at: version.occurredAt, processed_at: version.occurredAt,
    refund_line_items: [{ id: '2', quantity: 1, subtotal: dollars(version.cents), total_tax: '0.00' }], order_adjustments: [],
    transactions: [{ id: '3', kind: 'refund', status: 'success', amount: dollars(version.cents), currency: 'USD' }],
  }
}

/** Ids go out as numbers, all their digits: no parser that rounds may be in between. */
function exactIds(payload: object): string {
  return JSON.stringify(payload).replace(/"((?:\w+_)?id)":"(\d+)"/g, '"$1":$2')
}
