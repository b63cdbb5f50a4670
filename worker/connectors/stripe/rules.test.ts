/** What Stripe's objects are worth, and that the order in which events come does not matter. */
import { describe, expect, it } from 'vitest';
import type { CanonicalRecord, OrderRecord } from '#core/commerce/record';
import { stripe } from './connector.ts';

const context = { currency: 'EUR', receivedAt: '2026-11-22T00:00:00.000Z' };
const T = 1_760_000_000;

function normalise(topic: string, object: Record<string, unknown>, created = T): CanonicalRecord[] {
  return stripe.normalise({ topic, headers: {}, body: JSON.stringify({ id: 'evt_1', object: 'event', type: topic, created, data: { object } }) }, context);
}
function order(topic: string, object: Record<string, unknown>, created = T): OrderRecord {
  const record = normalise(topic, object, created)[0];
  if (record?.kind !== 'order') throw new Error('expected an order');
  return record;
}

const charge = (over: Record<string, unknown> = {}) => ({ id: 'ch_1', amount: 2000, amount_captured: 2000, currency: 'eur', created: T, paid: true, captured: true, status: 'succeeded', ...over });
const invoice = (over: Record<string, unknown> = {}) => ({ id: 'in_1', currency: 'eur', created: T, status: 'paid', amount_paid: 0, total: 0, subtotal: 0, ...over });
const session = (over: Record<string, unknown> = {}) => ({ id: 'cs_1', created: T, currency: 'eur', mode: 'payment', status: 'complete', payment_status: 'paid', amount_total: 3000, ...over });

describe('currencies', () => {
  it.each([
    // ¥2,000; 5.120 KD; what Stripe sends with other digits than the currency has.
    ['jpy', 2000, 2000], ['kwd', 5120, 5120], ['eur', 1999, 1999], ['isk', 50000, 500], ['ugx', 250000, 2500], ['mga', 500, 50000],
  ])('%s %i', (currency, stated, minor) => {
    expect(order('charge.succeeded', charge({ currency, amount: stated, amount_captured: stated })).amounts).toMatchObject({ currency: currency.toUpperCase(), given: minor });
  });

  it('keeps an amount to the last unit, and refuses what a number cannot hold', () => {
    expect(order('charge.succeeded', charge({ amount_captured: 9_007_199_254_740_991 })).amounts.given).toBe(9_007_199_254_740_991);
    const body = JSON.stringify({ id: 'evt_1', created: T, data: { object: charge() } }).replace('"amount_captured":2000', '"amount_captured":9007199254740993');
    expect(() => stripe.normalise({ topic: 'charge.succeeded', headers: {}, body }, context)).toThrow(/amount_captured.*Larger than we can keep/);
  });
});

describe('charges and intents', () => {
  it('counts what was captured, not what was reserved', () => {
    expect(order('charge.captured', charge({ amount_captured: 1500 }))).toMatchObject({ counts: true, amounts: { given: 1500 } });
    expect(order('charge.succeeded', charge({ captured: false, amount_captured: 0 }))).toMatchObject({ counts: false, status: 'uncaptured', amounts: { given: 2000 } });
    expect(order('charge.pending', charge({ status: 'pending', paid: false }))).toMatchObject({ counts: false, status: 'pending' });
  });

  it('invents no refund where there is no list of them', () => {
    expect(normalise('charge.refunded', charge({ amount_refunded: 500 }))).toMatchObject([{ kind: 'order', status: 'partially_refunded', counts: true, amounts: { given: 2000 } }]);
  });

  it('takes the moment the money came, and leaves the tip out of the goods', () => {
    const intent = { id: 'pi_1', amount: 1200, amount_received: 1200, currency: 'eur', created: T - 86_400, status: 'succeeded', latest_charge: 'ch_1', amount_details: { tip: { amount: 200 } } };
    expect(order('payment_intent.succeeded', intent)).toMatchObject({ occurredAt: new Date(T * 1000).toISOString(), amounts: { given: null, goods: 1000, tip: 200 }, paymentKeys: ['stripe:ch_1'] });
  });

  it('names the shop’s order only when the metadata do beyond doubt', () => {
    const keys = (metadata: Record<string, string>) => order('charge.succeeded', charge({ metadata })).paymentKeys;
    expect(keys({ order_id: '6735', site_url: 'https://shop.example' })).toEqual(['woocommerce:6735']);
    expect(keys({ order_id: '6735' })).toEqual([]);
    expect(keys({ order_id: 'c26402343387209.1', shop_name: 'Tea', site_url: 'https://shop.example' })).toEqual([]);
  });

  it('finds the invoice of a payment wherever a version names it', () => {
    expect(order('charge.succeeded', charge({ payment_intent: { id: 'pi_1' }, invoice: 'in_1' })).paymentKeys).toEqual(['stripe:in_1', 'stripe:pi_1']);
    expect(order('charge.succeeded', charge({ payment_details: { order_reference: 'in_2' } })).paymentKeys).toEqual(['stripe:in_2']);
    expect(order('charge.succeeded', charge({ payment_details: { order_reference: 'A-17' } })).paymentKeys).toEqual([]);
    expect(normalise('invoice_payment.paid', { id: 'inpay_1', invoice: 'in_1', payment: { type: 'payment_intent', payment_intent: 'pi_1' } })).toMatchObject([{ kind: 'payment_link', paymentKeys: ['stripe:in_1', 'stripe:pi_1'] }]);
    expect(normalise('invoice_payment.paid', { id: 'inpay_1', invoice: 'in_1', payment: null })).toEqual([]);
  });
});

