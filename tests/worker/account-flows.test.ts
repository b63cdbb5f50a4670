/** One's own account over HTTP: confirmed and moved addresses, forgotten passwords, sessions that stop, two-step sign-in. */
import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { generate } from 'otplib';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { openDatabase } from '#data/tenant';
import { readAccessToken } from '#operations/access-token';
import { endSessionsOf } from '#operations/sessions';
import { edgeOf, systemContext, visitorContext } from '#worker/context';
import { call, newAddress, newCompany, PASSWORD, problemOf, tokens } from './api-client.ts';
import { catchMail } from './mailbox.ts';

const { mails, linkTo } = catchMail();
const NEW_PASSWORD = 'four other quiet words';
const testEnv = z.object({ NEON_ENDPOINT: z.string() }).parse(env);

beforeEach(() => {
  mails.length = 0;
  vi.useRealTimers();
});
afterAll(() => { vi.restoreAllMocks(); });

const login = (email: string, password: string, more: object = {}) => call('POST', '/api/v1/auth/login', { body: { email, password, ...more } });
const as = (accessToken: string) => ({ authorization: `Bearer ${accessToken}` });
const company = (accessToken: string) => call('GET', '/api/v1/company', { headers: as(accessToken) });

describe('addresses and passwords', () => {
  it('confirms an address once, sets a forgotten password once, and every session is over', async () => {
    const { user, as: own, accessToken, refreshToken } = await newCompany('Grüne Laterne');
    const confirm = await linkTo(user.email, /Confirm your e-mail/);
    expect((await call('POST', '/api/v1/auth/verify-email', { body: { token: confirm } })).body).toEqual({ email: user.email, moved: false });
    expect(problemOf(await call('POST', '/api/v1/auth/verify-email', { body: { token: confirm } })).detail).toMatch(/used already/);
    expect((await call('GET', '/api/v1/auth/account', { headers: own })).body).toMatchObject({ emailVerifiedAt: expect.any(String), passwordChangedAt: null });

    const forgot = (email: string) => call('POST', '/api/v1/auth/forgot-password', { body: { email } });
    const [known, unknown] = [await forgot(user.email.toUpperCase()), await forgot('nobody-at-all@shop.example')];
    expect([known.status, known.body]).toEqual([202, '']);
    expect([unknown.status, unknown.body]).toEqual([202, '']);
    const first = await linkTo(user.email, /Set a new password/);
    mails.length = 0;
    await forgot(user.email);
    const second = await linkTo(user.email, /Set a new password/);
    const reset = (token: string, password: string) => call('POST', '/api/v1/auth/reset-password', { body: { token, password } });
    expect(problemOf(await reset(first, NEW_PASSWORD)).detail).toMatch(/used already/);
    expect(problemOf(await reset(second, 'letmein123456')).errors?.[0]?.path).toBe('password');
    expect((await reset(second, NEW_PASSWORD)).status).toBe(204);
    expect(mails.some((mail) => mail.to === 'nobody-at-all@shop.example')).toBe(false);

    // The link is spent, and what was signed in is not any more.
    expect((await reset(second, NEW_PASSWORD)).status).toBe(400);
    expect((await company(accessToken)).status).toBe(401);
    expect((await call('POST', '/api/v1/auth/refresh', { body: { refreshToken } })).status).toBe(401);
    expect((await login(user.email, PASSWORD)).status).toBe(401);
    expect((await login(user.email, NEW_PASSWORD)).status).toBe(200);
    expect(mails.map((mail) => mail.subject)).toContain('Your password was changed');
  });

  it('refuses a password that is tried first, naming the field, and takes the present one before changing', async () => {
    const refused = problemOf(await call('POST', '/api/v1/auth/register', { body: { companyName: 'Shop', email: 'q@shop.example', password: 'password123456' } }));
    expect(refused).toMatchObject({ code: 'invalid_input', errors: [{ path: 'password', message: expect.stringMatching(/tried first/) }] });
    const { user, as: own, accessToken } = await newCompany();
    const other = tokens.parse((await login(user.email, PASSWORD)).body);
    const change = (currentPassword: string, newPassword: string) => call('POST', '/api/v1/auth/change-password', { headers: own, body: { currentPassword, newPassword } });
    expect(problemOf(await change('not the password', NEW_PASSWORD)).errors?.[0]?.path).toBe('currentPassword');
    expect(problemOf(await change(PASSWORD, 'qwertyqwerty12')).errors?.[0]?.path).toBe('newPassword');
    expect((await change(PASSWORD, NEW_PASSWORD)).status).toBe(204);
    expect((await company(accessToken)).status).toBe(200);
    expect((await company(other.accessToken)).status).toBe(401);
    expect((await login(user.email, NEW_PASSWORD)).status).toBe(200);
  });

  it('moves to a new address by a link sent there, tells the old one, and never says whose address is taken', async () => {
    const [mover, owner] = [await newCompany(), await newCompany()];
    const change = (email: string, password = PASSWORD) => call('POST', '/api/v1/auth/change-email', { headers: mover.as, body: { email, password } });
    expect(problemOf(await change('new@shop.example', 'wrong')).errors?.[0]?.path).toBe('password');
    const taken = await change(owner.user.email);
    expect([taken.status, taken.body]).toEqual([202, '']);
    expect(mails.find((mail) => mail.to === owner.user.email && /has an account already/.test(mail.subject))?.text).not.toMatch(/token=/);
    const wanted = `${crypto.randomUUID()}@new.example`;
    const free = await change(wanted);
    expect([free.status, free.body]).toEqual([202, '']);
    expect(mails.some((mail) => mail.to === mover.user.email && /is to change/.test(mail.subject))).toBe(true);
    expect((await login(wanted, PASSWORD)).status).toBe(401);
    expect((await call('POST', '/api/v1/auth/verify-email', { body: { token: await linkTo(wanted, /new e-mail/) } })).body).toEqual({ email: wanted, moved: true });
    expect((await login(wanted, PASSWORD)).status).toBe(200);
    expect((await login(mover.user.email, PASSWORD)).status).toBe(401);
  });

  it('makes a hash of older parameters anew at the next sign-in', async () => {
    const { user, company: { id } } = await newCompany();
    const db = visitorContext(env).database.tenant(id);
    const { scryptSync } = await import('node:crypto');
    const weak = `scrypt$1024$8$1$${btoa('0123456789abcdef')}$${scryptSync(PASSWORD, '0123456789abcdef', 32, { N: 1024, r: 8, p: 1 }).toString('base64')}`;
    await db.run(sql`update users set password_hash = ${weak} where company_id = ${id}`);
    expect((await login(user.email, PASSWORD)).status).toBe(200);
    expect(await db.first(z.object({ password_hash: z.string() }), sql`select password_hash from users where company_id = ${id}`)).toMatchObject({ password_hash: expect.stringMatching(/^scrypt\$32768\$8\$2\$/) });
    expect((await login(user.email, PASSWORD)).status).toBe(200);
  });
});

