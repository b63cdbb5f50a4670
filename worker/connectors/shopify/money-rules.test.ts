/** What a Shopify order and refund are worth: tax inside prices, shipping discounts, gift cards, fees, currencies. */
import { describe, expect, it } from 'vitest';
import { shopify } from './connector.ts';

const context = { currency: 'USD', receivedAt: '2026-11-22T00:00:00.000Z' };
const set = (amount: string, currency_code = 'EUR') => ({ shop_money: { amount, currency_code }, presentment_money: { amount: '1.00', currency_code: 'USD' } });

function order(fields: Record<string, unknown>) {
  const body = JSON.stringify({ id: 1, currency: 'EUR', financial_status: 'paid', created_at: '2026-11-20T10:00:00Z', updated_at: '2026-11-20T10:00:00Z', ...fields });
  return shopify.normalise({ topic: 'orders/updated', headers: {}, body }, context);
}

function refund(fields: Record<string, unknown>) {
  const body = JSON.stringify({ id: 7, order_id: 1, created_at: '2026-11-21T10:00:00Z', total_duties_set: set('0.00'), ...fields });
  return shopify.normalise({ topic: 'refunds/create', headers: {}, body }, context)[0];
}

describe('orders', () => {
  it('takes tax out of goods, discount and shipping where prices include it', () => {
    // 120.00 of goods and 12.00 of shipping at 20 %, 10 % off goods: paid 108 + 12 = 120, of which 18 + 2 are tax.
    const [record] = order({
      taxes_included: true,
      total_line_items_price_set: set('120.00'),
      total_discounts_set: set('12.00'),
      total_tax_set: set('20.00'),
      shipping_lines: [{ price_set: set('12.00'), discounted_price_set: set('12.00'), tax_lines: [{ price_set: set('2.00') }] }],
      line_items: [{ product_id: 5, title: 'Lamp', quantity: 2, price_set: set('60.00'), discount_allocations: [{ amount_set: set('12.00') }], tax_lines: [{ price_set: set('18.00') }] }],
    });
    expect(record).toMatchObject({
      amounts: { currency: 'EUR', goods: 10000, discount: 1000, tax: 2000, shipping: 1000 },
      items: [{ productId: '5', quantity: 2, amount: 9000 }],
    });
  });

  it('takes a discount on shipping off shipping, not off goods', () => {
    const [record] = order({
      total_line_items_price: '50.00',
      total_discounts: '15.00',
      shipping_lines: [{ price: '10.00', discounted_price: '0.00' }],
    });
    expect(record).toMatchObject({ amounts: { goods: 5000, discount: 500, shipping: 0 } });
  });

  it('counts the shop’s own currency, not the buyer’s', () => {
    expect(order({ total_line_items_price_set: set('15000', 'JPY'), currency: 'JPY' })[0]).toMatchObject({ amounts: { currency: 'JPY', goods: 15000 } });
  });

  it('does not take a gift card for goods sold', () => {
    const [record] = order({
      total_line_items_price: '75.00',
      line_items: [{ title: 'Mug', quantity: 1, price: '25.00' }, { title: 'Gift card', gift_card: true, quantity: 1, price: '50.00' }],
    });
    expect(record).toMatchObject({ amounts: { goods: 2500 }, items: [{ name: 'Mug', amount: 2500 }] });
  });

  it('spreads an unallocated discount to the cent', () => {
    const [record] = order({
      total_line_items_price: '30.00',
      total_discounts: '0.01',
      line_items: [1, 2, 3].map(() => ({ title: 'Mug', quantity: 1, price: '10.00' })),
    });
    const items = record?.kind === 'order' ? record.items.map((item) => item.amount) : [];
    expect(items.reduce((sum, amount) => sum + amount, 0)).toBe(2999);
    expect(items.every((amount) => Number.isInteger(amount) && Math.abs(amount - 1000) <= 1)).toBe(true);
  });

  it.each([
    ['paid', true], ['partially_paid', true], ['partially_refunded', true], ['refunded', true],
    ['pending', false], ['authorized', false], ['voided', false], ['expired', false], [null, false], ['something_new', false],
  ])('%s counts: %s', (financial_status, counts) => {
    expect(order({ financial_status })[0]).toMatchObject({ counts });
  });

  it('does not count a test or a cancelled order though it was paid', () => {
    expect(order({ test: true })[0]).toMatchObject({ counts: false, status: 'test' });
    expect(order({ cancelled_at: '2026-11-20T11:00:00Z' })[0]).toMatchObject({ counts: false, status: 'cancelled' });
  });

  it('gives an embedded refund exactly as refunds/create gives it', () => {
    const payload = { id: 7, order_id: 1, created_at: '2026-11-21T10:00:00Z', total_duties_set: set('0.00'), transactions: [{ kind: 'refund', status: 'success', amount: '5.00', currency: 'EUR' }] };
    expect(order({ refunds: [payload] })[1]).toEqual(refund(payload));
  });

  it('knows a guest by e-mail, and nobody when there is none', () => {
    expect(order({ email: 'Guest@Example.com' })[0]).toMatchObject({ customer: { externalId: null, email: 'Guest@Example.com' } });
    expect(order({})[0]).toMatchObject({ customer: null });
  });

  it('names the field that is wrong', () => {
    expect(() => order({ total_discounts: 'lots' })).toThrow(/"lots" is not an amount/);
    expect(() => order({ updated_at: 'yesterday' })).toThrow(/updated_at/);
    expect(() => order({ id: null })).toThrow(/id is missing/);
  });
});

