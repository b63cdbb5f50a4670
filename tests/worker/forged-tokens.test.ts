/** Access tokens that look right and are not: no route of the API takes one. */
// First: shapes made before it is there cannot be described in the API's document.
import '@hono/zod-openapi';
import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { JWTHeaderParameters, JWTPayload } from 'jose';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { v7 } from 'uuid';
import { z } from 'zod';
import { visitorContext } from '#worker/context';
import { call, newAddress, newCompany, newKey } from './api-client.ts';
import { databaseOf, routes } from './stocked-company.ts';
import type { Route } from './stocked-company.ts';

type Company = Awaited<ReturnType<typeof newCompany>>;

const base64url = (text: string): string => btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const parsed = z.record(z.string(), z.unknown());
const partOf = (token: string, n: number): Record<string, unknown> => parsed.parse(JSON.parse(atob((token.split('.')[n] ?? '').replaceAll('-', '+').replaceAll('_', '/'))));

let shop: Company;
let other: Company;
let closed: Route[];
/** What a good token of the first company states. */
let header: JWTHeaderParameters;
let claims: JWTPayload;

beforeAll(async () => {
  [shop, other] = [await newCompany(), await newCompany()];
  closed = (await routes()).filter((route) => !route.isOpen);
  const signedWith = z.looseObject({ alg: z.string(), kid: z.string(), typ: z.string() });
  header = signedWith.parse(partOf(shop.accessToken, 0));
  claims = partOf(shop.accessToken, 1);
});

/** Signed by our own key, so that nothing but what is changed can be the reason for a refusal. */
async function ours(change: { header?: Partial<JWTHeaderParameters>; claims?: Record<string, unknown>; without?: string[] }): Promise<string> {
  const { key } = await visitorContext(env).tokenKeys.signing();
  const payload = Object.fromEntries(Object.entries({ ...claims, ...change.claims }).filter(([name]) => change.without?.includes(name) !== true));
  return await new SignJWT(payload).setProtectedHeader({ ...header, ...change.header }).sign(key);
}

const now = (): number => Math.floor(Date.now() / 1000);

const FORGERIES: Record<string, () => Promise<string>> = {
  'with no signature and the algorithm none': async () => `${base64url(JSON.stringify({ ...header, alg: 'none' }))}.${base64url(JSON.stringify(claims))}.`,
  'with its signature cut off': async () => `${shop.accessToken.split('.').slice(0, 2).join('.')}.`,
  'with another role than was signed': async () => {
    const [head = '', , signature = ''] = shop.accessToken.split('.');
    return `${head}.${base64url(JSON.stringify({ ...claims, role: 'admin', company: other.company.id }))}.${signature}`;
  },
  'signed with our public key as if it were a shared secret': async () => {
    const { keys } = z.object({ keys: z.array(z.object({ x: z.string(), kid: z.string() })) }).parse((await call('GET', '/.well-known/jwks.json')).body);
    const known = keys.find(({ kid }) => kid === header['kid'])?.x ?? '';
    return await new SignJWT(claims).setProtectedHeader({ ...header, alg: 'HS256' }).sign(new TextEncoder().encode(known));
  },
  'signed with a stranger’s key under our key’s name': async () => await new SignJWT(claims).setProtectedHeader(header).sign((await generateKeyPair('EdDSA')).privateKey),
  'signed with a key that it brings along': async () => {
    const pair = await generateKeyPair('EdDSA', { extractable: true });
    return await new SignJWT(claims).setProtectedHeader({ ...header, kid: 'mine', jwk: await exportJWK(pair.publicKey), jku: 'https://evil.example/jwks.json' }).sign(pair.privateKey);
  },
  'that names a key we do not have': async () => await ours({ header: { kid: 't999' } }),
  'that names no key': async () => {
    const { kid: _, ...rest } = header;
    const { key } = await visitorContext(env).tokenKeys.signing();
    return await new SignJWT(claims).setProtectedHeader(rest).sign(key);
  },
  'of another type': async () => await ours({ header: { typ: 'JWT' } }),
  'of another issuer': async () => await ours({ claims: { iss: 'https://evil.example' } }),
  'for another audience': async () => await ours({ claims: { aud: 'perennial-embed' } }),
  'that is not valid yet': async () => await ours({ claims: { nbf: now() + 600 } }),
  'that expired a second ago': async () => await ours({ claims: { exp: now() - 1 } }),
  'without an end': async () => await ours({ without: ['exp'] }),
  'without a session': async () => await ours({ without: ['session'] }),
  'of a session that never was': async () => await ours({ claims: { session: v7() } }),
  'of this session, for another company': async () => await ours({ claims: { company: other.company.id } }),
  'of a role that is none': async () => await ours({ claims: { role: 'owner' } }),
  'that critically wants what we do not know': async () => {
    const { key } = await visitorContext(env).tokenKeys.signing();
    return await new SignJWT(claims).setProtectedHeader({ ...header, crit: ['urn:evil'], 'urn:evil': true }).sign(key, { crit: { 'urn:evil': true } });
  },
};

