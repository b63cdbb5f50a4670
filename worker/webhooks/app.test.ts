/** The webhook door: what is accepted, what is refused, and that 200 means written. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { AppError } from '#core/errors';
import type { AcceptedDelivery, InboxOwner } from '#worker/ports';
import { LARGEST_BODY_BYTES } from '#operations/large-bodies';
import { webhookApp, type WebhookDeps } from './app.ts';

const SECRET = 'a signing secret';
const OWNER: InboxOwner = { kind: 'integration', companyId: 'company', integrationId: 'known', platform: 'shopify' };

interface Door {
  written: { owner: InboxOwner; delivery: AcceptedDelivery }[];
  greeted: InboxOwner[];
  logged: unknown[];
  post(body: BodyInit, options?: { path?: string; secret?: string; headers?: Record<string, string | null>; signed?: string | Buffer }): Promise<Response>;
}

function door(changes: Partial<WebhookDeps> = {}): Door {
  const written: Door['written'] = [];
  const logged: unknown[] = [];
  const greeted: InboxOwner[] = [];
  const note = (event: string, fields?: Record<string, unknown>): void => void logged.push([event, fields]);
  const app = webhookApp({
    findEndpoint: (platform, id) => Promise.resolve(platform === 'shopify' && id === 'known' ? { owner: OWNER, secret: SECRET } : null),
    accept: (owner, delivery) => {
      written.push({ owner, delivery });
      return Promise.resolve();
    },
    greeted: (owner) => {
      greeted.push(owner);
      return Promise.resolve();
    },
    now: () => new Date('2026-11-22T10:00:00Z'),
    makeId: () => 'made',
    log: { info: note, warn: note, error: note },
    ...changes,
  });
  return {
    written,
    greeted,
    logged,
    async post(body, { path = '/webhooks/shopify/known', secret = SECRET, headers = {}, signed } = {}) {
      const signature = createHmac('sha256', secret).update(signed ?? (typeof body === 'string' ? body : '')).digest('base64');
      const all = new Headers({ 'x-shopify-topic': 'orders/create', 'x-shopify-event-id': 'event-1', 'x-shopify-hmac-sha256': signature, cookie: 'private' });
      for (const [name, value] of Object.entries(headers)) {
        if (value === null) all.delete(name);
        else all.set(name, value);
      }
      return app.request(path, { method: 'POST', body, headers: all });
    },
  };
}

async function problem(response: Response): Promise<Record<string, unknown>> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return response.json();
}

describe('accepted', () => {
  it('writes the body exactly as it came, then answers 200 with nothing', async () => {
    const { post, written } = door();
    const body = '{ "id": 820982911946154509, "note": "é…\\r\\n" }\r\n';
    const response = await post(body, { headers: { 'x-shopify-triggered-at': '2026-11-22T09:59:59Z' } });
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(written).toEqual([{
      owner: OWNER,
      delivery: {
        deliveryId: 'orders/create:event-1',
        topic: 'orders/create',
        headers: { 'x-shopify-triggered-at': '2026-11-22T09:59:59Z' },
        body,
        receivedAt: '2026-11-22T10:00:00.000Z',
      },
    }]);
  });

  it('does not parse: a signed body that is not JSON is written too', async () => {
    const { post, written } = door();
    expect((await post('not json')).status).toBe(200);
    expect(written).toHaveLength(1);
  });

  it('waits for the write before it answers', async () => {
    let finish = (): void => undefined;
    const { post } = door({ accept: () => new Promise<void>((resolve) => { finish = resolve; }) });
    let answered = false;
    const response = post('{}').then((value) => { answered = true; return value; });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(answered).toBe(false);
    finish();
    expect((await response).status).toBe(200);
  });
});

describe('a greeting', () => {
  const greeting = { path: '/webhooks/woocommerce/shop', headers: { 'x-shopify-topic': null, 'x-shopify-hmac-sha256': null } };
  const endpoint = { owner: { ...OWNER, platform: 'woocommerce' }, secret: SECRET };

  it('is answered 200, noted, and written nowhere', async () => {
    const { post, written, greeted } = door({ findEndpoint: () => Promise.resolve(endpoint) });
    expect((await post('webhook_id=42', greeting)).status).toBe(200);
    expect([greeted, written]).toEqual([[endpoint.owner], []]);
  });

  it('is answered 200 even when it cannot be noted', async () => {
    const { post } = door({ findEndpoint: () => Promise.resolve(endpoint), greeted: () => Promise.reject(new Error('away')) });
    expect((await post('webhook_id=42', greeting)).status).toBe(200);
  });

  it.each([
    ['with a topic', 'webhook_id=42', { 'x-wc-webhook-topic': 'order.updated' }],
    ['that says more', 'webhook_id=42&order=1', {}],
  ])('%s is none, and has to be signed', async (_name, body, headers) => {
    const { post, greeted } = door({ findEndpoint: () => Promise.resolve(endpoint) });
    expect((await post(body, { ...greeting, headers: { ...greeting.headers, ...headers } })).status).toBe(401);
    expect(greeted).toEqual([]);
  });

  it('means nothing to a platform that does not greet', async () => {
    const { post } = door();
    expect((await post('webhook_id=42', { headers: { 'x-shopify-hmac-sha256': null } })).status).toBe(401);
  });
});

describe('refused, and nothing written', () => {
  it.each([
    ['another secret', { secret: 'other' }],
    ['a changed body', { signed: '{"id":2}' }],
    ['no signature', { headers: { 'x-shopify-hmac-sha256': null } }],
    ['a signature that is not base64', { headers: { 'x-shopify-hmac-sha256': '*' } }],
  ])('401 for %s', async (_name, options) => {
    const { post, written } = door();
    const response = await post('{"id":1}', options);
    expect(response.status).toBe(401);
    expect(await problem(response)).toMatchObject({ code: 'bad_signature', status: 401, requestId: 'made' });
    expect(written).toEqual([]);
  });

  it.each(['/webhooks/shopify/unknown', '/webhooks/nobody/known'])('404 for %s', async (path) => {
    const { post, written } = door();
    const response = await post('{}', { path });
    expect([response.status, (await problem(response))['code']]).toEqual([404, 'not_found']);
    expect(written).toEqual([]);
  });

  it('413 past the limit, whether or not the length is stated', async () => {
    const { post, written } = door();
    const big = new Uint8Array(LARGEST_BODY_BYTES + 1);
    expect((await post(big)).status).toBe(413);
    expect((await post('{}', { headers: { 'content-length': String(LARGEST_BODY_BYTES + 1) } })).status).toBe(413);
    expect(written).toEqual([]);
  });

  it('413, not "try again", when the inbox finds it too large', async () => {
    const { post } = door({ accept: () => Promise.reject(new AppError('too_large', 'A delivery may hold less')) });
    expect((await post('{}')).status).toBe(413);
  });

  it('404 for another method', async () => {
    const app = webhookApp({ findEndpoint: () => Promise.resolve(null), accept: () => Promise.resolve(), greeted: () => Promise.resolve(), now: () => new Date(0), makeId: () => 'made', log: { info: () => undefined, warn: () => undefined, error: () => undefined } });
    const response = await app.request('/webhooks/shopify/known');
    expect([response.status, (await problem(response))['code']]).toEqual([404, 'not_found']);
  });

  it('takes a body of exactly the limit', async () => {
    const { post } = door();
    expect((await post('x'.repeat(LARGEST_BODY_BYTES))).status).toBe(200);
  });

  it('400 when nothing names the event, and when the bytes are not text', async () => {
    const { post, written } = door();
    const unnamed = await post('{}', { headers: { 'x-shopify-topic': null } });
    expect([unnamed.status, (await problem(unnamed))['errors']]).toMatchObject([400, [{ path: 'X-Shopify-Topic' }]]);
    const binary = Buffer.from([0x7b, 0xff, 0x7d]);
    expect((await post(binary, { signed: binary })).status).toBe(400);
    expect(written).toEqual([]);
  });

  it.each([
    ['the write fails', { accept: () => Promise.reject(new Error('disk at 10.0.0.1 is full')) }],
    ['the endpoint cannot be looked up', { findEndpoint: () => Promise.reject(new Error('database at 10.0.0.1 is gone')) }],
  ])('503 with Retry-After when %s, and why stays in the log', async (_name, changes) => {
    const { post, logged } = door(changes);
    const response = await post('{}');
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '10']);
    const body = await problem(response);
    expect(body['code']).toBe('unavailable');
    expect(JSON.stringify(body)).not.toContain('10.0.0.1');
    expect(JSON.stringify(logged)).toContain('10.0.0.1');
  });
});
