/** Forecasts of shops: calendar, partial periods, honest intervals, and no look at what comes after. */
import { describe, expect, it } from 'vitest';
import { dayNumber, dayText } from '#core/calendar/days';
import { createRandom, normal } from '#core/math/random';
import type { Events } from '#core/clv/summary';
import { hasReference, referenceOrders } from '../../tests/support/reference-orders.ts';
import { FORECASTERS } from './choose.ts';
import { forecast, type ForecastOptions } from './forecast.ts';
import { errorSpread } from './intervals.ts';
import { periodOf, periodSeries, periodsAfter } from './series.ts';

const day = dayNumber;

/** One order a day of a new customer, worth what `amount` says. */
function shop(from: string, days: number, amount: (t: number) => number): Events {
  return { customer: Int32Array.from({ length: days }, (_, t) => t), day: Int32Array.from({ length: days }, (_, t) => day(from) + t), amount: Float64Array.from({ length: days }, (_, t) => amount(t)) };
}

describe('series', () => {
  it('begins weeks on Monday, before 1970 too', () => {
    for (const [at, monday] of [['2026-11-22', '2026-11-16'], ['2026-11-23', '2026-11-23'], ['1969-12-31', '1969-12-29'], ['1970-01-01', '1969-12-29']] as const) expect(dayText(periodOf(day(at), 'week').from)).toBe(monday);
    expect(periodsAfter(day('2024-01-31'), 'month', 2).map((p) => [dayText(p.from), dayText(p.to)])).toEqual([['2024-02-01', '2024-02-29'], ['2024-03-01', '2024-03-31']]);
  });

  it('fills gaps with zeros, keeps the open period apart, and takes entries in any order', () => {
    const days = ['2026-03-15', '2026-01-01', '2026-03-02', '2026-01-31'].map(day);
    const made = periodSeries(days, [8, 1, 4, 2], 'month', day('2026-03-20'));
    expect([...made.values]).toEqual([3, 0]);
    expect(made.open).toMatchObject({ soFar: 12, daysOver: 20 });
    expect(periodSeries(days, [8, 1, 4, 2], 'month', day('2026-03-31')).open).toBeNull();
    expect([...periodSeries(days, [8, 1, 4, 2], 'month', day('2026-03-10')).values]).toEqual([3, 0]);
  });

  it('leaves out a first month that the shop was not open for', () => {
    const made = periodSeries(Array.from({ length: 200 }, (_, t) => day('2026-01-20') + t), new Float64Array(200).fill(1), 'month', day('2026-07-31'));
    expect(dayText(made.periods[0]?.from ?? 0)).toBe('2026-02-01');
    expect(made.notes.join()).toMatch(/first month is left out/);
  });
});

