/** Events in by API and by a key that everybody can read, which can write events from its own pages and do nothing else. */
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { call, newAddress, newCompany, newKey, problemOf } from './api-client.ts';

const ORIGIN = 'https://shop.example';
const sourceShape = z.object({ id: z.string(), writeKey: z.string(), allowedOrigins: z.array(z.string()) });
const eventList = z.object({ rows: z.array(z.object({ type: z.string(), customerId: z.string().nullable(), source: z.string(), anonymousId: z.string().nullable() })) });

let as: Record<string, string>;
let source: z.infer<typeof sourceShape>;

beforeAll(async () => {
  as = (await newKey((await newCompany()).as, 'manager')).as;
  source = sourceShape.parse((await call('POST', '/api/v1/event-sources', { headers: as, body: { name: 'Shop', allowedOrigins: ['https://Shop.example/'] } })).body);
});

const view = (anonymousId: string, over: Record<string, unknown> = {}) => ({ type: 'page_view', anonymousId, sessionId: 's', properties: { path: '/' }, ...over });

function beacon(body: unknown, options: { key?: string; origin?: string | null; address?: string } = {}) {
  const { origin = ORIGIN } = options;
  return call('POST', '/api/v1/events', {
    headers: { 'content-type': 'text/plain;charset=UTF-8', ...(origin === null ? {} : { origin }) }, body: JSON.stringify({ key: options.key ?? source.writeKey, events: body }),
    ...(options.address === undefined ? {} : { address: options.address }),
  });
}

const listed = async (query: string) => eventList.parse((await call('GET', `/api/v1/events?${query}`, { headers: as })).body).rows;

describe('by API key', () => {
  it('takes the good ones, and makes the customers they name known', async () => {
    const answer = await call('POST', '/api/v1/events', { headers: as, body: [
      { id: 'a1', type: 'email_open', customer: { externalId: 'c1', email: 'ada@shop.example' }, anonymousId: 'ada-phone' }, { type: 'Bad Type' },
    ] });
    expect(answer).toMatchObject({ status: 202, body: { accepted: 1, rejected: [{ index: 1, code: 'invalid_field', path: 'type' }] } });
    await expect.poll(() => listed('type=email_open'), { timeout: 20_000 }).toMatchObject([{ customerId: expect.any(String), source: 'api' }]);
  });

  it('needs a role that may write', async () => {
    const viewer = (await newKey((await newCompany()).as, 'viewer')).as;
    expect((await call('POST', '/api/v1/events', { headers: viewer, body: { type: 'x' } })).status).toBe(403);
    expect((await call('POST', '/api/v1/event-sources', { headers: viewer, body: { name: 'x' } })).status).toBe(403);
  });
});

describe('by write key', () => {
  it('takes events of the source’s own pages, and gives them to the customer that an identify claims', async () => {
    expect(source).toMatchObject({ writeKey: expect.stringMatching(/^wk_/), allowedOrigins: [ORIGIN] });
    const answer = await beacon([view('laptop'), { type: 'identify', anonymousId: 'laptop', customer: { email: 'Ada@shop.example ' } }]);
    expect(answer).toMatchObject({ status: 202, body: { accepted: 2, rejected: [] } });
    expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    await expect.poll(() => listed('type=page_view'), { timeout: 20_000 }).toMatchObject([{ source: `site:${source.id}`, anonymousId: 'laptop', customerId: expect.any(String) }]);
    const customers = z.object({ rows: z.array(z.unknown()) }).parse((await call('GET', '/api/v1/customers', { headers: as })).body);
    expect(customers.rows).toHaveLength(1);
  });

  it('refuses other origins, unknown keys and senders that are no browser, and lets the page read why', async () => {
    const elsewhere = await beacon([view('x')], { origin: 'https://shop.example.evil.test' });
    expect(elsewhere.status).toBe(403);
    expect(elsewhere.headers.get('access-control-allow-origin')).toBeNull();
    expect((await beacon([view('x')], { origin: 'null' })).status).toBe(403);
    expect((await beacon([view('x')], { origin: null })).status).toBe(403);
    expect((await beacon([view('x')], { key: source.writeKey.replace(/.{4}$/, 'AAAA') })).status).toBe(401);
    const empty = await beacon([]);
    expect(problemOf(empty).code).toBe('invalid_input');
    expect(empty.headers.get('access-control-allow-origin')).toBe(ORIGIN);
  });

  it('answers a preflight for its own pages only', async () => {
    const ask = (origin: string) => call('OPTIONS', `/api/v1/events?key=${source.writeKey}`, { headers: { origin, 'access-control-request-method': 'POST' } });
    const allowed = await ask(ORIGIN);
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-headers')).toBe('content-type');
    expect((await ask('https://other.example')).status).toBe(403);
    const json = await call('POST', `/api/v1/events?key=${source.writeKey}`, { headers: { origin: ORIGIN }, body: [view('json')] });
    expect(json).toMatchObject({ status: 202, body: { accepted: 1 } });
  });

  it('opens no other door', async () => {
    for (const [method, path] of [['GET', '/events'], ['GET', '/event-sources'], ['GET', '/customers'], ['POST', '/transactions'], ['POST', '/customers']] as const) {
      const carried: Record<string, string>[] = [{ authorization: `Bearer ${source.writeKey}`, origin: ORIGIN }, { origin: ORIGIN }];
      for (const headers of carried) {
        expect((await call(method, `/api/v1${path}?key=${source.writeKey}`, { headers, ...(method === 'POST' ? { body: [] } : {}) })).status, path).toBe(401);
      }
    }
  });

  it('has a limit by address', async () => {
    const address = newAddress();
    const answers = await Promise.all(Array.from({ length: 245 }, () => beacon([view('many')], { address })));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(240);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(5);
    expect((await beacon([view('many')])).status).toBe(202);
  });

  it('stops when the source is switched off or removed', async () => {
    const other = sourceShape.parse((await call('POST', '/api/v1/event-sources', { headers: as, body: { name: 'Other', allowedOrigins: [ORIGIN] } })).body);
    const send = async () => (await beacon([view('y')], { key: other.writeKey })).status;
    expect(await send()).toBe(202);
    expect((await call('PATCH', `/api/v1/event-sources/${other.id}`, { headers: as, body: { enabled: false } })).status).toBe(200);
    expect(await send()).toBe(401);
    await call('PATCH', `/api/v1/event-sources/${other.id}`, { headers: as, body: { enabled: true, allowedOrigins: ['https://new.example'] } });
    expect(await send()).toBe(403);
    expect((await call('DELETE', `/api/v1/event-sources/${other.id}`, { headers: as })).status).toBe(204);
    expect((await beacon([view('y')], { key: other.writeKey, origin: 'https://new.example' })).status).toBe(401);
    expect(problemOf(await call('POST', '/api/v1/event-sources', { headers: as, body: { name: 'x', allowedOrigins: ['shop.example', 'https://a.example/path'] } })).errors).toHaveLength(2);
  });
});
