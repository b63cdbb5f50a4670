// What the books must say, worked out from the sales alone: nothing here is the product's own code.
import type { Sale, Version } from './sales.ts'

export type ExpectedRow = {
  kind: 'order' | 'refund'
  cents: number
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

/** Every record once, in its newest version. */
export function expectedRows(sales: readonly Sale[]): Map<string, ExpectedRow> {
  const rows = new Map<string, ExpectedRow>()
  for (const sale of sales.filter(({ kind }) => kind === 'order')) {
    const { cents, occurredAt, cancelled, person } = newest(sale)
    rows.set(keyOf(sale), { kind: 'order', cents, at: occurredAt, counted: !cancelled, parked: false, refunded: 0, person })
  }
  for (const sale of sales.filter(({ kind }) => kind === 'refund')) {
    const { cents, occurredAt } = newest(sale)
    const order = rows.get(keyOf({ source: sale.source, externalId: sale.orderId ?? '' }))
    const counted = order?.counted ?? false
    if (order !== undefined && counted) order.refunded += cents
    rows.set(keyOf(sale), { kind: 'refund', cents, at: occurredAt, counted, parked: order === undefined, refunded: 0, person: order?.person ?? null })
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
    if (!row.counted) continue
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
