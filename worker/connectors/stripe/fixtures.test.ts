/** Every sample payload of Stripe's, in the shapes of 2017 to 2026, against what was worked out by hand. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CanonicalRecord } from '#core/commerce/record';
import { fixture, fixtureFolder, haveFixtures } from '../../../tests/support/fixtures.ts';
import { stripe } from './connector.ts';

const context = { currency: 'EUR', receivedAt: '2026-11-22T00:00:00.000Z' };
/** 2027-01-15 08:00 UTC: the time of events that we wrap around bare objects. */
const WRAPPED = 1800000000;

/** A sample as a whole event: some are events, some what an event holds, some the bare object. */
function eventText(path: string, topic: string): string {
  const raw = JSON.parse(fixture(path));
  if (raw.object === 'event') return JSON.stringify(raw);
  const data = typeof raw.object === 'object' ? raw : { object: raw };
  return JSON.stringify({ id: 'evt_1', object: 'event', created: WRAPPED, type: topic, data });
}

/** What moves money, people and contracts, in one line a record. */
function inShort(record: CanonicalRecord): string {
  switch (record.kind) {
    case 'order': {
      const { given, goods, discount, tax, shipping, tip, currency } = record.amounts;
      const money = given === null ? `${goods}-${discount}+${tax}+${shipping}+${tip}` : `${given}`;
      return [record.type, record.externalId, money, currency, record.status, record.counts ? 'counts' : 'not', record.occurredAt, record.paymentKeys.join(' ')].join('|');
    }
    case 'refund':
      return ['refund', record.externalId, record.orderExternalId, record.amounts.given, record.amounts.currency, record.status, record.counts ? 'counts' : 'not', record.occurredAt].join('|');
    case 'customer':
      return ['customer', record.externalId, record.email ?? '-', Object.keys(record.attributes).join(' ')].join('|');
    case 'subscription':
      return ['contract', record.externalId, record.customer?.externalId, record.status, record.monthlyAmount, record.currency, record.plan, record.startedAt, record.cancelAt, record.endedAt].join('|');
    default:
      return record.kind;
  }
}

const ZEROS = '000000000000000000000000';
const CUS = 'cus_00000000000000';

