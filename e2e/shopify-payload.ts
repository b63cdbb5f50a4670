// Orders and refunds as Shopify's webhooks state them: the fields that matter, ids with all their digits.

export type PlacedOrder = {
  /** Digits; may pass 2^53. */
  id: string
  /** ISO 8601 UTC. */
  at: string
  updatedAt: string
  /** What counts: goods after discounts, without tax and shipping. */
  cents: number
  buyer: { id: string; email: string; firstName?: string; lastName?: string }
  cancelled?: boolean
}

export type MadeRefund = { id: string; orderId: string; at: string; cents: number }

const dollars = (cents: number): string => (cents / 100).toFixed(2)
/** Odd amounts beside the goods, so that what counts is never simply what was paid. */
const DISCOUNT = 137
const SHIPPING = 495

export function orderPayload({ id, at, updatedAt, cents, buyer, cancelled = false }: PlacedOrder): string {
  return exactIds({
    id, name: `#${id.slice(-6)}`, test: false, currency: 'USD', taxes_included: false, source_name: 'web',
    created_at: at, processed_at: at, updated_at: updatedAt, cancelled_at: cancelled ? updatedAt : null, financial_status: 'paid',
    total_line_items_price: dollars(cents + DISCOUNT), total_discounts: dollars(DISCOUNT), total_tax: '0.00',
    total_price: dollars(cents + SHIPPING), shipping_lines: [{ id: '5', title: 'Standard', price: dollars(SHIPPING), discounted_price: dollars(SHIPPING) }],
    customer: { id: buyer.id, email: buyer.email, first_name: buyer.firstName ?? null, last_name: buyer.lastName ?? null },
    line_items: [{ id: '1', product_id: '11', title: 'Thing', quantity: 1, price: dollars(cents + DISCOUNT), total_discount: dollars(DISCOUNT) }],
    refunds: [],
  })
}

export function refundPayload({ id, orderId, at, cents }: MadeRefund): string {
  return exactIds({
    id, order_id: orderId, created_at: at, processed_at: at, order_adjustments: [],
    refund_line_items: [{ id: '2', quantity: 1, subtotal: dollars(cents), total_tax: '0.00' }],
    transactions: [{ id: '3', kind: 'refund', status: 'success', amount: dollars(cents), currency: 'USD' }],
  })
}

/** Ids go out as numbers: nothing that rounds may be in between. */
function exactIds(payload: object): string {
  return JSON.stringify(payload).replace(/"((?:\w+_)?id)":"(\d+)"/g, '"$1":$2')
}