describe('invoices and sessions', () => {
  it('takes tax out of prices that include it', () => {
    // 119.00 with 19.00 tax inside, 11.90 off beforehand: subtotal 130.90.
    expect(order('invoice.paid', invoice({
      subtotal: 13090, total: 11900, amount_paid: 11900, total_discount_amounts: [{ amount: 1190 }], total_taxes: [{ amount: 1900, tax_behavior: 'inclusive' }],
      lines: { data: [{ amount: 13090, description: 'Tea', quantity: 1, discount_amounts: [{ amount: 1190 }], taxes: [{ amount: 1900, tax_behavior: 'inclusive' }] }] },
    }))).toMatchObject({ amounts: { goods: 11000, discount: 1000, tax: 1900 }, items: [{ amount: 10000 }] });
  });

  it('counts what was paid in money where credit paid the rest, every part alike', () => {
    const { amounts, counts } = order('invoice.paid', invoice({ total: 2380, amount_paid: 595, total_taxes: [{ amount: 380, tax_behavior: 'exclusive' }] }));
    expect({ amounts, counts }).toMatchObject({ counts: true, amounts: { goods: 500, discount: 0, tax: 95, shipping: 0 } });
  });

  it('keeps a bill of nothing as paid, and lines of credit out of the goods', () => {
    expect(order('invoice.paid', invoice({ subscription: 'sub_1', billing_reason: 'subscription_create' }))).toMatchObject({ counts: true, type: 'subscription', amounts: { goods: 0 }, paymentKeys: ['stripe:first_bill_of_sub_1'] });
    const upgrade = order('invoice.paid', invoice({ total: 1500, amount_paid: 1500, lines: { data: [{ amount: -500, description: 'Unused time' }, { amount: 2000, description: 'New plan' }] } }));
    expect(upgrade.items).toMatchObject([{ name: 'New plan', amount: 1500 }]);
  });

  it('knows an invoice’s payments in both shapes', () => {
    expect(order('invoice.paid', invoice({ charge: 'ch_1', payment_intent: 'pi_1' })).paymentKeys).toEqual(['stripe:ch_1', 'stripe:pi_1']);
    const parent = { type: 'subscription_details', subscription_details: { subscription: 'sub_1' } };
    const payments = { data: [{ payment: { type: 'payment_intent', payment_intent: 'pi_1' } }, { payment: { type: 'charge', charge: 'ch_9' } }] };
    expect(order('invoice.paid', invoice({ parent, payments, billing_reason: 'subscription_cycle' }))).toMatchObject({ type: 'subscription', paymentKeys: ['stripe:ch_9', 'stripe:pi_1'] });
  });

  it('splits a session into goods, tax and shipping, and counts it when it is paid', () => {
    expect(order('checkout.session.completed', session({ total_details: { amount_discount: 300, amount_shipping: 400, amount_tax: 600 } }))).toMatchObject({ counts: true, amounts: { goods: 2300, discount: 300, tax: 600, shipping: 400 } });
    expect(order('checkout.session.completed', session({ payment_status: 'unpaid' }))).toMatchObject({ counts: false, status: 'unpaid' });
    expect(order('checkout.session.expired', session({ status: 'expired', payment_status: 'unpaid' }))).toMatchObject({ counts: false, status: 'expired' });
    expect(normalise('checkout.session.completed', session({ mode: 'setup', amount_total: null, currency: null }))).toEqual([]);
  });
});

