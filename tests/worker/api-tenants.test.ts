/** Every route of the API document: closed to strangers, and another company's ids name nothing. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { call, newCompany, newKey, PASSWORD, problemOf, tokens } from './api-client.ts';
import { liftLimits, routes, stock } from './stocked-company.ts';
import type { Route } from './stocked-company.ts';

describe('every route', () => {
  it('is closed without credentials, except those that give or spend them', async () => {
    const all = await routes();
    expect(all.length).toBeGreaterThan(30);
    expect(all.filter((route) => route.isOpen).map(({ path }) => path).sort()).toEqual([
      '/api/v1/auth/forgot-password', '/api/v1/auth/login', '/api/v1/auth/logout',
      '/api/v1/auth/oauth/{provider}/callback', '/api/v1/auth/oauth/{provider}/start', '/api/v1/auth/refresh', '/api/v1/auth/register', '/api/v1/auth/reset-password',
      '/api/v1/auth/verify-email', '/api/v1/invitations/accept', '/api/v1/live',
    ]);
    for (const { method, path, isOpen } of all) {
      if (isOpen) continue;
      const answer = await call(method, path.replace('{id}', crypto.randomUUID()));
      expect([method, path, answer.status]).toEqual([method, path, 401]);
      expect(problemOf(answer).code).toBe('unauthenticated');
    }
  });

  it('answers unknown addresses with a problem document', async () => {
    for (const path of ['/api/nothing', '/api/v1/nothing', '/api/v1/customers/not-an-id/value/x']) {
      const answer = await call('GET', path);
      expect(answer.status).toBe(404);
      expect(problemOf(answer).requestId).toBe(answer.headers.get('x-request-id'));
    }
  });

  it('is described on a page without scripts', async () => {
    const answer = await call('GET', '/api/docs');
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('/api/v1/transactions');
    expect(answer.body).not.toContain('<script');
  });
});

/** What a route asks for before it looks anything up. */
const BODIES: Record<string, unknown> = {
  'POST /api/v1/discoveries/{id}/segments': { cluster: 0, name: 'Kept', as: 'rule' },
  'PATCH /api/v1/dead-letters/{id}': { payload: '{}' }, 'POST /api/v1/dead-letters/{id}/discard': { reason: 'x' }, 'PATCH /api/v1/import-mappings/{id}': { name: 'x' },
  'PATCH /api/v1/users/{id}': { role: 'viewer' }, 'POST /api/v1/customers/{id}/merge': { into: crypto.randomUUID() },
  'POST /api/v1/segments/{id}/list': { list: 'x' }, 'POST /api/v1/segments/{id}/list/removals': { list: 'x' },
};
/** Parameters that a route cannot do without. */
const QUERIES: Record<string, (customer: string) => string> = { '/api/v1/segments/{id}/explain': (customer) => `?customerId=${customer}` };
/** Lists that are the same for everybody. */
const COMMON = ['/api/v1/integrations/platforms', '/api/v1/alert-rules', '/api/v1/benchmarks', '/api/v1/permissions'];
/** Parts in braces that are the same for everybody. */
const COMMON_PARTS = ['/api/v1/import-templates/', '/api/v1/auth/oauth/'];
/** Lists that hold something of every company's own from its first day. */
const OWN = ['/api/v1/audit-log', '/api/v1/users', '/api/v1/sessions'];

/** An answer without what is made for each one. */
const said = (answer: Awaited<ReturnType<typeof call>>): string => `${String(answer.status)} ${JSON.stringify(answer.body)}`
  .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'id').replaceAll(/USD|JPY/g, 'currency');

