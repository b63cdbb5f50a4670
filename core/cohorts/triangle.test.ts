/** Cohort triangles: the reference shop's table, holes as zeros, and months that are not over marked. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { purchaseDays } from '#core/clv/summary';
import { hasReference, referenceJson, referenceOrders } from '../../tests/support/reference-orders.ts';
import { parseDay } from '#core/calendar/days';
import { cohortRows } from './cohort-rows.ts';
import { triangle } from './triangle.ts';

const day = (text: string): number => parseDay(text) ?? NaN;

describe('triangle', () => {
  const rows = [
    { cohortMonth: '2025-12', month: '2025-12', customers: 4, revenue: 400 },
    { cohortMonth: '2025-12', month: '2026-02', customers: 1, revenue: 50 },
    { cohortMonth: '2026-01', month: '2026-01', customers: 2, revenue: 100 },
  ];

  it('fills months without a purchase and adds revenue up across the turn of the year', () => {
    const [december, january] = triangle(rows, day('2026-02-28')).cohorts;
    expect(december?.cells.map((cell) => [cell.customers, cell.retention, cell.cumulativeRevenue])).toEqual([[4, 1, 400], [0, 0, 400], [1, 0.25, 450]]);
    expect(january?.cells.map((cell) => cell.customers)).toEqual([2, 0]);
  });

  it('marks only the month that is not over, and leaves it out of the averages', () => {
    const open = triangle(rows, day('2026-02-27'));
    expect(open.cohorts[0]?.cells.map((cell) => cell.maturing)).toEqual([false, false, true]);
    expect(open.average.map((cell) => cell.cohorts)).toEqual([2, 1]);
    const over = triangle(rows, day('2026-02-28'));
    expect(over.cohorts.flatMap((cohort) => cohort.cells).some((cell) => cell.maturing)).toBe(false);
    expect(over.average.map((cell) => cell.retention)).toEqual([1, 0, 0.25]);
  });

  it('ignores what lies after the day asked for', () => {
    expect(triangle(rows, day('2025-12-15')).cohorts[0]?.cells.map((cell) => cell.customers)).toEqual([4]);
  });
});

const files = ['reference/rfm_cohort_cdnow_full.json', 'data/cdnow_full.csv'] as const;
describe.runIf(hasReference('cohorts of the full CDNOW file', ...files))('the reference shop', () => {
  it('has the reference table and all of its revenue', () => {
    const { cohorts } = z.object({ cohorts: z.object({ table: z.record(z.string(), z.array(z.number())) }) }).parse(referenceJson(files[0]));
    const { events } = referenceOrders(files[1]);
    const asOf = day('1998-06-30');
    const made = triangle(cohortRows(purchaseDays(events, true), asOf), asOf).cohorts;
    expect(Object.fromEntries(made.map((cohort) => [cohort.month, cohort.cells.map((cell) => cell.customers)]))).toEqual(cohorts.table);
    expect(made.reduce((sum, cohort) => sum + (cohort.cells.at(-1)?.cumulativeRevenue ?? NaN), 0)).toBe(250_031_563);
  });
});