describe('guessing', () => {
  it('makes each further guess at one account wait, from whichever address, whether or not it exists, before hashing', async () => {
    const { user } = await newCompany();
    // No time passes: a slow machine must not wait the delays off.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const tries = async (email: string) => {
      const answers = [];
      for (let n = 0; n < 6; n++) answers.push(await login(email, 'not the password'));
      return answers.map(({ status, headers }) => [status, headers.get('retry-after')]);
    };
    const known = await tries(user.email);
    expect(known[0]).toEqual([401, null]);
    expect(known.at(-1)).toEqual([429, '1']);
    expect(known.filter(([status]) => status === 401)).toHaveLength(5);
    expect((await login(user.email, PASSWORD)).status).toBe(429);
    const stranger = await tries(`${crypto.randomUUID()}@nowhere.example`);
    expect(stranger).toEqual(known);
    vi.setSystemTime(Date.now() + 1_001);
    expect((await login(user.email, PASSWORD)).status).toBe(200);
    expect((await login(user.email, 'not the password')).status).toBe(401);
    vi.useRealTimers();
  });
});

describe('tokens', () => {
  it('are signed by a published key, by the older one too, and by no other', async () => {
    const { accessToken } = await newCompany();
    const published = await call('GET', '/.well-known/jwks.json');
    const keys = z.object({ keys: z.array(z.object({ kid: z.string(), kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), alg: z.literal('EdDSA') }).strict().or(z.looseObject({}))) }).parse(published.body);
    expect(JSON.stringify(published.body)).not.toMatch(/"d"/);
    expect(keys.keys).toHaveLength(2);
    expect(decodeProtectedHeader(accessToken)).toMatchObject({ alg: 'EdDSA', kid: 't2' });
    const { payload } = await jwtVerify(accessToken, createLocalJWKSet(z.any().parse(published.body)), { issuer: 'perennial', audience: 'perennial-api' });
    expect(Number(payload.exp) - Number(payload.iat)).toBe(900);
    const [head = '', body = '', signature = ''] = accessToken.split('.');
    const stranger = btoa('{"alg":"EdDSA","kid":"t9","typ":"at+jwt"}').replaceAll('=', '');
    const unsigned = btoa('{"alg":"none","kid":"t2","typ":"at+jwt"}').replaceAll('=', '');
    for (const forged of [`${stranger}.${body}.${signature}`, `${unsigned}.${body}.`, `${head}.${body}.${signature.slice(0, -4)}AAAA`]) {
      expect((await company(forged)).status).toBe(401);
    }
    const { tokenKeys } = visitorContext(env);
    expect(await readAccessToken(tokenKeys, accessToken, new Date(Date.now() + 890_000))).not.toBeNull();
    expect(await readAccessToken(tokenKeys, accessToken, new Date(Date.now() + 901_000))).toBeNull();
  });

  it('tells the user when a refresh token comes a second time, and the access token stops as well', async () => {
    const { user, refreshToken } = await newCompany();
    const refresh = (token: string) => call('POST', '/api/v1/auth/refresh', { body: { refreshToken: token } });
    const second = tokens.parse((await refresh(refreshToken)).body);
    expect((await company(second.accessToken)).status).toBe(200);
    expect((await refresh(refreshToken)).status).toBe(401);
    expect(mails.filter((mail) => mail.to === user.email && /ended for your safety/.test(mail.subject))).toHaveLength(1);
    expect((await company(second.accessToken)).status).toBe(401);
    await refresh(refreshToken);
    expect(mails.filter((mail) => /ended for your safety/.test(mail.subject))).toHaveLength(1);
  });

  it('lists sessions with their device, and ends one or all others; a stranger finds none of them', async () => {
    const [mine, theirs] = [await newCompany(), await newCompany()];
    const second = tokens.parse((await call('POST', '/api/v1/auth/login', { headers: { 'user-agent': 'till/2.1' }, body: { email: mine.user.email, password: PASSWORD } })).body);
    const rows = async () => z.object({ rows: z.array(z.object({ id: z.string(), userAgent: z.string().nullable(), isCurrent: z.boolean() })) }).parse((await call('GET', '/api/v1/sessions', { headers: mine.as })).body).rows;
    const till = (await rows()).find((row) => row.userAgent === 'till/2.1');
    expect(till?.isCurrent).toBe(false);
    expect((await company(second.accessToken)).status).toBe(200);
    expect((await call('DELETE', `/api/v1/sessions/${till?.id ?? ''}`, { headers: theirs.as })).status).toBe(404);
    expect((await call('DELETE', `/api/v1/sessions/${till?.id ?? ''}`, { headers: mine.as })).status).toBe(204);
    expect((await company(second.accessToken)).status).toBe(401);
    await login(mine.user.email, PASSWORD);
    expect((await call('DELETE', '/api/v1/sessions', { headers: mine.as })).body).toEqual({ ended: 1 });
    expect(await rows()).toMatchObject([{ isCurrent: true }]);
  });

  it('stop when the user is deactivated or the role changes, within seconds; and are believed while Postgres is away unless known to be over', async () => {
    const made = await newCompany();
    const db = visitorContext(env).database.tenant(made.company.id);
    const answersOf = async (): Promise<unknown> => (await call('GET', '/api/v1/auth/me', { headers: made.as })).body;
    expect(await answersOf()).toMatchObject({ role: 'admin' });
    await db.run(sql`update users set role = 'viewer' where company_id = ${made.company.id}`);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5_001 });
    expect(await answersOf()).toMatchObject({ role: 'viewer' });
    vi.useRealTimers();

    const visitor = visitorContext({ ...env });
    try {
      const nowhere = openDatabase({ url: 'postgres://app_user:x@nowhere.invalid/x', endpoint: 'http://127.0.0.1:9/sql' });
      const { resolveAccessToken } = await import('#operations/sessions');
      expect(await resolveAccessToken({ ...visitor, database: nowhere }, made.accessToken)).toMatchObject({ companyId: made.company.id });
    } finally {
      openDatabase({ url: 'postgres://app_user:x@nowhere.invalid/x', endpoint: testEnv.NEON_ENDPOINT });
    }
    await db.run(sql`update users set deactivated_at = now() where company_id = ${made.company.id}`);
    expect(await endSessionsOf(systemContext(env, made.company.id), made.user.id)).toBe(1);
    expect((await company(made.accessToken)).status).toBe(401);
    expect((await login(made.user.email, PASSWORD)).status).toBe(401);
    expect((await call('POST', '/api/v1/auth/refresh', { body: { refreshToken: made.refreshToken } })).status).toBe(401);
    try {
      const nowhere = openDatabase({ url: 'postgres://app_user:x@nowhere.invalid/x', endpoint: 'http://127.0.0.1:9/sql' });
      const { resolveAccessToken } = await import('#operations/sessions');
      expect(await resolveAccessToken({ ...visitorContext({ ...env }), database: nowhere }, made.accessToken)).toBeNull();
    } finally {
      openDatabase({ url: 'postgres://app_user:x@nowhere.invalid/x', endpoint: testEnv.NEON_ENDPOINT });
    }
  });
});