describe('refunds', () => {
  const line = (subtotal: string, tax: string) => ({ quantity: 1, subtotal_set: set(subtotal), total_tax_set: set(tax), line_item: { title: 'Lamp', product_id: 5 } });
  const paid = (amount: string, status = 'success') => [{ kind: 'refund', status, amount, currency: 'EUR' }];

  it('splits the money into goods, tax and shipping', () => {
    // Prices without tax: 50 of goods, 5 of tax, 8 of shipping with 0.80 tax.
    expect(refund({
      refund_line_items: [line('50.00', '5.00')],
      order_adjustments: [{ kind: 'shipping_refund', amount_set: set('-8.00'), tax_amount_set: set('-0.80') }],
      transactions: paid('63.80'),
    })).toMatchObject({ amounts: { goods: 5000, tax: 580, shipping: 800 }, counts: true, items: [{ productId: '5', amount: 5000 }] });
  });

  it('finds net goods where prices include tax', () => {
    expect(refund({ refund_line_items: [line('60.00', '10.00')], transactions: paid('60.00') })).toMatchObject({ amounts: { goods: 5000, tax: 1000 }, items: [{ amount: 5000 }] });
  });

  it('counts only what was paid back when a fee was kept', () => {
    expect(refund({ refund_line_items: [line('50.00', '0.00')], transactions: paid('40.00') })).toMatchObject({ amounts: { goods: 4000 }, items: [{ amount: 4000 }] });
  });

  it('takes goodwill without lines as goods', () => {
    expect(refund({ refund_line_items: [], transactions: paid('12.34') })).toMatchObject({ amounts: { goods: 1234 }, items: [] });
  });

  it('adds up several payments and leaves failed ones out', () => {
    expect(refund({ transactions: [...paid('10.00'), ...paid('5.00'), ...paid('7.00', 'failure')] })).toMatchObject({ amounts: { goods: 1500 } });
  });

  it.each([['pending', 'pending'], ['failure', 'failed']])('does not count money that is %s', (status, word) => {
    expect(refund({ refund_line_items: [line('50.00', '0.00')], transactions: paid('50.00', status) })).toMatchObject({ counts: false, status: word });
  });

  it('falls back on the lines and their discrepancy when paid in another currency', () => {
    expect(refund({
      refund_line_items: [line('50.00', '0.00')],
      order_adjustments: [{ kind: 'refund_discrepancy', amount_set: set('4.00'), tax_amount_set: set('0.00') }],
      transactions: [{ kind: 'refund', status: 'success', amount: '49.00', currency: 'USD' }],
    })).toMatchObject({ amounts: { currency: 'EUR', goods: 4600 } });
  });
});
