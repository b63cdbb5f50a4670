/** The way out, against real servers: where it refuses to go, and how long it waits. */
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { makeOutside, publicResolver } from './outside.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

const SHOP = 'https://fernway.myshopify.com';
const OTHER = 'https://files.shopify.example';

describe('outside', () => {
  it('leads a public origin to its local server, path and query kept', async () => {
    const local = await serve((request, response) => response.end(`${request.method ?? ''} ${request.url ?? ''} ${String(request.headers['x-key'])}`));
    const outside = makeOutside({ origins: new Map([[SHOP, local]]), resolve: null });
    const answer = await outside.fetch(`${SHOP}/admin/a?b=c`, { method: 'POST', headers: { 'x-key': 'k' }, body: 'hello' });
    expect(await answer.text()).toBe('POST /admin/a?b=c k');
  });

  it('calls nobody inside, not even by a redirect', async () => {
    const local = await serve((request, response) => response.writeHead(302, { location: request.url === '/http' ? 'http://127.0.0.1:1/' : 'https://169.254.169.254/latest' }).end());
    const outside = makeOutside({ origins: new Map([[SHOP, local]]), resolve: null });
    for (const url of [local, 'https://127.0.0.1/', 'https://[::1]/', 'ftp://shop.example.com/', 'nonsense', `${SHOP}/`, `${SHOP}/http`]) {
      await expect(outside.fetch(url)).rejects.toMatchObject({ code: 'invalid_input' });
    }
    expect((await outside.fetch(`${SHOP}/`, { redirect: 'manual' })).status).toBe(302);
  });

  it('asks the resolver, and refuses a public name with any private address', async () => {
    const reached: string[] = [];
    const resolved: Record<string, string[]> = { 'good.example.com': ['93.184.216.34'], 'mixed.example.com': ['93.184.216.34', '10.0.0.1'], 'six.example.com': ['::1'], 'none.example.com': [] };
    const outside = makeOutside({
      origins: new Map(), resolve: async (host) => resolved[host] ?? [],
      fetch: async (input) => {
        reached.push(input instanceof Request ? input.url : String(input));
        return new Response('ok');
      },
    });
    expect(await (await outside.fetch('https://good.example.com/x')).text()).toBe('ok');
    await expect(outside.fetch('https://mixed.example.com/')).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(outside.fetch('https://six.example.com/')).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(outside.fetch('https://none.example.com/')).rejects.toMatchObject({ code: 'unavailable' });
    expect(reached).toEqual(['https://good.example.com/x']);
  });

  it('takes keys to no other origin, and follows at most five redirects', async () => {
    let seen: unknown = null;
    const files = await serve((request, response) => {
      seen = { key: request.headers['x-key'] ?? null, range: request.headers.range ?? null };
      response.end('file');
    });
    const shop = await serve((request, response) => response.writeHead(302, { location: request.url === '/loop' ? '/loop' : `${OTHER}/f` }).end());
    const outside = makeOutside({ origins: new Map([[SHOP, shop], [OTHER, files]]), resolve: null });
    expect(await (await outside.fetch(`${SHOP}/file`, { headers: { 'x-key': 'secret', range: 'bytes=5-' } })).text()).toBe('file');
    expect(seen).toEqual({ key: null, range: 'bytes=5-' });
    await expect(outside.fetch(`${SHOP}/loop`)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(outside.fetch(`${SHOP}/file`, { method: 'PUT', body: 'x' })).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('waits for headers, and for each piece of the body, no longer than said', async () => {
    const local = await serve((request, response) => {
      if (request.url === '/never') return;
      response.write('first');
      // Slow but alive: four pieces in more than the patience for one.
      if (request.url === '/slow') [1, 2, 3].forEach((n) => setTimeout(() => (n === 3 ? response.end('.') : response.write('.')), n * 120));
    });
    const outside = makeOutside({ origins: new Map([[SHOP, local]]), resolve: null });
    const patience = { timeoutSeconds: 0.25 };
    await expect(outside.fetch(`${SHOP}/never`, patience)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('did not answer in time') });
    expect(await (await outside.fetch(`${SHOP}/slow`, patience)).text()).toBe('first...');
    await expect((await outside.fetch(`${SHOP}/stuck`, patience)).text()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('reads addresses, and nothing else, from what the resolver answers', async () => {
    const resolve = publicResolver(async (input) => Response.json({
      Status: 0,
      Answer: JSON.stringify(input).includes('AAAA') ? [{ type: 28, data: '2606:4700::1' }] : [{ type: 5, data: 'edge.example.net.' }, { type: 1, data: '1.1.1.1' }],
    }));
    expect(await resolve('shop.example.com')).toEqual(['1.1.1.1', '2606:4700::1']);
    await expect(publicResolver(async () => { throw new Error('offline'); })('x.example.com')).rejects.toMatchObject({ code: 'unavailable' });
  });
});
