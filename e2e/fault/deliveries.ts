// The same sales as their senders tell them: API batches, signed webhooks and files, repeated, shuffled, every version of each.
import type { Merchant, Shop, StripeAccount, WooShop } from '../merchant.ts'
import { orderPayload, refundPayload } from '../shopify-payload.ts'
import { eventRecord, type Behaviour } from './behaviour.ts'
import { stripeEvent, wooOrder } from './paid-payloads.ts'
import { apiCustomer, emailOf } from './people.ts'
import type { Chance } from './random.ts'
import { groupedBy, type Sale, type Source, type Telling } from './sale.ts'

export type Delivery = {
  door: 'api' | 'webhook' | 'file'
  records: number
  /** One attempt; the same one may be made again when it was not accepted. */
  post(): Promise<Response>
}

export type Senders = { merchant: Merchant; shopify: Shop; stripe: StripeAccount; woocommerce: WooShop }

const REPEATED = { api: 0.05, webhook: 0.1 } as const
const EVENTS_A_BATCH = 150

const dollars = (cents: number): string => (cents / 100).toFixed(2)

/**
 * Everything that will be sent, in the order in which it will be.
 * @param filesAt after which share of the rest each of two files is uploaded: reading one goes on while the next happens
 */
export function planDeliveries(chance: Chance, sales: readonly Sale[], events: readonly Behaviour[], senders: Senders, filesAt: readonly [number, number]): Delivery[] {
  const { merchant } = senders
  const told = (source: Source): Telling[] =>
    sales.filter((sale) => sale.source === source).flatMap((sale) => sale.versions.map((version) => ({ sale, version, first: version === sale.versions[0] })))
  const again = <T>(list: readonly T[], share: number): T[] => list.filter(() => chance.happens(share))
  const inBatches = <T>(list: readonly T[], size: () => number, make: (part: readonly T[], n: number) => Delivery): Delivery[] => {
    const batches: Delivery[] = []
    for (let from = 0, next: number; from < list.length; from = next) {
      next = from + size()
      batches.push(make(list.slice(from, next), batches.length))
    }
    return batches
  }

  const wooRefunds = groupedBy(sales.filter(({ source, kind }) => source === 'woocommerce' && kind === 'refund'), ({ orderId }) => orderId ?? '')
  const api = told('api')
  const records = chance.shuffled([...api, ...again(api, REPEATED.api)])
  const batches = [
    ...inBatches(records, () => chance.between(200, 1_000), (part, n) => apiBatch(merchant, '/transactions', part.map(apiRecord), `batch-${n}`)),
    ...inBatches(chance.shuffled([...events, ...again(events, REPEATED.api)]), () => EVENTS_A_BATCH, (part, n) => apiBatch(merchant, '/events', part.map(eventRecord), `events-${n}`)),
  ]
  const posts = [
    ...told('shopify').map((telling) => shopifyWebhook(senders.shopify, telling)),
    ...told('stripe').map((telling) => stripeWebhook(senders.stripe, telling)),
    // A refund has no webhook: its order is sent again and lists it.
    ...told('woocommerce').filter(({ sale }) => sale.kind === 'order').map((telling) => wooWebhook(senders.woocommerce, telling, wooRefunds.get(telling.sale.externalId) ?? [])),
  ]
  const file = told('file')
  // An export of last month and one of today: what changed is in both, in either order.
  const files = chance.shuffled([fileOf(merchant, chance.shuffled(file.filter(({ first }) => first))), fileOf(merchant, chance.shuffled(newestOf(file)))])
  const plan = chance.shuffled([...batches, ...again(batches, REPEATED.api), ...posts, ...again(posts, REPEATED.webhook)])
  files.forEach((delivery, n) => plan.splice(Math.floor(plan.length * (filesAt[n] ?? 0)), 0, delivery))
  return plan
}

const newestOf = (tellings: readonly Telling[]): Telling[] => tellings.filter(({ sale, version }) => version === sale.versions.at(-1))

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
function apiBatch(merchant: Merchant, path: string, records: readonly object[], key: string): Delivery {
  const body = JSON.stringify(records)
  const headers: Record<string, string> = /[02468]$/.test(key) ? { 'idempotency-key': key } : {}
  return { door: 'api', records: records.length, post: () => merchant.send('POST', path, body, headers) }
}

function fileOf(merchant: Merchant, tellings: readonly Telling[]): Delivery {
  const lines = tellings.map(({ sale, version }) => [sale.externalId, version.occurredAt, version.updatedAt, `buyer-${version.person}`, emailOf(version.person), dollars(version.cents)].join(','))
  const body = ['Order id,Date,Updated at,Customer id,Email,Amount', ...lines, ''].join('\n')
  return { door: 'file', records: tellings.length, post: () => merchant.send('PUT', '/imports?name=till.csv', body, { 'content-type': 'text/csv' }) }
}

function shopifyWebhook(shop: Shop, { sale, version, first }: Telling): Delivery {
  const topic = sale.kind === 'refund' ? 'refunds/create' : !version.counts ? 'orders/cancelled' : first ? 'orders/create' : 'orders/updated'
  const { externalId: id, orderId } = sale
  const { occurredAt: at, updatedAt, cents, person, counts } = version
  const body = sale.kind === 'refund'
    ? refundPayload({ id, orderId: orderId ?? '', at, cents })
    : orderPayload({ id, at, updatedAt, cents, cancelled: !counts, buyer: { id: String(7_000_000_000_000_000_000n + BigInt(person)), email: emailOf(person) } })
  const eventId = `${sale.externalId}-${version.updatedAt}`
  return { door: 'webhook', records: 1, post: () => shop.deliver(topic, body, eventId) }
}

function stripeWebhook(account: StripeAccount, telling: Telling): Delivery {
  const body = stripeEvent(telling)
  return { door: 'webhook', records: 1, post: () => account.deliver(body) }
}

function wooWebhook(shop: WooShop, telling: Telling, refunds: readonly Sale[]): Delivery {
  const body = wooOrder(telling, refunds)
  return { door: 'webhook', records: 1, post: () => shop.deliver(telling.first ? 'order.created' : 'order.updated', body) }
}
