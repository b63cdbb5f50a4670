/** One shop's day of webhooks, payload by payload, against sums checked by hand. */
import { describe, expect, it } from 'vitest';
import type { CanonicalRecord, OrderRecord, RefundRecord } from '#core/commerce/record';
import { fixture, haveFixtures } from '../../../tests/support/fixtures.ts';
import { shopify } from './connector.ts';

const RECEIVED = '2026-11-22T00:00:00.000Z';

function normalise(topic: string, path: string, headers: Record<string, string> = {}): CanonicalRecord[] {
  return shopify.normalise({ topic, headers, body: fixture(path) }, { currency: 'EUR', receivedAt: RECEIVED });
}

function onlyOrder(records: CanonicalRecord[]): OrderRecord {
  const [record] = records;
  if (records.length !== 1 || record?.kind !== 'order') throw new Error('expected one order');
  return record;
}

function onlyRefund(records: CanonicalRecord[]): RefundRecord {
  const [record] = records;
  if (records.length !== 1 || record?.kind !== 'refund') throw new Error('expected one refund');
  return record;
}

const AMOUNTS = { currency: 'USD', given: null, goods: 39800, discount: 2000, tax: 0, shipping: 1000, tip: 0 };

describe.skipIf(!haveFixtures)('one shop’s day', () => {
  it('keeps the pending order and does not count it', () => {
    expect(normalise('orders/create', 'shopify_derived/day/01_orders_create.pending.json')).toEqual([
      {
        kind: 'order',
        source: 'shopify',
        externalId: '820982911946154509',
        version: { updatedAt: '2026-11-20T15:15:00.000Z', rank: 10 },
        occurredAt: '2026-11-20T15:14:58.000Z',
        customer: { externalId: '115310627314723954', email: 'john@example.com', name: 'John Smith', country: 'CA' },
        amounts: AMOUNTS,
        status: 'pending',
        counts: false,
        type: 'purchase',
        channel: 'web',
        items: [
          { productId: '632910392', sku: 'IPOD2008PINK', name: 'IPod Nano - 8GB', category: null, quantity: 1, amount: 18900 },
          { productId: '632910392', sku: 'IPOD2008PINK', name: 'IPod Nano - 8GB', category: null, quantity: 1, amount: 18900 },
        ],
        label: '#1001',
        paymentKeys: [],
        precedence: 80,
      },
    ]);
  });

  it('counts the paid order: 398.00 − 20.00 = 378.00 net, shipping apart', () => {
    const order = onlyOrder(normalise('orders/paid', 'shopify_derived/day/02_orders_paid.json'));
    expect(order).toMatchObject({ counts: true, status: 'paid', amounts: AMOUNTS, version: { updatedAt: '2026-11-20T15:16:30.000Z', rank: 40 } });
    expect(order.amounts.goods - order.amounts.discount).toBe(37800);
  });

  it('refunds one line of 189.00 on the next day, under the order', () => {
    expect(onlyRefund(normalise('refunds/create', 'shopify_derived/day/03_refunds_create.partial.json'))).toEqual({
      kind: 'refund',
      source: 'shopify',
      externalId: '890088186047892320',
      version: { updatedAt: '2026-11-21T14:00:00.000Z', rank: 40 },
      occurredAt: '2026-11-21T14:00:00.000Z',
      orderExternalId: '820982911946154509',
      customer: null,
      amounts: { currency: 'USD', given: null, goods: 18900, discount: 0, tax: 0, shipping: 0, tip: 0 },
      status: 'refunded',
      counts: true,
      items: [{ productId: '632910392', sku: 'IPOD2008PINK', name: 'IPod Nano - 8GB', category: null, quantity: 1, amount: 18900 }],
    });
  });

  it('does not net the refund twice when the late update says partially refunded', () => {
    const order = onlyOrder(normalise('orders/updated', 'shopify_derived/day/04_orders_updated.partially_refunded.json'));
    expect(order).toMatchObject({ counts: true, status: 'partially_refunded', amounts: AMOUNTS, version: { updatedAt: '2026-11-21T14:00:01.000Z', rank: 50 } });
  });

  it('does not count the order cancelled before payment', () => {
    const order = onlyOrder(normalise('orders/cancelled', 'shopify_derived/day/05_orders_cancelled.json'));
    expect(order).toMatchObject({ externalId: '820982911946154511', counts: false, status: 'cancelled', version: { rank: 80 } });
  });

  it('updates the customer, whose consent nobody has stated', () => {
    expect(normalise('customers/update', 'shopify_derived/day/06_customers_update.json')).toEqual([
      {
        kind: 'customer',
        source: 'shopify',
        externalId: '706405506930370084',
        version: { updatedAt: '2026-11-21T15:00:00.000Z', rank: 20 },
        email: 'bob@biller.com',
        name: 'Bob Biller',
        country: null,
        acquisitionChannel: null,
        acquisitionCost: null,
        acquiredOn: null,
        consentEmail: 'unknown',
        attributes: { tags: ['vip'] },
      },
    ]);
  });

  it('merges the deleted customer into the kept one', () => {
    expect(normalise('customers/merge', 'shopify_derived/day/07_customers_merge.completed.json')).toEqual([{
      kind: 'merge', source: 'shopify', externalId: 'merge:2:1', version: { updatedAt: RECEIVED, rank: 0 },
      kept: { externalId: '1', email: null, name: null, country: null }, gone: { externalId: '2', email: null, name: null, country: null },
    }]);
  });

  it('sums to 378.00 sold, 189.00 refunded and 189.00 kept, in whatever order the day arrives', () => {
    const day: [string, string][] = [
      ['orders/updated', '04_orders_updated.partially_refunded'],
      ['orders/cancelled', '05_orders_cancelled'],
      ['orders/paid', '02_orders_paid'],
      ['refunds/create', '03_refunds_create.partial'],
      ['orders/create', '01_orders_create.pending'],
      ['refunds/create', '03_refunds_create.partial'],
    ];
    const newest = new Map<string, OrderRecord | RefundRecord>();
    for (const [topic, name] of day) {
      for (const record of normalise(topic, `shopify_derived/day/${name}.json`)) {
        if (record.kind !== 'order' && record.kind !== 'refund') continue;
        const key = `${record.kind}:${record.externalId}`;
        const known = newest.get(key);
        const age = (one: OrderRecord | RefundRecord): string => `${one.version.updatedAt}/${String(one.version.rank).padStart(2, '0')}`;
        if (!known || age(record) > age(known)) newest.set(key, record);
      }
    }
    const counted = [...newest.values()].filter((record) => record.counts);
    const net = (kind: 'order' | 'refund'): number =>
      counted.filter((record) => record.kind === kind).reduce((sum, record) => sum + record.amounts.goods - record.amounts.discount, 0);
    expect([net('order'), net('refund'), net('order') - net('refund')]).toEqual([37800, 18900, 18900]);
  });
});

