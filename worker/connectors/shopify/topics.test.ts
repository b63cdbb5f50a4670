/** Shopify's other topics, sample by sample: what each asks of us, written out by hand. */
import { describe, expect, it } from 'vitest';
import type { CanonicalRecord } from '#core/commerce/record';
import { fixture, haveFixtures } from '../../../tests/support/fixtures.ts';
import { shopify } from './connector.ts';

const RECEIVED = '2026-11-22T00:00:00.000Z';
const TRIGGERED = '2026-11-20T10:00:00.123Z';
const headers = { 'x-shopify-triggered-at': '2026-11-20T10:00:00.123456789Z' };

function read(topic: string, body: string): CanonicalRecord[] {
  return shopify.normalise({ topic, headers, body }, { currency: 'EUR', receivedAt: RECEIVED });
}
const sample = (topic: string, file: string) => read(topic, fixture(`shopify/${file}.json`));
const changed = (topic: string, file: string, change: Record<string, unknown>) => read(topic, JSON.stringify({ ...JSON.parse(fixture(`shopify/${file}.json`)), ...change }));
const nobody = { email: null, name: null, country: null };

describe.skipIf(!haveFixtures)('people', () => {
  it('asks nothing of a merge that failed', () => {
    expect(sample('customers/merge', 'customers_merge')).toEqual([]);
    expect(shopify.nothingToDo?.['customers/merge']).toBe('The merge has not been completed');
  });

  it('erases whom customers/redact names, by id and address', () => {
    expect(sample('customers/redact', 'customers_redact')).toEqual([{
      kind: 'privacy', source: 'shopify', externalId: 'erasure:191167', version: { updatedAt: TRIGGERED, rank: 0 }, request: 'erasure', requestedAt: TRIGGERED,
      subject: { externalId: '191167', email: 'john@example.com', name: null, country: null },
    }]);
  });

  it('keeps a request for data under its own number', () => {
    expect(sample('customers/data_request', 'customers_data_request')).toMatchObject([{ request: 'data_request', externalId: 'data_request:9999', subject: { externalId: '191167' } }]);
  });

  it('reads a deleted customer by the exact id', () => {
    expect(sample('customers/delete', 'customers_delete')).toMatchObject([{ request: 'deletion', externalId: 'deleted:706405506930370084', subject: { externalId: '706405506930370084', ...nobody } }]);
  });

  it('reads the end of a shop, each time as a request of its own', () => {
    expect(sample('shop/redact', 'shop_redact')).toMatchObject([{ request: 'shop_erasure', externalId: `shop_erasure:${TRIGGERED}`, subject: null }]);
    expect(sample('app/uninstalled', 'app_uninstalled')).toMatchObject([{ request: 'uninstalled', externalId: `uninstalled:${TRIGGERED}`, subject: null, requestedAt: TRIGGERED }]);
  });

  it('takes consent as part of the profile, and says nothing where nothing is said', () => {
    expect(sample('customers_email_marketing_consent/update', 'customers_email_marketing_consent_update')).toMatchObject([{ kind: 'customer', consentEmail: 'unknown', name: null, version: { updatedAt: TRIGGERED } }]);
    expect(changed('customers/email_marketing_consent_update', 'customers_email_marketing_consent_update',
      { customer_id: 7, email_address: 'bob@biller.com', email_marketing_consent: { state: 'unsubscribed', consent_updated_at: '2026-11-19T09:00:00+01:00' } }))
      .toMatchObject([{ externalId: '7', email: 'bob@biller.com', consentEmail: 'denied', attributes: {}, version: { updatedAt: '2026-11-19T08:00:00.000Z' } }]);
    expect(changed('customers_marketing_consent/update', 'customers_marketing_consent_update', { id: 7, sms_marketing_consent: { state: 'SUBSCRIBED' } }))
      .toMatchObject([{ externalId: '7', consentEmail: 'unknown', attributes: { sms_consent: 'subscribed' } }]);
  });
});

