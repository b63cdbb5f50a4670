/** Registering, signing in and out, tokens that rotate, cookies that cannot be ridden, limits that are exact. */
import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openDatabase } from '#data/tenant';
import { rateLimit } from '#durable-objects/rate-limiter-client';
import { resolveApiKey } from '#operations/api-keys';
import { startCookieSession } from '#operations/sessions';
import { checkPassword } from '#operations/sign-in';
import { visitorContext } from '#worker/context';
import { guardDatabase } from '#worker/context/guarded-database';
import { call, newAddress, newCompany, newKey, PASSWORD, problemOf, tokens } from './api-client.ts';

const testEnv = z.object({ TEST_OWNER_URL: z.string(), NEON_ENDPOINT: z.string() }).parse(env);

describe('accounts', () => {
  it('registers a company with its first admin, who can sign in in any spelling of the address', async () => {
    const made = await newCompany('Kaffée & Söhne');
    expect(made.company).toMatchObject({ slug: 'kaffee-sohne', currency: 'EUR', timeZone: 'Europe/Berlin' });
    expect(made.user.role).toBe('admin');
    const login = tokens.parse((await call('POST', '/api/v1/auth/login', { body: { email: made.user.email.toUpperCase(), password: PASSWORD } })).body);
    expect(login.expiresIn).toBe(900);
    const me = await call('GET', '/api/v1/auth/me', { headers: { authorization: `Bearer ${login.accessToken}` } });
    expect(me).toMatchObject({ status: 200, body: { user: { id: made.user.id }, company: { id: made.company.id }, role: 'admin' } });
  });

  it('gives a second company of the same name an address of its own, and one e-mail address one account', async () => {
    const [one, two] = [await newCompany('Twice'), await newCompany('Twice')];
    expect(one.company.slug).toBe('twice');
    expect(two.company.slug).toMatch(/^twice-[a-z0-9]{1,6}$/);
    const again = await call('POST', '/api/v1/auth/register', { body: { companyName: 'Other', email: one.user.email, password: PASSWORD } });
    expect(again.status).toBe(409);
    expect(problemOf(again)).toMatchObject({ code: 'conflict', errors: [{ path: 'email' }] });
  });

  it('names every field of a bad registration', async () => {
    const answer = await call('POST', '/api/v1/auth/register', { body: { companyName: '', email: 'no', password: 'short', timeZone: 'Mars/Olympus', colour: 'red' } });
    expect(answer.status).toBe(400);
    const refused = problemOf(answer);
    expect(refused.code).toBe('invalid_input');
    expect(refused.errors?.map((error) => error.path)).toEqual(expect.arrayContaining(['companyName', 'email', 'password', 'timeZone']));
    expect(refused.requestId).toBe(answer.headers.get('x-request-id'));
  });

  it('answers a wrong password and an unknown address alike', async () => {
    const { user } = await newCompany();
    const wrong = problemOf(await call('POST', '/api/v1/auth/login', { body: { email: user.email, password: 'not the password' } }));
    const unknown = problemOf(await call('POST', '/api/v1/auth/login', { body: { email: 'nobody@shop.example', password: 'not the password' } }));
    expect({ ...wrong, requestId: '' }).toEqual({ ...unknown, requestId: '' });
    expect(wrong).toMatchObject({ status: 401, code: 'unauthenticated' });
  });

  it('rotates refresh tokens, and ends the session when an old one comes back', async () => {
    const made = await newCompany();
    const refresh = (refreshToken: string) => call('POST', '/api/v1/auth/refresh', { body: { refreshToken } });
    const second = tokens.parse((await refresh(made.refreshToken)).body);
    expect(second.refreshToken).not.toBe(made.refreshToken);
    expect((await refresh(made.refreshToken)).status).toBe(401);
    expect((await refresh(second.refreshToken)).status).toBe(401);
  });

  it('does not let a made-up refresh token end somebody else\'s session', async () => {
    const made = await newCompany();
    const [prefix, company, session] = made.refreshToken.split('.');
    const forged = [prefix, company, session, 'A'.repeat(43), 'B'.repeat(43)].join('.');
    expect((await call('POST', '/api/v1/auth/refresh', { body: { refreshToken: forged } })).status).toBe(401);
    expect((await call('POST', '/api/v1/auth/refresh', { body: { refreshToken: made.refreshToken } })).status).toBe(200);
  });

  it('ends the session of a refresh token on logout', async () => {
    const made = await newCompany();
    expect((await call('POST', '/api/v1/auth/logout', { body: { refreshToken: made.refreshToken } })).status).toBe(204);
    expect((await call('POST', '/api/v1/auth/refresh', { body: { refreshToken: made.refreshToken } })).status).toBe(401);
  });

  it('takes writes with the session cookie only from a page of ours', async () => {
    const made = await newCompany();
    const visitor = visitorContext(env);
    const member = await checkPassword(visitor, { email: made.user.email, password: PASSWORD });
    const { token } = await startCookieSession(visitor, member, { userAgent: null, place: null });
    const cookie = `theme=dark; perennial_session=${token}`;
    const patch = (headers: Record<string, string>) => call('PATCH', '/api/v1/company', { headers: { cookie, ...headers }, body: { horizonDays: 180 } });
    expect((await call('GET', '/api/v1/company', { headers: { cookie } })).status).toBe(200);
    expect(problemOf(await patch({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' })).code).toBe('forbidden');
    expect(problemOf(await patch({})).code).toBe('forbidden');
    expect((await patch({ 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await patch({ 'x-requested-with': 'perennial' })).status).toBe(200);
    const out = await call('POST', '/api/v1/auth/logout', { headers: { cookie, 'x-requested-with': 'perennial' }, body: {} });
    expect(out.headers.get('set-cookie')).toMatch(/^perennial_session=; Max-Age=0; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    expect((await call('GET', '/api/v1/company', { headers: { cookie } })).status).toBe(401);
  });
});

describe('limits', () => {
  it('lets exactly 100 of 500 concurrent requests of one key through', async () => {
    const { as } = await newCompany();
    const key = await newKey(as, 'viewer');
    const answers = await Promise.all(Array.from({ length: 500 }, () => call('GET', '/api/v1/integrations/platforms', { headers: key.as })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(100);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(400);
    const one = refused[0];
    if (one === undefined) throw new Error('no refusal');
    expect(problemOf(one).code).toBe('rate_limited');
    expect(Number(one.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(one.headers.get('ratelimit-policy')).toBe('"default";q=100;w=60');
    expect(one.headers.get('ratelimit')).toMatch(/^"default";r=0;t=\d+$/);
  });

  it('of a company hold all its callers together, and no other company', async () => {
    const [busy, calm] = [await newCompany(), await newCompany()];
    const [one, other] = [await newKey(busy.as, 'viewer'), await newKey(busy.as, 'viewer')];
    await rateLimit(env.RATE_LIMITER, `company:${busy.company.id}`, { limit: 6_000, windowSeconds: 60, cost: 5_990 });
    const ask = ({ as }: { as: Record<string, string> }) => call('GET', '/api/v1/integrations/platforms', { headers: as });
    const answers = await Promise.all([one, other].flatMap((key) => Array.from({ length: 20 }, () => ask(key))));
    // Making the keys took of it as well.
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(8);
    expect(problemOf(answers.find(({ status }) => status === 429)!)).toMatchObject({ code: 'rate_limited', detail: 'Too many requests: 6000 a minute are allowed to your company together' });
    expect((await ask(calm)).status).toBe(200);
  });

  it('lets ten tries to sign in through from one address, before anything is hashed', async () => {
    const address = newAddress();
    const statuses = [];
    for (let i = 0; i < 12; i++) statuses.push((await call('POST', '/api/v1/auth/login', { address, body: { email: `nobody-${String(i)}@shop.example`, password: 'x' } })).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
  });

  it('stops looking up credentials of an address that guesses', async () => {
    const address = newAddress();
    const statuses = [];
    for (let i = 0; i < 33; i++) statuses.push((await call('GET', '/api/v1/company', { address, headers: { authorization: `Bearer guess-${String(i)}` } })).status);
    expect(statuses.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 401));
    expect(statuses.at(-1)).toBe(429);
  });
});

describe('keys', () => {
  it('speaks with its role until it is revoked', async () => {
    const { as } = await newCompany();
    const key = await newKey(as, 'viewer');
    expect((await call('GET', '/api/v1/company', { headers: key.as })).status).toBe(200);
    expect(problemOf(await call('POST', '/api/v1/transactions', { headers: key.as, body: [] })).code).toBe('forbidden');
    expect((await call('DELETE', `/api/v1/api-keys/${key.id}`, { headers: as })).status).toBe(204);
    expect((await call('GET', '/api/v1/company', { headers: key.as })).status).toBe(401);
  });

  it('is known without Postgres once it was used', async () => {
    const { as, company } = await newCompany();
    const key = await newKey(as, 'manager');
    const token = key.as['authorization']?.replace('Bearer ', '') ?? '';
    await call('GET', '/api/v1/company', { headers: key.as });
    const before = visitorContext(env);
    try {
      const nowhere = openDatabase({ url: 'postgres://app_user:x@nowhere.invalid/x', endpoint: 'http://127.0.0.1:9/sql' });
      const fresh = visitorContext({ ...env });
      const resolved = await resolveApiKey({ ...fresh, database: nowhere }, token);
      expect(resolved).toMatchObject({ companyId: company.id, role: 'manager' });
    } finally {
      openDatabase({ url: 'postgres://app_user:x@nowhere.invalid/x', endpoint: testEnv.NEON_ENDPOINT });
    }
    expect(await resolveApiKey(before, token)).not.toBeNull();
  });
});

describe('database role', () => {
  it('is refused when row security means nothing to it', async () => {
    const owner = guardDatabase(openDatabase({ url: testEnv.TEST_OWNER_URL, endpoint: testEnv.NEON_ENDPOINT }));
    await expect(owner.tenant(crypto.randomUUID()).rows(z.unknown(), sql`select 1`)).rejects.toMatchObject({
      code: 'unavailable', message: expect.stringMatching(/bypasses row security/),
    });
    expect((await call('GET', '/readyz')).status).toBe(200);
  });
});
