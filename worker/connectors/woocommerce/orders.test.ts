/** WooCommerce's own samples and what shops make of them, against sums checked by hand. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { CanonicalRecord, OrderRecord, RefundRecord } from '#core/commerce/record';
import { fixture, haveFixtures } from '../../../tests/support/fixtures.ts';
import { woocommerce } from './connector.ts';

const RECEIVED = '2026-11-22T08:00:00.000Z';

function normalise(topic: string, body: unknown, receivedAt = RECEIVED): CanonicalRecord[] {
  return woocommerce.normalise({ topic, headers: {}, body: typeof body === 'string' ? body : JSON.stringify(body) }, { currency: 'EUR', receivedAt });
}

const line = { id: 1, name: 'Beans &amp; more &ndash; 1&nbsp;kg', product_id: 93, variation_id: 0, quantity: 2, sku: 'BEANS', subtotal: '20.00', subtotal_tax: '3.80', total: '18.00', total_tax: '3.42' };

/** 20.00 of goods, 2.00 off, 19 % tax; shipping 5.00 with 0.95 tax; 27.37 paid. */
const paid = {
  id: 900, number: '2026-900', status: 'processing', currency: 'EUR', created_via: 'checkout', customer_id: 7, prices_include_tax: true,
  date_created: '2026-11-20T11:00:00', date_created_gmt: '2026-11-20T10:00:00', date_modified_gmt: '2026-11-20T10:00:05', date_paid_gmt: '2026-11-20T10:00:04',
  discount_total: '2.00', discount_tax: '0.38', shipping_total: '5.00', shipping_tax: '0.95', cart_tax: '3.42', total: '27.37', total_tax: '4.37',
  billing: { first_name: 'Ada', last_name: 'Byron', country: 'DE', email: 'ada@shop.example' }, payment_method: 'stripe', transaction_id: 'ch_3abc',
  meta_data: [{ id: 1, key: '_stripe_intent_id', value: 'pi_3abc' }, { id: 2, key: '_stripe_customer_id', value: 'cus_1' }],
  line_items: [line], shipping_lines: [], fee_lines: [], coupon_lines: [{ id: 3, code: 'two', discount: '2.00' }], refunds: [],
};

function order(changes: Record<string, unknown>, topic = 'order.updated'): OrderRecord {
  const [record] = normalise(topic, { ...paid, ...changes });
  if (record?.kind !== 'order') throw new Error('expected an order first');
  return record;
}

function refunds(changes: Record<string, unknown>): RefundRecord[] {
  return normalise('order.updated', { ...paid, ...changes }).filter((record) => record.kind === 'refund');
}

