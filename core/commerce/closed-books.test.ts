import { expect, it } from 'vitest';
import { closedReason, closedReasonOf } from './closed-books.ts';
import { parseTransactions } from './transaction-input.ts';
import type { CanonicalRecord } from './record.ts';

/** Midnight in Berlin. */
const closed = { before: '2021-11-01', opensAt: '2021-10-31T23:00:00.000Z' };

it('closes what lies before the first instant of the first open day, and nothing while no day is closed', () => {
  expect(closedReason('2021-10-31T22:59:59.999Z', closed)).toMatch(/^Dated 2021-10-31: the books are closed before 2021-11-01\./);
  expect(closedReason('2021-10-31T23:00:00.000Z', closed)).toBeNull();
  expect(closedReason('2021-10-31T23:00:00+01:00', closed)).not.toBeNull();
  expect(closedReason('1999-01-01T00:00:00.000Z', null)).toBeNull();
});

it('looks at sales and refunds alone, and rejects them one by one at the API', () => {
  const event: CanonicalRecord = {
    kind: 'event', source: 'api', externalId: 'e', version: { updatedAt: '2020-01-01T00:00:00.000Z', rank: 0 }, occurredAt: '2020-01-01T00:00:00.000Z', type: 'page_view', customer: null,
    sessionId: null, anonymousId: null, properties: {},
  };
  expect(closedReasonOf([event], closed)).toBeNull();
  const sale = { customer: { externalId: 'c' }, amount: 1, currency: 'EUR' };
  const { accepted, rejected } = parseTransactions([{ ...sale, occurredAt: '2021-11-01' }, { ...sale, occurredAt: '2021-10-31' }, { ...sale, occurredAt: '2021-10-01', type: 'refund', orderId: 'o' }],
    { source: 'api', currency: 'EUR', timeZone: 'Europe/Berlin', closed, now: new Date('2026-01-01T00:00:00Z'), makeId: () => 'id' });
  expect([accepted.length, rejected.map(({ index, code, path }) => [index, code, path])]).toEqual([1, [[1, 'books_closed', 'occurredAt'], [2, 'books_closed', 'occurredAt']]]);
});