describe('two-step sign-in', () => {
  it('enrols, asks for a code, takes each code and recovery code once, and is required by role', async () => {
    const { user, as: own, accessToken } = await newCompany();
    const post = (path: string, body: object, headers: Record<string, string> = own) => call('POST', `/api/v1/auth/mfa/${path}`, { headers, body });
    // Required: nothing but one's own account is open until it is set up.
    expect((await call('PUT', '/api/v1/auth/mfa/policy', { headers: own, body: { roles: ['admin'] } })).body).toEqual({ roles: ['admin'] });
    expect(problemOf(await company(accessToken))).toMatchObject({ code: 'mfa_required', status: 403 });
    expect(problemOf(await post('enrol', { password: 'not the password' })).errors?.[0]?.path).toBe('password');
    const { secret, uri } = z.object({ secret: z.string(), uri: z.string() }).parse((await post('enrol', { password: PASSWORD })).body);
    expect(uri).toMatch(/^otpauth:\/\/totp\/Perennial:/);
    expect((await login(user.email, PASSWORD)).status).toBe(200);
    // One's next code is taken already, so the present one may be spent first however slow the machine.
    const codeAt = (offsetSeconds: number) => generate({ secret, epoch: Math.floor(Date.now() / 1000) + offsetSeconds });
    const used = await codeAt(0);
    expect(problemOf(await post('confirm', { code: '000000' })).errors?.[0]?.path).toBe('code');
    const { recoveryCodes } = z.object({ recoveryCodes: z.array(z.string()) }).parse((await post('confirm', { code: used })).body);
    expect(new Set(recoveryCodes).size).toBe(10);
    expect((await company(accessToken)).status).toBe(200);
    expect(problemOf(await post('disable', { password: PASSWORD })).code).toBe('conflict');

    expect(problemOf(await login(user.email, PASSWORD)).code).toBe('mfa_required');
    expect(problemOf(await login(user.email, 'not the password')).code).toBe('unauthenticated');
    expect((await login(user.email, PASSWORD, { totp: used })).status).toBe(401);
    const now = await codeAt(30);
    expect((await login(user.email, PASSWORD, { totp: now })).status).toBe(200);
    expect((await login(user.email, PASSWORD, { totp: now })).status).toBe(401);
    const spoken = recoveryCodes[0]?.toLowerCase().replaceAll('-', ' ');
    expect((await login(user.email, PASSWORD, { recoveryCode: spoken })).status).toBe(200);
    expect(problemOf(await login(user.email, PASSWORD, { recoveryCode: spoken })).code).toBe('unauthenticated');
    expect(mails.some((mail) => mail.to === user.email && /9 of them are left/.test(mail.text))).toBe(true);
    expect((await call('GET', '/api/v1/auth/mfa', { headers: own })).body).toMatchObject({ isOn: true, recoveryCodesLeft: 9, isRequired: true });
  });
});

