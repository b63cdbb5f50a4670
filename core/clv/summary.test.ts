/** Histories: one event per customer and day, zero and refunded days, and rows that share a weight. */
import { describe, expect, it } from 'vitest';
import { compress } from './compress.ts';
import { historicalValue } from './historical.ts';
import { summarise, type Events } from './summary.ts';

function events(...rows: [customer: number, day: number, amount: number][]): Events {
  return { customer: Int32Array.from(rows, (r) => r[0]), day: Int32Array.from(rows, (r) => r[1]), amount: Float64Array.from(rows, (r) => r[2]) };
}

describe('summarise', () => {
  it('counts days, not orders, in any order of lines; the first purchase is not a repeat', () => {
    const made = summarise(events([1, 30, 700], [0, 10, 100], [0, 10, 50], [0, 24, 300], [1, 12, 200], [0, 20, 100]), { calibrationEnd: 40 });
    expect([...made.x]).toEqual([2, 1]);
    expect([...made.tx]).toEqual([14, 18]);
    expect([...made.T]).toEqual([30, 28]);
    expect([...made.m]).toEqual([200, 700]);
    expect([...made.spend]).toEqual([550, 900]);
    expect(made.medianGapDays).toBe(10);
  });

  it('nets a day: refunded in full it is no purchase, worth nothing only one when asked', () => {
    const rows = events([0, 5, 100], [0, 5, -100], [0, 9, 40], [1, 5, 0], [2, 7, -30]);
    expect([...summarise(rows, { calibrationEnd: 10 }).customer]).toEqual([0]);
    expect([...summarise(rows, { calibrationEnd: 10 }).firstDay]).toEqual([9]);
    const zero = summarise(rows, { calibrationEnd: 10, countZero: true });
    expect([...zero.customer]).toEqual([0, 1]);
    expect([...zero.x]).toEqual([1, 0]);
  });

  it('splits at the end of calibration and drops who came later', () => {
    const made = summarise(events([0, 1, 10], [0, 8, 20], [0, 9, 30], [0, 21, 40], [1, 9, 50]), { calibrationEnd: 8, observationEnd: 20 });
    expect([...made.customer]).toEqual([0]);
    expect([made.x[0], made.holdoutX[0], made.holdoutSpend[0], made.horizonDays]).toEqual([1, 1, 30, 12]);
  });

  it('copes with no events', () => {
    expect(summarise(events(), { calibrationEnd: 8 })).toMatchObject({ medianGapDays: null, horizonDays: 0 });
  });
});

describe('compress', () => {
  it('keeps every customer exactly once, over a table that has to grow', () => {
    const count = 20_000;
    const column = (of: (i: number) => number): Float64Array => Float64Array.from({ length: count }, (_, i) => of(i));
    const data = { x: column((i) => i % 7), tx: column((i) => (i * 13) % 90), T: column((i) => 90 + (i % 211)) };
    const expected = new Map<string, number>();
    for (let i = 0; i < count; i++) {
      const key = `${data.x[i]} ${data.x[i] === 0 ? 0 : data.tx[i]} ${data.T[i]}`;
      expected.set(key, (expected.get(key) ?? 0) + 1);
    }
    const made = compress(data);
    expect(new Map(Array.from(made.x, (x, i) => [`${x} ${made.tx[i]} ${made.T[i]}`, made.weights[i]]))).toEqual(expected);
    expect(compress(made)).toEqual(made);
  });

  it('mends what no history can be', () => {
    const made = compress({ x: Float64Array.of(0, 2, NaN), tx: Float64Array.of(5, 50, 1), T: Float64Array.of(9, 40, 9) });
    expect([[...made.x], [...made.tx], [...made.T]]).toEqual([[0, 2], [0, 40], [9, 40]]);
  });
});

describe('historicalValue', () => {
  it('is order value × frequency × lifespan, gross and net', () => {
    const value = historicalValue({ gross: 120_000, net: 100_000, orders: 40, customerYears: 20, lifespanYears: 3 });
    expect(value).toMatchObject({ averageOrderGross: 3000, averageOrderNet: 2500, ordersPerYear: 2, lifetimeGross: 18_000, lifetimeNet: 15_000, grossToDate: 120_000, netToDate: 100_000 });
  });

  it('is zero, never NaN, where nothing was observed', () => {
    expect(Object.values(historicalValue({ gross: 0, net: 0, orders: 0, customerYears: 0, lifespanYears: 0 })).every((v) => v === 0)).toBe(true);
  });
});
