// Google and Microsoft on this machine: a real OpenID provider under their public names, whose ID tokens can be spoilt on purpose.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { decodeJwt, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose'
import { interactionPolicy, Provider, type Adapter, type AdapterPayload } from 'oidc-provider'
import { z } from 'zod'
import { listening, type Listening } from './listening.ts'

/** What is wrong with the ID tokens that it gives out. */
export type TokenFault = 'nonce' | 'audience' | 'party' | 'issuer' | 'expired' | 'unsigned' | 'foreign_key' | 'shared_secret' | 'no_subject'

export type OpenIdServerOptions = {
  /** google: one issuer. microsoft: each tenant is an issuer, named by the account's claim `tid`. */
  shape: 'google' | 'microsoft'
  clientId: string
  clientSecret: string
  redirectUris: readonly string[]
}

export type OpenIdServer = Listening & {
  /** Claims by subject; whoever signs in chooses among them. */
  accounts: Map<string, Record<string, unknown>>
  fault: TokenFault | null
}

const ORIGINS = { google: 'https://accounts.google.com', microsoft: 'https://login.microsoftonline.com' } as const
const KEY_ID = 'made-here'
const MICROSOFT_PATHS: Readonly<Record<string, string>> = { '/common/oauth2/v2.0/authorize': '/auth', '/common/oauth2/v2.0/token': '/token' }

const tokenAnswer = z.looseObject({ id_token: z.string() })

/** Listens on a free port of this machine. */
export async function startOpenIdServer({ shape, clientId, clientSecret, redirectUris }: OpenIdServerOptions): Promise<OpenIdServer> {
  const origin = ORIGINS[shape]
  const accounts = new Map<string, Record<string, unknown>>()
  const [own, foreign] = await Promise.all([makeKeys(), makeKeys()])
  const policy = interactionPolicy.base()
  policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0)
  const provider = new Provider(origin, {
    adapter: () => new Kept(),
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [...redirectUris], response_types: ['code'], grant_types: ['authorization_code'], token_endpoint_auth_method: 'client_secret_post' }],
    jwks: { keys: [{ ...(await exportJWK(own.privateKey)), kid: KEY_ID, alg: 'RS256', use: 'sig' }] },
    claims: { openid: ['sub', 'tid', 'xms_edov'], email: ['email', 'email_verified', 'hd'], profile: ['name'] },
    conformIdTokenClaims: false,
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts.get(id) }) }),
    features: { devInteractions: { enabled: false } },
    interactions: { policy, url: (_context, { uid }) => `/interaction/${uid}` },
    cookies: { keys: [clientSecret] },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    pkce: { required: () => true },
  })
  // Its addresses are those of the public name that it stands in for.
  provider.proxy = true
  const answer = provider.callback()
  const inner = await listening(createServer((request, response) => void answer(request, response)))

  /** Everything about an ID token that the shape or a fault asks for, signed anew. */
  const retold = async (token: string): Promise<string> => {
    const claims: JWTPayload = decodeJwt(token)
    if (shape === 'microsoft') claims.iss = `${origin}/${String(claims['tid'])}/v2.0`
    switch (server.fault) {
      case 'nonce': claims['nonce'] = 'of another sign-in'; break
      case 'audience': claims.aud = 'another client'; break
      case 'party': claims['azp'] = 'another client'; break
      case 'issuer': claims.iss = shape === 'microsoft' ? `${origin}/00000000-0000-4000-8000-000000000000/v2.0` : 'https://accounts.evil.example'; break
      case 'expired': claims.iat = epoch() - 7_200; claims.exp = epoch() - 3_600; break
      case 'no_subject': delete claims.sub; break
      case 'unsigned': return new UnsecuredJWT(claims).encode()
      case 'shared_secret': return await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: KEY_ID }).sign(new TextEncoder().encode(clientSecret))
      case 'foreign_key': return await signed(claims, foreign.privateKey)
      case null: break
    }
    return await signed(claims, own.privateKey)
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', origin)
    const path = MICROSOFT_PATHS[url.pathname] ?? url.pathname
    const interaction = /^\/interaction\/([\w-]+)$/.exec(path)
    if (interaction !== null) return await interact(provider, accounts, request, response)
    if (path.endsWith('/.well-known/openid-configuration')) {
      const said: unknown = await (await fetch(`${inner.origin}/.well-known/openid-configuration`, { headers: { 'x-forwarded-proto': 'https', 'x-forwarded-host': new URL(origin).host } })).json()
      const tenant = `${origin}${path.replace('/.well-known/openid-configuration', '')}`
      const own = z.looseObject({}).parse(said)
      return send(response, 200, shape === 'google' ? own : { ...own, issuer: tenant, jwks_uri: `${tenant.replace(/\/v2\.0$/, '')}/discovery/v2.0/keys` })
    }
    if (path === '/token') {
      const said = await fetch(`${inner.origin}/token`, { method: 'POST', headers: { 'content-type': request.headers['content-type'] ?? '' }, body: await text(request) })
      const body: unknown = await said.json()
      const given = tokenAnswer.safeParse(body)
      return send(response, said.status, given.success ? { ...given.data, id_token: await retold(given.data.id_token) } : body)
    }
    request.url = (path.endsWith('/discovery/v2.0/keys') ? '/jwks' : path) + url.search
    await answer(request, response)
  }
  const front = await listening(createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  }))
  const server: OpenIdServer = {
    origin: front.origin, accounts, fault: null,
    async close() {
      await Promise.all([front.close(), inner.close()])
    },
  }
  return server
}

/** What the provider remembers, in memory and until it is stopped: given, so that it does not warn of having none. */
class Kept implements Adapter {
  private readonly rows = new Map<string, AdapterPayload>()

  async upsert(id: string, payload: AdapterPayload): Promise<void> {
    this.rows.set(id, payload)
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.rows.get(id)
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return [...this.rows.values()].find((row) => row.uid === uid)
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return [...this.rows.values()].find((row) => row.userCode === userCode)
  }

  async consume(id: string): Promise<void> {
    const row = this.rows.get(id)
    if (row !== undefined) row.consumed = epoch()
  }

  async destroy(id: string): Promise<void> {
    this.rows.delete(id)
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [id, row] of this.rows) if (row.grantId === grantId) this.rows.delete(id)
  }
}

/** Whoever is sent here chooses an account, or goes back without. */
async function interact(provider: Provider, accounts: OpenIdServer['accounts'], request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { params } = await provider.interactionDetails(request, response)
  if (request.method !== 'POST') {
    const buttons = [...accounts].map(([id, claims]) => `<button name="account" value="${id}">${typeof claims['email'] === 'string' ? claims['email'] : id}</button>`)
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>Choose an account</title><form method="post">${buttons.join('')}<button name="account" value="">Cancel</button></form>`)
    return
  }
  const accountId = new URLSearchParams(await text(request)).get('account') ?? ''
  if (!accounts.has(accountId)) {
    await provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'The user went back' })
    return
  }
  const asked = z.looseObject({ client_id: z.string(), scope: z.string() }).parse(params)
  const grant = new provider.Grant({ accountId, clientId: asked.client_id })
  grant.addOIDCScope(asked.scope)
  await provider.interactionFinished(request, response, { select_account: {}, login: { accountId }, consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: false })
}

const epoch = (): number => Math.floor(Date.now() / 1000)
const makeKeys = () => generateKeyPair('RS256', { extractable: true })
const signed = (claims: JWTPayload, key: CryptoKey): Promise<string> => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: KEY_ID, typ: 'JWT' }).sign(key)

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body))
}
