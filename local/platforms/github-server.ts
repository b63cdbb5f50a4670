// GitHub on this machine, as far as signing in needs it: OAuth 2.0 with PKCE, `/user` and `/user/emails`.
import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { listening, type Listening } from './listening.ts'

export type GitHubAccount = {
  id: number
  login: string
  name: string | null
  emails: readonly { email: string; primary: boolean; verified: boolean }[]
}

export type GitHubServer = Listening & {
  /** By login. */
  accounts: Map<string, GitHubAccount>
}

type Grant = { login: string; challenge: string; redirectUri: string }

/** Listens on a free port of this machine, for github.com and api.github.com alike. */
export async function startGitHubServer(client: { clientId: string; clientSecret: string; redirectUris: readonly string[] }): Promise<GitHubServer> {
  const accounts = new Map<string, GitHubAccount>()
  const codes = new Map<string, Grant>()
  const tokens = new Map<string, string>()

  const authorize = async (request: IncomingMessage, response: ServerResponse, asked: URLSearchParams): Promise<void> => {
    const redirectUri = asked.get('redirect_uri') ?? ''
    if (asked.get('client_id') !== client.clientId || !client.redirectUris.includes(redirectUri)) return json(response, 404, { message: 'Not Found' })
    if (request.method !== 'POST') {
      const buttons = [...accounts.keys()].map((login) => `<button name="account" value="${login}">${login}</button>`)
      response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>Sign in to GitHub</title><form method="post">${buttons.join('')}</form>`)
      return
    }
    const login = new URLSearchParams(await text(request)).get('account') ?? ''
    const back = new URL(redirectUri)
    back.searchParams.set('state', asked.get('state') ?? '')
    if (accounts.has(login)) {
      const code = randomBytes(10).toString('hex')
      codes.set(code, { login, challenge: asked.get('code_challenge') ?? '', redirectUri })
      back.searchParams.set('code', code)
    } else {
      back.searchParams.set('error', 'access_denied')
    }
    response.writeHead(302, { location: back.href }).end()
  }

  /** Refuses with status 200, as GitHub does. */
  const exchange = (given: URLSearchParams): Record<string, string> => {
    if (given.get('client_id') !== client.clientId || given.get('client_secret') !== client.clientSecret) return { error: 'incorrect_client_credentials' }
    const code = given.get('code') ?? ''
    const grant = codes.get(code)
    codes.delete(code)
    const challenge = createHash('sha256').update(given.get('code_verifier') ?? '').digest('base64url')
    if (grant === undefined || grant.challenge !== challenge) return { error: 'bad_verification_code' }
    if (grant.redirectUri !== given.get('redirect_uri')) return { error: 'redirect_uri_mismatch' }
    const token = `gho_${randomBytes(18).toString('hex')}`
    tokens.set(token, grant.login)
    return { access_token: token, token_type: 'bearer', scope: 'read:user,user:email' }
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'https://github.com')
    if (pathname === '/login/oauth/authorize') return await authorize(request, response, searchParams)
    if (pathname === '/login/oauth/access_token') return json(response, 200, exchange(new URLSearchParams(await text(request))))
    const account = accounts.get(tokens.get(request.headers.authorization?.replace(/^Bearer /, '') ?? '') ?? '')
    // GitHub answers nobody who does not say what they are.
    if (account === undefined || request.headers['user-agent'] === undefined) return json(response, account === undefined ? 401 : 403, { message: 'Bad credentials' })
    const { emails, ...user } = account
    if (pathname === '/user') return json(response, 200, user)
    if (pathname === '/user/emails') return json(response, 200, emails)
    json(response, 404, { message: 'Not Found' })
  }
  const server = await listening(createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  }))
  return { ...server, accounts }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
}
