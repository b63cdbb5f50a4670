/** Signing in with Google, Microsoft and GitHub, against servers that speak as they do: what opens an account, and what never does. */
// First: shapes made before it is there cannot be described in the API's document.
import '@hono/zod-openapi';
import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { generate } from 'otplib';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { SIGN_IN_PROBLEMS } from '#core/sign-in/problems';
import type { SignInProblem } from '#core/sign-in/problems';
import { invite } from '#operations/invitations';
import { systemContext } from '#worker/context';
import type { Mail } from '#worker/ports';
import { call, newCompany, PASSWORD, problemOf } from './api-client.ts';
import { account, Browser, gitHubAccount, spoil } from './identity-provider.ts';
import { catchMail } from './mailbox.ts';
import { databaseOf } from './stocked-company.ts';

const { mails, linkTo } = catchMail();
const TENANT = '9b4c7c2e-5f0c-4b65-9d7e-0c1f6a3e2d10';

beforeEach(() => { mails.length = 0; });
afterEach(async () => { await Promise.all([spoil('google', null), spoil('microsoft', null)]); });
afterAll(() => { vi.restoreAllMocks(); });

const newEmail = () => `${crypto.randomUUID()}@shop.example`;
/** An account in a Workspace of the shop: Google is sure of its address. */
const hosted = (email: string, more: Record<string, unknown> = {}) => account('google', { email, email_verified: true, hd: 'shop.example', name: 'Ada Lovelace', ...more });
const problem = (code: SignInProblem) => `/sign-in?provider-problem=${code}`;

async function confirmedCompany() {
  const shop = await newCompany();
  expect((await call('POST', '/api/v1/auth/verify-email', { body: { token: await linkTo(shop.user.email, /Confirm your e-mail/) } })).status).toBe(200);
  return shop;
}

async function registered(browser: Browser, email: string): Promise<string> {
  const subject = await hosted(email);
  expect(await browser.signsIn('google', subject)).toBe('/register/company');
  expect(await browser.sentTo('POST', '/register/company', { form: { companyName: 'Blue Door', currency: 'EUR', timeZone: 'Europe/Berlin' } })).toBe('/');
  return subject;
}

/** Taken already, while the present one may be spent. */
const nextCode = (secret: string): Promise<string> => generate({ secret, epoch: Math.floor(Date.now() / 1000) + 30 });

async function turnOnMfa(as: Record<string, string>): Promise<string> {
  const { secret } = z.object({ secret: z.string() }).parse((await call('POST', '/api/v1/auth/mfa/enrol', { headers: as, body: { password: PASSWORD } })).body);
  expect((await call('POST', '/api/v1/auth/mfa/confirm', { headers: as, body: { code: await generate({ secret }) } })).status).toBe(200);
  return secret;
}