describe('contracts', () => {
  const price = (unit_amount: number, interval: string, interval_count = 1, more: Record<string, unknown> = {}) => ({ price: { currency: 'eur', unit_amount, recurring: { interval, interval_count, ...more } }, quantity: 1 });
  const contract = (over: Record<string, unknown>) => ({ id: 'sub_1', status: 'active', currency: 'eur', customer: 'cus_1', start_date: T, ...over });
  const monthly = (over: Record<string, unknown>): number => {
    const record = normalise('customer.subscription.updated', contract(over))[0];
    return record?.kind === 'subscription' ? record.monthlyAmount : Number.NaN;
  };

  it('converts every interval to a month', () => {
    expect(monthly({ items: { data: [price(12_000, 'year')] } })).toBe(1000);
    expect(monthly({ items: { data: [price(3000, 'month', 3)] } })).toBe(1000);
    expect(monthly({ items: { data: [price(1000, 'week')] } })).toBe(4348);
    expect(monthly({ items: { data: [price(100, 'day')] } })).toBe(3044);
    expect(monthly({ items: { data: [{ ...price(500, 'month'), quantity: 3 }, price(1200, 'year')] } })).toBe(1600);
  });

  it('takes lasting discounts and tax inside prices off, and leaves use out', () => {
    const items = { data: [price(1000, 'month')] };
    expect(monthly({ items, discount: { coupon: { percent_off: 25, duration: 'forever' } } })).toBe(750);
    expect(monthly({ items, discounts: [{ source: { coupon: { percent_off: 12.5, duration: 'repeating' } }, end: T + 1 }] })).toBe(875);
    expect(monthly({ items, discounts: [{ coupon: { percent_off: 50, duration: 'repeating' }, end: T }, { coupon: { amount_off: 300, duration: 'once' } }] })).toBe(1000);
    expect(monthly({ items: { data: [price(12_000, 'year')] }, discounts: [{ coupon: { amount_off: 1200, duration: 'forever' } }] })).toBe(900);
    expect(monthly({ items, default_tax_rates: [{ inclusive: true, percentage: 25 }] })).toBe(800);
    expect(monthly({ items: { data: [price(1000, 'month'), price(9, 'month', 1, { usage_type: 'metered' })] } })).toBe(1000);
  });

  it('has not begun before the first payment, and is paused while nothing is collected', () => {
    const items = { data: [price(1000, 'month')] };
    expect(normalise('customer.subscription.created', contract({ items, status: 'incomplete' }))).toEqual([]);
    expect(normalise('customer.subscription.updated', contract({ items, status: 'unpaid' }))).toMatchObject([{ status: 'paused' }]);
    expect(normalise('customer.subscription.updated', contract({ items, pause_collection: { behavior: 'void' } }))).toMatchObject([{ status: 'paused' }]);
    expect(() => normalise('customer.subscription.updated', contract({ items, status: 'odd' }))).toThrow(/status: "odd" is not known/);
  });

  it('ends at the end of its period when that is settled', () => {
    const items = { data: [{ ...price(1000, 'month'), current_period_end: T + 86_400 }] };
    const end = new Date((T + 86_400) * 1000).toISOString();
    expect(normalise('customer.subscription.updated', contract({ items, cancel_at_period_end: true }))).toMatchObject([{ status: 'active', currentPeriodEnd: end, cancelAt: end }]);
  });
});

