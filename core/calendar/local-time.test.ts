/** Wall clocks to instants, on the days on which clocks change too. */
import { describe, expect, it } from 'vitest';
import { localDay } from './local-day.ts';
import { LocalTime, localTimeIn } from './local-time.ts';

const at = (zone: string, wall: string): string => new Date(localTimeIn(zone).instantOf(Date.parse(`${wall}Z`))).toISOString();

describe('instantOf', () => {
  it.each([
    ['UTC', '2024-03-10T02:30:00', '2024-03-10T02:30:00.000Z'],
    ['America/New_York', '2024-01-15T12:00:00', '2024-01-15T17:00:00.000Z'],
    ['America/New_York', '2024-07-15T12:00:00', '2024-07-15T16:00:00.000Z'],
    // Clocks go from 02:00 to 03:00: 02:30 does not exist and moves forward.
    ['America/New_York', '2024-03-10T02:30:00', '2024-03-10T07:30:00.000Z'],
    ['America/New_York', '2024-03-10T01:59:59', '2024-03-10T06:59:59.000Z'],
    ['America/New_York', '2024-03-10T03:00:00', '2024-03-10T07:00:00.000Z'],
    // 01:30 happens twice: the first.
    ['America/New_York', '2024-11-03T01:30:00', '2024-11-03T05:30:00.000Z'],
    ['America/New_York', '2024-11-03T02:00:00', '2024-11-03T07:00:00.000Z'],
    ['Asia/Kolkata', '2024-05-01T00:00:00', '2024-04-30T18:30:00.000Z'],
    ['Asia/Kathmandu', '2024-05-01T12:00:00', '2024-05-01T06:15:00.000Z'],
    ['Australia/Lord_Howe', '2024-04-07T12:00:00', '2024-04-07T01:30:00.000Z'],
    ['Pacific/Kiritimati', '2024-05-01T12:00:00', '2024-04-30T22:00:00.000Z'],
    ['Pacific/Pago_Pago', '2024-05-01T12:00:00', '2024-05-01T23:00:00.000Z'],
  ])('%s %s is %s', (zone, wall, instant) => expect(at(zone, wall)).toBe(instant));
});

it('keeps noon on its day, every day of 1996 to 2026, in zones from end to end', () => {
  for (const zone of ['Pacific/Kiritimati', 'America/New_York', 'Europe/Berlin', 'Asia/Tehran', 'America/Sao_Paulo', 'Pacific/Pago_Pago']) {
    const clock = new LocalTime(zone);
    for (let time = Date.UTC(1996, 0, 1); time < Date.UTC(2027, 0, 1); time += 86_400_000) {
      const day = new Date(time).toISOString().slice(0, 10);
      expect(localDay(new Date(clock.noonOf(day)), zone)).toBe(day);
    }
  }
});