describe.skipIf(!haveFixtures)('Shopify’s own samples', () => {
  it.each(['shopify/orders_create.json', 'shopify_derived/orders_create.exact_ids.json'])('keys %s by its exact id, though one copy rounded it', (path) => {
    const order = onlyOrder(normalise('orders/create', path));
    expect(order).toMatchObject({
      externalId: '820982911946154508',
      occurredAt: '2022-01-01T00:00:00.000Z',
      status: 'test',
      counts: false,
      customer: { externalId: '115310627314723954' },
      amounts: AMOUNTS,
    });
  });

  it('reads the later state of the same order', () => {
    const updated = onlyOrder(normalise('orders/updated', 'shopify_derived/orders_updated.json'));
    const created = onlyOrder(normalise('orders/create', 'shopify_derived/orders_create.exact_ids.json'));
    expect(updated.externalId).toBe(created.externalId);
    expect(updated.version.updatedAt > created.version.updatedAt).toBe(true);
    expect(updated.amounts).toEqual(AMOUNTS);
  });

  it.each(['shopify/refunds_create.json', 'shopify_derived/refunds_create.exact_ids.json'])('counts nothing of %s: goods came back, no money went', (path) => {
    expect(onlyRefund(normalise('refunds/create', path))).toMatchObject({
      externalId: '890088186047892319',
      status: 'no_money',
      counts: false,
      amounts: { goods: 0, tax: 0, shipping: 0 },
    });
  });

  it('dates a refund without times by when Shopify triggered it, not by when a retry arrived', () => {
    const headers = { 'x-shopify-triggered-at': '2026-11-20T10:00:00.123456789Z' };
    const refund = onlyRefund(normalise('refunds/create', 'shopify_derived/refunds_create.exact_ids.json', headers));
    expect([refund.occurredAt, refund.version.updatedAt]).toEqual(['2026-11-20T10:00:00.123Z', '2026-11-20T10:00:00.123Z']);
  });

  it.each(['shopify/customers_create.json', 'shopify_derived/customers_create.exact_ids.json'])('keys the customer of %s exactly', (path) => {
    expect(normalise('customers/create', path)).toMatchObject([
      { externalId: '706405506930370084', email: 'bob@biller.com', consentEmail: 'unknown', version: { updatedAt: '2022-01-01T00:00:00.000Z', rank: 10 } },
    ]);
  });

  it('reads an authorised order of an older API version, and does not count it', () => {
    const body = JSON.stringify(JSON.parse(fixture('shopify_rest/order.json')).order);
    const [order] = shopify.normalise({ topic: 'orders/create', headers: {}, body }, { currency: 'EUR', receivedAt: RECEIVED });
    expect(order).toMatchObject({
      externalId: '450789469',
      occurredAt: '2008-01-10T16:00:00.000Z',
      status: 'authorized',
      counts: false,
      amounts: { currency: 'USD', goods: 39800, discount: 0, tax: 1194, shipping: 0 },
    });
  });

  it('takes the refund of an older API version from the money that moved: 209.00', () => {
    const body = JSON.stringify(JSON.parse(fixture('shopify_rest/refund.json')).refund);
    const [refund] = shopify.normalise({ topic: 'refunds/create', headers: {}, body }, { currency: 'USD', receivedAt: RECEIVED });
    expect(refund).toMatchObject({ externalId: '509562969', orderExternalId: '450789469', counts: true, amounts: { goods: 20900 } });
  });

  it('takes a customer without an id for a guest known by e-mail', () => {
    const body = JSON.stringify(JSON.parse(fixture('shopify_rest/go_order.json')).order);
    const [order] = shopify.normalise({ topic: 'orders/create', headers: {}, body }, { currency: 'USD', receivedAt: RECEIVED });
    expect(order).toMatchObject({ customer: { externalId: null, email: 'john@test.com' }, amounts: { goods: 500, discount: 500, shipping: 1000, tax: 0 } });
  });
});
