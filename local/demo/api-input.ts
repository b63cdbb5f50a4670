/** The demo shop's past as the public API takes it: customers, then sales and refunds in the order they happened. */
import { fromMinor } from '#core/commerce/money'
import { SHOP_CURRENCY } from '#core/commerce/demo/shopify-payload'
import type { PricedLine } from '#core/commerce/demo/pricing'
import { dayText } from '#core/calendar/days'
import type { DemoCustomer } from './customers.ts'
import type { DemoOrder, DemoRefund, DemoShop } from './shop.ts'
import type { DemoInvoice } from './invoices.ts'

/** Names the platform, so that its webhooks speak of the same customers and orders. */
const SOURCE = 'shopify'

/** One record of `POST /api/v1/customers`. */
export function customerInput(customer: DemoCustomer): Record<string, unknown> {
  const { person } = customer
  return {
    externalId: String(customer.id),
    source: SOURCE,
    email: person.email,
    name: `${person.first} ${person.last}`,
    country: person.country,
    acquisitionChannel: customer.channel ?? undefined,
    acquisitionCost: customer.cost === null ? undefined : fromMinor(customer.cost, SHOP_CURRENCY),
    acquiredOn: dayText(customer.acquiredDay),
    consentEmail: customer.consent,
    // Whatever the platform says later is newer.
    updatedAt: dayText(customer.acquiredDay),
  }
}

export function customerInputs(shop: DemoShop): Record<string, unknown>[] {
  return shop.customers.filter((customer) => customer.account === 'member').map(customerInput)
}

const withoutTax = (line: PricedLine): number => line.gross - line.discount - line.tax

function items(lines: readonly PricedLine[]): Record<string, unknown>[] {
  return lines.map((line) => ({
    productId: String(line.product.id), sku: line.product.sku, name: line.product.name, category: line.product.category,
    quantity: line.quantity, amount: fromMinor(withoutTax(line), SHOP_CURRENCY),
  }))
}

/** An account by its id, a guest by e-mail, else nobody. */
function customerRef(order: DemoOrder): Record<string, unknown> | undefined {
  const { person, id } = order.buyer
  if (person === null) return undefined
  return { externalId: id === null ? undefined : String(id), email: person.email, name: `${person.first} ${person.last}`, country: person.country }
}

function orderInput(order: DemoOrder): Record<string, unknown> {
  return {
    externalId: String(order.id), source: SOURCE, occurredAt: order.at, updatedAt: order.at, type: order.type, orderId: `#${order.number}`,
    amount: fromMinor(order.basket.net, SHOP_CURRENCY), currency: SHOP_CURRENCY,
    customer: customerRef(order), channel: order.sourceName ?? undefined, items: items(order.basket.lines),
  }
}

function refundInput(refund: DemoRefund): Record<string, unknown> {
  const net = refund.lines.reduce((total, line) => total + withoutTax(line), 0)
  return {
    externalId: String(refund.id), source: SOURCE, occurredAt: refund.at, updatedAt: refund.at, type: 'refund', orderId: String(refund.order.id),
    amount: fromMinor(net, SHOP_CURRENCY), currency: SHOP_CURRENCY, customer: customerRef(refund.order), items: items(refund.lines),
  }
}

function invoiceInput({ externalId, at, customer, currency, amount }: DemoInvoice): Record<string, unknown> {
  return { externalId, source: 'invoices', occurredAt: at, updatedAt: at, type: 'purchase', amount: fromMinor(amount, currency), currency, customer, channel: 'wholesale' }
}

/** Paid in another currency: these come as the platform's own webhooks, which state the shop's currency too. */
export function isForeign(order: DemoOrder): boolean {
  return order.presentment !== SHOP_CURRENCY
}

/** Records of `POST /api/v1/transactions`, oldest first; some orders twice, as platforms deliver them. */
export function transactionInputs(shop: DemoShop): Record<string, unknown>[] {
  const dated = [
    ...shop.orders.filter((order) => !isForeign(order)).flatMap((order) => {
      const input = orderInput(order)
      return order.twice ? [{ at: order.at, input }, { at: later(order.at), input }] : [{ at: order.at, input }]
    }),
    ...shop.refunds.filter((refund) => !isForeign(refund.order)).map((refund) => ({ at: refund.at, input: refundInput(refund) })),
    ...shop.invoices.map((invoice) => ({ at: invoice.at, input: invoiceInput(invoice) })),
  ]
  return dated.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).map(({ input }) => input)
}

/** When the platform gave up waiting and delivered again: late enough to fall into another call. */
function later(at: string): string {
  return new Date(Date.parse(at) + 60 * 86_400_000).toISOString()
}
