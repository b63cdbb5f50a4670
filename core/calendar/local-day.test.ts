/** Days of a tenant turn at her midnight, also when the clocks change. */
import { expect, it } from 'vitest';
import { isTimeZone, localDay, nextLocalDayStart } from './local-day.ts';

it('knows which day it is where the tenant is', () => {
  const instant = new Date('2026-03-10T02:30:00Z');
  expect(localDay(instant, 'UTC')).toBe('2026-03-10');
  expect(localDay(instant, 'America/New_York')).toBe('2026-03-09');
  expect(localDay(new Date('2026-03-10T11:00:00Z'), 'Pacific/Auckland')).toBe('2026-03-11');
  expect(() => localDay(instant, 'Mars/Olympus')).toThrow(RangeError);
});

it('tells zones from other words', () => {
  for (const zone of ['UTC', 'Europe/Berlin', 'Asia/Kathmandu']) expect(isTimeZone(zone)).toBe(true);
  for (const word of ['Mars/Olympus', 'Berlin', '+01:00', '-0530', '']) expect(isTimeZone(word)).toBe(false);
});

it('finds the next midnight over a change of clocks', () => {
  const next = (at: string, zone: string): string => nextLocalDayStart(new Date(at), zone).toISOString();
  expect(next('2026-03-10T12:00:00Z', 'UTC')).toBe('2026-03-11T00:00:00.000Z');
  // Berlin springs forward on 2026-03-29 and falls back on 2026-10-25.
  expect(next('2026-03-29T00:30:00Z', 'Europe/Berlin')).toBe('2026-03-29T22:00:00.000Z');
  expect(next('2026-10-25T00:30:00Z', 'Europe/Berlin')).toBe('2026-10-25T23:00:00.000Z');
  // Cairo's clocks change at midnight itself: 2026-04-24 begins at 01:00.
  expect(next('2026-04-23T12:00:00Z', 'Africa/Cairo')).toBe('2026-04-23T22:00:00.000Z');
});