describe('an identity that nobody knows yet', () => {
  it('registers a company without a password; its address counts as confirmed; it signs in again', async () => {
    const email = newEmail();
    const browser = new Browser();
    const subject = await registered(browser, email);
    expect(await browser.me()).toMatchObject({ email, role: 'admin', name: 'Ada Lovelace', hasPassword: false, emailVerifiedAt: expect.any(String) });
    expect(mails.filter((mail) => mail.to === email)).toEqual([]);
    expect((await call('POST', '/api/v1/auth/login', { body: { email, password: '' } })).status).toBe(401);
    const again = new Browser();
    expect(await again.signsIn('google', subject, '?next=/customers%3Fq%3Dada')).toBe('/customers?q=ada');
    expect(await again.me()).toMatchObject({ email });
    expect([...again.cookies.keys()]).toEqual(['perennial_session']);
    const company = (await companyOf(again)).id;
    const deeds = await databaseOf(company).rows(z.object({ action: z.string(), detail: z.unknown() }), sql`select action, detail from audit_log where company_id = ${company} order by at, id`);
    expect(deeds).toEqual([
      { action: 'company.registered', detail: {} },
      { action: 'account.signed_in', detail: { how: 'browser', provider: 'google' } }, { action: 'account.signed_in', detail: { how: 'browser', provider: 'google' } },
    ]);
  });

  it('opens the account of its address where both the provider and we know whose that is, and the user is told', async () => {
    const shop = await confirmedCompany();
    const browser = new Browser();
    expect(await browser.signsIn('google', await hosted(shop.user.email.toUpperCase()))).toBe('/');
    expect(await browser.me()).toMatchObject({ email: shop.user.email });
    expect(mails.filter((mail) => mail.to === shop.user.email).map((mail) => mail.subject)).toContain('Google can sign you in now');
    const linked = (await browser.go('GET', '/api/v1/auth/identities')).body;
    expect(linked).toMatchObject({ rows: [{ provider: 'google', providerName: 'Google' }] });
  });

  it('opens nothing by an address that was never confirmed here: its owner may be somebody else', async () => {
    const shop = await newCompany();
    const browser = new Browser();
    expect(await browser.signsIn('google', await hosted(shop.user.email))).toBe(problem('address_not_confirmed'));
    expect(await browser.me()).toBeNull();
    expect(String((await browser.go('GET', problem('address_not_confirmed'))).body)).toContain('the address was never confirmed here');
  });

  it.each([
    ['Google has not verified', () => ({ email_verified: false, hd: 'shop.example' })],
    ['Google does not host', () => ({ email_verified: true })],
  ])('opens nothing by an address that %s', async (_what, claims) => {
    const shop = await confirmedCompany();
    const browser = new Browser();
    expect(await browser.signsIn('google', await account('google', { email: shop.user.email, ...claims() }))).toBe(problem('address_not_proven'));
    expect(await browser.me()).toBeNull();
  });

  it('opens nothing by an address that an admin of some Microsoft tenant has typed, unless Microsoft knows the domain as theirs', async () => {
    const shop = await confirmedCompany();
    const browser = new Browser();
    expect(await browser.signsIn('microsoft', await account('microsoft', { tid: TENANT, email: shop.user.email, name: 'Mallory' }))).toBe(problem('address_not_proven'));
    expect(await browser.signsIn('microsoft', await account('microsoft', { tid: TENANT, email: shop.user.email, xms_edov: '0' }))).toBe(problem('address_not_proven'));
    expect(await browser.me()).toBeNull();
    expect(await browser.signsIn('microsoft', await account('microsoft', { tid: TENANT, email: shop.user.email, xms_edov: true }))).toBe('/');
    expect(await browser.me()).toMatchObject({ email: shop.user.email });
  });

  it('registers with an unproven address only for as much as that: a link is mailed, and it does not count as confirmed', async () => {
    const email = newEmail();
    const browser = new Browser();
    expect(await browser.signsIn('microsoft', await account('microsoft', { tid: TENANT, email }))).toBe('/register/company');
    expect(String((await browser.go('GET', '/register/company')).body)).toContain('does not vouch for this address');
    await browser.sentTo('POST', '/register/company', { form: { companyName: 'Red Door', currency: 'EUR', timeZone: 'UTC' } });
    expect(await browser.me()).toMatchObject({ email, emailVerifiedAt: null });
    await linkTo(email, /Confirm your e-mail/);
    // Whoever really holds the address takes the account over by it, and what the stranger linked is gone.
    await call('POST', '/api/v1/auth/forgot-password', { body: { email } });
    expect((await call('POST', '/api/v1/auth/reset-password', { body: { token: await linkTo(email, /Set a new password/), password: 'four other quiet words' } })).status).toBe(204);
    const { accessToken } = z.object({ accessToken: z.string() }).parse((await call('POST', '/api/v1/auth/login', { body: { email, password: 'four other quiet words' } })).body);
    expect((await call('GET', '/api/v1/auth/identities', { headers: { authorization: `Bearer ${accessToken}` } })).body).toEqual({ rows: [] });
  });

  it('of GitHub is known by its number and a primary, verified address, and by nothing else', async () => {
    const shop = await confirmedCompany();
    const { email } = shop.user;
    const browser = new Browser();
    expect(await browser.signsIn('github', await gitHubAccount([{ email, primary: true, verified: false }, { email: newEmail(), primary: false, verified: true }]))).toBe(problem('no_address'));
    expect(await browser.signsIn('github', await gitHubAccount([{ email, primary: true, verified: true }], 77))).toBe('/');
    expect(await browser.me()).toMatchObject({ email });
    // Another login and address, the same account there.
    const renamed = new Browser();
    expect(await renamed.signsIn('github', await gitHubAccount([{ email: newEmail(), primary: true, verified: true }], 77))).toBe('/');
    expect(await renamed.me()).toMatchObject({ email });
  });

  it('joins by an invitation, which it uses up', async () => {
    const shop = await newCompany();
    const letters: Mail[] = [];
    const ask = async (email: string) => {
      await invite({ ...systemContext(env, shop.company.id), mail: { send: async (mail) => { letters.push(mail); } } }, { email, role: 'viewer' }, 'https://perennial.test');
      return /\/join\/([\w-]+)/.exec(letters.at(-1)?.text ?? '')?.[1] ?? '';
    };
    const email = newEmail();
    const token = await ask(email);
    expect(String((await call('GET', `/join/${token}`, { headers: { accept: 'text/html' } })).body)).toContain(`/api/v1/auth/oauth/google/start?invitation=${token}`);
    const browser = new Browser();
    const subject = await hosted(newEmail(), { name: 'Grace' });
    expect(await browser.signsIn('google', subject, `?invitation=${token}`)).toBe('/');
    expect(await browser.me()).toMatchObject({ email, role: 'viewer', name: 'Grace', hasPassword: false });
    expect(await new Browser().signsIn('google', await hosted(newEmail()), `?invitation=${token}`)).toBe(problem('invitation_over'));
    // One identity is one person in all companies together.
    expect(await new Browser().signsIn('google', subject, `?invitation=${await ask(newEmail())}`)).toBe(problem('taken'));
  });
});

