// A merchant's sales of every source, made up from a seed.
import { inventPaidSale, PROVIDER_SHARE } from './paid-sales.ts'
import type { Chance } from './random.ts'
import { refundParts, stamp, type Sale, type Source, type Version } from './sale.ts'

const DAY_MS = 86_400_000
const EDITED = 0.12
const CANCELLED = 0.02
const REFUNDED = 0.08
/** Of refunds: their order never comes. */
const ORPHANED = 0.01
const FIRST_SHOPIFY_ORDER = 9_100_000_000_000_000_001n
const FIRST_SHOPIFY_REFUND = 9_200_000_000_000_000_001n

/** Sources whose records are told one by one. */
type Plain = 'api' | 'shopify' | 'file'

/** @param count orders and refunds together, exactly; `now` bounds every time */
export function inventSales(chance: Chance, count: Readonly<Record<Source, number>>, persons: number, now: Date): Sale[] {
  const plain = (['api', 'shopify', 'file'] as const).flatMap((source) => invent(source, count[source]))
  return [...plain, ...inventPaid(['woocommerce', 'stripe'])]

  function invent(source: Plain, wanted: number): Sale[] {
    const sales: Sale[] = []
    for (let n = 0; sales.length < wanted; n++) {
      const order = inventOrder(source, source === 'shopify' ? String(FIRST_SHOPIFY_ORDER + BigInt(n)) : `${source === 'api' ? 'order' : 'line'}-${n}`)
      // A refund in a file names no order.
      const refunds = source !== 'file' && chance.happens(REFUNDED) ? inventRefunds(source, order, n) : []
      const orphaned = refunds.length > 0 && chance.happens(ORPHANED)
      sales.push(...[...(orphaned ? [] : [order]), ...refunds].slice(0, wanted - sales.length))
    }
    return sales
  }

  /** Whole sales, until both sources have as many records as were asked for. */
  function inventPaid(sources: readonly ('woocommerce' | 'stripe')[]): Sale[] {
    const sales: Sale[] = []
    const missing = (source: Source): boolean => sales.filter((sale) => sale.source === source).length < count[source]
    for (let n = 0; sources.some(missing); n++) {
      const shop = missing('woocommerce')
      const draw = { n, at: now.getTime() - chance.between(32 * DAY_MS, 300 * DAY_MS), person: chance.between(1, persons), cents: chance.between(500, 30_000), persons }
      sales.push(...inventPaidSale(chance, draw, { shop, provider: !shop || chance.happens(PROVIDER_SHARE) }))
    }
    return sales
  }

  function inventOrder(source: Plain, externalId: string): Sale {
    const at = now.getTime() - chance.between(2 * DAY_MS, 300 * DAY_MS)
    const first: Version = { updatedAt: stamp(at), occurredAt: stamp(at), person: chance.between(1, persons), cents: chance.between(500, 30_000), counts: true }
    const versions: Sale['versions'] = [first]
    let last = first
    for (let edit = 1; edit <= 3 && chance.happens(EDITED); edit++) {
      last = {
        updatedAt: stamp(at + edit * 3_600_000 + chance.between(0, 3_000) * 1000),
        occurredAt: chance.happens(0.3) ? stamp(at - chance.between(1, 40) * DAY_MS) : last.occurredAt,
        person: chance.happens(0.2) ? chance.between(1, persons) : last.person,
        cents: chance.happens(0.7) ? chance.between(500, 30_000) : last.cents,
        counts: source !== 'shopify' || !chance.happens(CANCELLED / EDITED),
      }
      versions.push(last)
      if (!last.counts) break
    }
    return { source, externalId, kind: 'order', orderId: null, versions, payment: null }
  }

  /** One or two, in part or whole, of the order as it first was. */
  function inventRefunds(source: Exclude<Plain, 'file'>, order: Sale, n: number): Sale[] {
    const { cents, person, occurredAt } = order.versions[0]
    return refundParts(chance, cents).map((part, index): Sale => {
      const at = stamp(Math.min(now.getTime() - DAY_MS, Date.parse(occurredAt) + chance.between(1, 30) * DAY_MS))
      return {
        source,
        externalId: source === 'api' ? `refund-${n}-${index}` : String(FIRST_SHOPIFY_REFUND + BigInt(n) * 4n + BigInt(index)),
        kind: 'refund',
        orderId: order.externalId,
        versions: [{ updatedAt: at, occurredAt: at, person, cents: part, counts: true }],
        payment: null,
      }
    })
  }
}
