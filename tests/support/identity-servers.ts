// Runs the providers of identities for tests in workerd, and lets these add accounts and spoil tokens.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { z } from 'zod'
import { startGitHubServer } from '../../local/platforms/github-server.ts'
import { listening } from '../../local/platforms/listening.ts'
import { startOpenIdServer } from '../../local/platforms/openid-server.ts'

// Ctrl-C reaches the whole group: the order to stop comes through the closed input instead.
process.on('SIGINT', () => undefined)

const clientOf = (provider: string) => ({
  clientId: `${provider}-client`, clientSecret: randomBytes(24).toString('base64url'), redirectUris: [`https://perennial.test/api/v1/auth/oauth/${provider}/callback`],
})
const clients = { google: clientOf('google'), microsoft: clientOf('microsoft'), github: clientOf('github') }
const [google, microsoft, github] = await Promise.all([
  startOpenIdServer({ shape: 'google', ...clients.google }), startOpenIdServer({ shape: 'microsoft', ...clients.microsoft }), startGitHubServer(clients.github),
])

const order = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('account'), provider: z.enum(['google', 'microsoft']), id: z.string(), claims: z.record(z.string(), z.unknown()) }),
  z.strictObject({ do: z.literal('github'), id: z.int(), login: z.string(), name: z.string().nullable(), emails: z.array(z.strictObject({ email: z.string(), primary: z.boolean(), verified: z.boolean() })) }),
  z.strictObject({ do: z.literal('fault'), provider: z.enum(['google', 'microsoft']), fault: z.enum(['nonce', 'audience', 'party', 'issuer', 'expired', 'unsigned', 'foreign_key', 'shared_secret', 'no_subject']).nullable() }),
])

function obey(asked: z.infer<typeof order>): void {
  switch (asked.do) {
    case 'account': { (asked.provider === 'google' ? google : microsoft).accounts.set(asked.id, asked.claims); break }
    case 'github': { github.accounts.set(asked.login, { id: asked.id, login: asked.login, name: asked.name, emails: asked.emails }); break }
    case 'fault': { (asked.provider === 'google' ? google : microsoft).fault = asked.fault; break }
  }
}
const control = await listening(createServer((request, response) => {
  json(request).then((body) => { obey(order.parse(body)); response.end() }, (error: unknown) => response.writeHead(400).end(String(error)))
}))

console.log(JSON.stringify({ identityServers: { google: google.origin, microsoft: microsoft.origin, github: github.origin, control: control.origin, clients } }))
process.stdin.resume()
await once(process.stdin, 'close')
process.exit()
