// Orders in the shape of Shopify's GraphQL Admin API, made from their number: a shop of any size without holding it.

export type Money = { shopMoney: { amount: string; currencyCode: string } }

export type ShopRefund = {
  id: string
  createdAt: string
  refundLineItems: { quantity: number; subtotalSet: Money; totalTaxSet: Money; lineItem: { sku: string; title: string; name: string; isGiftCard: boolean; product: { id: string } } }[]
  refundShippingLines: { subtotalAmountSet: Money; taxAmountSet: Money }[]
  orderAdjustments: { reason: string | null; amountSet: Money; taxAmountSet: Money }[]
  transactions: { kind: string; status: string; test: boolean; amountSet: Money }[]
}

export type ShopOrder = {
  __typename: 'Order'
  id: string
  name: string
  email: string
  test: boolean
  createdAt: string
  processedAt: string
  updatedAt: string
  cancelledAt: string | null
  displayFinancialStatus: string
  currencyCode: string
  taxesIncluded: boolean
  sourceName: string
  totalDiscountsSet: Money
  totalTaxSet: Money
  totalShippingPriceSet: Money
  totalTipReceivedSet: Money
  customer: {
    id: string; firstName: string; lastName: string; createdAt: string; updatedAt: string; tags: string[]
    defaultEmailAddress: { emailAddress: string }; defaultAddress: { countryCodeV2: string }
  } | null
  shippingAddress: { countryCodeV2: string } | null
  billingAddress: { countryCodeV2: string } | null
  refunds: ShopRefund[]
  lineItems: {
    __typename: 'LineItem'; id: string; sku: string; title: string; name: string; isGiftCard: boolean; quantity: number; product: { id: string }
    originalUnitPriceSet: Money; totalDiscountSet: Money; discountAllocations: { allocatedAmountSet: Money }[]; taxLines: { priceSet: Money }[]
  }[]
  shippingLines: { __typename: 'ShippingLine'; id: string; originalPriceSet: Money; discountedPriceSet: Money; discountAllocations: { allocatedAmountSet: Money }[]; taxLines: { priceSet: Money }[] }[]
}

/** What a stand-in shop sells: `at(n)` for 0 ≤ n < count, by creation, always the same for the same n. */
export type ShopData = { count: number; at(index: number): ShopOrder }

export const gid = (type: string, id: bigint | number): string => `gid://shopify/${type}/${id}`

/** Ids beyond 2^53, as Shopify's are. */
const FIRST_ID = 9_820_982_911_946_154_000n

export type OrderPlan = {
  index: number
  at: Date
  cents: number
  currency?: string
  customer?: number
  test?: boolean
  status?: string
  cancelled?: boolean
  /** Of the one line's price. */
  discountCents?: number
  refund?: { cents: number; at: Date }
}

/** One order of one line, its shipping and at most one refund. */
export function shopOrder({ index, at, cents, currency = 'EUR', customer = index, test = false, status, cancelled = false, discountCents = 0, refund }: OrderPlan): ShopOrder {
  const money = (amount: number): Money => ({ shopMoney: { amount: (amount / 100).toFixed(2), currencyCode: currency } })
  const id = FIRST_ID + BigInt(index)
  const time = (when: Date): string => when.toISOString().replace(/\.\d+Z$/, 'Z')
  const product = { id: gid('Product', 632_910_392 + (index % 48)) }
  const named = { sku: `COFFEE-${index % 48}`, title: `Coffee no. ${index % 48}`, name: `Coffee no. ${index % 48} - 250 g`, isGiftCard: false, product }
  const country = index % 3 === 0 ? 'AT' : 'DE'
  const state = status ?? (refund === undefined ? 'PAID' : refund.cents >= cents - discountCents ? 'REFUNDED' : 'PARTIALLY_REFUNDED')
  return {
    __typename: 'Order', id: gid('Order', id), name: `#${1001 + index}`, email: `buyer${customer}@example.com`, test,
    createdAt: time(at), processedAt: time(at), updatedAt: time(refund?.at ?? at), cancelledAt: cancelled ? time(at) : null,
    displayFinancialStatus: state, currencyCode: currency, taxesIncluded: false, sourceName: 'web',
    totalDiscountsSet: money(discountCents), totalTaxSet: money(0), totalShippingPriceSet: money(490), totalTipReceivedSet: money(0),
    customer: {
      id: gid('Customer', 7_000_000_000_000_000_000n + BigInt(customer)), firstName: 'Ada', lastName: `Nr. ${customer}`, createdAt: time(at), updatedAt: time(at), tags: [],
      defaultEmailAddress: { emailAddress: `buyer${customer}@example.com` }, defaultAddress: { countryCodeV2: country },
    },
    shippingAddress: { countryCodeV2: country }, billingAddress: null,
    refunds: refund === undefined ? [] : [{
      id: gid('Refund', id + 1_000_000_000n), createdAt: time(refund.at),
      refundLineItems: [{ quantity: 1, subtotalSet: money(refund.cents), totalTaxSet: money(0), lineItem: named }],
      refundShippingLines: [], orderAdjustments: [], transactions: [{ kind: 'REFUND', status: 'SUCCESS', test, amountSet: money(refund.cents) }],
    }],
    lineItems: [{
      __typename: 'LineItem', id: gid('LineItem', id), ...named, quantity: 1, originalUnitPriceSet: money(cents), totalDiscountSet: money(discountCents),
      discountAllocations: discountCents > 0 ? [{ allocatedAmountSet: money(discountCents) }] : [], taxLines: [],
    }],
    shippingLines: [{ __typename: 'ShippingLine', id: gid('ShippingLine', id), originalPriceSet: money(490), discountedPriceSet: money(490), discountAllocations: [], taxLines: [] }],
  }
}

/** A shop of `count` orders over the years before `until`: one in 25 refunded, some discounted, a few tests, unpaid and cancelled ones. */
export function generatedShop(count: number, until: Date, days = 900): ShopData {
  const first = until.getTime() - days * 86_400_000
  return {
    count,
    at(index) {
      // A fixed scramble of the number stands in for chance.
      const chance = (index * 2_654_435_761) % 4_294_967_296
      const at = new Date(first + Math.floor((index * days * 86_400_000) / count))
      const cents = 500 + (chance % 9_500)
      return shopOrder({
        index, at, cents, customer: chance % Math.max(1, Math.floor(count / 5)), test: index % 211 === 7, cancelled: index % 307 === 11,
        discountCents: index % 9 === 0 ? Math.floor(cents / 10) : 0,
        ...(index % 25 === 3 && { refund: { cents: Math.floor(cents / 2), at: new Date(at.getTime() + 3 * 86_400_000) } }),
        ...(index % 101 === 5 && { status: 'PENDING' }),
      })
    },
  }
}
