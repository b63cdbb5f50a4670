// Stripe's events and WooCommerce's orders as their webhooks state them: the fields that matter.
import { createHash } from 'node:crypto'
import { emailOf } from './people.ts'
import type { Payment, Sale, Telling, Version } from './sale.ts'

const SITE = 'https://till.example'
/** Paid beside the goods, so that what counts is never simply what was paid. */
const SHIPPING = 495
const dollars = (cents: number): string => (cents / 100).toFixed(2)
const unix = (at: string): number => Date.parse(at) / 1000

/** One event of a charge, an intent or a refund. */
export function stripeEvent({ sale, version, first }: Telling): string {
  const [type, object] = sale.kind === 'refund' ? refundOf(sale, version) : sale.externalId.startsWith('ch_') ? chargeOf(sale, version, first) : intentOf(sale, version, first)
  const id = `evt_${createHash('sha256').update(`${type} ${sale.externalId} ${version.updatedAt}`).digest('hex').slice(0, 24)}`
  return JSON.stringify({ id, object: 'event', api_version: '2025-03-31.basil', created: unix(version.updatedAt), livemode: true, type, data: { object } })
}

function chargeOf({ externalId: id, payment }: Sale, { occurredAt, person, cents, counts }: Version, first: boolean): [string, object] {
  const named = payment?.shopOrder !== null && payment?.shopLink === 'metadata' ? { order_id: payment.shopOrder, site_url: SITE } : {}
  return [counts ? (first ? 'charge.succeeded' : 'charge.updated') : 'charge.failed', {
    id, object: 'charge', amount: cents, amount_captured: counts ? cents : 0, amount_refunded: 0, currency: 'usd', created: unix(occurredAt), paid: counts, captured: counts, refunded: false,
    status: counts ? 'succeeded' : 'failed', customer: person % 3 === 0 ? null : `cus_e2e${person}`, billing_details: { email: emailOf(person), name: null, address: null }, receipt_email: null,
    payment_intent: payment?.linkedBy === 'charge' ? payment.intent : null, invoice: null, metadata: named,
  }]
}

function intentOf({ externalId: id, payment, versions: [{ occurredAt: begun }] }: Sale, { person, cents, counts }: Version, first: boolean): [string, object] {
  const state = counts ? 'succeeded' : first ? 'requires_payment_method' : 'canceled'
  return [counts ? 'payment_intent.succeeded' : first ? 'payment_intent.created' : 'payment_intent.canceled', {
    id, object: 'payment_intent', amount: cents, amount_received: counts ? cents : 0, currency: 'usd', created: unix(begun), status: state,
    customer: person % 3 === 0 ? null : `cus_e2e${person}`, receipt_email: emailOf(person), metadata: {},
    latest_charge: first || payment?.linkedBy !== 'intent' ? null : payment.charge,
  }]
}

function refundOf({ externalId: id, orderId }: Sale, { occurredAt, cents }: Version): [string, object] {
  const named = orderId?.startsWith('pi_') === true ? { charge: null, payment_intent: orderId } : { charge: orderId, payment_intent: null }
  return ['refund.created', { id, object: 'refund', amount: cents, currency: 'usd', created: unix(occurredAt), status: 'succeeded', ...named }]
}

/** The order with those of its refunds that were made by then. */
export function wooOrder({ sale, version, first }: Telling, refunds: readonly Sale[]): string {
  const { occurredAt, updatedAt, person, cents, counts } = version
  const made = refunds.filter(({ versions: [{ updatedAt: at }] }) => at <= updatedAt)
  const back = made.reduce((sum, { versions: [refund] }) => sum + refund.cents, 0)
  const status = !counts ? (first ? 'pending' : 'cancelled') : back >= cents ? 'refunded' : 'processing'
  const local = (at: string): string => at.slice(0, 19)
  const address = { first_name: '', last_name: '', company: '', country: 'US' }
  return JSON.stringify({
    id: Number(sale.externalId), number: sale.externalId, status, currency: 'USD', created_via: 'checkout', prices_include_tax: false,
    date_created_gmt: local(occurredAt), date_modified_gmt: local(updatedAt), date_paid_gmt: first ? null : local(updatedAt),
    total: dollars(cents + SHIPPING), total_tax: '0.00', shipping_total: dollars(SHIPPING), shipping_tax: '0.00', discount_total: '0.00',
    customer_id: person % 4 === 0 ? 0 : person, billing: { ...address, email: emailOf(person) }, shipping: address, payment_method: 'stripe', ...paidBy(sale.payment, first),
    line_items: [{ id: 1, name: 'Thing', product_id: 11, quantity: 1, sku: 'T-1', subtotal: dollars(cents), total: dollars(cents), total_tax: '0.00' }], fee_lines: [],
    refunds: made.map(({ externalId, versions: [refund] }) => ({ id: Number(externalId.replace('refund:', '')), reason: '', total: `-${dollars(refund.cents)}` })),
  })
}

function paidBy(payment: Payment | null, first: boolean): { transaction_id: string; meta_data: object[] } {
  const link = first || payment === null ? null : payment.shopLink
  return {
    transaction_id: link === 'charge' ? (payment?.charge ?? '') : '',
    meta_data: link === 'intent' ? [{ id: 1, key: '_stripe_intent_id', value: payment?.intent }] : [],
  }
}
