/** A made-up Stripe account: customers who pay once, at a checkout or by subscription, in the shapes of the pinned API version. */

export interface StripeObject {
  id: string
  object: string
  /** Seconds since 1970. */
  created: number
  [field: string]: unknown
}

/** By the path of the list after `/v1/`, oldest first. */
export type StripeAccount = Record<(typeof LISTS)[number], StripeObject[]>

export const LISTS = ['customers', 'charges', 'invoices', 'checkout/sessions', 'refunds', 'disputes', 'subscriptions', 'payment_intents', 'webhook_endpoints'] as const

const DAY = 86_400
const MONTH = 30 * DAY

/** mulberry32 */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** @param from seconds since 1970 when the first customer came; they follow one another through a year */
export function makeAccount(seed: number, customers: number, from: number, now: number): StripeAccount {
  const next = random(seed)
  const pick = (n: number): number => Math.floor(next() * n)
  const account: StripeAccount = { customers: [], charges: [], invoices: [], 'checkout/sessions': [], refunds: [], disputes: [], subscriptions: [], payment_intents: [], webhook_endpoints: [] }
  let number = 0
  const name = (prefix: string): string => `${prefix}_${String(seed)}M${String(++number).padStart(8, '0')}`
  const email = (n: number): string => `buyer${String(n)}@example.com`

  /** Money that was taken: an intent and its charge, and now and then a refund or a dispute of it. */
  const pay = (customer: StripeObject, n: number, amount: number, currency: string, created: number, metadata: Record<string, string> = {}): { intent: string; charge: string } => {
    const [intent, charge] = [name('pi'), name('ch')]
    const about = { currency, customer: customer.id, created, metadata, livemode: false }
    const refunded = pick(12) === 0 ? (pick(2) === 0 ? amount : Math.ceil(amount / 4)) : 0
    account.charges.push({
      id: charge, object: 'charge', amount, amount_captured: amount, amount_refunded: refunded, captured: true, paid: true, refunded: refunded === amount, status: 'succeeded',
      payment_intent: intent, billing_details: { email: email(n), name: `Buyer ${String(n)}`, address: { country: 'DE' } }, ...about,
    })
    account.payment_intents.push({ id: intent, object: 'payment_intent', amount, amount_received: amount, status: 'succeeded', latest_charge: charge, ...about })
    const returned = (object: string, prefix: string, back: number, status: string): StripeObject => ({
      id: name(prefix), object, amount: back, currency, charge, payment_intent: intent, status, created: Math.min(now - 1, created + 3 * DAY), metadata: {},
    })
    if (refunded > 0) account.refunds.push(returned('refund', 're', refunded, 'succeeded'))
    else if (pick(40) === 0) {
      const status = ['lost', 'won', 'warning_closed', 'needs_response'][pick(4)] ?? 'lost'
      account.disputes.push({ ...returned('dispute', 'dp', amount, status), balance_transactions: status === 'needs_response' || status === 'lost' ? [{ amount: -amount }] : [] })
    }
    return { intent, charge }
  }

  const subscribe = (customer: StripeObject, n: number, created: number): void => {
    const [amount, interval] = pick(4) === 0 ? [12_000, 'year'] : [[900, 1900, 4900][pick(3)] ?? 900, 'month']
    const subscription = name('sub')
    const trialEnd = pick(3) === 0 ? created + 14 * DAY : null
    const begins = trialEnd ?? created
    const months = pick(3) === 0 ? 1 + pick(6) : null
    const ended = months === null || begins + months * MONTH > now ? null : begins + months * MONTH
    const every = interval === 'year' ? 12 * MONTH : MONTH
    const bill = (at: number, goods: number, reason: string): void => {
      const discount = goods > 0 && pick(5) === 0 ? Math.round(goods / 10) : 0
      const tax = Math.round(((goods - discount) * 19) / 100)
      const total = goods - discount + tax
      const paid = total > 0 ? pay(customer, n, total, 'eur', at + 60) : null
      account.invoices.push({
        id: name('in'), object: 'invoice', created: at, currency: 'eur', status: 'paid', number: `M-${String(number)}`, billing_reason: reason,
        amount_due: total, amount_paid: total, amount_remaining: 0, subtotal: goods, total, customer: customer.id, customer_email: email(n), customer_name: `Buyer ${String(n)}`, customer_address: { country: 'DE' },
        total_taxes: tax > 0 ? [{ amount: tax, tax_behavior: 'exclusive' }] : [], total_discount_amounts: discount > 0 ? [{ amount: discount, discount: 'di_1' }] : [],
        amount_shipping: 0, metadata: {}, status_transitions: { paid_at: at + 60 }, parent: { type: 'subscription_details', subscription_details: { subscription, metadata: {} } },
        payments: { object: 'list', has_more: false, data: paid === null ? [] : [{ id: name('inpay'), object: 'invoice_payment', status: 'paid', payment: { type: 'payment_intent', payment_intent: paid.intent } }] },
        lines: { object: 'list', has_more: false, data: [{ id: name('il'), amount: goods, description: `1 × Tea box (${interval}ly)`, quantity: 1, discount_amounts: discount > 0 ? [{ amount: discount }] : [], taxes: tax > 0 ? [{ amount: tax, tax_behavior: 'exclusive' }] : [], pricing: { price_details: { product: 'prod_tea' } } }] },
      })
    }
    if (trialEnd !== null) bill(created, 0, 'subscription_create')
    for (let at = begins; at < Math.min(now - DAY, ended ?? now); at += every) bill(at, amount, at === created ? 'subscription_create' : 'subscription_cycle')
    account.subscriptions.push({
      id: subscription, object: 'subscription', created, start_date: created, currency: 'eur', customer: customer.id, trial_end: trialEnd, trial_start: trialEnd === null ? null : created,
      status: ended !== null ? 'canceled' : trialEnd !== null && trialEnd > now ? 'trialing' : 'active', cancel_at: null, cancel_at_period_end: false, canceled_at: ended, ended_at: ended,
      pause_collection: null, discounts: [], default_tax_rates: [], metadata: {},
      items: { object: 'list', has_more: false, data: [{ id: name('si'), quantity: 1, discounts: [], tax_rates: [], current_period_end: now + every, price: { id: 'price_1', currency: 'eur', nickname: `Tea box, ${interval}ly`, product: 'prod_tea', unit_amount: amount, unit_amount_decimal: String(amount), recurring: { interval, interval_count: 1, usage_type: 'licensed' } } }] },
    })
  }

  const checkOut = (customer: StripeObject, n: number, created: number): void => {
    const [goods, shipping] = [1000 + pick(9000), 490]
    const tax = Math.round(((goods + shipping) * 7) / 100)
    const { intent } = pay(customer, n, goods + shipping + tax, 'eur', created + 300)
    account['checkout/sessions'].push({
      id: name('cs_test'), object: 'checkout.session', created, currency: 'eur', mode: 'payment', status: 'complete', payment_status: 'paid', amount_subtotal: goods, amount_total: goods + shipping + tax,
      total_details: { amount_discount: 0, amount_shipping: shipping, amount_tax: tax }, customer: customer.id, customer_email: null,
      customer_details: { email: email(n), name: `Buyer ${String(n)}`, address: { country: 'DE' } }, metadata: {}, payment_intent: intent, invoice: null, subscription: null,
    })
  }

  for (let n = 0; n < customers; n++) {
    const created = from + Math.floor((n * 365 * DAY) / customers)
    const customer: StripeObject = { id: name('cus'), object: 'customer', created, email: email(n), name: `Buyer ${String(n)}`, address: { country: 'DE' }, metadata: {}, livemode: false }
    account.customers.push(customer)
    switch (n % 3) {
      case 0:
        subscribe(customer, n, created)
        break
      case 1:
        for (let i = 0; i <= pick(3); i++) checkOut(customer, n, Math.min(now - DAY, created + i * 20 * DAY))
        break
      default: {
        const [amount, currency] = ([[1500, 'eur'], [2000, 'jpy'], [5_120, 'kwd'], [900, 'usd']] as const)[pick(4)] ?? [1500, 'eur']
        pay(customer, n, amount, currency, created + 30, pick(3) === 0 ? { order_id: String(1000 + n), site_url: 'https://shop.example' } : {})
        if (pick(5) === 0) account.charges.push({ id: name('ch'), object: 'charge', amount, amount_captured: 0, amount_refunded: 0, captured: false, paid: false, refunded: false, status: 'failed', currency, customer: customer.id, created: created + 20, metadata: {}, billing_details: { email: email(n) }, payment_intent: null })
      }
    }
  }
  for (const list of LISTS) account[list].sort((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1))
  return account
}
