// Sales that several platforms tell of: a shop's order, and the charge and the intent that took its money.
import type { Chance } from './random.ts'
import { refundParts, stamp, type Payment, type Sale, type Version } from './sale.ts'

/** Of the shop's orders: paid through the provider, which then tells of the same sale. */
export const PROVIDER_SHARE = 0.4
/** More than elsewhere, since they are what is entangled here. */
const REFUNDED = 0.15
const EDITED = 0.12
const CANCELLED = 0.04
const FAILED = 0.04
const WITHOUT_INTENT = 0.2
const DAY_MS = 86_400_000

type Draw = { n: number; at: number; person: number; cents: number; persons: number }

/** The sale as its tellers know it: every refund is told by each of them. */
export function inventPaidSale(chance: Chance, draw: Draw, tellers: { shop: boolean; provider: boolean }): Sale[] {
  const { n, at, cents } = draw
  const payment: Payment = {
    charge: `ch_e2e${n}`,
    intent: tellers.shop || !chance.happens(WITHOUT_INTENT) ? `pi_e2e${n}` : null,
    shopOrder: tellers.shop ? String(500_000 + n) : null,
    linkedBy: chance.happens(0.5) ? 'charge' : 'intent',
    shopLink: chance.happens(0.4) ? 'charge' : chance.happens(0.5) ? 'intent' : 'metadata',
  }
  const shared = tellers.provider ? payment : null
  const failed = !tellers.shop && chance.happens(FAILED)
  let refundedAt = at + DAY_MS
  const refunds = failed || !chance.happens(REFUNDED) ? [] : refundParts(chance, cents).map((part) => ({ part, at: stamp((refundedAt += chance.between(1, 14) * DAY_MS)) }))
  const returned = refunds.map((refund, index) => ({ ...refund, index }))
  return [
    ...(tellers.shop ? shopRecords(chance, draw, shared, returned) : []),
    ...(tellers.provider ? providerRecords(chance, draw, payment, failed, returned) : []),
  ]
}

type Returned = { part: number; at: string; index: number }

const refundOf = (source: Sale['source'], externalId: string, orderId: string, { at, part }: Returned): Sale =>
  ({ source, externalId, kind: 'refund', orderId, versions: [{ updatedAt: at, occurredAt: at, person: 0, cents: part, counts: true }], payment: null })

/** Waiting for payment, paid, perhaps changed or cancelled, then once more for each refund, which the order lists from there on. */
function shopRecords(chance: Chance, { n, at, person, cents, persons }: Draw, payment: Payment | null, refunds: readonly Returned[]): Sale[] {
  const externalId = String(500_000 + n)
  const occurredAt = stamp(at)
  const placed: Version = { updatedAt: occurredAt, occurredAt, person, cents, counts: false }
  let last: Version = { ...placed, updatedAt: stamp(at + 90_000), counts: true }
  const versions: Sale['versions'] = [placed, last]
  if (chance.happens(EDITED)) versions.push((last = { ...last, updatedAt: stamp(at + 3_600_000), person: chance.happens(0.3) ? chance.between(1, persons) : person, cents: cents + chance.between(0, 2_000) }))
  for (const refund of refunds) versions.push((last = { ...last, updatedAt: refund.at }))
  if (chance.happens(CANCELLED)) versions.push({ ...last, updatedAt: stamp(Date.parse(last.updatedAt) + 3_600_000), counts: false })
  return [
    { source: 'woocommerce', externalId, kind: 'order', orderId: null, versions, payment },
    ...refunds.map((refund) => refundOf('woocommerce', `refund:${900_000 + n * 4 + refund.index}`, externalId, refund)),
  ]
}

/** A charge, mostly with the intent behind it, and refunds under either name. */
function providerRecords(chance: Chance, { n, at, person, cents, persons }: Draw, payment: Payment, failed: boolean, refunds: readonly Returned[]): Sale[] {
  const { charge, intent } = payment
  const paidAt = stamp(at + 60_000)
  const charged: Version = { updatedAt: paidAt, occurredAt: paidAt, person, cents, counts: !failed }
  const chargeVersions: Sale['versions'] = [charged]
  if (chance.happens(EDITED)) chargeVersions.push({ ...charged, updatedAt: stamp(at + 7_200_000), person: chance.between(1, persons) })
  const refundable = intent !== null && chance.happens(0.2) ? intent : charge
  const records: Sale[] = [
    { source: 'stripe', externalId: charge, kind: 'order', orderId: null, versions: chargeVersions, payment },
    ...refunds.map((refund) => refundOf('stripe', `re_e2e${n}_${refund.index}`, refundable, refund)),
  ]
  if (intent === null) return records
  const begun: Version = { updatedAt: stamp(at), occurredAt: stamp(at), person, cents, counts: false }
  const settled: Version = failed ? { ...begun, updatedAt: paidAt } : { ...begun, updatedAt: paidAt, occurredAt: paidAt, counts: true }
  return [...records, { source: 'stripe', externalId: intent, kind: 'order', orderId: null, versions: [begun, settled], payment }]
}
