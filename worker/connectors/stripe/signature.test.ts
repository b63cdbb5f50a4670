/** Signatures as the platform's own client makes them. */
import Stripe from 'stripe';
import { expect, it } from 'vitest';
import { stripe } from './connector.ts';

const client = new Stripe('sk_test_unused');
const secret = 'whsec_c2VjcmV0IG9mIGEgdGVzdCBlbmRwb2ludA';
const body = JSON.stringify({ id: 'evt_1', object: 'event', type: 'charge.succeeded', note: 'naïve € 𝄞' });
const now = new Date('2026-11-22T12:00:00Z');
const seconds = now.getTime() / 1000;

const headerOf = (over: { secret?: string; timestamp?: number; payload?: string } = {}): string =>
  client.webhooks.generateTestHeaderString({ payload: over.payload ?? body, secret: over.secret ?? secret, timestamp: over.timestamp ?? seconds });
const check = (header: string, bytes = body, withSecret = secret): Promise<boolean> =>
  stripe.verify({ headers: { 'stripe-signature': header }, body: new TextEncoder().encode(bytes) }, withSecret, now);

it('accepts what the official client signs, and the official client what we take for signed', async () => {
  const header = headerOf();
  expect(await check(header)).toBe(true);
  expect(client.webhooks.signature?.verifyHeader(body, header, secret, 300, undefined, now.getTime())).toBe(true);
});

it('refuses another body, another secret, another time and a broken header', async () => {
  const header = headerOf();
  expect(await check(header, `${body} `)).toBe(false);
  expect(await check(header, body, 'whsec_other')).toBe(false);
  expect(await check(header.replace(`t=${seconds}`, `t=${seconds + 1}`))).toBe(false);
  for (const broken of ['', 't=', `t=${seconds}`, `t=${seconds},v1=`, `t=${seconds},v1=zz`, 'v1=00', `t=x,v1=${'0'.repeat(64)}`, header.replace('v1=', 'v0=')]) {
    expect(await check(broken)).toBe(false);
  }
});

it('takes either secret while one rolls', async () => {
  const old = headerOf({ secret: 'whsec_old' });
  const rolled = `${headerOf()},${old.slice(old.indexOf('v1='))}`;
  expect(await check(rolled)).toBe(true);
  expect(await check(rolled, body, 'whsec_old')).toBe(true);
  expect(await check(rolled, body, 'whsec_third')).toBe(false);
});

it('lets 300 seconds pass, either way', async () => {
  expect(await check(headerOf({ timestamp: seconds - 300 }))).toBe(true);
  expect(await check(headerOf({ timestamp: seconds - 301 }))).toBe(false);
  expect(await check(headerOf({ timestamp: seconds + 300 }))).toBe(true);
  expect(await check(headerOf({ timestamp: seconds + 301 }))).toBe(false);
});
