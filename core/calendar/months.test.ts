/** Months count by subtraction, over years and leap days. */
import { expect, it } from 'vitest';
import { dayNumber, dayText } from './days.ts';
import { lastDayOfMonth, monthNumber, monthOfDay, monthText } from './months.ts';

it('numbers months so that neighbours differ by one', () => {
  const january = monthNumber('2024-01') ?? Number.NaN;
  expect(january - (monthNumber('2023-12-15') ?? Number.NaN)).toBe(1);
  expect(monthText(january)).toBe('2024-01');
  expect(monthOfDay(dayNumber('2024-01-31'))).toBe(january);
});

it('knows where a month ends', () => {
  for (const [month, last] of [['2023-02', '2023-02-28'], ['2024-02', '2024-02-29'], ['2024-12', '2024-12-31']] as const) {
    expect(dayText(lastDayOfMonth(monthNumber(month) ?? Number.NaN))).toBe(last);
  }
});

it('refuses what is no month', () => {
  for (const text of ['2024-13', '2024-00', '2024', '24-01', '2024-01-']) expect(monthNumber(text)).toBeNull();
});
