/** Sales as a shop would post them to the API: the same for the same seed, a few orders a customer, the last month's days. */
import { seeded } from './simulate-shop.ts'

export interface ApiSale {
  externalId: string
  customer: { externalId: string; email: string }
  occurredAt: string
  amount: string
  currency: string
  items: { productId: string; name: string; quantity: number; amount: string }[]
}

const ORDERS_PER_CUSTOMER = 4
const DAYS = 30

/** @param now the newest sale's instant, milliseconds since 1970 */
export function makeSales(count: number, seed: number, now: number): ApiSale[] {
  const random = seeded(seed)
  const customers = Math.ceil(count / ORDERS_PER_CUSTOMER)
  return Array.from({ length: count }, (_, i): ApiSale => {
    const customer = Math.floor(random() * customers)
    const minor = 500 + Math.floor(random() * 20_000)
    const amount = (minor / 100).toFixed(2)
    const product = Math.floor(random() * 200)
    return {
      externalId: `sale-${seed}-${i}`,
      customer: { externalId: `buyer-${customer}`, email: `buyer-${customer}@people.example` },
      occurredAt: new Date(now - Math.floor(random() * DAYS * 86_400_000)).toISOString(),
      amount, currency: 'EUR',
      items: [{ productId: `p${product}`, name: `Product ${product}`, quantity: 1 + Math.floor(random() * 3), amount }],
    }
  })
}

export const minorOf = (sales: readonly ApiSale[]): number => sales.reduce((sum, sale) => sum + Math.round(Number(sale.amount) * 100), 0)

export function inBatches<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size))
}
