/** Cohorts carried on: what was seen stays, what is projected grows as older ones did, and the check sees nothing later. */
import { expect, it } from 'vitest';
import { dayNumber } from '#core/calendar/days';
import { monthText } from '#core/calendar/months';
import type { CohortRow } from '#core/cohorts/triangle';
import { projectionOf } from './cohort-projection.ts';

const FIRST = 2024 * 12;

/** 24 cohorts of 100: each brings 1000 at first, then 400 a month times `level` of that calendar month, of 40 customers. */
function rows(level: (month: number) => number): CohortRow[] {
  return Array.from({ length: 24 }, (_, c) => c).flatMap((c) => Array.from({ length: 24 - c }, (_, age): CohortRow => ({
    cohortMonth: monthText(FIRST + c), month: monthText(FIRST + c + age), customers: age === 0 ? 100 : 40, revenue: 100 * (age === 0 ? 1000 : Math.round(400 * level(c + age))),
  })));
}
const END = dayNumber('2025-12-31');

it('goes on as it went, and says how it would have done half a year ago', () => {
  const made = projectionOf(rows(() => 1), END, 12);
  expect(made.cohorts).toHaveLength(24);
  for (const { month, path, value, low, high, seen } of made.cohorts) {
    expect([path.length, path[0], value, seen > 12 || low <= value && value <= high], month).toEqual([13, 1000, expect.closeTo(1000 + 12 * 400, -1), true]);
  }
  expect(made.check).toMatchObject({ from: '2025-06-30', cohorts: 6, expected: expect.closeTo(6 * 100 * 5800, -3), actual: 6 * 100 * 5800 });
  // What comes after the day of the check changes what came, not what was expected.
  const later = projectionOf(rows((month) => (month >= 18 ? 2 : 1)), END, 12);
  expect([later.check?.expected, (later.check?.actual ?? 0) > 1.2 * (later.check?.expected ?? 0)]).toEqual([made.check?.expected, true]);
});

it('says so where nothing can be tested or projected', () => {
  const young = projectionOf(rows(() => 1).filter(({ month }) => month <= '2024-04'), dayNumber('2024-04-15'), 12);
  expect([young.check, young.cohorts.length, young.notes.join()]).toEqual([null, 3, expect.stringContaining('No cohort is older than')]);
  expect(projectionOf([], END, 12)).toMatchObject({ cohorts: [], average: null, check: null });
});
