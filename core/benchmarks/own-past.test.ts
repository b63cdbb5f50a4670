import { describe, expect, it } from 'vitest';
import { figureOf, sizeBandOf } from './figures.ts';
import type { MonthParts } from './figures.ts';
import { ownPast } from './own-past.ts';

const month = (name: string, orders: number): MonthParts => ({ month: name, gross: orders * 2_000, refunded: orders * 100, orders, buyers: orders / 2, returning: orders / 4, newCustomers: orders / 4 });
const months = [
  ...Array.from({ length: 12 }, (_, n) => month(`2025-${String(n + 1).padStart(2, '0')}`, 100 + n * 10)),
  ...Array.from({ length: 6 }, (_, n) => month(`2026-${String(n + 1).padStart(2, '0')}`, 200 + n * 10)),
];

describe('a shop beside its own past', () => {
  it('compares the last whole month with the year before and with what is usual', () => {
    // June 2026 has 250 orders, June 2025 had 150; the twelve before have 150 to 210, then 200 to 240.
    expect(ownPast('orders', months, '2026-06')).toEqual({ key: 'orders', now: 250, yearBefore: 150, usual: 200, quarter: 230 + 240 + 250, quarterBefore: 130 + 140 + 150 });
    expect(ownPast('net_revenue', months, '2026-06').now).toBe(250 * 1_900);
  });

  it('takes ratios over the months together, not the mean of their ratios', () => {
    const uneven = [{ ...month('2026-01', 10), gross: 10_000 }, { ...month('2026-02', 90), gross: 180_000 }];
    expect(figureOf('average_order', uneven)).toBe(1_900);
  });

  it('says nothing of a time before the shop began, and of a usual month from fewer than six', () => {
    expect(ownPast('orders', months.slice(12), '2026-05')).toMatchObject({ yearBefore: null, usual: null, quarterBefore: null, quarter: 690 });
  });

  it('counts a month without sales as one, and divides by nothing', () => {
    const gap = months.filter(({ month: name }) => name !== '2026-05');
    expect(ownPast('orders', gap, '2026-06').quarter).toBe(230 + 250);
    expect(ownPast('average_order', gap, '2026-05').now).toBeNull();
  });

  it('sorts shops by size', () => {
    expect([0, 1_999, 2_000, 25_000].map(sizeBandOf)).toEqual(['up to 2,000 orders a year', 'up to 2,000 orders a year', '2,000 to 20,000 orders a year', '20,000 orders a year and more']);
  });
});