describe('an order', () => {
  it('is one sale in parts, without tax though the shop enters its prices with it', () => {
    expect(order({})).toEqual({
      kind: 'order', source: 'woocommerce', externalId: '900',
      version: { updatedAt: '2026-11-20T10:00:05.000Z', rank: 40 },
      occurredAt: '2026-11-20T10:00:00.000Z',
      customer: { externalId: '7', email: 'ada@shop.example', name: 'Ada Byron', country: 'DE' },
      amounts: { currency: 'EUR', given: null, goods: 2000, discount: 200, tax: 437, shipping: 500, tip: 0 },
      status: 'processing', counts: true, type: 'purchase', channel: 'checkout',
      items: [{ productId: '93', sku: 'BEANS', name: 'Beans & more – 1 kg', category: null, quantity: 2, amount: 1800 }],
      label: '#2026-900', paymentKeys: ['stripe:ch_3abc', 'stripe:pi_3abc'], precedence: 80,
    });
  });

  it.each([
    ['pending', false], ['on-hold', false], ['failed', false], ['cancelled', false], ['trash', false], ['checkout-draft', false],
    ['processing', true], ['completed', true], ['refunded', false], ['shipped', true],
  ])('%s counts: %s', (status, counts) => {
    expect(order({ status }).counts).toBe(counts);
  });

  it('counts refunded when there are refunds to net it, and a status of the shop’s own only once paid', () => {
    expect(order({ status: 'refunded', refunds: [{ id: 901, reason: '', total: '-27.37' }] }).counts).toBe(true);
    expect(order({ status: 'awaiting-deposit', date_paid_gmt: null }).counts).toBe(false);
  });

  it('takes fees as goods and a negative fee as a discount, as WooCommerce’s net sales do', () => {
    const wrapped = order({ total: '30.37', fee_lines: [{ id: 5, name: 'Gift wrap', total: '3.00', total_tax: '0.00' }] });
    expect(wrapped.amounts).toMatchObject({ goods: 2300, discount: 200 });
    expect(wrapped.items.map(({ amount }) => amount)).toEqual([1800]);
    const cheaper = order({ total: '26.37', fee_lines: [{ id: 5, name: 'Friends', total: '-1.00', total_tax: '0.00' }] });
    expect(cheaper.amounts).toMatchObject({ goods: 2000, discount: 300 });
    expect(cheaper.items.map(({ amount }) => amount)).toEqual([1700]);
  });

  it('keeps currencies of no and three decimals exact', () => {
    expect(order({ currency: 'JPY', total: '3300', total_tax: '300', shipping_total: '0', line_items: [{ ...line, subtotal: '3000', total: '3000' }] }).amounts)
      .toMatchObject({ currency: 'JPY', goods: 3000, discount: 0, tax: 300 });
    expect(order({ currency: 'KWD', total: '1.235', total_tax: '0', shipping_total: '0', line_items: [{ ...line, subtotal: '1.235', total: '1.235' }] }).amounts)
      .toMatchObject({ goods: 1235, discount: 0 });
  });

  it('knows a guest by e-mail, and nobody as nobody', () => {
    expect(order({ customer_id: 0 }).customer).toMatchObject({ externalId: null, email: 'ada@shop.example' });
    expect(order({ customer_id: 0, billing: { email: '' } }).customer).toBeNull();
  });

  it('tells a renewal from a purchase', () => {
    expect(order({ created_via: 'subscription' }).type).toBe('subscription');
    expect(order({ meta_data: [{ id: 1, key: '_subscription_renewal', value: '12' }] }).type).toBe('subscription');
  });

  it('names no payment that is not Stripe’s', () => {
    expect(order({ transaction_id: '4UK12345', payment_method: 'paypal', meta_data: [] }).paymentKeys).toEqual([]);
  });

  it('reads what PHP makes of a list with gaps', () => {
    expect(order({ line_items: { 1: line } }).items).toHaveLength(1);
  });

  it('keeps an id beyond 2^53', () => {
    const [record] = normalise('order.updated', JSON.stringify(paid).replace('"id":900', '"id":9007199254740993'));
    expect(record?.externalId).toBe('9007199254740993');
  });

  it('ranks a later status above an earlier one of the same second', () => {
    const ranks = ['checkout-draft', 'pending', 'on-hold', 'failed', 'processing', 'packed', 'completed', 'cancelled', 'refunded', 'trash'].map((status) => order({ status }).version.rank);
    expect([...ranks].sort((a, b) => a - b)).toEqual(ranks);
  });
});

describe('deleted and restored', () => {
  it('stops counting, by number alone or in full', () => {
    expect(normalise('order.deleted', { id: 900 })).toMatchObject([{ externalId: '900', counts: false, status: 'trash', version: { updatedAt: RECEIVED, rank: 90 } }]);
    expect(normalise('order.deleted', paid)).toMatchObject([{ externalId: '900', counts: false, occurredAt: '2026-11-20T10:00:00.000Z', amounts: { goods: 2000 } }]);
  });

  it('counts again though the restored order was changed before we heard of its deletion', () => {
    const [removed] = normalise('order.deleted', { id: 900 }, '2026-11-20T10:05:00.000Z');
    const [restored] = normalise('order.restored', paid, '2026-11-20T10:06:00.000Z');
    expect(restored).toMatchObject({ counts: true, occurredAt: '2026-11-20T10:00:00.000Z' });
    expect((restored?.version.updatedAt ?? '') > (removed?.version.updatedAt ?? '')).toBe(true);
  });
});

