/** Shops no model was made for: each gives a finite, explained answer under every model, never NaN and never an exception. */
import { describe, expect, it } from 'vitest';
import { parseDay } from '#core/calendar/days';
import type { Events } from '#core/clv/summary';
import { seeded } from '#core/math/seeded';
import { believe, fitPrepared, foresee } from './fitting.ts';
import { MODEL_NAMES, modelFor, prepare } from './fit-input.ts';
import { CUSTOMER_COLUMNS, customerRows, holdoutOf, intervalsOf, pastOf, withPast } from './fit-report.ts';

const DAY = parseDay('2026-01-01') ?? NaN;

type Order = [customer: number, day: number, amount: number];

function shop(orders: Order[]): Events {
  return { customer: Int32Array.from(orders, ([who]) => who), day: Int32Array.from(orders, ([, day]) => day), amount: Float64Array.from(orders, ([, , amount]) => amount) };
}

/** `customers` who buy about every `gap` days from a first day within the first `spread`, until they leave with `leave` after each order. */
function ordinary(customers: number, { gap = 30, span = 400, spread = 200, leave = 0.2, amount = (): number => 2500, from = DAY } = {}): Order[] {
  const random = seeded(customers);
  return Array.from({ length: customers }, (_, who) => who).flatMap((who) => {
    const orders: Order[] = [];
    for (let day = Math.floor(random() * spread); day <= span; day += 1 + Math.floor(-Math.log(1 - random()) * gap)) {
      orders.push([who, from + day, amount()]);
      if (random() < leave) break;
    }
    return orders;
  });
}

const each = (customers: number, make: (who: number) => Order[]): Order[] => Array.from({ length: customers }, (_, who) => make(who)).flat();

interface Case {
  orders: Order[];
  countZero?: boolean;
  /** Days before the last that calibration ends. */
  held?: number;
}

const CASES: Record<string, Case> = {
  'one customer, one order': { orders: [[0, DAY, 1000]] },
  'two customers': { orders: [[0, DAY, 1000], [0, DAY + 40, 900], [1, DAY + 3, 500]] },
  'twenty customers': { orders: ordinary(20), held: 90 },
  'one-time buyers only': { orders: each(400, (who) => [[who, DAY + (who % 300), 1999]]), held: 60 },
  'all orders on one day': { orders: each(300, (who) => [[who, DAY, 100 + who], [who, DAY, 50]]) },
  'a customer with 10,000 orders': { orders: [...ordinary(200), ...Array.from({ length: 10_000 }, (_, i): Order => [200, DAY + (i % 400), 700])], held: 60 },
  'a customer with 10,000 order days': { orders: [...ordinary(60), ...Array.from({ length: 10_000 }, (_, i): Order => [60, DAY - 9_600 + i, 700])] },
  'future dates': { orders: ordinary(150, { from: parseDay('2399-06-01') ?? NaN }), held: 60 },
  'forty years apart': { orders: [...ordinary(50), ...ordinary(50, { from: parseDay('1986-01-01') ?? NaN })] },
  'amounts of 1e9': { orders: ordinary(150, { amount: () => 1e11 }), held: 60 },
  'one amount of 1e9 among cents': { orders: [...ordinary(150, { amount: () => 5 }), [3, DAY + 390, 1e11]] },
  'everyone exactly alike': { orders: each(200, (who) => [0, 20, 40, 60, 80].map((day): Order => [who, DAY + day, 1000])) },
  'nobody ever leaves': { orders: each(150, (who) => Array.from({ length: 40 }, (_, i): Order => [who, DAY + (who % 20) + i * 10, 1500 + who])), held: 60 },
  'everyone leaves after a month': { orders: each(300, (who) => [0, 10, 20, 30].map((day): Order => [who, DAY + (who % 30) + day, 1000 + who])).concat([[300, DAY + 500, 1]]), held: 60 },
  'every day a purchase': { orders: each(30, (who) => Array.from({ length: 200 }, (_, i): Order => [who, DAY + i, 300])), held: 30 },
  'zero and negative amounts': { orders: [...ordinary(100, { amount: () => 0 }), ...ordinary(100).map(([who, day]): Order => [who + 100, day, who % 3 === 0 ? -500 : 800])], countZero: true, held: 60 },
  'only zero amounts': { orders: ordinary(100, { amount: () => 0 }), countZero: true },
  'nearly all heavy buyers, one in a thousand light': { orders: [...each(200, (who) => Array.from({ length: 50 }, (_, i): Order => [who, DAY + i * 7 + (who % 5), 1000])), [200, DAY, 1]], held: 60 },
};

