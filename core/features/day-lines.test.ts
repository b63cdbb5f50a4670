/** Refunds are known from their own day and reduce their order's. */
import { expect, it } from 'vitest';
import { featuresAt } from './features-at.ts';
import { addDayLines, toOrderLines, type GrowingLines } from './day-lines.ts';

it('a refund counts against its order, and only from the day it came', () => {
  const lines: GrowingLines = { customer: [], day: [], amount: [], known: [] };
  // 100 bought on day 10 and given back in part on day 30, together with some of what was bought on day 20.
  addDayLines(lines, 0, { days: [10, 20, 30, 40], gross: [10_000, 5000, null, 2000], refunded: [0, 0, 9000, 1000], net: [2000, 4000, 0, 1000] });
  expect(lines.day.map((day, i) => [day, lines.amount[i], lines.known[i]])).toEqual([[10, 10_000, 10], [20, 5000, 20], [40, 2000, 40], [10, -8000, 30], [20, -1000, 30], [40, -1000, 40]]);
  const spendAt = (origin: number): number => {
    const column = featuresAt({ orders: toOrderLines(lines) }, origin, { minorPerUnit: 100, only: ['spend'] }).table.columns[0];
    return column?.kind === 'number' ? (column.values[0] ?? NaN) : NaN;
  };
  expect([10, 25, 30, 45].map(spendAt)).toEqual([100, 150, 60, 70]);
});