describe('any order of events', () => {
  const bt = (...amounts: number[]) => amounts.map((amount) => ({ amount }));
  const dispute = (status: string, balance_transactions: { amount: number }[] = []) => ({ id: 'dp_1', amount: 2000, currency: 'eur', created: T, charge: 'ch_1', status, balance_transactions });
  const refund = (status: string) => ({ id: 're_1', amount: 500, currency: 'eur', created: T, charge: 'ch_1', status });
  const intent = (status: string) => ({ id: 'pi_1', amount: 2000, amount_received: status === 'succeeded' ? 2000 : 0, currency: 'eur', created: T, status, latest_charge: 'ch_1' });
  /** Lives whose steps fall into one second or the next; the last is how each must end. */
  const LIVES: [name: string, steps: [topic: string, object: Record<string, unknown>, after: number][], end: Record<string, unknown>][] = [
    ['a charge', [
      ['charge.pending', charge({ status: 'pending', paid: false }), 0], ['charge.succeeded', charge({ captured: false, amount_captured: 0 }), 0],
      ['charge.captured', charge(), 0], ['charge.refunded', charge({ amount_refunded: 2000, refunded: true }), 0],
    ], { status: 'refunded', counts: true }],
    ['an intent', [
      ['payment_intent.created', intent('requires_payment_method'), 0], ['payment_intent.processing', intent('processing'), 0],
      ['payment_intent.succeeded', intent('succeeded'), 0],
    ], { status: 'succeeded', counts: true }],
    ['an invoice', [
      ['invoice.created', invoice({ status: 'draft', total: 900 }), 0], ['invoice.finalized', invoice({ status: 'open', total: 900 }), 0],
      ['invoice.payment_failed', invoice({ status: 'open', total: 900 }), 0], ['invoice.paid', invoice({ total: 900, amount_paid: 900 }), 0],
    ], { status: 'paid', counts: true }],
    ['a session', [
      ['checkout.session.completed', session({ payment_status: 'unpaid' }), 0], ['checkout.session.async_payment_succeeded', session(), 0],
    ], { status: 'paid', counts: true }],
    ['a refund that fails', [
      ['refund.created', refund('pending'), 0], ['refund.updated', refund('succeeded'), 0], ['refund.failed', refund('failed'), 0],
    ], { status: 'failed', counts: false }],
    ['a dispute that is won', [
      ['charge.dispute.created', dispute('needs_response'), 0], ['charge.dispute.funds_withdrawn', dispute('needs_response', bt(-2000)), 0],
      ['charge.dispute.updated', dispute('under_review', bt(-2000)), 0], ['charge.dispute.closed', dispute('won', bt(-2000, 2000)), 0],
      ['charge.dispute.funds_reinstated', dispute('won', bt(-2000, 2000)), 0],
    ], { status: 'won', counts: false }],
    ['a dispute that is lost', [
      ['charge.dispute.created', dispute('needs_response'), 0], ['charge.dispute.funds_withdrawn', dispute('needs_response', bt(-2000)), 0], ['charge.dispute.closed', dispute('lost', bt(-2000)), 1],
    ], { status: 'lost', counts: true }],
    ['an inquiry', [
      ['charge.dispute.created', dispute('warning_needs_response'), 0], ['charge.dispute.closed', dispute('warning_closed'), 0],
    ], { status: 'warning_closed', counts: false }],
  ];

  function permutations<Step>(steps: readonly Step[]): Step[][] {
    return steps.length < 2 ? [[...steps]] : steps.flatMap((step, i) => permutations([...steps.slice(0, i), ...steps.slice(i + 1)]).map((rest) => [step, ...rest]));
  }
  const newer = (a: CanonicalRecord['version'], b: CanonicalRecord['version']): boolean => (a.updatedAt === b.updatedAt ? a.rank > b.rank : a.updatedAt > b.updatedAt);

  it.each(LIVES)('%s ends in one state, repeats included', (_, steps, end) => {
    const ends = permutations(steps).map((order) => {
      let standing: CanonicalRecord | undefined;
      for (const [topic, object, after] of [...order, ...order.slice(0, 2)]) {
        const [record] = normalise(topic, object, T + after);
        if (record && (standing === undefined || newer(record.version, standing.version))) standing = record;
      }
      return JSON.stringify(standing);
    });
    expect(new Set(ends).size).toBe(1);
    expect(JSON.parse(ends[0] ?? '{}')).toMatchObject(end);
  });
});
