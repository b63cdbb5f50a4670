// An order or refund with all its versions, as it really was.
import type { Chance } from './random.ts'

export type Source = 'api' | 'shopify' | 'woocommerce' | 'stripe' | 'file'

export type Version = {
  /** ISO 8601 UTC, whole seconds: what decides which version is newest. */
  updatedAt: string
  occurredAt: string
  /** Number of the person who bought; on refunds nobody reads it. */
  person: number
  cents: number
  /** Whether this state is a sale: paid, not cancelled. */
  counts: boolean
}

export type Sale = {
  source: Source
  /** At the source; Shopify's are beyond 2^53. */
  externalId: string
  kind: 'order' | 'refund'
  /** A refund's order. */
  orderId: string | null
  /** Oldest first, never two of one second. */
  versions: [Version, ...Version[]]
  /** Orders with the same payment are one sale, told several times; null: told once. */
  payment: Payment | null
}

/** What several records of one sale have in common, and which of them says so. */
export type Payment = {
  charge: string
  /** Null for a charge without an intent. */
  intent: string | null
  /** The WooCommerce order that was paid. */
  shopOrder: string | null
  /** Which of charge and intent names the other. */
  linkedBy: 'charge' | 'intent'
  /** How shop and provider are connected: the shop names charge or intent, or the charge's metadata name the order. */
  shopLink: 'charge' | 'intent' | 'metadata'
}

/** One version on its way; `first` is its sale's oldest. */
export type Telling = { sale: Sale; version: Version; first: boolean }

export const stamp = (ms: number): string => new Date(Math.floor(ms / 1000) * 1000).toISOString()

/** What goes back of `cents`: all of it, a half, or two parts. */
export function refundParts(chance: Chance, cents: number): number[] {
  return chance.happens(0.3) ? [cents] : chance.happens(0.3) ? [Math.floor(cents / 4), Math.floor(cents / 3)] : [Math.floor(cents / 2)]
}

export function groupedBy<T>(list: readonly T[], nameOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of list) {
    const group = groups.get(nameOf(item))
    if (group === undefined) groups.set(nameOf(item), [item])
    else group.push(item)
  }
  return groups
}
