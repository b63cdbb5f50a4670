/** Money follows its currency's minor unit and the merchant's locale; days keep their day whatever the zone. */
import { describe, expect, it } from 'vitest';
import { createFormats } from './formats.ts';

const british = createFormats({ locale: 'en-GB', currency: 'EUR', timeZone: 'America/Los_Angeles' });

describe('money', () => {
  it('shows cents below 100 and none above, unless exact', () => {
    expect(british.money(9_999)).toBe('€99.99');
    expect(british.money(1_234_567)).toBe('€12,346');
    expect(british.money(1_234_567, 'exact')).toBe('€12,345.67');
  });

  it('knows currencies without cents and with three digits', () => {
    expect(british.money(1_500, 'exact', 'JPY')).toBe('¥1,500');
    expect(british.money(1_500, 'exact', 'KWD')).toMatch(/1\.500/);
  });

  it('is compact on axes', () => {
    expect(british.money(125_000_000, 'compact')).toBe('€1.3m');
    expect(british.money(0, 'compact')).toBe('€0');
  });

  it('follows the locale', () => {
    expect(createFormats({ locale: 'de-DE', currency: 'EUR', timeZone: 'UTC' }).money(1_234_567, 'exact')).toBe('12.345,67\u00a0€');
  });

  it('never writes minus zero', () => {
    expect(british.money(-0)).toBe('€0.00');
  });
});

describe('dates', () => {
  it('keep a day as that day west of Greenwich', () => {
    expect(british.day('2026-03-01')).toBe('1 Mar 2026');
    expect(british.month('2026-03')).toBe('Mar 2026');
  });

  it('tell an instant in the zone of the merchant', () => {
    expect(british.time('2026-03-01T02:30:00Z')).toBe('28 Feb 2026, 18:30');
    expect(british.date('2026-03-01T02:30:00Z')).toBe('28 Feb 2026');
  });
});

describe('change', () => {
  it('has its sign, and a digit more while small', () => {
    expect(british.change(0.123)).toBe('+12%');
    expect(british.change(-0.047)).toBe('-4.7%');
  });

  it('has as many digits as its neighbours where a column asks for it', () => {
    expect([0.12, -0.047, 2].map((share) => british.change(share, 1))).toEqual(['+12.0%', '-4.7%', '+200.0%']);
    expect([british.percent(0.3, 1, 1), british.percent(0.3, 1), british.decimal(1.5, 2, 2)]).toEqual(['30.0%', '30%', '1.50']);
  });
});

it('says how long something took', () => {
  expect([0.42, 9.96, 12.4, 200, 7500].map(british.duration)).toEqual(['0.4 s', '10 s', '12 s', '3 min', '2 h 5 min']);
});