describe('refunds inside an order', () => {
  const half = { id: 901, reason: 'one bag', total: '-10.71' };
  const rest = { id: 1001, reason: '', total: '-16.66' };

  it('are dated by the order’s change and take goods with their tax first', () => {
    // 10.71 of 18.00 goods + 3.42 tax.
    expect(refunds({ refunds: [half], date_modified_gmt: '2026-11-21T09:00:00' })).toEqual([{
      kind: 'refund', source: 'woocommerce', externalId: 'refund:901', version: { updatedAt: '1973-02-09T15:00:00.000Z', rank: 10 },
      occurredAt: '2026-11-21T09:00:00.000Z', orderExternalId: '900', customer: null,
      amounts: { currency: 'EUR', given: null, goods: 900, discount: 0, tax: 171, shipping: 0, tip: 0 },
      status: 'refunded', counts: true, items: [],
    }]);
  });

  it('are together exactly the order when nothing of it is left, whatever the list’s order', () => {
    for (const list of [[half, rest], [rest, half]]) {
      const records = refunds({ refunds: list, status: 'refunded' });
      const sum = (part: 'goods' | 'tax' | 'shipping') => records.reduce((total, { amounts }) => total + amounts[part], 0);
      expect(records.map(({ externalId }) => externalId)).toEqual(['refund:901', 'refund:1001']);
      expect([sum('goods'), sum('tax'), sum('shipping')]).toEqual([1800, 437, 500]);
    }
  });

  it('take goodwill beyond what was paid from goods', () => {
    expect(refunds({ refunds: [{ id: 901, total: '-30.00' }] })[0]?.amounts).toMatchObject({ goods: 1800 + 263, tax: 437, shipping: 500 });
  });

  it('keep the date of their first sight: the earlier sight is the newer version', () => {
    const [first] = refunds({ refunds: [half], date_modified_gmt: '2026-11-21T09:00:00' });
    const [later] = refunds({ refunds: [half], date_modified_gmt: '2026-11-25T09:00:00' });
    expect((first?.version.updatedAt ?? '') > (later?.version.updatedAt ?? '')).toBe(true);
    expect((first?.version.updatedAt ?? '') < '2011').toBe(true);
  });
});

describe('the envelope', () => {
  const headers = { 'x-wc-webhook-topic': 'order.updated', 'x-wc-webhook-delivery-id': 'd1', 'x-wc-webhook-id': '5', 'x-wc-webhook-source': 'https://shop.example/', cookie: 'private' };
  const nameOf = (body: string): string => {
    const signature = createHmac('sha256', 's').update(body).digest('base64');
    return woocommerce.envelope({ headers: { ...headers, 'x-wc-webhook-signature': signature }, body: new TextEncoder().encode(body) }, () => 'made').deliveryId;
  };

  it('tells two orders of one second apart, and a repeat not', () => {
    expect(nameOf('{"id":1}')).toBe(nameOf('{"id":1}'));
    expect(nameOf('{"id":1}')).not.toBe(nameOf('{"id":2}'));
  });

  it('keeps the shop’s address and nothing private', () => {
    expect(woocommerce.envelope({ headers, body: new Uint8Array() }, () => 'made').headers).toEqual({ 'x-wc-webhook-source': 'https://shop.example/', 'x-wc-webhook-id': '5' });
  });
});

describe.skipIf(!haveFixtures)('WooCommerce’s own samples', () => {
  it('reads an order', () => {
    expect(normalise('order.created', fixture('woocommerce/order.created.json'))).toMatchObject([{
      externalId: '727', counts: true, status: 'processing', occurredAt: '2017-03-22T19:28:02.000Z', version: { updatedAt: '2017-03-22T19:28:08.000Z' },
      customer: { externalId: null, email: 'john.doe@example.com', name: 'John Doe', country: 'US' },
      amounts: { currency: 'USD', goods: 1800, discount: 0, tax: 135, shipping: 1000 },
      items: [{ productId: '93', quantity: 2, amount: 600 }, { productId: '22', sku: 'Bar3', name: 'Ship Your Idea – Color: Black, Size: M Test', quantity: 1, amount: 1200 }],
    }]);
  });

  it('reads a customer', () => {
    expect(normalise('customer.updated', fixture('woocommerce/customer.updated.json'))).toMatchObject([{
      kind: 'customer', externalId: '25', email: 'john.doe@example.com', country: 'US', version: { rank: 20 },
    }]);
  });
});