describe('a forgotten password', () => {
  it('is set anew by mail without its second factor being passed over', async () => {
    const { user, as: own } = await newCompany();
    const { secret } = z.object({ secret: z.string() }).parse((await call('POST', '/api/v1/auth/mfa/enrol', { headers: own, body: { password: PASSWORD } })).body);
    const codeAt = (offsetSeconds: number) => generate({ secret, epoch: Math.floor(Date.now() / 1000) + offsetSeconds });
    await call('POST', '/api/v1/auth/mfa/confirm', { headers: own, body: { code: await codeAt(0) } });
    mails.length = 0;
    await call('POST', '/api/v1/auth/forgot-password', { body: { email: user.email } });
    const token = await linkTo(user.email, /Set a new password/);
    expect((await call('POST', '/api/v1/auth/reset-password', { body: { token, password: NEW_PASSWORD } })).status).toBe(204);
    expect(problemOf(await login(user.email, NEW_PASSWORD)).code).toBe('mfa_required');
    expect((await login(user.email, NEW_PASSWORD, { totp: await codeAt(30) })).status).toBe(200);
  });
});

describe('recovery codes', () => {
  it('have entropy enough for a plain hash, and are never alike', async () => {
    const { as: own } = await newCompany();
    const { secret } = z.object({ secret: z.string() }).parse((await call('POST', '/api/v1/auth/mfa/enrol', { headers: own, body: { password: PASSWORD } })).body);
    const { recoveryCodes } = z.object({ recoveryCodes: z.array(z.string()) }).parse((await call('POST', '/api/v1/auth/mfa/confirm', { headers: own, body: { code: await generate({ secret }) } })).body);
    for (const code of recoveryCodes) expect(code).toMatch(/^([2-9A-HJKMNP-TV-Z]{4}-){5}[2-9A-HJKMNP-TV-Z]{4}$/);
    expect(24 * Math.log2(30)).toBeGreaterThan(112);
    expect(new Set(recoveryCodes).size).toBe(10);
  });
});

