/** Every provider of identities keeps the promises of the shape: this loops over the registry. */
import { describe, expect, it } from 'vitest';
import { SIGN_IN_PROBLEMS, signInProblemWords } from '#core/sign-in/problems';
import type { ProviderAccess } from './provider.ts';
import { SignInRefused } from './provider.ts';
import { identityProviders } from './registry.ts';

const attempt = { state: 'the-state', nonce: 'the-nonce', verifier: 'v'.repeat(43) };

function access(answer: (url: string) => Response): ProviderAccess & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked, clientId: 'here', clientSecret: 'a secret', redirectUri: 'https://perennial.test/callback', now: () => new Date(), servers: { get: () => undefined, set: () => undefined },
    async fetch(url) {
      asked.push(url);
      return answer(url);
    },
  };
}
/** Whatever is asked for: a server that names itself by the address it was asked at. */
const discovered = (url: string): Response => {
  const issuer = url.replace('/.well-known/openid-configuration', '');
  return Response.json({ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/keys` });
};

it('has each provider once', () => {
  expect(new Set(identityProviders.map(({ id }) => id)).size).toBe(identityProviders.length);
});

describe.each(identityProviders.map((provider) => [provider.name, provider] as const))('%s', (_name, provider) => {
  it('can be a path segment and the beginning of a variable', () => {
    expect(provider.id).toMatch(/^[a-z][a-z0-9]{1,30}$/);
    expect(new URL(provider.origin).origin).toBe(provider.origin);
  });

  it('sends a browser to its own origin with PKCE, the state, our address and nothing secret', async () => {
    const url = await provider.authorizationUrl(access(discovered), attempt);
    expect(url.origin).toBe(provider.origin);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ response_type: 'code', client_id: 'here', redirect_uri: 'https://perennial.test/callback', state: 'the-state', code_challenge_method: 'S256' });
    expect(url.href).not.toMatch(/secret|vvvv/);
  });

  it('asks nobody for who it is when the answer carries another state or an error', async () => {
    for (const [query, problem] of [['state=another&code=x', 'not_accepted'], ['state=the-state&error=access_denied', 'cancelled'], ['code=x', 'not_accepted']] as const) {
      const reach = access(discovered);
      await expect(provider.identify(reach, attempt, new URLSearchParams(query))).rejects.toMatchObject({ problem });
      expect(reach.asked.filter((url) => !url.includes('.well-known'))).toEqual([]);
    }
  });

  it('says apart that it does not know us, that a code was used, and that it is not well', async () => {
    const told = async (status: number, body: unknown) => {
      const reach = access((url) => (url.includes('.well-known') ? discovered(url) : Response.json(body, { status })));
      return await provider.identify(reach, attempt, new URLSearchParams('state=the-state&code=x')).then(() => 'signed in', (error: unknown) => (error instanceof SignInRefused ? error.problem : String(error)));
    };
    const isOAuthOnly = provider.id === 'github';
    expect(await (isOAuthOnly ? told(200, { error: 'bad_verification_code' }) : told(400, { error: 'invalid_grant' }))).toBe('used');
    expect(await (isOAuthOnly ? told(200, { error: 'incorrect_client_credentials' }) : told(401, { error: 'invalid_client' }))).toBe('misconfigured');
    expect(await told(503, { error: 'server_error' })).toBe('unavailable');
    expect(await told(200, { token_type: 'bearer' })).toBe('not_accepted');
  });
});

it('has words for each problem, and for nothing else that an address may carry', () => {
  for (const code of Object.keys(SIGN_IN_PROBLEMS)) expect(signInProblemWords(code)?.length).toBeGreaterThan(20);
  for (const code of [null, '', 'toString', '__proto__', '<b>hello</b>']) expect(signInProblemWords(code)).toBeNull();
});