describe('forecast', () => {
  const base: ForecastOptions = { measure: 'revenue', by: 'month', count: 12, asOfDay: day('2025-12-31') };

  it('knows how long months are', () => {
    const made = forecast(shop('2023-01-01', 1096, () => 1000), { ...base, count: 3 });
    expect(made.periods.map((p) => [p.value, p.high - p.low])).toEqual([[31, 0], [28, 0], [31, 0]].map(([days, width]) => [expect.closeTo((days ?? 0) * 1000, -1), expect.closeTo(width ?? 0, -1)]));
  });

  it('finds the season and the growth', () => {
    const draw = createRandom('season');
    const amount = (t: number) => (1000 + t) * (1 + 0.5 * Math.sin((2 * Math.PI * t) / 365.25)) * (1 + 0.1 * normal(draw));
    const all = shop('2021-01-01', 1826, amount);
    const made = forecast(all, { ...base, asOfDay: day('2024-12-31') });
    const actual = periodSeries(all.day, all.amount, 'month', day('2025-12-31'));
    const miss = made.periods.map((period, h) => Math.abs(period.value / (actual.values[48 + h] ?? 0) - 1));
    expect(miss.reduce((sum, e) => sum + e, 0) / 12).toBeLessThan(0.06);
    expect(['ets', 'seasonal-naive']).toContain(made.chosen);
  });

  it('does not see what comes after its last day', () => {
    const all = shop('2023-01-01', 1096, (t) => 500 + (t % 30));
    const past = { customer: all.customer.slice(0, 800), day: all.day.slice(0, 800), amount: all.amount.slice(0, 800) };
    const options = { ...base, asOfDay: day('2023-01-01') + 799 };
    expect(forecast(all, options)).toEqual(forecast(past, options));
  });

  it('never narrows with the horizon, holds the value, and never falls below nothing', () => {
    const draw = createRandom('widen');
    for (const by of ['day', 'week', 'month'] as const) {
      const made = forecast(shop('2022-01-01', 1461, () => Math.max(1, 100 + 90 * normal(draw))), { ...base, by, asOfDay: day('2025-12-31') });
      let width = 0;
      for (const period of made.periods) {
        const now = period.high - period.value;
        expect(now).toBeGreaterThanOrEqual(width - 1e-6);
        expect(period.low).toBeGreaterThanOrEqual(0);
        expect(period.low).toBeLessThanOrEqual(period.value);
        width = now;
      }
    }
  }, 60_000);

  it('completes the period that is not over', () => {
    const made = forecast(shop('2024-01-01', 731 - 16, () => 100), { ...base, asOfDay: day('2025-12-15'), count: 2 });
    expect(made.periods[0]).toMatchObject({ soFar: 1500, from: day('2025-12-01') });
    expect(made.periods[0]?.value).toBeCloseTo(3100, -1);
    expect(made.periods[1]?.soFar).toBeNull();
  });

  it('goes on at the pace of the days so far before a month is over', () => {
    const made = forecast(shop('2025-12-05', 11, () => 100), { ...base, asOfDay: day('2025-12-15'), count: 2 });
    // Eleven days with an order of the fifteen that are over.
    expect(made.periods.map((period) => Math.round(period.value))).toEqual([Math.round(1100 + (1100 / 15) * 16), Math.round((1100 / 15) * 31)]);
    expect(made.notes.join()).toMatch(/0 whole months are too few/);
    expect(made.periods[1]?.high).toBeGreaterThan(made.periods[1]?.value ?? Infinity);
  });

  it.each([
    ['one order', shop('2025-12-01', 1, () => 100)],
    ['a month', shop('2025-12-01', 31, () => 100)],
    ['nothing but refunds', shop('2024-01-01', 700, () => -5)],
    ['nothing but zeros', shop('2024-01-01', 700, () => 0)],
    ['one customer', { ...shop('2024-01-01', 700, () => 100), customer: new Int32Array(700) }],
    ['a gap of a year', { ...shop('2022-01-01', 400, () => 100), day: Int32Array.from({ length: 400 }, (_, t) => day('2022-01-01') + t + (t > 200 ? 400 : 0)) }],
    ['one huge order', shop('2024-01-01', 700, (t) => (t === 300 ? 1e11 : 100))],
  ])('has a finite answer for %s', (_, events) => {
    for (const measure of ['revenue', 'orders'] as const) {
      for (const model of [undefined, ...FORECASTERS]) {
        const made = forecast(events, { ...base, measure, model });
        expect(made.periods.length).toBe(12);
        for (const { value, low, high } of made.periods) {
          expect([value, low, high].every(Number.isFinite)).toBe(true);
          expect(low <= value + 1e-6 && value <= high + 1e-6).toBe(true);
        }
      }
    }
  }, 60_000);
});

describe('intervals from past errors', () => {
  it('cover what they promise when errors go on as before', () => {
    const draw = createRandom('coverage');
    let held = 0;
    const rounds = 400;
    for (let round = 0; round < rounds; round++) {
      const errors = Array.from({ length: 12 }, () => Array.from({ length: 6 }, (_, h) => Math.sqrt(h + 1) * normal(draw)));
      const spread = errorSpread(errors, 6, 0.1, 1);
      const next = Math.sqrt(6) * normal(draw);
      if (next >= spread.low * (spread.scale[5] ?? 0) && next <= spread.high * (spread.scale[5] ?? 0)) held++;
    }
    expect(held / rounds).toBeGreaterThan(0.74);
    expect(held / rounds).toBeLessThan(0.88);
  });

  it('grow with the root of the steps past what was seen', () => {
    const { scale } = errorSpread([[3], [-3]], 4, 0.1, 1);
    expect([...scale]).toEqual([3, 3 * Math.SQRT2, 3 * Math.sqrt(3), 6]);
  });
});

describe.runIf(hasReference('forecasts of the full CDNOW file', 'data/cdnow_full.csv'))('the reference shop', () => {
  it('customers’ own histories foresee the second quarter of 1998 better than its last month', () => {
    const { events } = referenceOrders('data/cdnow_full.csv');
    const actual = periodSeries(events.day, events.amount, 'month', day('1998-06-30')).values.slice(-3).reduce((sum, value) => sum + value, 0);
    const options: ForecastOptions = { measure: 'revenue', by: 'month', count: 3, asOfDay: day('1998-03-31') };
    const total = (model?: 'naive') => forecast(events, { ...options, model }).periods.reduce((sum, period) => sum + period.value, 0);
    expect(Math.abs(total() / actual - 1)).toBeLessThan(0.13);
    expect(Math.abs(total('naive') / actual - 1)).toBeGreaterThan(0.2);
  });
});
