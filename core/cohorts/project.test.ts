/** Cohorts carried on: a shop whose truth is known, the reference shop's past year, and triangles that are hardly there. */
import { describe, expect, it } from 'vitest';
import { parseDay } from '#core/calendar/days';
import { purchaseDays } from '#core/clv/summary';
import { hasReference, referenceOrders } from '../../tests/support/reference-orders.ts';
import { activityPath, fitActivity } from './activity.ts';
import { cohortRows } from './cohort-rows.ts';
import { projectCohorts } from './project.ts';
import { triangle, type CohortRow } from './triangle.ts';

const day = (text: string): number => parseDay(text) ?? NaN;
const month = (n: number): string => `${2024 + Math.floor(n / 12)}-${String((n % 12) + 1).padStart(2, '0')}`;

/** Cohorts of equal customers whose activity follows the curve, each active customer paying 20.00 a month. */
function shop(curve: { first: number; alpha: number; beta: number }, cohorts: number, size = 1e5): CohortRow[] {
  const share = activityPath(curve, cohorts);
  return Array.from({ length: cohorts }, (_, c) =>
    Array.from({ length: cohorts - c }, (_, t) => ({ cohortMonth: month(c), month: month(c + t), customers: Math.round(size * (share[t] ?? 0)), revenue: Math.round(size * (share[t] ?? 0)) * 2000 })),
  ).flat();
}

const truth = { first: 0.3, alpha: 0.8, beta: 3 };

describe('a shop whose truth is known', () => {
  const made = projectCohorts(triangle(shop(truth, 12), day('2024-12-31')), 24);

  it('has its curve found again', () => {
    expect(made.curve.first).toBeCloseTo(truth.first, 3);
    expect(made.curve.alpha).toBeCloseTo(truth.alpha, 1);
    expect(made.curve.beta / made.curve.alpha).toBeCloseTo(truth.beta / truth.alpha, 1);
  });

  it('is projected to what it will be, either way', () => {
    const expected = activityPath(truth, 24).reduce((sum, share) => sum + share, 0) * 2000;
    for (const cohort of made.cohorts) {
      expect(cohort.byFactors / expected).toBeCloseTo(1, 2);
      expect(cohort.bySurvivors / expected).toBeCloseTo(1, 2);
      expect(cohort.path.length).toBe(25);
      expect(cohort.path[cohort.seen - 1]).toBeCloseTo(cohort.soFar, 8);
    }
    expect(made.notes.join()).toMatch(/No cohort is older than 11 months/);
  });

  it('leaves the month that is not over out of everything', () => {
    const open = projectCohorts(triangle(shop(truth, 12).map((row) => (row.month === '2024-12' ? { ...row, customers: 1, revenue: 1 } : row)), day('2024-12-20')), 24);
    expect(open.cohorts.length).toBe(11);
    expect(open.curve.first).toBeCloseTo(truth.first, 3);
  });
});

it('contracts follow the plain curve of the paper', () => {
  // Fader & Hardie 2007, table 1, high end: eight years as months.
  const survivors = [1000, 869, 743, 653, 593, 551, 517, 491];
  const rows = survivors.map((customers, t): CohortRow => ({ cohortMonth: month(0), month: month(t), customers, revenue: customers * 1000 }));
  const made = projectCohorts(triangle(rows, day('2024-08-31')), 12);
  expect(made.notes.join()).toMatch(/read as contracts/);
  expect([made.curve.alpha, made.curve.beta - 1]).toEqual([expect.closeTo(0.668, 2), expect.closeTo(3.806, 2)]);
  expect(activityPath(made.curve, 12)[12]).toBeCloseTo(0.394, 1);
  const path = made.cohorts[0]?.path ?? [];
  expect(((path[12] ?? NaN) - (path[11] ?? NaN)) / 1000).toBeCloseTo(0.394, 1);
});

it('the activity fit matches the mean of what it saw', () => {
  const active = [50, 30, 22, 19, 16, 15];
  const curve = fitActivity([{ size: 100, active }]);
  expect(curve.converged).toBe(true);
  const share = activityPath(curve, 6);
  // At the optimum over c the weighted residuals sum to zero, up to the binomial weights.
  active.forEach((count, t) => expect(Math.abs((share[t + 1] ?? 0) - count / 100)).toBeLessThan(0.02));
});

it.each([
  ['nothing', []], ['one month', shop(truth, 1)], ['two months', shop(truth, 2)], ['nobody returns', shop({ ...truth, first: 1e-12 }, 6)], ['everybody returns', shop({ first: 1 - 1e-9, alpha: 1e-6, beta: 10 }, 6, 100)],
  ['refunds later', shop(truth, 6).map((row) => (row.month === row.cohortMonth ? row : { ...row, revenue: -row.revenue }))],
])('is finite for %s', (_, rows) => {
  const made = projectCohorts(triangle(rows, day('2024-12-31')), 36);
  for (const cohort of made.cohorts) {
    expect([cohort.soFar, cohort.byFactors, cohort.low, cohort.high, cohort.bySurvivors, ...cohort.path].every(Number.isFinite)).toBe(true);
    expect(cohort.low).toBeLessThanOrEqual(cohort.byFactors);
    expect(cohort.high).toBeGreaterThanOrEqual(cohort.byFactors);
  }
});

describe.runIf(hasReference('cohort projection of the full CDNOW file', 'data/cdnow_full.csv'))('the reference shop', () => {
  it('projects from the end of 1997 what its cohorts had brought by the middle of 1998', () => {
    const { events } = referenceOrders('data/cdnow_full.csv');
    const at = (text: string) => triangle(cohortRows(purchaseDays(events, true), day(text)), day(text));
    const later = at('1998-06-30').cohorts;
    const made = projectCohorts(at('1997-12-31'), 15);
    let held = 0;
    for (const cohort of made.cohorts) {
      const truth = later.find((each) => each.month === cohort.month);
      const actual = (truth?.cells[15]?.cumulativeRevenue ?? NaN) / (truth?.size ?? NaN);
      expect(Math.abs(cohort.byFactors / actual - 1)).toBeLessThan(0.06);
      expect(Math.abs(cohort.bySurvivors / actual - 1)).toBeLessThan(0.06);
      if (cohort.low <= actual && actual <= cohort.high) held++;
    }
    // Eighty in a hundred, of three.
    expect(held).toBeGreaterThanOrEqual(2);
  });
});
