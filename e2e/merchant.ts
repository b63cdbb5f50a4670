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
}

export type Shop = {
  integrationId: string
  /** Whole address that deliveries are posted to. */
  address: string
  secret: string
  /** Posts one signed delivery; repeats of one event carry the same `eventId`. */
  deliver(topic: string, body: string, eventId?: string): Promise<Response>
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
  const openShop = async (): Promise<Shop> => {
    const { id, webhookPath, secret } = await call(created, 'POST', '/integrations', { platform: 'shopify', settings: { shopDomain: 'proof.myshopify.com', webhookSecret: randomUUID() } })
    return shopAt(url, id, webhookPath, secret)
  }
  return { companyId: company.id, slug: company.slug, email, password: PASSWORD, send, call, openShop }
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
