/** Every route of the API document: closed to strangers, and another company's ids name nothing. */
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { call, newCompany, newKey, problemOf } from './api-client.ts';
import { routes, stock } from './stocked-company.ts';
import type { Route } from './stocked-company.ts';

describe('every route', () => {
  it('is closed without credentials, except those that give or spend them', async () => {
    const all = await routes();
    expect(all.length).toBeGreaterThan(30);
    expect(all.filter((route) => route.isOpen).map(({ path }) => path).sort()).toEqual([
      '/api/v1/auth/forgot-password', '/api/v1/auth/login', '/api/v1/auth/logout', '/api/v1/auth/refresh', '/api/v1/auth/register', '/api/v1/auth/reset-password',
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
  'PATCH /api/v1/dead-letters/{id}': { payload: '{}' }, 'POST /api/v1/dead-letters/{id}/discard': { reason: 'x' }, 'PATCH /api/v1/import-mappings/{id}': { name: 'x' },
  'PATCH /api/v1/users/{id}': { role: 'viewer' }, 'POST /api/v1/customers/{id}/merge': { into: crypto.randomUUID() },
};
/** Lists that are the same for everybody. */
const COMMON = ['/api/v1/integrations/platforms', '/api/v1/alert-rules', '/api/v1/benchmarks', '/api/v1/permissions'];
/** Lists that hold something of every company's own from its first day. */
const OWN = ['/api/v1/audit-log', '/api/v1/users', '/api/v1/sessions'];

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
  }).join('/');
  const withId = async (): Promise<Route[]> => (await routes()).filter(({ path }) => path.includes('{') && !path.startsWith('/api/v1/import-templates/'));

  beforeAll(async () => {
    [owner, stranger] = [await newCompany('Owner'), await newCompany('Stranger')];
    ids = await stock(owner);
  });

  it('gets 404 from every route that names something, and the first company still has everything', async () => {
    const all = await withId();
    expect(all.length).toBeGreaterThan(35);
    for (const { method, path } of all) {
      const answer = await call(method, addressOf(path), { headers: stranger.as, ...(method === 'GET' ? {} : { body: BODIES[`${method} ${path}`] ?? {} }) });
      expect([method, path, answer.status]).toEqual([method, path, 404]);
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
