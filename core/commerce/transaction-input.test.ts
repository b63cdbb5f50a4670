/** Transactions and customers from the API: what becomes of them, and what each refusal says. */
import { describe, expect, it } from 'vitest';
import type { InputContext } from './batch-input.ts';
import { parseCustomers } from './customer-input.ts';
import { canonicalRecordSchema } from './record-schema.ts';
import { parseTransactions } from './transaction-input.ts';

function context(): InputContext {
  let made = 0;
  return { source: 'api', currency: 'USD', timeZone: 'America/New_York', now: new Date('2026-11-22T10:00:00Z'), makeId: () => `made-${String((made += 1))}` };
}

const good = { externalId: 'o1', customer: { externalId: 'c1', email: 'a@b.c' }, occurredAt: '2026-11-20T10:15:00-05:00', amount: '12.34', currency: 'eur', type: 'purchase' };

describe('transactions', () => {
  it('become records', () => {
    const { accepted, rejected } = parseTransactions([{ ...good, channel: 'shop', orderId: '#7', items: [{ productId: 5, name: 'Mug', quantity: 2, price: 3 }, { sku: 'X', amount: '6.34' }] }], context());
    expect(rejected).toEqual([]);
    expect(accepted).toEqual([{
      kind: 'order',
      source: 'api',
      externalId: 'o1',
      version: { updatedAt: '2026-11-22T10:00:00.000Z', rank: 0 },
      occurredAt: '2026-11-20T15:15:00.000Z',
      customer: { externalId: 'c1', email: 'a@b.c', name: null, country: null },
      amounts: { currency: 'EUR', given: 1234, goods: 0, discount: 0, tax: 0, shipping: 0, tip: 0 },
      status: 'paid',
      counts: true,
      type: 'purchase',
      channel: 'shop',
      items: [
        { productId: '5', sku: null, name: 'Mug', category: null, quantity: 2, amount: 600 },
        { productId: null, sku: 'X', name: 'X', category: null, quantity: 1, amount: 634 },
      ],
      label: '#7',
      paymentKeys: [],
      precedence: 70,
    }]);
    expect(canonicalRecordSchema.parse(JSON.parse(JSON.stringify(accepted[0])))).toEqual(accepted[0]);
  });

  it('take refunds under their order, positive or negative', () => {
    const { accepted } = parseTransactions([{ ...good, type: 'refund', orderId: 'o1', externalId: 'r1' }, { ...good, type: 'refund', amount: -12.34, externalId: 'r2' }], context());
    expect(accepted).toMatchObject([
      { kind: 'refund', externalId: 'r1', orderExternalId: 'o1', amounts: { given: 1234 } },
      { kind: 'refund', externalId: 'r2', orderExternalId: null, amounts: { given: 1234 } },
    ]);
  });

  it('get what they leave out: id, currency, source, type; nobody as customer', () => {
    const { accepted } = parseTransactions([{ occurredAt: '2026-11-20', amount: 5 }, { occurredAt: '2026-11-20', amount: 5, orderId: '#8' }], context());
    expect(accepted).toMatchObject([
      { externalId: 'made-1', source: 'api', type: 'purchase', customer: null, occurredAt: '2026-11-20T17:00:00.000Z', amounts: { currency: 'USD', given: 500 } },
      { externalId: '#8' },
    ]);
  });

  it.each<[string, Record<string, unknown>, string, string, RegExp]>([
    ['bad amount', { amount: '12,34' }, 'bad_amount', 'amount', /write it like 12.34/],
    ['infinite amount', { amount: '1e99' }, 'bad_amount', 'amount', /larger/],
    ['negative purchase', { amount: -5 }, 'negative_amount', 'amount', /type "refund"/],
    ['unknown currency', { currency: 'BTC' }, 'unknown_currency', 'currency', /BTC/],
    ['future', { occurredAt: '2026-11-24T00:00:00Z' }, 'future_date', 'occurredAt', /future/],
    ['before 1970', { occurredAt: '1969-12-31T00:00:00Z' }, 'before_1970', 'occurredAt', /1970/],
    ['no zone', { occurredAt: '2026-11-20T10:00:00' }, 'bad_date', 'occurredAt', /write it like/],
    ['no such day', { occurredAt: '2026-02-30T10:00:00Z' }, 'bad_date', 'occurredAt', /write it like/],
    ['missing amount', { amount: undefined }, 'missing_field', 'amount', /missing/],
    ['unknown key', { amout: 5 }, 'unknown_field', 'amout', /"amout"/],
    ['unknown key inside', { customer: { externalId: 'c', phone: '1' } }, 'unknown_field', 'customer.phone', /"phone"/],
    ['type', { type: 'gift' }, 'invalid_field', 'type', /purchase, refund or subscription/],
    ['email', { customer: { email: 'nobody' } }, 'invalid_field', 'customer.email', /e-mail/],
    ['nameless item', { items: [{ quantity: 1 }] }, 'missing_field', 'items[0].name', /name/],
    ['id that lost its digits', { externalId: 820982911946154508 }, 'invalid_field', 'externalId', /./],
  ])('refuse %s', (_name, change, code, path, reason) => {
    const { accepted, rejected } = parseTransactions([good, { ...good, ...change }, { ...good, externalId: 'o2' }], context());
    expect(accepted.map((record) => record.externalId)).toEqual(['o1', 'o2']);
    expect(rejected).toEqual([{ index: 1, code, path, reason: expect.stringMatching(reason) }]);
  });

  it.each([[null], ['text'], [[]], [7]])('refuse %j, which is no record at all', (input) => {
    expect(parseTransactions([input], context()).rejected).toMatchObject([{ index: 0, path: '' }]);
  });

  it('take a time up to a day ahead', () => {
    expect(parseTransactions([{ ...good, occurredAt: '2026-11-23T09:59:59Z' }], context()).rejected).toEqual([]);
  });
});

describe('customers', () => {
  it('become profiles', () => {
    const { accepted, rejected } = parseCustomers([{ externalId: 'c1', email: 'a@b.c', country: 'de', acquisitionChannel: 'ads', acquisitionCost: '4.50', acquiredOn: '2026-01-02', consentEmail: 'granted', attributes: { size: 'M' } }], context());
    expect(rejected).toEqual([]);
    expect(accepted).toMatchObject([{ kind: 'customer', externalId: 'c1', country: 'DE', acquisitionChannel: 'ads', acquisitionCost: 450, acquiredOn: '2026-01-02', consentEmail: 'granted', attributes: { size: 'M' } }]);
    expect(canonicalRecordSchema.parse(JSON.parse(JSON.stringify(accepted[0])))).toEqual(accepted[0]);
  });

  it.each<[Record<string, unknown>, string, string]>([
    [{ externalId: undefined }, 'missing_field', 'externalId'],
    [{ acquisitionCost: -1 }, 'negative_amount', 'acquisitionCost'],
    [{ acquiredOn: '2026-02-30' }, 'invalid_field', 'acquiredOn'],
    [{ country: 'Germany' }, 'invalid_field', 'country'],
    [{ consentEmail: 'yes' }, 'invalid_field', 'consentEmail'],
    [{ attributes: { big: 'x'.repeat(20_000) } }, 'invalid_field', 'attributes'],
  ])('refuse %j', (change, code, path) => {
    expect(parseCustomers([{ externalId: 'c1', ...change }], context()).rejected).toMatchObject([{ index: 0, code, path }]);
  });
});
