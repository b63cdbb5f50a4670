/** Every connector keeps the promises of the shape: this loops over the registry. */
import { describe, expect, it } from 'vitest';
import { connectorFor, connectors } from './registry.ts';

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const context = { currency: 'USD', receivedAt: '2026-11-22T00:00:00.000Z' };
const now = new Date('2026-11-01T00:00:00Z');

it('has each platform once, findable by name', () => {
  expect(new Set(connectors.map((connector) => connector.platform)).size).toBe(connectors.length);
  for (const connector of connectors) expect(connectorFor(connector.platform)).toBe(connector);
  expect(connectorFor('nobody')).toBeNull();
});

describe.each(connectors.map((connector) => [connector.platform, connector] as const))('%s', (platform, connector) => {
  it('can be a path segment and a source', () => {
    expect(platform).toMatch(/^[a-z][a-z0-9-]{1,30}$/);
  });

  it('asks for its webhook secret and explains itself', () => {
    const secret = connector.settings.find((field) => field.key === 'webhookSecret');
    expect(secret?.kind).toBe('secret');
    expect(new Set(connector.settings.map((field) => field.key)).size).toBe(connector.settings.length);
    for (const field of connector.settings) expect([field.label, field.help].every((text) => text.length > 3)).toBe(true);
    expect(connector.setup.length).toBeGreaterThan(1);
    expect(new Set(connector.topics).size).toBe(connector.topics.length);
  });

  it('refuses an unsigned, a wrongly signed and a secretless request without throwing', async () => {
    const request = { headers: {}, body: bytes('{}') };
    expect(await connector.verify(request, 'secret', now)).toBe(false);
    expect(await connector.verify(request, '', now)).toBe(false);
    const everyHeader = { 'x-shopify-hmac-sha256': 'not base64 %%', 'stripe-signature': 't=1,v1=00', 'x-wc-webhook-signature': 'AAAA' };
    expect(await connector.verify({ ...request, headers: everyHeader }, 'secret', now)).toBe(false);
  });

  it('says so when the headers do not name the event', () => {
    expect(() => connector.envelope({ headers: {}, body: bytes('{}') }, () => 'made')).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });

  it('asks nothing of a topic it does not know', () => {
    expect(connector.normalise({ topic: 'no/such_topic', headers: {}, body: '{}' }, context)).toEqual([]);
  });

  it.each(connector.topics.map((topic) => [topic]))('refuses a broken %s as invalid input', (topic) => {
    for (const body of ['', 'null', '[]', '{"id":{}}', '{"id":']) {
      expect(() => connector.normalise({ topic, headers: {}, body }, context)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
    }
  });
});
