/** Who may do what, asked of every route by everybody; who did what, of every route that changes something. */
// First: shapes made before it is there cannot be described in the API's document.
import '@hono/zod-openapi';
import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { generate } from 'otplib';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { v7 } from 'uuid';
import { z } from 'zod';
import { issueAccessToken } from '#operations/access-token';
import { invite } from '#operations/invitations';
import { PERMISSIONS, permissionTable } from '#operations/permissions';
import { systemContext, visitorContext } from '#worker/context';
import type { Actor, Mail } from '#worker/ports';
import { catchMail } from './mailbox.ts';
import { call, newCompany, PASSWORD, problemOf, tokens } from './api-client.ts';
import { databaseOf, routes, stock } from './stocked-company.ts';

type Headers = Record<string, string>;
type Company = Awaited<ReturnType<typeof newCompany>>;

const keyAnswer = z.object({ id: z.string(), key: z.string() });
/** A key whose own limit is out of the way. */
async function key(as: Headers, body: Record<string, unknown>): Promise<{ id: string; as: Headers }> {
  const made = keyAnswer.parse((await call('POST', '/api/v1/api-keys', { headers: as, body: { name: 'k', perMinute: 6000, ...body } })).body);
  return { id: made.id, as: { authorization: `Bearer ${made.key}` } };
}

/** Invites somebody and reads the letter. */
async function letterOf(company: Company, role: 'admin' | 'viewer', email = `${crypto.randomUUID()}@shop.example`): Promise<{ email: string; token: string; mail: Mail }> {
  const letters: Mail[] = [];
  const actor: Actor = { kind: 'user', userId: company.user.id, email: company.user.email, role: 'admin', sessionId: v7() };
  await invite({ ...systemContext(env, company.company.id), actor, mail: { send: async (mail) => { letters.push(mail); } } }, { email, role }, 'https://perennial.test');
  const [mail] = letters;
  const token = /https:\/\/perennial\.test\/join\/([\w-]{43})\n/.exec(mail?.text ?? '')?.[1];
  if (mail === undefined || token === undefined) throw new Error('No letter with a link');
  return { email, token, mail };
}

async function joined(company: Company, role: 'admin' | 'viewer') {
  const { token } = await letterOf(company, role);
  const made = tokens.parse((await call('POST', '/api/v1/invitations/accept', { body: { token, name: 'Grace', password: PASSWORD } })).body);
  return { ...made, as: { authorization: `Bearer ${made.accessToken}` } };
}

