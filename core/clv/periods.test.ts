/** Counting by period: whose clock starts when, what is not observed, and what belongs to the holdout. */
import { describe, expect, it } from 'vitest';
import { parseDay } from '#core/calendar/days';
import { periodSummary } from './periods.ts';
import { summarise } from './summary.ts';

const day = (text: string): number => parseDay(text) ?? NaN;

function summaryOf(orders: [number, string, number][], calibrationEnd: string, observationEnd: string) {
  const events = { customer: Int32Array.from(orders, ([who]) => who), day: Int32Array.from(orders, ([, at]) => day(at)), amount: Float64Array.from(orders, ([, , amount]) => amount) };
  return summarise(events, { calibrationEnd: day(calibrationEnd), observationEnd: day(observationEnd) });
}

describe('periodSummary', () => {
  it('by days: from each customer\'s own first purchase, several in one period are one, the unfinished period is not seen', () => {
    const summary = summaryOf([[0, '2026-01-01', 100], [0, '2026-01-03', 200], [0, '2026-01-08', 300], [0, '2026-01-15', 400], [0, '2026-01-17', 50], [0, '2026-01-30', 500]], '2026-01-20', '2026-02-05');
    const made = periodSummary(summary, day('2026-01-20'), { days: 7 });
    // Two whole weeks by 20 January: 2–8 (days 1–7) and 9–15; the 17th is after them, within the first week of the holdout.
    expect([made.T[0], made.x[0], made.tx[0], made.horizon]).toEqual([2, 2, 2, 2]);
    expect(made.m[0]).toBe((200 + 300 + 400) / 2);
    expect([made.holdoutX[0], made.holdoutSpend[0]]).toEqual([1, 50]);
    expect([...made.holdoutByPeriod]).toEqual([1, 0]);
  });

  it('by calendar: the year of the first purchase is period 0, and a year not over is not observed', () => {
    const orders: [number, string, number][] = [[0, '2020-05-01', 100], [0, '2020-12-01', 100], [0, '2021-03-01', 100], [0, '2023-07-01', 100], [0, '2024-02-01', 100], [1, '2024-01-01', 100]];
    const made = periodSummary(summaryOf(orders, '2024-06-30', '2025-12-31'), day('2024-06-30'), { months: 12 });
    expect([made.T[0], made.x[0], made.tx[0]]).toEqual([3, 2, 3]);
    expect([made.T[1], made.x[1]]).toEqual([0, 0]);
    expect([made.horizon, made.holdoutX[0]]).toEqual([2, 1]);
    const whole = periodSummary(summaryOf(orders, '2023-12-31', '2023-12-31'), day('2023-12-31'), { months: 12 });
    expect([whole.T[0], whole.horizon]).toEqual([3, 0]);
  });
});