describe.each(Object.entries(CASES))('%s', (_, { orders, countZero = false, held = 0 }) => {
  it.each(MODEL_NAMES)('%s', (name) => {
    const events = shop(orders);
    const lastDay = events.day.reduce((most, day) => Math.max(most, day), -Infinity);
    const firstDay = events.day.reduce((least, day) => Math.min(least, day), Infinity);
    const model = modelFor(name);
    const options = { calibrationEnd: lastDay - held, observationEnd: lastDay, countZero, unitDays: 7, period: { days: 7 }, unit: 100 };
    const prepared = prepare(model, events, options);
    const fitted = fitPrepared(model, prepared, true);
    const believed = believe(fitted, prepared, 1);
    const settings = { horizonDays: 365, discountMonthly: 0.01, level: 0.8, seed: 1, customers: 'wanted' };
    const { forecast, described } = intervalsOf(fitted, believed, prepared, settings);
    const past = pastOf({ model, events, options, firstDay, wanted: 2, spend: true, attributes: [], settings });
    const widened = withPast(described, past);
    const finite = (value: unknown): void => { expect(Number.isFinite(value), String(value)).toBe(true); };

    const { fit, spend } = fitted;
    [fit.logLikelihood, fit.iterations, ...Object.values(fit.params), ...Object.values(spend.params), spend.populationMean].forEach(finite);
    if (fit.degenerate || !fit.converged) expect(fit.notes.length, 'a fit to be wary of says why').toBeGreaterThan(0);
    for (let i = 0; i < prepared.m.length; i++) {
      const [alive = NaN, expected = NaN, value = NaN, low = NaN, high = NaN] = [forecast.pAlive[i], forecast.expectedOrders[i], forecast.value[i], forecast.low[i], forecast.high[i]];
      [alive, expected, value, low, high, forecast.expectedSpend[i]].forEach(finite);
      expect(alive >= 0 && alive <= 1 && expected >= 0 && low >= 0 && low <= value && value <= high, `${alive} ${expected} ${low} ${value} ${high}`).toBe(true);
    }
    for (const range of [widened.total.orders, widened.total.value, ...widened.cohorts.flatMap((cohort) => [cohort.orders, cohort.value])]) {
      [range.low, range.expected, range.high].forEach(finite);
      expect(range.low <= range.expected * (1 + 1e-9) && range.expected <= range.high * (1 + 1e-9), JSON.stringify(range)).toBe(true);
    }
    for (const row of customerRows(fitted, prepared, forecast, settings, lastDay, String)) {
      expect(row.length).toBe(CUSTOMER_COLUMNS.length);
      for (const cell of row) if (typeof cell === 'number') finite(cell);
    }
    const holdout = holdoutOf(fitted, believed, prepared, 0.8, past);
    expect(holdout === null).toBe(prepared.holdout === null);
    for (const [key, value] of Object.entries(holdout ?? {})) if (key !== 'ordersInterval' && key !== 'trackingMape') finite(value);
    expect(foresee(fitted, believed, prepared, { horizonDays: 3650, discountMonthly: 0, level: 0.95, each: false }).total.value.expected).toBeGreaterThanOrEqual(0);
  }, 60_000);
});