describe('a second company', () => {
  let owner: Awaited<ReturnType<typeof newCompany>>;
  let stranger: Awaited<ReturnType<typeof newCompany>>;
  let ids: Map<string, string>;

  /** The address of what the first company has. A new noun, and a new part in braces, needs something of its own here. */
  const addressOf = (path: string): string => path.split('/').map((part, n, parts) => {
    if (!part.startsWith('{')) return part;
    const name = part === '{id}' ? parts[n - 1] ?? '' : part.slice(1, -1);
    const known = ids.get(name);
    if (known === undefined || known === '') throw new Error(`${path}: the first company has no ${name}`);
    return known;
  }).join('/') + (QUERIES[path]?.(ids.get('customers') ?? '') ?? '');
  const withId = async (): Promise<Route[]> => (await routes()).filter(({ path }) => path.includes('{') && !COMMON_PARTS.some((start) => path.startsWith(start)));

  /** A session of its own for each test: each may ask a hundred times a minute. */
  const again = async ({ user }: typeof owner): Promise<Record<string, string>> =>
    ({ authorization: `Bearer ${tokens.parse((await call('POST', '/api/v1/auth/login', { body: { email: user.email, password: PASSWORD } })).body).accessToken}` });

  beforeAll(async () => {
    [owner, stranger] = [await newCompany('Owner'), await newCompany('Stranger')];
    ids = await stock(owner);
    // There are more routes than anybody may ask in a minute.
    await Promise.all([owner, stranger].map(liftLimits));
  });

  it('gets 404 from every route that names something, and the first company still has everything', async () => {
    const all = await withId();
    expect(all.length).toBeGreaterThan(35);
    const asStranger = await again(stranger);
    for (const { method, path } of all) {
      const ask = async (address: string) => await call(method, address, { headers: asStranger, ...(method === 'GET' ? {} : { body: BODIES[`${method} ${path}`] ?? {} }) });
      const answer = await ask(addressOf(path));
      expect([method, path, answer.status]).toEqual([method, path, 404]);
      // Word for word what is answered for something that never was: nothing tells that it exists elsewhere.
      expect([method, path, said(answer)]).toEqual([method, path, said(await ask(path.replace('{currency}', 'JPY').replace('{day}', '2026-01-02').replaceAll(/\{\w+\}/g, () => crypto.randomUUID()) + (QUERIES[path]?.(crypto.randomUUID()) ?? '')))]);
    }
    for (const { method, path } of all) {
      if (method !== 'GET') continue;
      expect([method, path, (await call(method, addressOf(path), { headers: owner.as })).status]).toEqual([method, path, 200]);
    }
    for (const list of ['import-mappings', 'event-sources']) expect((await call('GET', `/api/v1/${list}`, { headers: owner.as })).body).toMatchObject({ rows: [{ id: ids.get(list) }] });
    expect((await call('GET', '/api/v1/exchange-rates', { headers: owner.as })).body).toMatchObject({ rates: [{ currency: 'USD', rate: 0.9 }] });
    const cancelled = await call('POST', addressOf('/api/v1/integrations/{id}/backfills/{backfillId}/cancel'), { headers: owner.as });
    expect([cancelled.status, cancelled.body]).toEqual([200, expect.objectContaining({ state: 'cancelled' })]);
  });

  it('gets nowhere with ids of the first inside what it sends', async () => {
    const stranger = await newCompany('Another stranger');
    await call('POST', '/api/v1/transactions', { headers: stranger.as, body: { externalId: 'own', customer: { externalId: 'own' }, occurredAt: '2026-11-01', amount: 10, currency: 'EUR' } });
    const own = await vi.waitUntil(async () => z.object({ rows: z.array(z.object({ id: z.string() })) }).parse((await call('GET', '/api/v1/customers', { headers: stranger.as })).body).rows[0]?.id, { timeout: 15_000, interval: 100 });
    const ownSale = z.object({ rows: z.array(z.object({ id: z.string() })) }).parse((await call('GET', `/api/v1/customers/${own}/transactions`, { headers: stranger.as })).body).rows[0]?.id;
    const of = (noun: string): string => ids.get(noun) ?? '';
    const asks: [string, string, string, (id: string) => unknown][] = [
      ['POST', `/api/v1/customers/${own}/merge`, of('customers'), (into) => ({ into })],
      ['POST', '/api/v1/privacy/requests', of('customers'), (customerId) => ({ kind: 'erasure', customerId })],
      ['POST', '/api/v1/privacy/requests', of('customers'), (customerId) => ({ kind: 'data_request', customerId })],
      ['POST', '/api/v1/pairings', of('transactionId'), (id) => ({ transactionIds: [ownSale, id] })],
      ['POST', '/api/v1/dead-letters/replay', of('dead-letters'), (id) => ({ ids: [id] })],
    ];
    for (const [method, path, theirs, body] of asks) {
      const answer = await call(method, path, { headers: stranger.as, body: body(theirs) });
      const never = await call(method, path, { headers: stranger.as, body: body(crypto.randomUUID()) });
      expect([path, said(answer)]).toEqual([path, said(never)]);
    }
    const compared = async (id: string): Promise<string> => said(await call('GET', `/api/v1/segments/overlap?ids=${id},${crypto.randomUUID()}`, { headers: stranger.as }));
    expect(await compared(of('segments'))).toBe(await compared(crypto.randomUUID()));
    for (const noun of ['customers', 'dead-letters']) expect([noun, (await call('GET', `/api/v1/${noun}/${of(noun)}`, { headers: owner.as })).status]).toEqual([noun, 200]);
  });

  it('is not let into the sessions of a colleague by their ids', async () => {
    const own = await again(owner);
    const [session] = z.object({ rows: z.array(z.object({ id: z.string(), isCurrent: z.boolean() })) }).parse((await call('GET', '/api/v1/sessions', { headers: own })).body).rows.filter((row) => row.isCurrent);
    const key = await newKey(owner.as, 'admin');
    expect((await call('DELETE', `/api/v1/sessions/${session?.id ?? ''}`, { headers: key.as })).status).toBe(403);
    expect((await call('DELETE', `/api/v1/sessions/${session?.id ?? ''}`, { headers: stranger.as })).status).toBe(404);
    expect((await call('GET', '/api/v1/auth/me', { headers: own })).status).toBe(200);
  });

  it('sees nothing of the first in its lists', async () => {
    const lists = (await routes()).filter(({ method, path, isOpen }) => method === 'GET' && !isOpen && !path.includes('{'));
    expect(lists.length).toBeGreaterThan(20);
    const theirs = [...ids].flatMap(([noun, known]) => (noun === 'currency' || noun === 'day' ? [] : [known])).concat(owner.company.id);
    for (const { path } of lists) {
      const answer = await call('GET', path, { headers: stranger.as });
      expect([path, answer.status]).toEqual([path, path.startsWith('/api/v1/analytics/') ? expect.any(Number) : 200]);
      expect([path, theirs.filter((known) => JSON.stringify(answer.body).includes(known))]).toEqual([path, []]);
      const listed = z.object({ rows: z.array(z.unknown()) }).safeParse(answer.body).data?.rows ?? [];
      if (![...COMMON, ...OWN].includes(path)) expect([path, listed]).toEqual([path, []]);
    }
  });

  it('is not reached by an API key that names another company', async () => {
    const key = await newKey(stranger.as, 'admin');
    const swapped = (key.as['authorization'] ?? '').replace(stranger.company.id.replaceAll('-', ''), owner.company.id.replaceAll('-', ''));
    expect((await call('GET', '/api/v1/company', { headers: { authorization: swapped } })).status).toBe(401);
  });
});
