/** Stripe's exports: payments of the dashboard, and the itemised balance. Times in both are UTC. */
import { localTimeIn } from '#core/calendar/local-time';
import { CHARGE, PAYMENT_INTENT } from '../../precedence.ts';
import type { Amounts, CustomerRef, OrderRecord, SaleRecord } from '../../record.ts';
import { Refusal } from '../../csv/row.ts';
import { refundInFile } from './file-refund.ts';
import { FILE_RANKS, latest } from './preset.ts';
import type { Cells, Preset } from './preset.ts';

const TAKEN: ReadonlySet<string> = new Set(['paid', 'succeeded', 'refunded', 'partially refunded', 'partial refund', 'disputed']);
const CREATED = ['created date utc', 'created utc', 'created'] as const;
const utc = localTimeIn('UTC');

function amountsOf(currency: string, given: number): Amounts {
  return { currency, given, goods: 0, discount: 0, tax: 0, shipping: 0, tip: 0 };
}

function requireId(line: Cells, ...headings: string[]): string {
  const id = line.text(...headings);
  if (!/^(ch|py|pi)_\w+$/.test(id)) throw new Refusal('missing_field', { heading: headings[0] ?? 'id' }, `"${id.slice(0, 40)}" is not the id of a payment (ch_…, py_… or pi_…)`);
  return id;
}

function customerOf(line: Cells): CustomerRef | null {
  const [externalId, email] = [line.text('customer id'), line.text('customer email')];
  return externalId === '' && email === '' ? null : { externalId: externalId || null, email: email || null, name: line.text('customer name') || null, country: null };
}

interface Payment {
  id: string;
  at: string;
  updatedAt: string;
  status: string;
  counts: boolean;
  rank: number;
  amounts: Amounts;
}

function paymentOf(line: Cells, payment: Payment): OrderRecord {
  const { id, at, updatedAt, status, counts, rank, amounts } = payment;
  const keys = [line.text('payment intent id', 'payment intent'), line.text('charge id'), line.text('invoice id')].filter((key) => key !== '' && key !== id);
  return {
    kind: 'order', source: 'stripe', externalId: id, version: { updatedAt, rank }, occurredAt: at, customer: customerOf(line), amounts, status, counts,
    type: 'purchase', channel: null, items: [], label: null, paymentKeys: keys.map((key) => `stripe:${key}`),
    precedence: id.startsWith('pi_') ? PAYMENT_INTENT : CHARGE,
  };
}

export const stripePayments: Preset = {
  source: 'stripe',
  fits: (headings) => ['id', 'amount', 'amount refunded', 'currency', 'status'].every((heading) => headings.has(heading)) && CREATED.some((heading) => headings.has(heading)),
  orderOf: () => null,
  read([line], { currency: own }) {
    const currency = line.currency(own, 'currency');
    const status = line.text('status').toLowerCase().replaceAll('_', ' ');
    const refunded = line.money(currency, 'amount refunded');
    const amount = line.requiredMoney(currency, 'amount');
    const at = line.requiredInstant(utc, ...CREATED);
    const refundedAt = line.instant(utc, 'refunded date utc');
    const taken = TAKEN.has(status) && line.text('captured').toLowerCase() !== 'false';
    const record = paymentOf(line, {
      id: requireId(line, 'id'), at, updatedAt: latest(at, refundedAt), status, counts: taken, amounts: amountsOf(currency, amount),
      rank: refunded >= amount && refunded > 0 ? FILE_RANKS.refunded : refunded > 0 ? FILE_RANKS.partlyRefunded : taken ? FILE_RANKS.paid : FILE_RANKS.open,
    });
    return refunded > 0 ? [record, refundInFile(record, refunded, refundedAt ?? at)] : [record];
  },
};

const CHARGES: ReadonlySet<string> = new Set(['charge', 'payment']);
const REFUNDS: ReadonlySet<string> = new Set(['refund', 'payment refund', 'partial capture reversal']);

export const stripeBalance: Preset = {
  source: 'stripe',
  fits: (headings) => {
    const activity = ['id', 'type', 'source', 'amount', 'fee', 'net', 'currency'].every((heading) => headings.has(heading));
    const report = ['balance transaction id', 'gross', 'fee', 'net', 'currency', 'reporting category', 'source id'].every((heading) => headings.has(heading));
    return (activity || report) && CREATED.some((heading) => headings.has(heading));
  },
  orderOf: () => null,
  /** Payouts, fees and transfers move our own money: no sales. */
  read([line], { currency: own }): SaleRecord[] {
    const type = line.text('reporting category', 'type').toLowerCase().replaceAll('_', ' ');
    const isRefund = REFUNDS.has(type);
    if (!isRefund && !CHARGES.has(type)) return [];
    // What the buyer paid, where Stripe says so: the other amount is in the currency of the account.
    const facing = line.text('customer facing amount') !== '';
    const currency = facing ? line.currency(own, 'customer facing currency') : line.currency(own, 'currency');
    const amount = Math.abs(line.requiredMoney(currency, ...(facing ? ['customer facing amount'] : ['gross', 'amount'])));
    const at = line.requiredInstant(utc, ...CREATED);
    const source = line.text('source id', 'source');
    if (!isRefund) return [paymentOf(line, { id: requireId(line, 'source id', 'source'), at, updatedAt: at, status: 'paid', counts: true, rank: FILE_RANKS.paid, amounts: amountsOf(currency, amount) })];
    const charge = line.text('charge id', 'payment intent id');
    if (/^(re|pyr)_\w+$/.test(source)) {
      return [{
        kind: 'refund', source: 'stripe', externalId: source, version: { updatedAt: at, rank: FILE_RANKS.refunded }, occurredAt: at,
        orderExternalId: charge || null, customer: customerOf(line), amounts: amountsOf(currency, amount), status: 'refunded', counts: true, items: [],
      }];
    }
    // Older reports name the charge in place of the refund.
    const order = paymentOf(line, { id: requireId(line, 'source id', 'source'), at, updatedAt: at, status: 'paid', counts: true, rank: FILE_RANKS.paid, amounts: amountsOf(currency, amount) });
    const one = refundInFile(order, amount, at);
    return [{ ...one, externalId: `${one.externalId}:${line.text('balance transaction id', 'id')}` }];
  },
};