describe('a second factor', () => {
  it('is asked for whoever vouches, and a new identity opens the account only after it', async () => {
    const shop = await confirmedCompany();
    const secret = await turnOnMfa(shop.as);
    const subject = await hosted(shop.user.email);
    const identities = async () => z.object({ rows: z.array(z.unknown()) }).parse((await call('GET', '/api/v1/auth/identities', { headers: shop.as })).body).rows.length;
    const browser = new Browser();
    expect(await browser.signsIn('google', subject, '?next=/customers')).toBe('/sign-in/code?next=%2Fcustomers');
    expect(await browser.me()).toBeNull();
    expect((await browser.go('POST', '/sign-in/code', { form: { code: '000000' } })).headers.get('location')).toBeNull();
    expect(await identities()).toBe(0);
    expect(await browser.sentTo('POST', '/sign-in/code?next=/customers', { form: { code: await nextCode(secret) } })).toBe('/customers');
    expect(await browser.me()).toMatchObject({ email: shop.user.email });
    expect(await identities()).toBe(1);
    const again = new Browser();
    expect(await again.signsIn('google', subject)).toBe('/sign-in/code?next=%2F');
    expect(await again.me()).toBeNull();
  });

  it('that the company requires is set up before anything else, by a fresh sign-in instead of a password', async () => {
    const browser = new Browser();
    await registered(browser, newEmail());
    const { id } = await companyOf(browser);
    const policy = await browser.go('PUT', '/api/v1/auth/mfa/policy', { json: { roles: ['admin'] } });
    expect(policy.status).toBe(200);
    await vi.waitFor(async () => { expect((await browser.go('GET', '/customers')).headers.get('location')).toBe('/second-factor?next=%2Fcustomers'); }, { timeout: 8_000, interval: 500 });
    const begin = async () => String((await browser.go('POST', '/second-factor', { form: { intent: 'mfa-begin' } })).body);
    expect(await begin()).toContain('Type the six digits');
    await databaseOf(id).run(sql`update sessions set created_at = now() - interval '11 minutes' where company_id = ${id}`);
    expect(await begin()).toContain('sign in again with your provider');
  });
});

