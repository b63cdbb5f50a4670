/** What a part of the demo shop's customers did in its last three months, as the public API takes it. */
import { PRODUCTS } from '#core/commerce/demo/catalogue'
import { fromMinor } from '#core/commerce/money'
import { SHOP_CURRENCY } from '#core/commerce/demo/shopify-payload'
import { chance, createRandom, pick } from '#core/math/random'
import type { Random } from '#core/math/random'
import { DAY_MS } from '#core/calendar/days'
import { DEMO_SEED } from './shop.ts'
import type { DemoCustomer } from './customers.ts'
import type { DemoOrder, DemoShop } from './shop.ts'

/** Names the platform, so that these are the customers its orders speak of. */
const SOURCE = 'shopify'
const DAYS = 90
/** The others refused to be followed. */
const AGREED = 0.35
const OPENS = 0.3
const MINUTE_MS = 60_000

type Input = Record<string, unknown>

const hasAgreed = (customer: DemoCustomer): boolean => customer.id !== null && chance(createRandom(`${DEMO_SEED}/agreed/${customer.serial}`), AGREED)

/** Records of `POST /api/v1/events`, oldest first. */
export function eventInputs(shop: DemoShop): Input[] {
  const from = (shop.period.lastDay - DAYS) * DAY_MS
  const latest = Math.max(0, ...shop.orders.map((order) => Date.parse(order.at)))
  const visits = shop.orders.filter((order) => Date.parse(order.at) >= from && hasAgreed(order.customer)).flatMap(visitBefore)
  const members = shop.customers.filter((customer) => customer.acquiredDay * DAY_MS < latest && hasAgreed(customer))
  const inputs = [...visits, ...members.flatMap((customer) => letters(customer, from, latest)), ...members.flatMap((customer) => looks(customer, from, latest))]
  return inputs.sort((a, b) => (String(a.occurredAt) < String(b.occurredAt) ? -1 : 1))
}

function event(customer: DemoCustomer, session: string | null, step: number, type: string, at: number, properties: Input): Input {
  return {
    id: `${session ?? `${type}-${customer.serial}-${at}`}-${step}`, source: SOURCE, type, occurredAt: new Date(at).toISOString(), customer: { externalId: String(customer.id) },
    anonymousId: `fernway-${customer.serial}`, sessionId: session, properties,
  }
}

/** The visit that ended in an order: she looked, filled her cart, and bought within half an hour. */
function visitBefore(order: DemoOrder): Input[] {
  if (order.type === 'subscription') return []
  const random = createRandom(`${DEMO_SEED}/visit/${order.id}`)
  const session = `order-${order.id}`
  const end = Date.parse(order.at) - MINUTE_MS
  const steps = order.basket.lines.flatMap(({ product, gross, discount }) => [
    { type: 'page_view', properties: pageOf(product) },
    { type: 'add_to_cart', properties: { product: product.name, sku: product.sku, value: Number(fromMinor(gross - discount, SHOP_CURRENCY)), currency: SHOP_CURRENCY } },
  ])
  const all = [{ type: 'page_view', properties: { path: '/', title: 'Fernway Coffee' } }, ...steps, { type: 'page_view', properties: { path: '/checkout', title: 'Checkout' } }]
  return all.map(({ type, properties }, step) => event(order.customer, session, step, type, end - Math.round((all.length - step) * MINUTE_MS * (1 + random())), properties))
}

const pageOf = (product: { name: string; category: string }): Input => ({ path: `/${product.category.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`, title: product.name })

/** A letter every second Thursday; some open it. */
function letters(customer: DemoCustomer, from: number, latest: number): Input[] {
  if (customer.consent !== 'granted') return []
  const random = createRandom(`${DEMO_SEED}/letters/${customer.serial}`)
  const opened: Input[] = []
  // Day 0 was a Thursday.
  for (let week = Math.ceil(from / DAY_MS / 14); week * 14 * DAY_MS < latest; week++) {
    const at = week * 14 * DAY_MS + 8 * 3_600_000 + Math.round(random() ** 3 * 2 * DAY_MS)
    if (chance(random, OPENS) && at < latest && at > customer.acquiredDay * DAY_MS) opened.push(event(customer, null, week, 'email_open', at, { subject: `Fresh from the roaster, no. ${week % 100}` }))
  }
  return opened
}

/** Once in a while somebody only looks. */
function looks(customer: DemoCustomer, from: number, latest: number): Input[] {
  const random = createRandom(`${DEMO_SEED}/looks/${customer.serial}`)
  if (!chance(random, 0.25)) return []
  const at = from + Math.round(random() * (latest - from - 3_600_000))
  if (at < customer.acquiredDay * DAY_MS) return []
  const pages = 1 + Math.floor(random() * 4)
  return Array.from({ length: pages }, (_, step) => event(customer, `look-${customer.serial}`, step, 'page_view', at + step * MINUTE_MS, pageOf(lookedAt(random))))
}

const lookedAt = (random: Random): { name: string; category: string } => pick(random, PRODUCTS)