/** Sample, topic, records in short. An empty list is acknowledged and needs nothing. */
const EXPECTED: [path: string, topic: string, records: string[]][] = [
  ['stripe/charge.captured', 'charge.captured', [`purchase|ch_${ZEROS}|100|USD|succeeded|counts|2022-03-26T18:38:57.000Z|`]],
  ['stripe/charge.succeeded', 'charge.succeeded', [`purchase|ch_${ZEROS}|2000|USD|succeeded|counts|2022-03-26T18:40:32.000Z|stripe:pi_${ZEROS}`]],
  ['stripe/charge.failed', 'charge.failed', [`purchase|ch_${ZEROS}|2000|USD|failed|not|2022-03-26T18:40:28.000Z|stripe:pi_${ZEROS}`]],
  // Of 2013: no status, no amount_captured, refunds an empty object.
  ['stripe/charge.updated', 'charge.updated', ['purchase|ch_00000000000000|1000|USD|succeeded|counts|2013-10-05T00:38:25.000Z|stripe:in_00000000000000']],
  ['stripe/charge.refunded', 'charge.refunded', [
    `purchase|ch_${ZEROS}|100|USD|refunded|counts|2022-03-26T18:39:07.000Z|`,
    `refund|re_${ZEROS}|ch_${ZEROS}|100|USD|succeeded|counts|2022-03-26T18:39:09.000Z`,
  ]],
  ['stripe/charge.refund.updated', 'charge.refund.updated', [`refund|re_${ZEROS}|ch_${ZEROS}|100|USD|succeeded|counts|2022-03-26T18:39:05.000Z`]],
  // An inquiry moves no money; a withdrawal does.
  ['stripe/charge.dispute.created', 'charge.dispute.created', [`refund|dp_${ZEROS}|ch_${ZEROS}|100|USD|warning_needs_response|not|2022-03-26T18:39:00.000Z`]],
  ['stripe/charge.dispute.funds_withdrawn', 'charge.dispute.funds_withdrawn', ['refund|dp_00000000000000|ch_00000000000000|25000|USD|needs_response_funds_withdrawn|counts|2018-01-16T23:23:42.000Z']],
  ['stripe/checkout.session.completed', 'checkout.session.completed', [`purchase|cs_test_${'0'.repeat(58)}|3000-0+0+0+0|USD|paid|counts|2022-03-26T18:39:19.000Z|stripe:pi_${ZEROS}`]],
  ['stripe/checkout.session.completed.payment_mode', 'checkout.session.completed', ['purchase|cs_00000000000000|25000-0+0+0+0|USD|paid|counts|2012-01-18T02:24:38.000Z|stripe:pi_00000000000000']],
  ['stripe/customer.created', 'customer.created', [`customer|${CUS}|-|`]],
  ['stripe/customer.updated', 'customer.updated', [`customer|${CUS}|-|`]],
  ['stripe/customer.deleted', 'customer.deleted', [`customer|${CUS}|-|deletedAtStripe`]],
  ['stripe/customer.subscription.created', 'customer.subscription.created', [`contract|sub_${ZEROS}|${CUS}|active|1500|USD|15.00 USD a month|2022-03-26T18:41:50.000Z||`]],
  ['stripe/customer.subscription.updated', 'customer.subscription.updated', [`contract|sub_${ZEROS}|${CUS}|active|1500|USD|15.00 USD a month|2022-03-26T18:41:45.000Z||`]],
  ['stripe/customer.subscription.deleted', 'customer.subscription.deleted', [`contract|sub_${ZEROS}|${CUS}|cancelled|1500|USD|15.00 USD a month|2022-03-26T18:41:36.000Z||2022-03-26T18:41:37.000Z`]],
  ['stripe/invoice.created', 'invoice.created', [`subscription|in_${ZEROS}|1500-0+0+0+0|USD|draft|not|2022-03-26T18:41:50.000Z|stripe:first_bill_of_sub_${ZEROS}`]],
  ['stripe/invoice.finalized', 'invoice.finalized', [`purchase|in_${ZEROS}|2000-0+0+0+0|USD|paid|counts|2022-03-26T18:40:13.000Z|stripe:ch_${ZEROS} stripe:pi_${ZEROS}`]],
  ['stripe/invoice.paid', 'invoice.paid', [`purchase|in_${ZEROS}|2000-0+0+0+0|USD|paid|counts|2022-03-26T18:40:13.000Z|stripe:ch_${ZEROS} stripe:pi_${ZEROS}`]],
  ['stripe/invoice.payment_succeeded', 'invoice.payment_succeeded', [`purchase|in_${ZEROS}|2000-0+0+0+0|USD|paid|counts|2022-03-26T18:40:13.000Z|stripe:ch_${ZEROS} stripe:pi_${ZEROS}`]],
  ['stripe/invoice.payment_failed', 'invoice.payment_failed', [`purchase|in_${ZEROS}|2000-0+0+0+0|USD|open|not|2022-03-26T18:40:07.000Z|stripe:ch_${ZEROS} stripe:pi_${ZEROS}`]],
  ['stripe/payment_intent.created', 'payment_intent.created', [`purchase|pi_${ZEROS}|2000|USD|requires_payment_method|not|2022-03-26T18:40:32.000Z|`]],
  ['stripe/payment_intent.succeeded', 'payment_intent.succeeded', [`purchase|pi_${ZEROS}|2000|USD|succeeded|counts|2022-03-26T18:40:32.000Z|stripe:ch_${ZEROS}`]],
  ['stripe/payment_intent.canceled', 'payment_intent.canceled', [`purchase|pi_${ZEROS}|2000|USD|canceled|not|2022-03-26T18:40:24.000Z|`]],
  ['stripe/payment_intent.payment_failed', 'payment_intent.payment_failed', [`purchase|pi_${ZEROS}|2000|USD|requires_payment_method|not|2022-03-26T18:40:28.000Z|stripe:ch_${ZEROS}`]],
  ['stripe/payout.paid', 'payout.paid', []],
  ['stripe/price.updated', 'price.updated', []],
  ['stripe/product.updated', 'product.updated', []],
  ['stripe/mandate.updated', 'mandate.updated', []],

  ['stripe_pay/charge.succeeded', 'charge.succeeded', ['purchase|ch_chargeid|500|USD|succeeded|counts|2012-10-29T07:55:05.000Z|stripe:pm_1234']],
  ['stripe_pay/charge.updated', 'charge.updated', ['purchase|ch_1234|24900|USD|succeeded|counts|2025-05-01T12:45:18.000Z|stripe:pi_1234']],
  // 5.00 of 15.00 refunded; the refund names its charge itself.
  ['stripe_pay/charge.refunded', 'charge.refunded', [
    'purchase|ch_chargeid|1500|USD|partially_refunded|counts|2012-10-29T07:55:05.000Z|stripe:pm_1234',
    'refund|re_3LQOJoKXBGcbgpbZ10i9Mg75|ch_3LQOJoKXBGcbgpbZ1ZhroS8X|500|USD|succeeded|counts|2022-07-28T04:27:45.000Z',
  ]],
  ['stripe_pay/checkout.session.completed', 'checkout.session.completed', ['subscription|cs_test_a1UejXx8ebIdTzFolicVypUAZpOBVkoQKDbaarXoPlPVtj8p0zujPEEhjT|1900-0+0+0+0|USD|paid|counts|2027-01-15T08:00:00.000Z|stripe:first_bill_of_sub_1LNkeSKXBGcbgpbZ7jMqOPSi']],
  ['stripe_pay/customer.updated', 'customer.updated', ['customer|cus_1234|-|']],
  ['stripe_pay/customer.deleted', 'customer.deleted', ['customer|cus_EGxrcooteA3WAb|-|deletedAtStripe']],
  // 6 × 29.00 + 3 × 29.00 = 261.00, two discounts of 10 % (25.23 + 8.70), 8 % tax: 261.00 − 33.93 + 18.05 = 245.12.
  ['stripe_pay/invoice', 'invoice.paid', ['purchase|in_1RFFohKXBGcbgpbZk9MxzDMc|26100-3393+1805+0+0|USD|paid|counts|2025-04-18T14:26:03.000Z|stripe:ch_3RFFrjKXBGcbgpbZ0g57Qovb stripe:pi_3RFFrjKXBGcbgpbZ0mAQxeI1']],
  ['stripe_pay/invoice.payment_failed', 'invoice.payment_failed', ['subscription|in_1234|24900-0+0+0+0|USD|open|not|2025-04-23T18:46:02.000Z|']],
  ['stripe_pay/invoice.upcoming', 'invoice.upcoming', []],
  ['stripe_pay/account.updated', 'account.updated', []],
  ['stripe_pay/subscription.created', 'customer.subscription.created', [`contract|sub_00000000000000|${CUS}|active|600|USD|6.00 USD a month|2016-06-24T15:45:24.000Z||`]],
  ['stripe_pay/subscription.updated', 'customer.subscription.updated', [`contract|sub_00000000000000|${CUS}|cancelled|600|USD|6.00 USD a month|2016-06-24T15:45:24.000Z||2017-02-23T17:47:49.000Z`]],
  ['stripe_pay/subscription.deleted', 'customer.subscription.deleted', [`contract|sub_00000000000000|${CUS}|cancelled|300|USD|Beginner|2016-06-24T15:45:24.000Z||2019-01-08T05:23:47.000Z`]],

  ['stripe_objects/charge', 'charge.succeeded', ['purchase|ch_1PgafuB7WZ01zgkWXYmPNZs8|100|USD|uncaptured|not|2009-02-13T23:31:30.000Z|']],
  ['stripe_objects/payment_intent', 'payment_intent.created', ['purchase|pi_1PgafyB7WZ01zgkWSjxsAJo3|1099|USD|requires_payment_method|not|2009-02-13T23:31:30.000Z|']],
  ['stripe_objects/invoice', 'invoice.updated', ['purchase|in_1Pgc6tB7WZ01zgkWu9fdqL6I|1000-0+0+0+0|USD|draft|not|2009-02-13T23:31:30.000Z|']],
  // Without an amount it sells nothing yet.
  ['stripe_objects/checkout.session', 'checkout.session.expired', []],
  ['stripe_objects/refund', 'refund.created', ['refund|re_1Pgc72B7WZ01zgkWqPvrRrPE|ch_1PgafuB7WZ01zgkWXYmPNZs8|100|USD|succeeded|counts|2009-02-13T23:31:30.000Z']],
  ['stripe_objects/dispute', 'charge.dispute.created', ['refund|dp_1Pgc71B7WZ01zgkWMevJiAUx|ch_1PgafuB7WZ01zgkWXYmPNZs8|1000|USD|warning_needs_response|not|2009-02-13T23:31:30.000Z']],
  ['stripe_objects/customer', 'customer.updated', ['customer|cus_QXg1o8vcGmoR32|-|']],
  ['stripe_objects/deleted_customer', 'customer.deleted', ['customer|cus_QXg1o8vcGmoR32|-|deletedAtStripe']],
  // Collection is paused, so no money comes.
  ['stripe_objects/subscription', 'customer.subscription.updated', ['contract|sub_1Pgc6rB7WZ01zgkWNy0Cn5nw|cus_QXg1o8vcGmoR32|paused|2000|USD|20.00 USD a month|2009-02-13T23:31:30.000Z|2009-02-13T23:31:30.000Z|']],
  ...['event', 'balance_transaction', 'coupon', 'credit_note', 'discount', 'invoiceitem', 'line_item', 'price', 'product', 'promotion_code', 'webhook_endpoint']
    .map((name): [string, string, string[]] => [`stripe_objects/${name}`, `${name}.updated`, []]),
];

