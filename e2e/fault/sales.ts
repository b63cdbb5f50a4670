// A merchant's sales as they really were: orders with all their versions, and refunds, made up from a seed.
import type { Chance } from './random.ts'

export type Version = {
  /** ISO 8601 UTC, whole seconds: what decides which version is newest. */
  updatedAt: string
  occurredAt: string
  /** Number of the person who bought; on refunds nobody reads it. */
  person: number
  cents: number
  cancelled: boolean
}

export type Sale = {
  source: 'api' | 'shopify'
  /** At the source; Shopify's are beyond 2^53. */
  externalId: string
  kind: 'order' | 'refund'
  /** A refund's order. */
  orderId: string | null
  /** Oldest first, never two of one second. */
  versions: [Version, ...Version[]]
}

const DAY_MS = 86_400_000
const EDITED = 0.12
const CANCELLED = 0.02
const REFUNDED = 0.08
/** Of refunds: their order never comes. */
const ORPHANED = 0.01
const FIRST_SHOPIFY_ORDER = 9_100_000_000_000_000_001n
const FIRST_SHOPIFY_REFUND = 9_200_000_000_000_000_001n

const stamp = (ms: number): string => new Date(Math.floor(ms / 1000) * 1000).toISOString()

/** @param count orders and refunds together, exactly; `now` bounds every time */
export function inventSales(chance: Chance, count: Readonly<Record<Sale['source'], number>>, persons: number, now: Date): Sale[] {
  return [...invent('api', count.api), ...invent('shopify', count.shopify)]

  function invent(source: Sale['source'], wanted: number): Sale[] {
    const sales: Sale[] = []
    for (let n = 0; sales.length < wanted; n++) {
      const order = inventOrder(source, source === 'api' ? `order-${n}` : String(FIRST_SHOPIFY_ORDER + BigInt(n)))
      const refunds = chance.happens(REFUNDED) ? inventRefunds(order, n) : []
      const orphaned = refunds.length > 0 && chance.happens(ORPHANED)
      sales.push(...[...(orphaned ? [] : [order]), ...refunds].slice(0, wanted - sales.length))
    }
    return sales
  }

  function inventOrder(source: Sale['source'], externalId: string): Sale {
    const at = now.getTime() - chance.between(2 * DAY_MS, 300 * DAY_MS)
    const first: Version = { updatedAt: stamp(at), occurredAt: stamp(at), person: chance.between(1, persons), cents: chance.between(500, 30_000), cancelled: false }
    const versions: Sale['versions'] = [first]
    let last = first
    for (let edit = 1; edit <= 3 && chance.happens(EDITED); edit++) {
      last = {
        updatedAt: stamp(at + edit * 3_600_000 + chance.between(0, 3_000) * 1000),
        occurredAt: chance.happens(0.3) ? stamp(at - chance.between(1, 40) * DAY_MS) : last.occurredAt,
        person: chance.happens(0.2) ? chance.between(1, persons) : last.person,
        cents: chance.happens(0.7) ? chance.between(500, 30_000) : last.cents,
        cancelled: source === 'shopify' && chance.happens(CANCELLED / EDITED),
      }
      versions.push(last)
      if (last.cancelled) break
    }
    return { source, externalId, kind: 'order', orderId: null, versions }
  }

  /** One or two, in part or whole, of the order as it first was. */
  function inventRefunds(order: Sale, n: number): Sale[] {
    const { cents, person, occurredAt } = order.versions[0]
    const parts = chance.happens(0.3) ? [cents] : chance.happens(0.3) ? [Math.floor(cents / 4), Math.floor(cents / 3)] : [Math.floor(cents / 2)]
    return parts.map((part, index): Sale => {
      const at = stamp(Math.min(now.getTime() - DAY_MS, Date.parse(occurredAt) + chance.between(1, 30) * DAY_MS))
      return {
        source: order.source,
        externalId: order.source === 'api' ? `refund-${n}-${index}` : String(FIRST_SHOPIFY_REFUND + BigInt(n) * 4n + BigInt(index)),
        kind: 'refund',
        orderId: order.externalId,
        versions: [{ updatedAt: at, occurredAt: at, person, cents: part, cancelled: false }],
      }
    })
  }
}