describe.skipIf(!haveFixtures)('disputes', () => {
  it('count 11.50 CAD while under review, on the day they began', () => {
    expect(sample('disputes/create', 'disputes_create')).toEqual([{
      kind: 'refund', source: 'shopify', externalId: 'dispute:285332461850802050', version: { updatedAt: TRIGGERED, rank: 20 }, occurredAt: '2022-01-01T00:00:00.000Z',
      orderExternalId: '820982911946154500', customer: null, amounts: { currency: 'CAD', given: 1150, goods: 0, discount: 0, tax: 0, shipping: 0, tip: 0 },
      status: 'chargeback under review', counts: true, items: [],
    }]);
  });

  it.each([
    ['chargeback', 'needs_response', true], ['chargeback', 'lost', true], ['chargeback', 'accepted', true],
    ['chargeback', 'won', false], ['chargeback', 'prevented', false], ['chargeback', 'charge_refunded', false], ['chargeback', 'brand_new', false],
    ['inquiry', 'needs_response', false], ['inquiry', 'lost', false],
  ])('%s, %s: counts %s', (type, status, counts) => {
    expect(changed('disputes/update', 'disputes_create', { type, status })).toMatchObject([{ counts }]);
  });
});

describe.skipIf(!haveFixtures)('payments and parcels', () => {
  it('makes an event of a fulfilment, for whoever ordered', () => {
    expect(sample('fulfillments/create', 'fulfillments_create')).toEqual([{
      kind: 'event', source: 'shopify', externalId: 'fulfillment:123456', version: { updatedAt: '2022-01-01T00:00:00.000Z', rank: 0 }, type: 'order_fulfilled',
      occurredAt: '2022-01-01T00:00:00.000Z', customer: { externalId: null, email: 'jon@example.com', name: null, country: null }, anonymousId: null, sessionId: null,
      properties: { order_id: '820982911946154500', status: 'pending', items: 2, carrier: 'UPS' },
    }]);
    expect(changed('fulfillments/update', 'fulfillments_create', { status: 'cancelled' })).toEqual([]);
  });

  it('reads the order that orders/fulfilled carries', () => {
    expect(read('orders/fulfilled', fixture('shopify_derived/day/02_orders_paid.json'))).toMatchObject([{ kind: 'order', externalId: '820982911946154509', counts: true }]);
  });

  it('takes an order that was deleted out of the count, and knows no more of it', () => {
    expect(sample('orders/delete', 'orders_delete')).toMatchObject([{
      kind: 'order', externalId: '788032119674292900', status: 'deleted', counts: false, stateOnly: true, version: { rank: 90 }, customer: null, items: [],
    }]);
  });

  it('asks nothing of an edit, nor of a payment at a gateway it does not know', () => {
    expect(sample('orders/edited', 'orders_edited')).toEqual([]);
    expect(sample('order_transactions/create', 'order_transactions_create')).toEqual([]);
    expect(sample('tender_transactions/create', 'tender_transactions_create')).toEqual([]);
  });

  it('names the payment at Stripe, wherever Shopify says it', () => {
    const said = { kind: 'sale', order_id: 1001, authorization: 'ch_3NirD82eZvKYlo2C', receipt: { payment_intent: 'pi_3NirD82eZvKYlo2CIvbtLWuY', id: 'ch_3NirD82eZvKYlo2C', object: 'charge' } };
    expect(changed('order_transactions/create', 'order_transactions_create', said)).toEqual([{
      kind: 'payment_link', source: 'shopify', externalId: 'transaction:120560818172775265', version: { updatedAt: '2022-01-01T00:00:00.000Z', rank: 0 },
      paymentKeys: ['shopify:1001', 'stripe:ch_3NirD82eZvKYlo2C', 'stripe:pi_3NirD82eZvKYlo2CIvbtLWuY'],
    }]);
    for (const not of [{ kind: 'refund' }, { status: 'failure' }, { test: true }]) expect(changed('order_transactions/create', 'order_transactions_create', { ...said, ...not })).toEqual([]);
    expect(changed('tender_transactions/create', 'tender_transactions_create', { id: 5, order_id: 1001, remote_reference: 'pi_3NirD82eZvKYlo2CIvbtLWuY' }))
      .toMatchObject([{ externalId: 'tender:5', paymentKeys: ['shopify:1001', 'stripe:pi_3NirD82eZvKYlo2CIvbtLWuY'] }]);
  });

  it.each([
    ['app_subscriptions/update', 'app_subscriptions_update'], ['bulk_operations/finish', 'bulk_operations_finish'], ['carts/create', 'carts_create'],
    ['checkouts/create', 'checkouts_create'], ['customer_groups/create', 'customer_groups_create'],
    ['products/update', 'products_update'], ['subscription_contracts/create', 'subscription_contracts_create'],
  ])('acknowledges %s as nothing to do', (topic, file) => {
    expect(sample(topic, file)).toEqual([]);
  });
});
