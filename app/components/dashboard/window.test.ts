/** The dashboard's figures: live windows as they come, everything by adding the trend, newest days from the socket. */
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '#core/live/snapshot';
import type { TrendPoint } from '#operations/dashboard-views';
import { figuresOf, liveTrend } from './window.ts';

const point = (day: string, net: number): TrendPoint => ({ day, through: day, gross: net + 10, net, orders: 2, newCustomers: 1 });

const snapshot: Snapshot = {
  epoch: 1, seq: 5, currency: 'EUR', asOf: '2026-03-02', live: true, horizonDays: 365,
  windows: [{
    days: 7, gross: 1_100, net: 1_000, orders: 4, newCustomers: 1, returningCustomers: 2, averageOrderValue: 250,
    previous: { gross: 900, net: 800, orders: 0, newCustomers: 3 },
  }],
  stages: [], cells: [], value: { customers: 3, historicalValue: 1, predictedValue: 2, totalValue: 3 },
  coverage: { orders: 0, unattributedOrders: 0, uncountedOrders: 0 },
  recent: [{ day: '2026-03-02', gross: 700, net: 650, orders: 3, newCustomers: 2 }], updatedAt: null, ready: true,
};

describe('figuresOf', () => {
  it('takes a window as it comes, without a mean where nothing was ordered before', () => {
    expect(figuresOf(snapshot, '7d', [])).toMatchObject({ net: 1_000, returningCustomers: 2, previous: { net: 800, averageOrderValue: null } });
  });

  it('adds the trend for everything, and compares with nothing', () => {
    expect(figuresOf(snapshot, 'all', [point('2026-03-01', 100), point('2026-03-02', 200)])).toEqual({
      net: 300, gross: 320, orders: 4, newCustomers: 2, returningCustomers: null, averageOrderValue: 75, previous: null,
    });
  });
});

describe('liveTrend', () => {
  const trend = [point('2026-03-01', 100), point('2026-03-02', 200)];

  it('replaces days that the socket knows better', () => {
    expect(liveTrend(trend, 'day', snapshot).map(({ net }) => net)).toEqual([100, 650]);
  });

  it('leaves weeks alone', () => {
    expect(liveTrend(trend, 'week', snapshot)).toEqual(trend);
  });
});