const ask = async ({ method, path }: Pick<Route, 'method' | 'path'>, token: string, address: string): Promise<number> =>
  (await call(method, path.replaceAll(/\{\w+\}/g, crypto.randomUUID()), { address, headers: { authorization: `Bearer ${token}` }, ...(method === 'GET' ? {} : { body: {} }) })).status;

/** Those of all closed routes that do not answer 401. */
async function takenBy(token: string): Promise<string[]> {
  expect(closed.length).toBeGreaterThan(80);
  const wrong: string[] = [];
  let mayWait = true;
  // Thirty unknown credentials close an address's door: every fifteen routes speak from another one.
  for (let n = 0; n < closed.length; n += 15) {
    const address = newAddress();
    const some = closed.slice(n, n + 15);
    let statuses = await Promise.all(some.map((route) => ask(route, token, address)));
    if (statuses.some((status) => status !== 401) && mayWait) {
      // While Postgres is silent for two seconds, which a busy machine can bring about, a good signature is believed: asked again.
      mayWait = false;
      await vi.waitFor(async () => { expect(await ask({ method: 'GET', path: '/api/v1/company' }, token, newAddress())).toBe(401); }, { timeout: 20_000, interval: 500 }).catch(() => undefined);
      const other = newAddress();
      statuses = await Promise.all(some.map((route) => ask(route, token, other)));
    }
    wrong.push(...some.flatMap(({ method, path }, at) => (statuses[at] === 401 ? [] : [`${method} ${path}: ${String(statuses[at])}`])));
  }
  return wrong;
}

describe('every route refuses a token', () => {
  it.each(Object.keys(FORGERIES))('%s', async (how) => {
    expect(await takenBy(await FORGERIES[how]?.() ?? '')).toEqual([]);
  }, 120_000);

  it('and takes the one that these were made from', async () => {
    expect((await call('GET', '/api/v1/company', { headers: { authorization: `Bearer ${await ours({})}` } })).status).toBe(200);
    expect((await call('GET', '/api/v1/company', { headers: shop.as })).status).toBe(200);
  });

  it('whose session was ended, and a refresh token or a cookie in the place of one', async () => {
    const gone = await newCompany();
    await databaseOf(gone.company.id).run(sql`update sessions set ended_at = now() where company_id = ${gone.company.id}`);
    const { key } = await visitorContext(env).tokenKeys.signing();
    // Not the one that registering answered: that may be believed for five seconds.
    const late = await new SignJWT({ ...partOf(gone.accessToken, 1) }).setProtectedHeader(header).sign(key);
    for (const token of [late, shop.refreshToken]) expect(await takenBy(token)).toEqual([]);
  }, 120_000);
});

describe('an API key', () => {
  it('that was revoked or has expired opens no route', async () => {
    const made = await newKey(shop.as, 'admin');
    const late = await newKey(shop.as, 'admin');
    await call('DELETE', `/api/v1/api-keys/${made.id}`, { headers: shop.as });
    await databaseOf(shop.company.id).run(sql`update api_keys set expires_at = now() - interval '1 second' where company_id = ${shop.company.id} and id = ${late.id}`);
    for (const { as } of [made, late]) expect(await takenBy((as['authorization'] ?? '').replace('Bearer ', ''))).toEqual([]);
  }, 120_000);
});
