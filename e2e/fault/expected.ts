// What the books must say, worked out from the sales alone: nothing here is the product's own code.
import { groupedBy, type Sale, type Version } from './sale.ts'

export type ExpectedRow = {
  kind: 'order' | 'refund'
  /** Null: not compared, since another platform's order stands for the refunded one and this sum counts nowhere. */
  cents: number | null
  at: string
  counted: boolean
  parked: boolean
  /** On an order: its counted refunds. */
  refunded: number
  /** Null: the order has not come, so nobody knows. */
  person: number | null
}

export const keyOf = ({ source, externalId }: Pick<Sale, 'source' | 'externalId'>): string => `${source} ${externalId}`

const newest = ({ versions }: Sale): Version => versions.at(-1) ?? versions[0]

const knowledge = (sale: Sale): number => (sale.source === 'woocommerce' ? 3 : sale.externalId.startsWith('pi_') ? 2 : 1)
/** Which record of one sale is of record: one that counts, then whoever knows most of it. */
const ofRecord = (tellers: readonly Sale[]): Sale | undefined =>
  tellers.toSorted((a, b) => Number(newest(b).counts) - Number(newest(a).counts) || knowledge(b) - knowledge(a))[0]

/** Every record once, in its newest version; of those that tell of one sale one counts, and nets its own platform's refunds. */
export function expectedRows(sales: readonly Sale[]): Map<string, ExpectedRow> {
  const rows = new Map<string, ExpectedRow>()
  const orders = sales.filter(({ kind }) => kind === 'order')
  const tellers = groupedBy(orders.filter(({ payment }) => payment !== null), ({ payment }) => payment?.charge ?? '')
  const standsFor = new Map(orders.map((order) => [keyOf(order), order.payment === null ? order : (ofRecord(tellers.get(order.payment.charge) ?? []) ?? order)]))
  for (const order of orders) {
    const { cents, occurredAt, counts, person } = newest(order)
    rows.set(keyOf(order), { kind: 'order', cents, at: occurredAt, counted: counts && standsFor.get(keyOf(order)) === order, parked: false, refunded: 0, person })
  }
  for (const refund of sales.filter(({ kind }) => kind === 'refund')) {
    const { cents, occurredAt } = newest(refund)
    const target = standsFor.get(keyOf({ source: refund.source, externalId: refund.orderId ?? '' }))
    const order = target && rows.get(keyOf(target))
    const elsewhere = target !== undefined && target.source !== refund.source
    const counted = order?.counted === true && !elsewhere
    if (order !== undefined && counted) order.refunded += cents
    rows.set(keyOf(refund), { kind: 'refund', cents: elsewhere ? null : cents, at: occurredAt, counted, parked: order === undefined, refunded: 0, person: order?.person ?? null })
  }
  return rows
}

export type ExpectedFigures = {
  gross: number
  refunded: number
  orders: number
  /** People with at least one purchase day. */
  buyers: number
  newCustomers: number
  returningCustomers: number
}

/**
 * Totals of the `days` days that end with `asOf`, in the merchant's zone. A purchase is an order of which something is
 * left after its refunds.
 */
export function expectedFigures(rows: Iterable<ExpectedRow>, timeZone: string, asOf: string, days: number): ExpectedFigures {
  const calendar = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' })
  const from = new Date(Date.parse(asOf) - (days - 1) * 86_400_000).toISOString().slice(0, 10)
  const purchases = new Map<number, { first: string; last: string }>()
  const figures: ExpectedFigures = { gross: 0, refunded: 0, orders: 0, buyers: 0, newCustomers: 0, returningCustomers: 0 }
  for (const row of rows) {
    if (!row.counted || row.cents === null) continue
    const day = calendar.format(new Date(row.at))
    const inside = day >= from && day <= asOf
    if (row.kind === 'refund') {
      if (inside) figures.refunded += row.cents
      continue
    }
    if (inside) {
      figures.gross += row.cents
      figures.orders += 1
    }
    if (row.person === null || row.cents <= row.refunded) continue
    const known = purchases.get(row.person)
    purchases.set(row.person, { first: known && known.first < day ? known.first : day, last: known && known.last > day ? known.last : day })
  }
  figures.buyers = purchases.size
  for (const { first, last } of purchases.values()) {
    if (first >= from) figures.newCustomers += 1
    else if (last >= from) figures.returningCustomers += 1
  }
  return figures
}
