// Signs as Stripe does and judges as Shopify does, by their own packages, for tests that run where Node's packages do not.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import '@shopify/shopify-api/adapters/web-api'
import { ApiVersion, shopifyApi } from '@shopify/shopify-api'
import Stripe from 'stripe'

const stripe = new Stripe('sk_test_unused')

// Ctrl-C reaches the whole group: the order to stop comes through the closed input instead.
process.on('SIGINT', () => undefined)

/** The value of `Stripe-Signature` for these bytes, made now. */
const signedByStripe = (body: string, secret: string): string => stripe.webhooks.generateTestHeaderString({ payload: body, secret })

/** `true` when Shopify's library takes the delivery, else why not. */
async function judgedByShopify(body: string, secret: string, headers: IncomingMessage['headers']): Promise<string> {
  const app = shopifyApi({ apiKey: 'key', apiSecretKey: secret, scopes: [], hostName: 'perennial.test', apiVersion: ApiVersion.October25, isEmbeddedApp: false, logger: { log: () => undefined } })
  const own = Object.entries(headers).flatMap(([name, value]): [string, string][] => (name.startsWith('x-shopify-') && typeof value === 'string' ? [[name, value]] : []))
  const rawRequest = new Request('https://perennial.test/webhooks/shopify/1', { method: 'POST', headers: own, body })
  const said = await app.webhooks.validate({ rawBody: body, rawRequest })
  return said.valid ? 'true' : said.reason
}

async function answer(request: IncomingMessage): Promise<string> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://signer')
  const secret = searchParams.get('secret') ?? ''
  const body = (await buffer(request)).toString('utf8')
  switch (pathname) {
    case '/stripe': return signedByStripe(body, secret)
    case '/shopify': return judgedByShopify(body, secret, request.headers)
    default: throw new Error(`There is no ${pathname} here`)
  }
}

const server = createServer((request, response) => {
  answer(request).then((text) => response.end(text), (error: unknown) => response.writeHead(500).end(String(error)))
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
if (address === null || typeof address === 'string') throw new Error('The signer has no port')
console.log(JSON.stringify({ platformSigner: `http://127.0.0.1:${address.port}` }))
process.stdin.resume()
await once(process.stdin, 'close')
process.exit()
