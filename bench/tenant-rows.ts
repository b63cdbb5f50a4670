/** Customers and transactions of a large made-up shop, in chunks of columns: the same for the same seed. */
import { v5 as uuidFromName } from 'uuid'
import { inventPerson } from '#core/commerce/demo/names'
import { gammaDraw, seeded } from './simulate-shop.ts'

export interface ShopSize {
  customers: number
  transactions: number
  /** Day numbers of the period, both included. */
  firstDay: number
  lastDay: number
  seed: number
}

export interface CustomerColumns {
  id: string[]
  externalId: string[]
  email: string[]
  name: string[]
  country: string[]
  channel: string[]
  acquiredOn: string[]
}

export interface TransactionColumns {
  id: string[]
  customerId: string[]
  at: string[]
  externalId: string[]
  kind: ('order' | 'refund')[]
  orderExternalId: (string | null)[]
  /** Minor units. */
  amount: number[]
}

/** The one source of all rows. */
export const SOURCE = 'bench'
const DAY_MS = 86_400_000
const REFUND_SHARE = 0.03
const CHANNELS = ['Organic search', 'Paid search', 'Social ads', 'Referral'] as const

export interface MadeShop {
  customers(chunk: number): Generator<CustomerColumns>
  transactions(chunk: number): Generator<TransactionColumns>
}

/**
 * Purchase rates spread as a gamma distribution, lifetimes exponential, spending around a level of each customer's
 * own: enough like a shop for models to be fitted. Exactly as many customers and transactions as asked.
 */
export function makeShop(companyId: string, size: ShopSize): MadeShop {
  if (size.transactions < size.customers) throw new RangeError('Every customer has at least one transaction')
  const random = seeded(size.seed)
  const days = size.lastDay - size.firstDay + 1
  const first = new Int32Array(size.customers), life = new Float64Array(size.customers), weight = new Float64Array(size.customers)
  let total = 0
  for (let i = 0; i < size.customers; i++) {
    // The shop grows: later days win more customers.
    first[i] = Math.floor(days * Math.sqrt(random()))
    life[i] = Math.min(days - (first[i] ?? 0), -Math.log(1 - random()) * 400)
    weight[i] = gammaDraw(0.6, random) * Math.max(1, life[i] ?? 1)
    total += weight[i] ?? 0
  }
  const counts = shareOut(size.transactions - size.customers, weight, total)
  const idOf = (index: number): string => uuidFromName(`${SOURCE} c${index}`, companyId)

  function* customers(chunk: number): Generator<CustomerColumns> {
    const source = seeded(size.seed + 1)
    for (let from = 0; from < size.customers; from += chunk) {
      const columns: CustomerColumns = { id: [], externalId: [], email: [], name: [], country: [], channel: [], acquiredOn: [] }
      for (let i = from; i < Math.min(from + chunk, size.customers); i++) {
        const person = inventPerson(source, i)
        columns.id.push(idOf(i))
        columns.externalId.push(`c${i}`)
        columns.email.push(person.email)
        columns.name.push(`${person.first} ${person.last}`)
        columns.country.push(person.country)
        columns.channel.push(CHANNELS[Math.floor(source() * CHANNELS.length)] ?? CHANNELS[0])
        columns.acquiredOn.push(new Date((size.firstDay + (first[i] ?? 0)) * DAY_MS).toISOString().slice(0, 10))
      }
      yield columns
    }
  }

  function* transactions(chunk: number): Generator<TransactionColumns> {
    const source = seeded(size.seed + 2)
    let columns = emptyTransactions(), made = 0
    for (let i = 0; i < size.customers; i++) {
      const level = 1500 + gammaDraw(3, source) * 900, customerId = idOf(i)
      let order: { externalId: string; at: number; amount: number } | null = null
      for (let n = 0; n <= (counts[i] ?? 0); n++) {
        const offset = (first[i] ?? 0) + (n === 0 ? 0 : source() * (life[i] ?? 0))
        const at = Math.floor((size.firstDay + Math.min(offset, days - 1) + 0.25 + 0.65 * source()) * DAY_MS)
        const refunds: boolean = order !== null && source() < REFUND_SHARE
        const amount: number = refunds && order !== null ? Math.ceil(order.amount * source()) : Math.round(level * (0.5 + source()))
        const externalId: string = `${refunds ? 'r' : 'o'}${made++}`
        columns.id.push(timeUuid(at, source))
        columns.customerId.push(customerId)
        columns.at.push(new Date(refunds && order !== null ? Math.max(at, order.at) : at).toISOString())
        columns.externalId.push(externalId)
        columns.kind.push(refunds ? 'refund' : 'order')
        columns.orderExternalId.push(refunds && order !== null ? order.externalId : null)
        columns.amount.push(amount)
        // An order is refunded once at most.
        order = refunds ? null : { externalId, at, amount }
        if (columns.id.length === chunk) {
          yield columns
          columns = emptyTransactions()
        }
      }
    }
    if (columns.id.length > 0) yield columns
  }
  return { customers, transactions }
}

const emptyTransactions = (): TransactionColumns => ({ id: [], customerId: [], at: [], externalId: [], kind: [], orderExternalId: [], amount: [] })

/** `count` in proportion to `weights`, in whole numbers that add up exactly. */
function shareOut(count: number, weights: Float64Array, total: number): Int32Array {
  const shares = new Int32Array(weights.length)
  let soFar = 0, given = 0
  for (let i = 0; i < weights.length; i++) {
    soFar += weights[i] ?? 0
    const upTo = i === weights.length - 1 ? count : Math.round((count * soFar) / total)
    shares[i] = upTo - given
    given = upTo
  }
  return shares
}

/** Version 7: ordered by time, as the product's own ids are. */
function timeUuid(at: number, random: () => number): string {
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')
  const time = hex(at, 12), word = (): string => hex(Math.floor(random() * 2 ** 32), 8)
  const tail = word() + word(), more = word()
  return `${time.slice(0, 8)}-${time.slice(8)}-7${more.slice(0, 3)}-a${more.slice(3, 6)}-${tail.slice(0, 12)}`
}
