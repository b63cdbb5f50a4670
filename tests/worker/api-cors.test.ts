/** Pages of other sites: who may use the API from a browser, what a preflight tells, and that cookies never come along. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { startCookieSession } from '#operations/sessions';
import { checkPassword } from '#operations/sign-in';
import { visitorContext } from '#worker/context';
import { call, newCompany, newKey, PASSWORD, problemOf } from './api-client.ts';

const ORIGIN = 'https://app.shop.example';
const ALLOWED = 'access-control-allow-origin';
let shop: Awaited<ReturnType<typeof newCompany>>;
let key: Record<string, string>;

beforeAll(async () => {
  shop = await newCompany();
  key = (await newKey(shop.as, 'viewer')).as;
  expect((await call('PATCH', '/api/v1/company', { headers: shop.as, body: { apiOrigins: [ORIGIN, 'http://localhost:3000'] } })).body).toMatchObject({ apiOrigins: [ORIGIN, 'http://localhost:3000'] });
});

const preflight = (origin: string, path = '/api/v1/customers') =>
  call('OPTIONS', path, { headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' } });

describe('the list of a company', () => {
  it('is kept exactly as browsers write origins', async () => {
    const refused = await call('PATCH', '/api/v1/company', { headers: shop.as, body: { apiOrigins: ['https://ok.example', 'http://shop.example', '*', 'https://shop.example/app', 'https://*.shop.example', 'null', 'https://SHOP.example'] } });
    expect(problemOf(refused).errors?.map(({ path }) => path)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `apiOrigins[${String(n)}]`));
    expect(problemOf(refused).errors?.[0]?.message).toContain('write scheme and host');
    expect(problemOf(await call('PATCH', '/api/v1/company', { headers: shop.as, body: { apiOrigins: Array.from({ length: 21 }, (_, n) => `https://s${String(n)}.example`) } })).errors).toEqual([{ path: 'apiOrigins', message: 'Up to 20 origins' }]);
    expect((await call('GET', '/api/v1/company', { headers: key })).body).toMatchObject({ apiOrigins: [ORIGIN, 'http://localhost:3000'] });
  });

  it('lets its pages read answers, refusals too', async () => {
    for (const origin of [ORIGIN, 'http://localhost:3000']) {
      const read = await call('GET', '/api/v1/company', { headers: { ...key, origin } });
      expect(read.status).toBe(200);
      expect(read.headers.get(ALLOWED)).toBe(origin);
      expect(read.headers.get('vary')).toBe('Origin');
      expect(read.headers.get('access-control-expose-headers')).toContain('RateLimit');
      expect(read.headers.has('access-control-allow-credentials')).toBe(false);
      const unknown = await call('GET', '/api/v1/nothing', { headers: { ...key, origin } });
      expect([unknown.status, unknown.headers.get(ALLOWED)]).toEqual([404, origin]);
      const forbidden = await call('POST', '/api/v1/transactions', { headers: { ...key, origin }, body: {} });
      expect([forbidden.status, forbidden.headers.get(ALLOWED)]).toEqual([403, origin]);
    }
  });

  it('keeps every other page out before anything is done', async () => {
    const admin = shop.as;
    for (const origin of ['https://evil.example', 'https://app.shop.example.evil.example', 'http://app.shop.example', 'https://app.shop.example:8443', 'null', 'chrome-extension://abc']) {
      const answer = await call('PATCH', '/api/v1/company', { headers: { ...admin, origin }, body: { name: 'Taken' } });
      expect([answer.status, answer.headers.get(ALLOWED), answer.headers.get('vary')]).toEqual([403, null, 'Origin']);
      expect(problemOf(answer).detail).toContain('add it under Settings');
    }
    expect((await call('GET', '/api/v1/company', { headers: key })).body).toMatchObject({ name: 'Test shop' });
  });

  it('is each company’s own', async () => {
    const other = await newCompany();
    expect((await call('GET', '/api/v1/company', { headers: { ...other.as, origin: ORIGIN } })).status).toBe(403);
  });

  it('holds within a minute once it is emptied, and by the same isolate at once', async () => {
    const other = await newCompany();
    await call('PATCH', '/api/v1/company', { headers: other.as, body: { apiOrigins: [ORIGIN] } });
    expect((await call('GET', '/api/v1/company', { headers: { ...other.as, origin: ORIGIN } })).status).toBe(200);
    await call('PATCH', '/api/v1/company', { headers: other.as, body: { apiOrigins: [] } });
    expect((await call('GET', '/api/v1/company', { headers: { ...other.as, origin: ORIGIN } })).status).toBe(403);
  });

  it('asks nothing of programs and of our own pages', async () => {
    expect((await call('GET', '/api/v1/company', { headers: key })).headers.get(ALLOWED)).toBeNull();
    expect((await call('GET', '/api/v1/company', { headers: { ...key, origin: 'https://perennial.test' } })).status).toBe(200);
  });
});

describe('a preflight', () => {
  it('is answered alike for every company and every address, and tells nothing', async () => {
    for (const path of ['/api/v1/customers', '/api/v1/no-such-thing', '/api/v1/events', '/api/v1/auth/login']) {
      const answer = await preflight(ORIGIN, path);
      expect([answer.status, answer.body]).toEqual([204, '']);
      expect(Object.fromEntries([...answer.headers].filter(([name]) => name.startsWith('access-control') || name === 'vary'))).toEqual({
        [ALLOWED]: ORIGIN, 'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE', 'access-control-allow-headers': 'Authorization, Content-Type, Idempotency-Key',
        'access-control-max-age': '600', vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
      });
    }
  });

  it.each(['null', '*', 'http://shop.example', 'chrome-extension://abc', 'nonsense'])('is refused to %s', async (origin) => {
    const answer = await preflight(origin);
    expect([answer.status, answer.headers.get(ALLOWED)]).toEqual([403, null]);
  });
});

it('lets no page of another site read what comes by cookie or without a sign-in', async () => {
  const visitor = visitorContext(env);
  const { token } = await startCookieSession(visitor, await checkPassword(visitor, { email: shop.user.email, password: PASSWORD }), { userAgent: null, place: null });
  const carried: Record<string, string>[] = [{ cookie: `perennial_session=${token}` }, {}];
  for (const headers of carried) {
    const answer = await call('GET', '/api/v1/company', { headers: { ...headers, origin: ORIGIN } });
    expect(answer.headers.get(ALLOWED)).toBeNull();
  }
  const signIn = await call('POST', '/api/v1/auth/login', { headers: { origin: ORIGIN }, body: { email: shop.user.email, password: PASSWORD } });
  expect(signIn.headers.get(ALLOWED)).toBeNull();
});