describe('what did not come from the provider for this browser', () => {
  const begun = async (browser: Browser, provider = 'google') => await browser.sentTo('GET', `/api/v1/auth/oauth/${provider}/start`);

  it('is asked for with PKCE, a nonce and our exact address, and what must come back is kept where no script reads it', async () => {
    const answer = await new Browser().go('GET', '/api/v1/auth/oauth/google/start');
    const url = new URL(answer.headers.get('location') ?? '');
    const { state, nonce, code_challenge: challenge, ...asked } = Object.fromEntries(url.searchParams);
    expect(asked).toEqual({
      response_type: 'code', client_id: 'google-client', redirect_uri: 'https://perennial.test/api/v1/auth/oauth/google/callback', code_challenge_method: 'S256', scope: 'openid email profile', prompt: 'select_account',
    });
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^perennial_oauth=[\w.-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    for (const secret of [state, nonce, challenge]) {
      expect(secret).toMatch(/^[\w-]{43}$/);
      expect(cookie).not.toContain(secret);
    }
  });

  it('is refused: another state, no cookie, a made-up cookie, another browser, another provider', async () => {
    const shop = await confirmedCompany();
    const subject = await hosted(shop.user.email);
    const browser = new Browser();
    const back = await browser.chooses(subject, await begun(browser));
    const attempt = browser.cookies.get('perennial_oauth') ?? '';
    const again = async (change: (url: URL, cookies: Map<string, string>) => void, provider = 'google') => {
      const [url, other] = [new URL(back), new Browser()];
      other.cookies.set('perennial_oauth', attempt);
      change(url, other.cookies);
      const location = await other.sentTo('GET', `/api/v1/auth/oauth/${provider}/callback${url.search}`);
      expect(await other.me()).toBeNull();
      return location;
    };
    expect(await again((url) => { url.searchParams.set('state', 'x'.repeat(43)); })).toBe(problem('interrupted'));
    expect(await again((url) => { url.searchParams.delete('state'); })).toBe(problem('interrupted'));
    expect(await again((_url, cookies) => { cookies.clear(); })).toBe(problem('interrupted'));
    expect(await again((_url, cookies) => { cookies.set('perennial_oauth', `${attempt.slice(0, -2)}AA`); })).toBe(problem('interrupted'));
    expect(await again((_url, cookies) => { cookies.set('perennial_oauth', 'k1.x'); })).toBe(problem('interrupted'));
    const stranger = new Browser();
    await begun(stranger);
    expect(await again((_url, cookies) => { cookies.set('perennial_oauth', stranger.cookies.get('perennial_oauth') ?? ''); })).toBe(problem('interrupted'));
    // Mixed up: Google's answer at the door of another, and with another's name on it.
    expect(await again(() => undefined, 'github')).toBe(problem('interrupted'));
    expect(await again((url) => { url.searchParams.set('iss', 'https://accounts.evil.example'); })).toBe(problem('not_accepted'));
    // What is not spoilt still works, once.
    const good = new URL(back);
    expect(await browser.sentTo('GET', good.pathname + good.search)).toBe('/');
    expect(await again(() => undefined)).toBe(problem('used'));
  });

  it('is refused when it is a code of somebody else’s attempt: the verifier is not theirs', async () => {
    const [victim, attacker] = [new Browser(), new Browser()];
    const stolen = await victim.chooses(await hosted(newEmail()), await begun(victim));
    const own = await attacker.chooses(await hosted(newEmail()), await begun(attacker));
    own.searchParams.set('code', stolen.searchParams.get('code') ?? '');
    expect(await attacker.sentTo('GET', own.pathname + own.search)).toBe(problem('used'));
    expect(await attacker.me()).toBeNull();
  });

  it.each([
    ['nonce', 'nonce'], ['audience', 'aud'], ['party', 'azp'], ['issuer', 'iss'], ['expired', 'exp'], ['unsigned', 'alg'], ['foreign_key', 'signature'], ['shared_secret', 'alg'], ['no_subject', 'sub'],
  ])('is refused when the ID token is spoilt: %s', async (fault, check) => {
    const email = newEmail();
    const subject = await hosted(email);
    const logged = vi.spyOn(console, 'warn');
    await spoil('google', fault);
    const browser = new Browser();
    expect(await browser.signsIn('google', subject)).toBe(problem('not_accepted'));
    expect(await browser.me()).toBeNull();
    expect([...browser.cookies.keys()]).toEqual([]);
    const said = logged.mock.calls.map(([line]) => String(line)).filter((line) => line.includes('oauth.refused'));
    expect(said.at(-1)).toContain(`"check":"${check}"`);
    expect(said.join()).not.toContain(email);
    logged.mockRestore();
    await spoil('google', null);
    expect(await browser.signsIn('google', subject)).toBe('/register/company');
  });

  it('is refused when a Microsoft tenant speaks for another, and is one person only with its own issuer', async () => {
    const [own, other] = [TENANT, crypto.randomUUID()];
    const email = newEmail();
    const claims = { tid: own, email, xms_edov: true };
    const subject = await account('microsoft', claims);
    await spoil('microsoft', 'issuer');
    expect(await new Browser().signsIn('microsoft', subject)).toBe(problem('not_accepted'));
    await spoil('microsoft', null);
    const browser = new Browser();
    expect(await browser.signsIn('microsoft', subject)).toBe('/register/company');
    await browser.sentTo('POST', '/register/company', { form: { companyName: 'Green Door', currency: 'EUR', timeZone: 'UTC' } });
    const rows = await databaseOf((await companyOf(browser)).id).rows(z.object({ issuer: z.string(), subject: z.string() }), sql`select issuer, subject from user_identities`);
    expect(rows).toEqual([{ issuer: `https://login.microsoftonline.com/${own}/v2.0`, subject }]);
    const elsewhere = await account('microsoft', { tid: other, email });
    expect(await new Browser().signsIn('microsoft', elsewhere)).toBe(problem('address_not_proven'));
  });

  it('is no sign-in when the person went back, and says so; nor for a provider that is not there', async () => {
    expect(await new Browser().signsIn('google', null)).toBe(problem('cancelled'));
    expect(await new Browser().signsIn('github', null)).toBe(problem('cancelled'));
    expect(await new Browser().sentTo('GET', '/api/v1/auth/oauth/facebook/start')).toBe(problem('not_offered'));
    const told = problemOf(await call('GET', '/api/v1/auth/oauth/facebook/start'));
    expect(told).toMatchObject({ code: 'not_found', detail: SIGN_IN_PROBLEMS.not_offered });
  });

  it('leads nowhere but to pages of ours', async () => {
    const browser = new Browser();
    const subject = await registered(browser, newEmail());
    for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', '/\t/evil.example']) {
      expect(await new Browser().signsIn('google', subject, `?next=${encodeURIComponent(next)}`)).toBe('/');
    }
  });

  it('is limited like signing in by password, and a session that has ended is in nobody’s way', async () => {
    const browser = new Browser();
    browser.cookies.set('perennial_session', 'ended-long-ago');
    const answers = [];
    for (let n = 0; n < 11; n++) answers.push((await browser.go('GET', '/api/v1/auth/oauth/google/start')).headers.get('location') ?? '');
    expect(answers.slice(0, 10).every((location) => location.includes('/auth?'))).toBe(true);
    expect(answers[10]).toBe(problem('rate_limited'));
  });
});

