// A merchant of the running product: registered over HTTP, spoken for by token, with a shop that signs its webhooks.
import { createHmac, randomUUID } from 'node:crypto'
import { z } from 'zod'

/** Limits are proven elsewhere; here one machine plays a whole crowd. */
export const NO_LIMITS = { API_PER_MINUTE: '1000000', AUTH_PER_MINUTE: '10000' } as const

const PASSWORD = 'three unrelated words'

const tokens = z.object({ accessToken: z.string(), refreshToken: z.string(), company: z.object({ id: z.string(), slug: z.string() }) })
const created = z.object({ id: z.string(), webhookPath: z.string(), secret: z.string() })

export type MerchantSettings = { currency?: string; timeZone?: string; countZeroOrders?: boolean }

export type Merchant = {
  companyId: string
  slug: string
  email: string
  password: string
  /** The raw answer: for what may fail. Fails itself when the server is not there. */
  send(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** The parsed answer of a call that must succeed; `path` is below /api/v1. */
  call<T>(shape: z.ZodType<T>, method: string, path: string, body?: unknown): Promise<T>
  /** A new Shopify integration. */
  openShop(): Promise<Shop>
  /** A new Stripe integration. */
  openStripe(): Promise<StripeAccount>
  /** A new WooCommerce integration. */
  openWooShop(): Promise<WooShop>
}

export type Shop = {
  integrationId: string
  /** Whole address that deliveries are posted to. */
  address: string
  secret: string
  /** Posts one signed delivery; repeats of one event carry the same `eventId`. */
  deliver(topic: string, body: string, eventId?: string): Promise<Response>
}

export type StripeAccount = {
  /** Posts one event, signed at this moment. */
  deliver(event: string): Promise<Response>
}

export type WooShop = {
  /** Posts one signed delivery; the same body and topic are the same delivery. */
  deliver(topic: string, body: string): Promise<Response>
}

/** Registers a company and signs its first admin in. @param url the product's address, without a trailing slash */
export async function registerMerchant(url: string, companyName: string, settings: MerchantSettings = {}): Promise<Merchant> {
  const email = `${randomUUID()}@shop.example`
  const answer = await fetch(`${url}/api/v1/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ companyName, email, password: PASSWORD, currency: 'USD', timeZone: 'UTC', ...settings }),
  })
  if (answer.status !== 201) throw new Error(`Not registered: ${answer.status} ${await answer.text()}`)
  const { accessToken, company } = tokens.parse(await answer.json())
  const send: Merchant['send'] = (method, path, body, headers) =>
    fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${accessToken}`, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  const call: Merchant['call'] = async (shape, method, path, body) => {
    const response = await send(method, path, body)
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
    return shape.parse(JSON.parse(text))
  }
  const integrate = (platform: string, settings: Record<string, string>) => call(created, 'POST', '/integrations', { platform, settings: { webhookSecret: randomUUID(), ...settings } })
  const openShop = async (): Promise<Shop> => {
    const { id, webhookPath, secret } = await integrate('shopify', { shopDomain: 'proof.myshopify.com' })
    return shopAt(url, id, webhookPath, secret)
  }
  const openStripe = async (): Promise<StripeAccount> => {
    const { webhookPath, secret } = await integrate('stripe', {})
    return stripeAt(`${url}${webhookPath}`, secret)
  }
  const openWooShop = async (): Promise<WooShop> => {
    const { webhookPath, secret } = await integrate('woocommerce', { storeUrl: 'https://proof.example' })
    return wooShopAt(`${url}${webhookPath}`, secret)
  }
  return { companyId: company.id, slug: company.slug, email, password: PASSWORD, send, call, openShop, openStripe, openWooShop }
}

function shopAt(url: string, integrationId: string, webhookPath: string, secret: string): Shop {
  const address = `${url}${webhookPath}`
  const deliver: Shop['deliver'] = (topic, body, eventId = randomUUID()) =>
    fetch(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-shopify-topic': topic,
        'x-shopify-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64'),
        'x-shopify-event-id': eventId,
        'x-shopify-shop-domain': 'proof.myshopify.com',
        'x-shopify-triggered-at': new Date().toISOString(),
      },
      body,
    })
  return { integrationId, address, secret, deliver }
}

function stripeAt(address: string, secret: string): StripeAccount {
  return {
    deliver(event) {
      const at = Math.floor(Date.now() / 1000)
      const signature = createHmac('sha256', secret).update(`${at}.${event}`).digest('hex')
      return fetch(address, { method: 'POST', headers: { 'content-type': 'application/json', 'stripe-signature': `t=${at},v1=${signature}` }, body: event })
    },
  }
}

function wooShopAt(address: string, secret: string): WooShop {
  return {
    deliver(topic, body) {
      const signature = createHmac('sha256', secret).update(body).digest('base64')
      const headers = {
        'content-type': 'application/json',
        'x-wc-webhook-source': 'https://proof.example/',
        'x-wc-webhook-topic': topic,
        'x-wc-webhook-id': '1',
        'x-wc-webhook-delivery-id': signature.slice(0, 12),
        'x-wc-webhook-signature': signature,
      }
      return fetch(address, { method: 'POST', headers, body })
    },
  }
}
