/** Orders and refunds as WooCommerce's REST API v3 shows them, made up from a seed. */
import { between, chance, createRandom, pick } from '#core/math/random'
import type { Random } from '#core/math/random'

export interface WooRefund {
  id: number
  date_created: string
  date_created_gmt: string
  /** Positive. */
  amount: string
  reason: string
  [field: string]: unknown
}

export interface WooOrder {
  id: number
  status: string
  date_created_gmt: string
  date_modified_gmt: string
  total: string
  refunds: { id: number, reason: string, total: string }[]
  [field: string]: unknown
}

export interface MadeOrder {
  order: WooOrder
  refunds: WooRefund[]
}

const TAX_PERCENT = 19
/** Hours that the shop's clock is ahead of UTC. */
const ZONE_HOURS = 2
const STATUSES = ['completed', 'completed', 'completed', 'completed', 'completed', 'processing', 'processing', 'cancelled', 'failed', 'pending'] as const
const GOODS = [['Kenya AA', 1450], ['Colombia Huila', 1190], ['Espresso &ndash; dark', 990], ['Filter papers', 420], ['Hand grinder', 6900]] as const

const cents = (minor: number): string => `${minor < 0 ? '-' : ''}${Math.floor(Math.abs(minor) / 100)}.${String(Math.abs(minor) % 100).padStart(2, '0')}`
const taxOf = (minor: number): number => Math.round((minor * TAX_PERCENT) / 100)

/** As WordPress writes times: whole seconds, no zone. */
const utc = (ms: number): string => new Date(ms).toISOString().slice(0, 19)
const local = (ms: number): string => utc(ms + ZONE_HOURS * 3_600_000)

interface Line { id: number, name: string, product_id: number, quantity: number, net: number, off: number }

function lineOf({ id, name, product_id, quantity, net, off }: Line, sign: 1 | -1 = 1): Record<string, unknown> {
  return {
    id, name, product_id, variation_id: 0, quantity: sign * quantity, tax_class: '', sku: `FC-${product_id}`, price: (net - off) / quantity / 100,
    subtotal: cents(sign * net), subtotal_tax: cents(sign * taxOf(net)), total: cents(sign * (net - off)), total_tax: cents(sign * taxOf(net - off)), taxes: [], meta_data: [],
  }
}

/**
 * One order and its refunds; the same for the same seed and number. Ids rise by ten, a refund has its order's plus one.
 * @param at milliseconds since 1970, whole seconds
 */
export function makeOrder(seed: number, number: number, at: number): MadeOrder {
  const random = createRandom(`${seed} ${number}`)
  const id = 1000 + number * 10
  const status = pick(random, STATUSES)
  const paid = status === 'completed' || status === 'processing'
  const discounted = chance(random, 0.1)
  const lines = Array.from({ length: between(random, 1, 3) }, (_, index): Line => {
    const [name, price] = pick(random, GOODS)
    const quantity = between(random, 1, 3)
    return { id: id + index + 3, name, product_id: 20 + GOODS.findIndex(([known]) => known === name), quantity, net: price * quantity, off: discounted ? Math.round(price * quantity * 0.1) : 0 }
  })
  const shipping = chance(random, 0.5) ? 490 : 0
  const goods = lines.reduce((sum, line) => sum + line.net - line.off, 0)
  const goodsTax = lines.reduce((sum, line) => sum + taxOf(line.net - line.off), 0)
  const tax = goodsTax + taxOf(shipping)
  const guest = chance(random, 0.12)
  const person = between(random, 1, 400)
  const address = { first_name: 'Pat', last_name: `Buyer ${person}`, company: '', address_1: 'Long Road 1', address_2: '', city: 'Bremen', state: '', postcode: '28195', country: 'DE' }
  const refunds = paid && chance(random, 0.06) ? refundsOf(random, id, at, { total: goods + shipping + tax, lines }) : []
  const whole = refunds.length > 0 && refunds.reduce((sum, refund) => sum + Number(refund.amount) * 100, 0) >= goods + shipping + tax
  const modified = refunds.length > 0 ? at + 86_400_000 : at + 60_000
  const stripe = chance(random, 0.5)
  const order = {
    id, parent_id: 0, number: String(id), order_key: `wc_order_${id}`, created_via: 'checkout', version: '10.2.2', status: whole ? 'refunded' : status, currency: 'EUR',
    date_created: local(at), date_created_gmt: utc(at), date_modified: local(modified), date_modified_gmt: utc(modified),
    date_paid: paid ? local(at + 3000) : null, date_paid_gmt: paid ? utc(at + 3000) : null, date_completed: null, date_completed_gmt: null,
    discount_total: cents(lines.reduce((sum, line) => sum + line.off, 0)), discount_tax: '0.00', shipping_total: cents(shipping), shipping_tax: cents(taxOf(shipping)),
    cart_tax: cents(goodsTax), total: cents(goods + shipping + tax), total_tax: cents(tax), prices_include_tax: true, customer_id: guest ? 0 : person, customer_note: '',
    billing: { ...address, email: `buyer${person}@fernway.example`, phone: '' }, shipping: address,
    payment_method: stripe ? 'stripe' : 'bacs', payment_method_title: stripe ? 'Card' : 'Bank transfer', transaction_id: stripe && paid ? `ch_made${id}` : '', cart_hash: '',
    meta_data: stripe ? [{ id: 1, key: '_stripe_intent_id', value: `pi_made${id}` }] : [], line_items: lines.map((line) => lineOf(line)), tax_lines: [],
    shipping_lines: shipping === 0 ? [] : [{ id: id + 9, method_title: 'Flat rate', method_id: 'flat_rate', total: cents(shipping), total_tax: cents(taxOf(shipping)), taxes: [], meta_data: [] }],
    fee_lines: [], coupon_lines: [], refunds: refunds.map((refund) => ({ id: refund.id, reason: refund.reason, total: `-${refund.amount}` })),
  }
  return { order, refunds }
}

/** The first line sent back, an amount as goodwill, or everything. */
function refundsOf(random: Random, id: number, at: number, sold: { total: number, lines: Line[] }): WooRefund[] {
  const [first] = sold.lines
  if (first === undefined) return []
  const made = (amount: number, lines: Record<string, unknown>[]): WooRefund => ({
    id: id + 1, date_created: local(at + 80_000_000), date_created_gmt: utc(at + 80_000_000), amount: cents(amount), reason: '', refunded_by: 1, refunded_payment: false, meta_data: [],
    line_items: lines, shipping_lines: [], tax_lines: [], fee_lines: [],
  })
  const back = first.net - first.off
  switch (between(random, 0, 2)) {
    case 0: return [made(back + taxOf(back), [lineOf(first, -1)])]
    case 1: return [made(Math.min(250, sold.total), [])]
    default: return [made(sold.total, [])]
  }
}