describe('who is known', () => {
  it('and was deactivated is refused, and told so', async () => {
    const shop = await confirmedCompany();
    const { id } = shop.company;
    const subject = await hosted(shop.user.email);
    expect(await new Browser().signsIn('google', subject)).toBe('/');
    await databaseOf(id).run(sql`update users set deactivated_at = now() where company_id = ${id}`);
    const browser = new Browser();
    expect(await browser.signsIn('google', subject)).toBe(problem('deactivated'));
    expect(await browser.me()).toBeNull();
    // Neither by another identity of that address.
    expect(await browser.signsIn('google', await hosted(shop.user.email))).toBe('/register/company');
    const answer = await browser.go('POST', '/register/company', { form: { companyName: 'Second', currency: 'EUR', timeZone: 'UTC' } });
    expect(String(answer.body)).toContain('There is an account with this e-mail address already');
  });

  it('links a provider with their password, sees it, and unlinks it; each is told by mail and kept', async () => {
    const shop = await newCompany();
    const browser = await signedIn(shop.user.email);
    const form = { intent: 'link-provider', provider: 'github' };
    expect(String((await browser.go('POST', '/account', { form: { ...form, password: 'not the password' } })).body)).toContain('This is not your present password');
    const login = await gitHubAccount([{ email: newEmail(), primary: true, verified: true }]);
    const back = await browser.chooses(login, await browser.sentTo('POST', '/account', { form: { ...form, password: PASSWORD } }));
    expect(await browser.sentTo('GET', back.pathname + back.search)).toBe('/account?linked=github');
    expect(String((await browser.go('GET', '/account?linked=github')).body)).toContain('opens your account from now on');
    expect(await new Browser().signsIn('github', login)).toBe('/');
    const { rows: [identity] } = z.object({ rows: z.array(z.object({ id: z.string() })) }).parse((await browser.go('GET', '/api/v1/auth/identities')).body);
    // Neither somebody else nor another tenant unlinks it.
    const stranger = await newCompany();
    expect((await call('DELETE', `/api/v1/auth/identities/${identity?.id ?? ''}`, { headers: stranger.as })).status).toBe(404);
    await browser.go('POST', '/account', { form: { intent: 'unlink-provider', id: identity?.id ?? '' } });
    expect((await browser.go('GET', '/api/v1/auth/identities')).body).toEqual({ rows: [] });
    expect(await new Browser().signsIn('github', login)).toBe('/register/company');
    expect(mails.filter((mail) => mail.to === shop.user.email && /GitHub/.test(mail.subject)).map((mail) => mail.subject)).toEqual(['GitHub can sign you in now', 'GitHub does not sign you in any more']);
    const kept = await call('GET', '/api/v1/audit-log?action=account', { headers: shop.as });
    expect(z.object({ rows: z.array(z.object({ action: z.string() })) }).parse(kept.body).rows.map((row) => row.action)).toEqual(expect.arrayContaining(['account.identity_linked', 'account.identity_unlinked']));
  });

  it('links nothing that opens another account, and nothing in a browser that was signed out or belongs to somebody else meanwhile', async () => {
    const owner = new Browser();
    const subject = await registered(owner, newEmail());
    const [shop, other] = [await newCompany(), await newCompany()];
    const browser = await signedIn(shop.user.email);
    const begin = () => browser.sentTo('POST', '/account', { form: { intent: 'link-provider', provider: 'google', password: PASSWORD } });
    const taken = await browser.chooses(subject, await begin());
    expect(await browser.sentTo('GET', taken.pathname + taken.search)).toBe('/account?provider-problem=taken');
    const mine = await hosted(newEmail());
    const back = await browser.chooses(mine, await begin());
    browser.cookies.set('perennial_session', (await signedIn(other.user.email)).cookies.get('perennial_session') ?? '');
    expect(await browser.sentTo('GET', back.pathname + back.search)).toBe('/account?provider-problem=session_over');
    for (const { as } of [shop, other]) expect((await call('GET', '/api/v1/auth/identities', { headers: as })).body).toEqual({ rows: [] });
  });

  it('keeps the last way in, until there is a password', async () => {
    const email = newEmail();
    const browser = new Browser();
    await registered(browser, email);
    const { rows: [identity] } = z.object({ rows: z.array(z.object({ id: z.string() })) }).parse((await browser.go('GET', '/api/v1/auth/identities')).body);
    const unlink = async () => String((await browser.go('POST', '/account', { form: { intent: 'unlink-provider', id: identity?.id ?? '' } })).body);
    expect(await unlink()).toContain('This is your only way in');
    const { id } = await companyOf(browser);
    const deeds = await databaseOf(id).rows(z.object({ action: z.string() }), sql`select action from audit_log where action = 'account.identity_unlinked'`);
    expect(deeds).toEqual([]);
    expect(String((await browser.go('POST', '/account', { form: { intent: 'password', newPassword: 'four other quiet words' } })).body)).toContain('Your password is changed');
    expect(await unlink()).toContain('does not open your account any more');
    expect((await call('POST', '/api/v1/auth/login', { body: { email, password: 'four other quiet words' } })).status).toBe(200);
  });
});

