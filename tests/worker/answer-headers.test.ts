/** What browsers are told by every kind of answer: pages, data of pages, redirects, refusals, errors, API, webhooks, health. */
import { expect, it } from 'vitest';
import { call, newCompany } from './api-client.ts';

const SAME_EVERYWHERE = {
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

const KINDS: readonly (readonly [method: string, path: string, status: number, headers?: Record<string, string>, body?: string])[] = [
  ['GET', '/sign-in', 200], ['GET', '/', 302], ['GET', '/no-such-page', 302], ['GET', '/sign-in.data', 200], ['POST', '/sign-in', 403, { origin: 'https://evil.example' }, 'a=b'],
  ['GET', '/api/v1/company', 401], ['GET', '/api/v1/company', 200, {}], ['GET', '/api/v1/nothing', 404, {}], ['PATCH', '/api/v1/company', 400, {}, '{'],
  ['GET', '/api/openapi.json', 200], ['GET', '/api/docs', 200], ['GET', '/api/nothing', 404], ['OPTIONS', '/api/v1/company', 204, { origin: 'https://a.example', 'access-control-request-method': 'GET' }],
  ['GET', '/healthz', 200], ['GET', '/readyz', 200], ['GET', '/.well-known/jwks.json', 200], ['POST', '/webhooks/shopify/none', 404, {}, 'x'], ['GET', '/webhooks/shopify/none', 404],
];

it('are there on every kind of answer, and no policy names unsafe-inline', async () => {
  const { as } = await newCompany();
  const nonces = new Set<string>();
  for (const [method, path, status, headers, body] of KINDS) {
    const answer = await call(method, path, { headers: { ...(headers !== undefined && Object.keys(headers).length === 0 ? as : {}), ...headers }, ...(body === undefined ? {} : { body }) });
    const what = `${method} ${path} ${String(status)}`;
    expect(`${method} ${path} ${String(answer.status)}`).toBe(what);
    expect(Object.fromEntries(Object.keys(SAME_EVERYWHERE).map((name) => [name, answer.headers.get(name)])), what).toEqual(SAME_EVERYWHERE);
    const isPage = answer.headers.get('content-type')?.startsWith('text/html') === true && path !== '/api/docs';
    expect(answer.headers.get('referrer-policy'), what).toBe(isPage ? 'same-origin' : 'no-referrer');
    expect(answer.headers.get('permissions-policy'), what).toContain('camera=()');
    expect(answer.headers.get('cache-control'), what).toMatch(/no-store|^public, max-age=/);
    const policy = answer.headers.get('content-security-policy') ?? '';
    // Forms may lead to providers of identities, nothing else to anybody.
    expect(policy.replace(/form-action[^;]*/, ''), what).not.toMatch(/https?:/);
    expect(policy, what).not.toMatch(/unsafe|\*/);
    expect(policy, what).toMatch(/default-src '(self|none)'/);
    for (const part of ["base-uri 'none'", "frame-ancestors 'none'", isPage ? "object-src 'none'" : "default-src 'none'", isPage ? "form-action 'self'" : "form-action 'none'"]) expect(policy, what).toContain(part);
    const nonce = /script-src 'self' 'nonce-([^']+)'/.exec(policy)?.[1];
    expect(nonce !== undefined, what).toBe(isPage);
    if (nonce === undefined) continue;
    expect(nonces.has(nonce), what).toBe(false);
    nonces.add(nonce);
    expect(policy).toContain(`style-src 'self' 'nonce-${nonce}'`);
    expect(policy).toContain("connect-src 'self' wss://perennial.test;");
    const scripts = String(answer.body).match(/<script[^>]*>/g) ?? [];
    expect(scripts.length).toBeGreaterThan(2);
    expect(scripts.filter((script) => !script.includes(`nonce="${nonce}"`))).toEqual([]);
  }
});