describe('every route', () => {
  const reached = (status: number) => status !== 401 && status !== 403;
  const nothing = (path: string) => path.replaceAll(/\{(?!currency|day)\w+\}/g, crypto.randomUUID()).replace('{currency}', 'CHF').replace('{day}', '2026-01-01');
  let shop: Company;
  let all: Awaited<ReturnType<typeof routes>>;
  const ask = async (headers: Headers, method: string, path: string) => await call(method, nothing(path), { headers, ...(method === 'GET' ? {} : { body: {} }) });

  beforeAll(async () => {
    shop = await newCompany();
    all = (await routes()).filter((route) => !route.isOpen);
  });

  it('says what it needs: a permission of the table, or that one is signed in', async () => {
    expect(all.length).toBeGreaterThan(80);
    const known = new Set<string>([...PERMISSIONS, 'signed_in', 'own_account']);
    expect(all.filter((route) => !known.has(route.permission))).toEqual([]);
    expect((await routes()).filter((route) => route.isOpen).map((route) => route.permission).filter((one) => one !== 'credentials' && one !== 'ticket')).toEqual([]);
  });

  it.each(['viewer', 'analyst', 'manager', 'admin'] as const)('lets a %s do what the table says and nothing else', async (role) => {
    const { as } = await key(shop.as, { role });
    const granted = new Set<string>([...permissionTable().filter((one) => one.roles.includes(role)).map((one) => one.permission), 'signed_in']);
    const wrong: string[] = [];
    for (const { method, path, permission } of all) {
      const { status } = await ask(as, method, path);
      if (reached(status) !== granted.has(permission) || (!reached(status) && status !== 403)) wrong.push(`${method} ${path} needs ${permission}: ${String(status)}`);
    }
    expect(wrong).toEqual([]);
  });

  it('holds a key to its scopes', async () => {
    const { as } = await key(shop.as, { role: 'admin', scopes: ['value:read', 'audit:read'] });
    const open = new Set(['value:read', 'audit:read', 'signed_in']);
    for (const { method, path, permission } of all) expect([method, path, (await ask(as, method, path)).status === 403]).toEqual([method, path, !open.has(permission)]);
  });

  it('is closed to a token that is expired, of another signature, or none', async () => {
    const identity = { companyId: shop.company.id, mustEnrol: false, actor: { kind: 'user' as const, userId: shop.user.id, email: shop.user.email, role: 'admin' as const, sessionId: v7() } };
    const { tokenKeys } = visitorContext(env);
    const stale = await issueAccessToken(tokenKeys, identity, new Date(Date.now() - 3_600_000));
    const [head = '', body = '', signature = ''] = shop.accessToken.split('.');
    const forged = `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    const unsigned = `${btoa('{"alg":"none"}').replaceAll('=', '')}.${body}.`;
    const refused = async (token: string, some: typeof all) => {
      for (const { method, path } of some) expect([method, path, (await ask({ authorization: `Bearer ${token}` }, method, path)).status]).toEqual([method, path, 401]);
    };
    await refused(stale, all);
    for (const token of [forged, unsigned]) await refused(token, all.slice(0, 5));
  });
});

describe('keys', () => {
  let shop: Company;
  beforeAll(async () => { shop = await newCompany(); });

  it('give nobody more than they have, and no scope that their role lacks', async () => {
    const maker = await key(shop.as, { role: 'admin', scopes: ['api_keys:manage', 'value:read', 'team:manage'] });
    const refused = async (body: Record<string, unknown>) => problemOf(await call('POST', '/api/v1/api-keys', { headers: maker.as, body: { name: 'x', ...body } })).code;
    expect(await refused({ role: 'viewer' })).toBe('forbidden');
    expect(await refused({ role: 'admin', scopes: ['value:read', 'privacy:manage'] })).toBe('forbidden');
    expect(await refused({ role: 'viewer', scopes: ['privacy:manage'] })).toBe('invalid_input');
    expect(await refused({ role: 'viewer', scopes: ['value:read'], expiresAt: '2020-01-01T00:00:00Z' })).toBe('invalid_input');
    expect(await refused({ role: 'viewer', scopes: ['everything'] })).toBe('invalid_input');
    expect((await call('POST', '/api/v1/api-keys', { headers: maker.as, body: { name: 'x', role: 'viewer', scopes: ['value:read'] } })).status).toBe(201);
    expect(problemOf(await call('POST', '/api/v1/invitations', { headers: maker.as, body: { email: 'a@b.example', role: 'admin' } })).code).toBe('forbidden');
  });

  it('stop at their time, keep to their own limit, and say when they were last used', async () => {
    const soon = await key(shop.as, { role: 'viewer', expiresAt: new Date(Date.now() + 1_500).toISOString() });
    const slow = await key(shop.as, { role: 'viewer', perMinute: 3 });
    const get = async (as: Headers) => (await call('GET', '/api/v1/company', { headers: as })).status;
    expect(await get(soon.as)).toBe(200);
    const limited = await call('GET', '/api/v1/company', { headers: slow.as });
    expect(limited.headers.get('ratelimit-policy')).toBe('"default";q=3;w=60');
    expect([await get(slow.as), await get(slow.as), await get(slow.as)]).toEqual([200, 200, 429]);
    await vi.waitFor(async () => { expect(await get(soon.as)).toBe(401); }, { timeout: 10_000, interval: 300 });
    const listed = z.object({ rows: z.array(z.object({ id: z.string(), lastUsedAt: z.string().nullable(), perMinute: z.number().nullable(), createdBy: z.string() })) });
    await vi.waitFor(async () => {
      const { rows } = listed.parse((await call('GET', '/api/v1/api-keys', { headers: shop.as })).body);
      expect(rows.find((row) => row.id === slow.id)).toMatchObject({ lastUsedAt: expect.any(String), perMinute: 3, createdBy: shop.user.email });
    }, { timeout: 10_000, interval: 300 });
  });
});

describe('the team', () => {
  it('grows by letters whose link works once', async () => {
    const shop = await newCompany();
    const { email, token, mail } = await letterOf(shop, 'viewer');
    expect(mail).toMatchObject({ to: email, text: expect.stringContaining(shop.user.email) });
    const again = await call('POST', '/api/v1/invitations', { headers: shop.as, body: { email: email.toUpperCase(), role: 'viewer' } });
    expect([again.status, problemOf(again).errors?.[0]?.path]).toEqual([409, 'email']);
    const accept = async (body: Record<string, unknown>) => await call('POST', '/api/v1/invitations/accept', { body: { token, name: 'Grace', password: PASSWORD, ...body } });
    expect((await accept({ password: 'short' })).status).toBe(400);
    expect((await accept({ token: 'x'.repeat(43) })).status).toBe(404);
    const made = await Promise.all([accept({}), accept({})]);
    expect(made.map(({ status }) => status).toSorted()).toEqual([201, 404]);
    expect((await call('POST', '/api/v1/auth/login', { body: { email, password: PASSWORD } })).body).toMatchObject({ user: { email, role: 'viewer' }, company: { id: shop.company.id } });
    expect((await call('GET', '/api/v1/invitations', { headers: shop.as })).body).toEqual({ rows: [] });
  });

  it('takes letters back, and sends them again with another link', async () => {
    const shop = await newCompany();
    const { token } = await letterOf(shop, 'viewer');
    const [row] = z.object({ rows: z.array(z.object({ id: z.string() })) }).parse((await call('GET', '/api/v1/invitations', { headers: shop.as })).body).rows;
    const resend = async () => await call('POST', `/api/v1/invitations/${row?.id ?? ''}/resend`, { headers: shop.as });
    expect((await resend()).status).toBe(429);
    await databaseOf(shop.company.id).run(sql`update invitations set sent_at = sent_at - interval '2 minutes' where company_id = ${shop.company.id}`);
    expect((await resend()).status).toBe(200);
    const join = async (link: string) => (await call('POST', '/api/v1/invitations/accept', { body: { token: link, name: 'Grace', password: PASSWORD } })).status;
    expect(await join(token)).toBe(404);
    expect((await call('DELETE', `/api/v1/invitations/${row?.id ?? ''}`, { headers: shop.as })).status).toBe(204);
    expect((await resend()).status).toBe(404);
    const late = await letterOf(shop, 'viewer');
    await databaseOf(shop.company.id).run(sql`update invitations set expires_at = now() where company_id = ${shop.company.id} and revoked_at is null`);
    expect(await join(late.token)).toBe(404);
  });

  it('does not tell whether an address has an account elsewhere, but to who holds it', async () => {
    const [shop, other] = [await newCompany(), await newCompany()];
    const { token } = await letterOf(shop, 'viewer', other.user.email);
    const answer = await call('POST', '/api/v1/invitations/accept', { body: { token, name: 'Grace', password: PASSWORD } });
    expect([answer.status, problemOf(answer).detail]).toEqual([409, expect.stringContaining('another company')]);
  });

  it('changes roles at once, and keeps its last admin', async () => {
    const shop = await newCompany();
    const change = async (id: string, role: string) => await call('PATCH', `/api/v1/users/${id}`, { headers: shop.as, body: { role } });
    expect(problemOf(await change(shop.user.id, 'viewer')).code).toBe('conflict');
    const second = await joined(shop, 'admin');
    // Both at once would leave nobody.
    await Promise.all([change(second.user.id, 'manager'), call('PATCH', `/api/v1/users/${shop.user.id}`, { headers: second.as, body: { role: 'manager' } })]);
    const members = await databaseOf(shop.company.id).rows(z.object({ id: z.string(), role: z.string() }), sql`select id, role from users where company_id = ${shop.company.id}`);
    expect(members.map(({ role }) => role).toSorted()).toEqual(['admin', 'manager']);
    const former = members.find(({ role }) => role === 'manager')?.id === shop.user.id ? shop : second;
    expect(problemOf(await call('GET', '/api/v1/audit-log', { headers: former.as })).code).toBe('forbidden');
  });

  it('keeps out who was deactivated, and lets in again who was reactivated', async () => {
    const shop = await newCompany();
    const member = await joined(shop, 'viewer');
    const out = async (id: string) => await call('POST', `/api/v1/users/${id}/deactivate`, { headers: shop.as });
    expect(problemOf(await out(shop.user.id)).code).toBe('conflict');
    expect((await out(member.user.id)).body).toMatchObject({ deactivatedAt: expect.any(String) });
    const login = async () => (await call('POST', '/api/v1/auth/login', { body: { email: member.user.email, password: PASSWORD } })).status;
    expect(await login()).toBe(401);
    expect((await call('GET', '/api/v1/company', { headers: member.as })).status).toBe(401);
    expect((await call('POST', '/api/v1/auth/refresh', { body: { refreshToken: member.refreshToken } })).status).toBe(401);
    expect((await call('POST', `/api/v1/users/${member.user.id}/reactivate`, { headers: shop.as })).status).toBe(200);
    expect(await login()).toBe(200);
    expect((await call('POST', '/api/v1/auth/refresh', { body: { refreshToken: member.refreshToken } })).status).toBe(401);
  });
});

describe('every route that changes something', () => {
  /** What comes in is counted, not listed; the others change nothing that is kept. */
  const KEEPS_NOTHING = ['POST /auth/forgot-password', 'POST /segments/preview', 'POST /transactions', 'POST /customers', 'POST /events', 'POST /live/tickets', 'POST /auth/refresh', 'POST /auth/logout'];

  const MODEL_TEST = { challenger: 'bg-nbd', share: 0.5, days: 60 };

  it('leaves exactly one entry, of what it did', async () => {
    const shop = await newCompany();
    const ids = await stock(shop);
    const { db, companyId } = { db: databaseOf(shop.company.id), companyId: shop.company.id };
    const { as } = await key(shop.as, { role: 'admin' });
    const entry = z.object({ id: z.string(), action: z.string() });
    const seen = new Set<string>();
    const news = async (): Promise<string[]> => {
      const rows = await db.rows(entry, sql`select id, action from audit_log where company_id = ${companyId}`);
      const fresh = rows.filter((row) => !seen.has(row.id));
      for (const row of fresh) seen.add(row.id);
      return fresh.map((row) => row.action);
    };
    const done = new Set<string>();
    const found: [string, unknown][] = [];
    const expected: [string, unknown][] = [];
    /** Does it, and answers the id of what came of it. `route` as the document has it, `of` the nouns' ids where others are meant. */
    const doing = async (route: string, action: string | null, body?: unknown, of: Record<string, string> = {}, by = as): Promise<string> => {
      const [method = '', template = ''] = route.split(' ');
      const path = template.split('/').map((part, n, parts) => {
        const noun = part === '{id}' ? parts[n - 1] ?? '' : part.slice(1, -1);
        return part.startsWith('{') ? of[noun] ?? ids.get(noun) ?? part : part;
      }).join('/');
      const answer = await call(method, `/api/v1${path}${of['query'] ?? ''}`, { headers: by, ...(method === 'GET' ? {} : { body: body ?? {} }) });
      done.add(route);
      found.push([route, answer.status < 300 ? await news() : [answer.status, answer.body]]);
      expected.push([route, action === null ? [] : [action]]);
      last = answer.body;
      return z.object({ id: z.string() }).safeParse(answer.body).data?.id ?? '';
    };
    let last: unknown = null;
    const insertImport = async (state: string): Promise<string> => {
      const id = v7();
      await db.run(sql`insert into imports (company_id, id, name, file_key, state, mapping) values (${companyId}, ${id}, 'x.csv', 'x', ${state}, '{}')`);
      return id;
    };
    await news();

    await doing('PATCH /company', 'company.changed', { name: 'Renamed', horizonDays: 180 });
    await doing('PATCH /company', null, { name: 'Renamed' });
    await doing('PUT /benchmarks/settings', 'company.benchmarks_changed', { industry: null, share: false });
    const made = await doing('POST /api-keys', 'api_key.created', { name: 'a', role: 'viewer' });
    await doing('DELETE /api-keys/{id}', 'api_key.revoked', undefined, { 'api-keys': made });
    await doing('POST /invitations', 'member.invited', { email: 'new@shop.example', role: 'viewer' });
    await db.run(sql`update invitations set sent_at = sent_at - interval '2 minutes' where company_id = ${companyId}`);
    await doing('POST /invitations/{id}/resend', 'member.invitation_sent_again');
    await doing('DELETE /invitations/{id}', 'member.invitation_revoked');
    const { token } = await letterOf(shop, 'viewer');
    await news();
    done.add('POST /invitations/accept');
    const member = tokens.parse((await call('POST', '/api/v1/invitations/accept', { body: { token, name: 'G', password: PASSWORD } })).body).user.id;
    found.push(['accept', (await news()).toSorted().toReversed()]);
    expected.push(['accept', ['member.joined', 'account.signed_in']]);
    await doing('PATCH /users/{id}', 'member.role_changed', { role: 'analyst' }, { users: member });
    await doing('PATCH /users/{id}', null, { role: 'analyst' }, { users: member });
    await doing('POST /users/{id}/deactivate', 'member.deactivated', undefined, { users: member });
    await doing('POST /users/{id}/deactivate', null, undefined, { users: member });
    await doing('POST /users/{id}/reactivate', 'member.reactivated', undefined, { users: member });
    await db.run(sql`insert into user_mfa (company_id, user_id, secret, key_id, confirmed_at) values (${companyId}, ${member}, 'x', 'k1', now())`);
    await doing('POST /users/{id}/reset-mfa', 'member.second_factor_reset', undefined, { users: member });
    const sale = (n: number) => ({ externalId: `p${String(n)}`, customer: { externalId: `q${String(n)}` }, occurredAt: '2026-10-01', amount: 5, currency: 'EUR' });
    for (const n of [1, 2]) await call('POST', '/api/v1/transactions', { headers: as, body: sale(n) });
    const people = z.object({ rows: z.array(z.object({ id: z.string() })) });
    let others: string[] = [];
    await vi.waitFor(async () => {
      others = people.parse((await call('GET', '/api/v1/customers', { headers: as })).body).rows.map((row) => row.id).filter((one) => one !== ids.get('customers'));
      expect(others.length).toBeGreaterThanOrEqual(2);
    }, { timeout: 15_000, interval: 200 });
    const discovery = await doing('POST /segments/discover', 'discovery.started', { features: ['recency_days', 'purchase_days'], k: 2 });
    await vi.waitFor(async () => { expect((await call('GET', `/api/v1/discoveries/${discovery}`, { headers: as })).body).toMatchObject({ state: 'done' }); }, { timeout: 15_000, interval: 200 });
    await doing('POST /discoveries/{id}/segments', 'segment.created', { cluster: 0, name: 'Alike', as: 'nearest' }, { discoveries: discovery });
    const orders = await db.rows(z.object({ id: z.string() }), sql`select id from transactions where company_id = ${companyId} order by id limit 2`);
    await doing('POST /pairings', 'sales.paired', { transactionIds: orders.map((row) => row.id) });
    await doing('DELETE /pairings/{transactionId}', 'sales.separated', undefined, { transactionId: orders[0]?.id ?? '' });
    await doing('POST /customers/{id}/merge', 'customers.merged', { into: others[1] }, { customers: others[0] ?? '' });
    await doing('POST /privacy/requests', 'privacy.requested', { kind: 'erasure', customerId: others[1] });
    await doing('POST /privacy/requests', 'privacy.requested', { kind: 'data_request', customerId: ids.get('customers') });
    await doing('GET /privacy/requests/{id}/export', 'privacy.exported');
    await doing('PUT /exchange-rates', 'rates.changed', { rates: [{ currency: 'CHF', day: '2026-01-02', rate: 0.9 }] });
    await doing('DELETE /exchange-rates/{currency}/{day}', 'rates.removed', undefined, { currency: 'CHF', day: '2026-01-02' });
    await doing('PATCH /dead-letters/{id}', 'dead_letter.mended', { payload: '{"id":2}' });
    await doing('POST /dead-letters/{id}/discard', 'dead_letter.discarded', { reason: 'nothing' });
    await doing('POST /dead-letters/{id}/reopen', 'dead_letter.reopened');
    await doing('POST /dead-letters/{id}/replay', 'dead_letters.replayed');
    await db.run(sql`update dead_letters set resolution = null, resolved_at = null, claimed_until = null where company_id = ${companyId}`);
    await doing('POST /dead-letters/replay', 'dead_letters.replayed', { ids: [ids.get('dead-letters')] });
    const segment = await doing('POST /segments', 'segment.created', { name: 'Buyers', text: 'orders.count > 0' });
    await doing('PATCH /segments/{id}', 'segment.changed', { status: 'paused' }, { segments: segment });
    await doing('PATCH /segments/{id}', 'segment.changed', { folder: ' Campaigns ', tags: ['VIP', 'vip', 'Spring'] }, { segments: segment });
    const filed = last;
    // Another one takes the spelling that is there, and is found by any.
    const alike = await doing('POST /segments', 'segment.created', { name: 'Others', text: 'orders.count > 1', folder: 'CAMPAIGNS', tags: ['spring', 'Own'] });
    const listed = async (query: string): Promise<string[]> => z.object({ rows: z.array(z.object({ name: z.string() })) }).parse((await call('GET', `/api/v1/segments?${query}`, { headers: as })).body).rows.map((row) => row.name);
    expect([filed, last]).toMatchObject([{ folder: 'Campaigns', tags: ['VIP', 'Spring'] }, { folder: 'Campaigns', tags: ['Spring', 'Own'] }]);
    expect([await listed('folder=campaigns'), await listed('tag=SPRING'), await listed('tag=vip&folder=Campaigns'), await listed('tag=Spring&folder=')]).toEqual([['Buyers', 'Others'], ['Buyers', 'Others'], ['Buyers'], []]);
    expect((await call('GET', `/api/v1/audit-log?target=${segment}&limit=1`, { headers: as })).body).toMatchObject({ rows: [{ action: 'segment.changed', detail: { folder: 'Campaigns', tags: ['VIP', 'Spring'] } }] });
    await doing('PATCH /segments/{id}', 'segment.changed', { folder: null, tags: [] }, { segments: alike });
    expect(last).toMatchObject({ folder: null, tags: [] });
    for (const wrong of [{ folder: ' ' }, { folder: 'x'.repeat(61) }, { tags: ['a,b'] }, { tags: ['x'.repeat(31)] }, { tags: Array.from({ length: 11 }, (_, n) => `t${String(n)}`) }]) {
      expect((await call('PATCH', `/api/v1/segments/${alike}`, { headers: as, body: wrong })).status).toBe(400);
    }
    await doing('DELETE /segments/{id}', 'segment.archived', undefined, { segments: segment });
    await doing('POST /segments/{id}/restore', 'segment.restored', { status: 'paused' }, { segments: segment });
    await doing('POST /segments/lists', 'segment.created', { name: 'Brought', list: ids.get('customers') });
    const brought = { segments: z.object({ segment: z.object({ id: z.string() }) }).parse(last).segment.id };
    await doing('POST /segments/{id}/list', null, { list: ids.get('customers') }, brought);
    await doing('POST /segments/{id}/list/removals', 'segment.list_changed', { list: `${ids.get('customers') ?? ''}\nnobody@nowhere.example` }, brought);
    expect(last).toMatchObject({ segment: { members: 0 }, names: 2, changed: 1, unchanged: 0, unknown: { count: 1, first: ['nobody@nowhere.example'] } });
    await doing('POST /segments/{id}/list', 'segment.list_changed', { list: ids.get('customers') }, brought);
    await doing('DELETE /segments/{id}/list/{customerId}', 'segment.list_changed', undefined, brought);
    expect((await call('GET', `/api/v1/audit-log?target=${brought.segments}&limit=1`, { headers: as })).body).toMatchObject({ rows: [{ detail: { removed: 1 } }] });
    await doing('DELETE /segments/{id}', 'segment.archived', undefined, brought);
    expect((await call('GET', '/api/v1/segments/archived?limit=1', { headers: as })).body).toMatchObject({ rows: [{ id: brought.segments, status: 'archived', text: 'on list "Brought"' }] });
    await doing('POST /discoveries/{id}/cancel', 'discovery.cancelled');
    await doing('DELETE /discoveries/{id}', 'discovery.removed');
    const source = await doing('POST /event-sources', 'event_source.created', { name: 'Second' });
    await doing('PATCH /event-sources/{id}', 'event_source.changed', { enabled: false }, { 'event-sources': source });
    await doing('DELETE /event-sources/{id}', 'event_source.removed', undefined, { 'event-sources': source });
    const mapping = await doing('POST /import-mappings', 'mapping.saved', { name: 'M', headings: ['a', 'b', 'c'], mapping: { columns: { amount: 'a' } } });
    await doing('PATCH /import-mappings/{id}', 'mapping.renamed', { name: 'N' }, { 'import-mappings': mapping });
    await doing('DELETE /import-mappings/{id}', 'mapping.deleted', undefined, { 'import-mappings': mapping });
    const file = await doing('PUT /imports', 'import.created', 'customer_id,date,amount\n1,2026-01-02,10\n', { query: '?name=b.csv' });
    await vi.waitFor(async () => { expect((await call('GET', `/api/v1/imports/${file}`, { headers: as })).body).toMatchObject({ state: 'done', skipped: 1 }); }, { timeout: 15_000, interval: 200 });
    await doing('POST /imports/{id}/anyway', 'import.repeated', undefined, { imports: file });
    await doing('POST /imports/{id}/cancel', 'import.cancelled', undefined, { imports: await insertImport('waiting') });
    await doing('POST /imports/{id}/undo', 'import.undone', undefined, { imports: await insertImport('done') });
    const integration = await doing('POST /integrations', 'integration.created', { platform: 'shopify', settings: { shopDomain: 'z.myshopify.com', adminToken: 'shpat_x' } });
    const that = { integrations: integration };
    await doing('PATCH /integrations/{id}', 'integration.changed', { name: 'Z' }, that);
    await doing('GET /integrations/{id}/secret', 'integration.secret_revealed', undefined, that);
    const till = await doing('POST /integrations', 'integration.created', { platform: 'woocommerce', settings: { storeUrl: 'https://till.example' } });
    await doing('POST /integrations/{id}/health', 'integration.checked', undefined, { integrations: till });
    await doing('POST /integrations/{id}/reconcile', 'reconciliation.started', undefined, that);
    await doing('POST /integrations/{id}/backfill', 'backfill.started', undefined, that);
    await doing('POST /integrations/{id}/backfills/{backfillId}/cancel', 'backfill.cancelled');
    await doing('DELETE /integrations/{id}', 'integration.removed', undefined, that);
    await doing('POST /models/refit', 'model.refitted');
    await doing('PUT /models/pin', 'model.pinned', { model: 'pareto-nbd' });
    await doing('DELETE /models/tests/{id}', 'model.test_stopped');
    await doing('POST /models/tests', 'model.test_started', MODEL_TEST);
    await doing('POST /actions/holdout', 'actions.holdout_started', { share: 0.2 });
    await doing('DELETE /actions/holdout', 'actions.holdout_stopped');
    await doing('PATCH /actions/assumptions', 'actions.assumptions_changed', { responses: { thank: 80 } });
    await doing('PATCH /actions/assumptions', null, { responses: { thank: 80 } });
    await doing('PUT /alert-rules', 'alerts.rules_changed', { rules: [{ rule: 'dead_letters', enabled: true }, { rule: 'silence', enabled: true }] });
    await doing('POST /alerts/{id}/acknowledge', 'alerts.acknowledged');
    await db.run(sql`update job_runs set state = 'failed' where company_id = ${companyId}`);
    await doing('POST /runs/{id}/restart', 'run.restarted');
    await db.run(sql`update job_runs set state = 'failed' where company_id = ${companyId}`);
    await doing('POST /runs', 'night.started', { kind: 'night' });
    await doing('GET /audit-log/export', 'audit.exported');
    done.add('POST /auth/register');

    const { mails } = catchMail();
    const own = (route: string, action: string | null, body?: unknown) => doing(route, action, body, {}, shop.as);
    const link = () => /token=([\w.-]+)/.exec(mails.find(({ text }) => text.includes('token='))?.text ?? '')?.[1] ?? '';
    await own('PATCH /auth/account', 'account.renamed', { name: 'Ada' });
    await own('POST /auth/verify-email/send', 'account.confirmation_asked');
    await own('POST /auth/verify-email', 'account.address_confirmed', { token: link() });
    await own('POST /auth/change-email', 'account.address_change_asked', { email: `${crypto.randomUUID()}@shop.example`, password: PASSWORD });
    await own('POST /auth/mfa/enrol', 'account.mfa_begun', { password: PASSWORD });
    const code = await generate({ secret: z.object({ secret: z.string() }).parse(last).secret });
    await own('POST /auth/mfa/confirm', 'account.mfa_on', { code });
    await own('POST /auth/mfa/recovery-codes', 'account.recovery_codes_renewed', { password: PASSWORD });
    await own('POST /auth/mfa/disable', 'account.mfa_off', { password: PASSWORD });
    await own('PUT /auth/mfa/policy', 'company.mfa_required', { roles: ['viewer'] });
    const identity = v7();
    await db.run(sql`insert into user_identities (company_id, id, user_id, provider, issuer, subject) values (${companyId}, ${identity}, ${shop.user.id}, 'google', 'https://accounts.google.com', ${identity})`);
    await doing('DELETE /auth/identities/{id}', 'account.identity_unlinked', undefined, { identities: identity }, shop.as);
    await own('POST /auth/login', 'account.signed_in', { email: shop.user.email, password: PASSWORD });
    await own('DELETE /sessions', 'account.sessions_ended');
    await call('POST', '/api/v1/auth/login', { body: { email: shop.user.email, password: PASSWORD } });
    await news();
    const second = z.object({ rows: z.array(z.object({ id: z.string(), isCurrent: z.boolean() })) }).parse((await call('GET', '/api/v1/sessions', { headers: shop.as })).body).rows.find((row) => !row.isCurrent);
    await doing('DELETE /sessions/{id}', 'account.sessions_ended', undefined, { sessions: second?.id ?? '' }, shop.as);
    await own('POST /auth/change-password', 'account.password_changed', { currentPassword: PASSWORD, newPassword: 'four other quiet words' });
    mails.length = 0;
    await call('POST', '/api/v1/auth/forgot-password', { body: { email: shop.user.email } });
    await vi.waitFor(() => { expect(link()).not.toBe(''); }, { timeout: 10_000 });
    await own('POST /auth/reset-password', 'account.password_reset', { token: link(), password: 'five wholly different calm words' });
    vi.restoreAllMocks();

    expect(found).toEqual(expected);
    const changing = (await routes()).filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path.replace('/api/v1', '')}`);
    expect(changing.filter((route) => !done.has(route)).toSorted()).toEqual(KEEPS_NOTHING.toSorted());
    expect((await call('GET', '/api/v1/audit-log?action=company.registered', { headers: as })).body).toMatchObject({ rows: [{ actorName: shop.user.email, targetName: 'Test shop' }] });
  });
});
