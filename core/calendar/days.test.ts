/** Days count from 1970, come back as they were, and refuse what the calendar does not have. */
import { describe, expect, it } from 'vitest';
import { addDays, dayNumber, dayText, parseDay } from './days.ts';

describe('day numbers', () => {
  it('count from 1970 and come back', () => {
    expect(dayNumber('1970-01-01')).toBe(0);
    expect(dayNumber('2024-03-01') - dayNumber('2024-02-28')).toBe(2);
    for (const day of ['1969-12-31', '1997-01-01', '2000-02-29', '2026-12-31']) expect(dayText(dayNumber(day))).toBe(day);
    expect(() => dayNumber('tomorrow')).toThrow(RangeError);
  });

  it('add up over ends of months and years', () => {
    expect(addDays('2023-12-31', 1)).toBe('2024-01-01');
    expect(addDays('2024-03-01', -1)).toBe('2024-02-29');
  });
});

describe('parseDay', () => {
  it('takes days of the calendar and nothing else', () => {
    expect(parseDay('2024-02-29')).toBe(dayNumber('2024-02-29'));
    for (const text of ['2023-02-29', '2024-04-31', '2024-13-01', '2024-1-1', '2024-01-01T00:00', '']) expect(parseDay(text)).toBeNull();
  });
});