/** Samples that no account could have sent, and why we refuse them. */
const REFUSED: [path: string, topic: string, why: RegExp][] = [
  ['stripe/customer.subscription.trial_will_end', 'customer.subscription.trial_will_end', /prices in USD and EUR; one currency/],
];

describe.skipIf(!haveFixtures)('sample payloads', () => {
  it.each(EXPECTED)('%s', (path, topic, records) => {
    expect(stripe.normalise({ topic, headers: {}, body: eventText(`${path}.json`, topic) }, context).map(inShort)).toEqual(records);
  });

  it.each(REFUSED)('refuses %s', (path, topic, why) => {
    expect(() => stripe.normalise({ topic, headers: {}, body: eventText(`${path}.json`, topic) }, context)).toThrow(why);
  });

  it('leaves none out', () => {
    const known = new Set([...EXPECTED, ...REFUSED].map(([path]) => `${path}.json`));
    const all = ['stripe', 'stripe_pay', 'stripe_objects'].flatMap((folder) => readdirSync(fixtureFolder(folder)).map((file) => `${folder}/${file}`));
    expect(all.filter((path) => !known.has(path))).toEqual([]);
  });

  it('reads the id and topic of whole events, and refuses what is not one', () => {
    const headers = {};
    const envelope = (text: string) => stripe.envelope({ headers, body: new TextEncoder().encode(text) }, () => 'made');
    expect(envelope(fixture('stripe/invoice.paid.json'))).toEqual({ deliveryId: `evt_${ZEROS}`, topic: 'invoice.paid', headers });
    expect(() => envelope(fixture('stripe_pay/charge.succeeded.json'))).toThrow(/Event: id/);
    expect(() => envelope(fixture('stripe_objects/charge.json'))).toThrow(/Event: type/);
  });

  it('keeps the lines of an invoice, each after its discounts', () => {
    const [record] = stripe.normalise({ topic: 'invoice.paid', headers: {}, body: eventText('stripe_pay/invoice.json', 'invoice.paid') }, context);
    expect(record).toMatchObject({
      label: '228BBE4A-0001', precedence: 50, customer: { externalId: 'cus_S9YwWMaQEgeJYO', email: 'missouri@example.org', name: 'Missouri', country: 'US' },
      items: [
        { productId: 'prod_IxQQWtyij0rvGp', name: 'T-Shirt', quantity: 6, amount: 15660 },
        { productId: 'prod_IxQQWtyij0rvGp', name: 'T-Shirt', quantity: 3, amount: 7047 },
      ],
    });
  });
});