describe('a member’s second factor', () => {
  it('is reset by an admin: their sessions end, they are told, and the password alone opens until they set it up anew', async () => {
    const shop = await newCompany();
    const letters: Mail[] = [];
    const email = newEmail();
    await invite({ ...systemContext(env, shop.company.id), mail: { send: async (mail) => { letters.push(mail); } } }, { email, role: 'viewer' }, 'https://perennial.test');
    const token = /\/join\/([\w-]+)/.exec(letters[0]?.text ?? '')?.[1];
    const joined = z.object({ accessToken: z.string(), user: z.object({ id: z.string() }) }).parse((await call('POST', '/api/v1/invitations/accept', { body: { token, name: 'Grace', password: PASSWORD } })).body);
    const own = { authorization: `Bearer ${joined.accessToken}` };
    const reset = (id: string, as = shop.as) => call('POST', `/api/v1/users/${id}/reset-mfa`, { headers: as });
    expect(problemOf(await reset(joined.user.id)).detail).toBe('This member has no second factor');
    await turnOnMfa(own);
    const login = (body: object = {}) => call('POST', '/api/v1/auth/login', { body: { email, password: PASSWORD, ...body } });
    expect(problemOf(await login()).code).toBe('mfa_required');
    expect((await call('GET', '/api/v1/users', { headers: shop.as })).body).toMatchObject({ rows: expect.arrayContaining([expect.objectContaining({ email, hasMfa: true })]) });
    expect((await reset(joined.user.id, own)).status).toBe(403);
    expect(problemOf(await reset(shop.user.id)).code).toBe('conflict');
    expect((await reset(joined.user.id, (await newCompany()).as)).status).toBe(404);
    expect((await call('GET', '/api/v1/auth/mfa', { headers: own })).body).toMatchObject({ isOn: true });
    expect((await reset(joined.user.id)).status).toBe(200);
    expect((await call('GET', '/api/v1/auth/mfa', { headers: own })).status).toBe(401);
    expect(mails.find((mail) => mail.to === email && mail.subject === 'Your two-step sign-in was reset')?.text).toContain(shop.user.email);
    expect((await login()).status).toBe(200);
    expect((await call('GET', '/api/v1/audit-log?action=member.second_factor_reset', { headers: shop.as })).body).toMatchObject({ rows: [{ targetId: joined.user.id, actorName: shop.user.email }] });
  });
});

async function companyOf(browser: Browser): Promise<{ id: string }> {
  return z.object({ company: z.object({ id: z.string() }) }).parse((await browser.go('GET', '/api/v1/auth/me', { accept: 'application/json' })).body).company;
}

async function signedIn(email: string): Promise<Browser> {
  const browser = new Browser();
  expect(await browser.sentTo('POST', '/sign-in', { form: { email, password: PASSWORD } })).toBe('/');
  return browser;
}
