/** The signatures that our tests make are Shopify's: its own library takes them, and agrees with ours on each. */
import { createHmac } from 'node:crypto';
import '@shopify/shopify-api/adapters/web-api';
import { ApiVersion, shopifyApi } from '@shopify/shopify-api';
import { describe, expect, it } from 'vitest';
import { fixture, haveFixtures } from '../../../tests/support/fixtures.ts';
import { shopify } from './connector.ts';

const SECRET = 'the client secret of an app';
const now = new Date('2026-11-22T08:00:00Z');
const theirs = shopifyApi({ apiKey: 'key', apiSecretKey: SECRET, scopes: [], hostName: 'perennial.example', apiVersion: ApiVersion.October25, isEmbeddedApp: false, logger: { log: () => undefined } });

async function judge(body: string, signature: string): Promise<{ ours: boolean; theirs: boolean }> {
  const headers = {
    'x-shopify-topic': 'orders/create', 'x-shopify-hmac-sha256': signature, 'x-shopify-shop-domain': 'test-shop.myshopify.com', 'x-shopify-api-version': '2025-10',
    'x-shopify-webhook-id': 'w1', 'x-shopify-event-id': 'e1',
  };
  const rawRequest = new Request('https://perennial.example/webhooks/shopify/1', { method: 'POST', headers, body });
  const said = await theirs.webhooks.validate({ rawBody: body, rawRequest });
  return { ours: await shopify.verify({ headers, body: new TextEncoder().encode(body) }, SECRET, now), theirs: said.valid };
}

describe.skipIf(!haveFixtures)('Shopify’s own library', () => {
  it.each(['shopify_derived/day/02_orders_paid.json', 'shopify/refunds_create.json'])('takes our signature of %s, and agrees on what is wrong', async (file) => {
    const body = fixture(file);
    const sign = (text: string, secret: string): string => createHmac('sha256', secret).update(text).digest('base64');
    expect(await judge(body, sign(body, SECRET))).toEqual({ ours: true, theirs: true });
    expect(await judge(body, sign(body, 'another'))).toEqual({ ours: false, theirs: false });
    expect(await judge(`${body} `, sign(body, SECRET))).toEqual({ ours: false, theirs: false });
  });
});
