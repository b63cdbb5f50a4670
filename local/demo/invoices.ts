/** A café abroad that is billed in its own currency by hand: sales that stay uncounted until somebody gives a rate. */
import { between, createRandom } from '#core/math/random'
import type { Period } from './customers.ts'
import { instantOn } from './calendar.ts'

export interface DemoInvoice {
  /** Its number in the books. */
  externalId: string
  at: string
  customer: { externalId: string; name: string; email: string; country: string }
  currency: 'CHF' | 'USD'
  /** Minor units. */
  amount: number
}

const CAFES = [
  { externalId: 'wholesale-1', name: 'Café Kontor, Zürich', email: 'bestellung@kontor.example', country: 'CH', currency: 'CHF' },
  { externalId: 'wholesale-2', name: 'Little Owl Coffee, Portland', email: 'orders@littleowl.example', country: 'US', currency: 'USD' },
] as const

export function inventInvoices(seed: string, period: Period, now: Date): DemoInvoice[] {
  return CAFES.flatMap(({ currency, ...customer }, cafe) => {
    const random = createRandom(`${seed}/invoices/${cafe}`)
    const invoices: DemoInvoice[] = []
    for (let day = period.lastDay - 400 + cafe * 120; day <= period.lastDay; day += between(random, 26, 34)) {
      const at = instantOn(random, day, false)
      if (at > now.getTime()) break
      invoices.push({ externalId: `${customer.externalId}-${invoices.length + 1}`, at: new Date(at).toISOString(), customer, currency, amount: between(random, 240, 620) * 100 })
    }
    return invoices
  })
}