describe('pages', () => {
  const page = (path: string, options: { form?: Record<string, string>; headers?: Record<string, string>; address?: string } = {}) => call(options.form === undefined ? 'GET' : 'POST', path, {
    headers: { ...(options.form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }), ...options.headers },
    ...(options.form !== undefined && { body: new URLSearchParams(options.form).toString() }), ...(options.address !== undefined && { address: options.address }),
  });
  const OURS = { 'sec-fetch-site': 'same-origin' };
  const cookieOf = (headers: Headers): string => headers.getSetCookie().map((one) => one.split(';', 1)[0]).filter((one) => one?.endsWith('=') === false).join('; ');

  it('sign in by password and code with cookies no script reads, and refuse what another site posts', async () => {
    const { user, as: own } = await newCompany();
    const signedIn = await page('/sign-in', { form: { email: user.email, password: PASSWORD }, headers: OURS });
    expect(signedIn.headers.get('set-cookie')).toMatch(/^perennial_session=.*; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    const cookie = cookieOf(signedIn.headers);
    const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    const elsewhere: Record<string, string>[] = [foreign, { origin: 'https://evil.example' }, { 'sec-fetch-site': 'same-site' }, {}];
    for (const headers of elsewhere) {
      const refused = await page('/account', { form: { intent: 'profile', name: 'Mallory' }, headers: { cookie, ...headers } });
      expect(refused.status).toBe(403);
      expect((await page('/sign-in', { form: { email: user.email, password: PASSWORD }, headers })).headers.get('set-cookie')).toBeNull();
    }
    expect((await page('/account', { form: { intent: 'profile', name: 'Nina' }, headers: { cookie, ...OURS } })).status).toBe(200);
    expect((await call('GET', '/api/v1/auth/account', { headers: own })).body).toMatchObject({ name: 'Nina' });

    const { secret } = z.object({ secret: z.string() }).parse((await call('POST', '/api/v1/auth/mfa/enrol', { headers: own, body: { password: PASSWORD } })).body);
    const code = (offset: number) => generate({ secret, epoch: Math.floor(Date.now() / 1000) + offset });
    expect((await call('POST', '/api/v1/auth/mfa/confirm', { headers: own, body: { code: await code(0) } })).status).toBe(200);
    // The session that began without the second factor is over.
    expect((await page('/account', { headers: { cookie } })).headers.get('location')).toMatch(/^\/sign-in/);
    const half = await page('/sign-in', { form: { email: user.email, password: PASSWORD }, headers: OURS });
    expect(half.headers.get('location')).toBe('/sign-in/code?next=%2F');
    const step = cookieOf(half.headers);
    expect(step).toMatch(/^perennial_code_step=/);
    expect((await page('/account', { headers: { cookie: step } })).status).toBe(302);
    expect((await page('/sign-in/code', { form: { code: '000000' }, headers: { cookie: step, ...OURS } })).headers.get('set-cookie')).toBeNull();
    const whole = await page('/sign-in/code', { form: { code: await code(30) }, headers: { cookie: step, ...OURS } });
    expect(whole.headers.get('location')).toBe('/');
    expect((await page('/account', { headers: { cookie: cookieOf(whole.headers) } })).status).toBe(200);
  });

  it('end the session that a new one takes the place of', async () => {
    const { user } = await newCompany();
    const signIn = async (cookie?: string) => cookieOf((await page('/sign-in', { form: { email: user.email, password: PASSWORD }, headers: { ...OURS, ...(cookie !== undefined && { cookie }) } })).headers);
    const first = await signIn();
    const elsewhere = await signIn();
    const second = await signIn(first);
    expect(second).not.toBe(first);
    const status = async (cookie: string) => (await page('/account', { headers: { cookie } })).status;
    expect([await status(second), await status(elsewhere), await status(first)]).toEqual([200, 200, 302]);
  });

  it('say the same whether or not an address has an account, and show the form of a good link alone', async () => {
    const { user } = await newCompany();
    const ask = async (email: string) => {
      const { status, body } = await page('/forgot-password', { form: { email }, headers: OURS });
      return [status, /a link is on its way there/.test(String(body))];
    };
    expect(await ask(user.email)).toEqual([200, true]);
    expect(await ask('nobody-here@shop.example')).toEqual([200, true]);
    const token = await linkTo(user.email, /Set a new password/);
    expect(String((await page(`/reset-password?token=${token}`)).body)).toMatch(/name="password"/);
    expect(String((await page(`/reset-password?token=${token.slice(0, -1)}_`)).body)).toMatch(/used already/);
    expect((await page(`/reset-password?token=${token}`, { form: { password: NEW_PASSWORD }, headers: OURS })).headers.get('location')).toBe('/sign-in?new-password');
    expect((await login(user.email, NEW_PASSWORD)).status).toBe(200);
  });

  it('begin links in mails with our own address', () => {
    const edge = edgeOf(env, { waitUntil: () => undefined }, new Request('https://perennial.test/sign-in?x', { headers: { 'cf-connecting-ip': newAddress() } }));
    expect(edge.publicOrigin).toBe('https://perennial.test');
  });
});
