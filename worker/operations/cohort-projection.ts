/** Cohorts carried on to an age, and how the same would have done some months ago. */
import { lastDayOfMonth, monthOfDay } from '#core/calendar/months';
import { dayText } from '#core/calendar/days';
import { projectCohorts } from '#core/cohorts/project';
import { triangle, type CohortRow } from '#core/cohorts/triangle';
import type { CohortProjectionView } from './dashboard-views.ts';

/** Months of a year after the one they came in. */
export const PROJECTED_AGE = 12;
export const MOST_PROJECTED_AGE = 36;
/** How far back the check stands: long enough to have something to foresee. */
const CHECK_MONTHS = 6;

/** Money per customer won, in minor units. */
export function projectionOf(rows: readonly CohortRow[], asOf: number, age: number): CohortProjectionView {
  const { curve, cohorts, average, notes } = projectCohorts(triangle(rows, asOf), age);
  return {
    age, check: checkOf(rows, asOf, age), notes, firstMonthShare: curve.first,
    cohorts: cohorts.map(({ month, size, seen, soFar, byFactors, low, high, bySurvivors, path }) => ({
      month, size, seen, soFar: Math.round(soFar), value: Math.round(byFactors), low: Math.round(low), high: Math.round(high), bySurvivors: Math.round(bySurvivors), path: path.map(Math.round),
    })),
    average: average && { soFar: Math.round(average.soFar), value: Math.round(average.byFactors), bySurvivors: Math.round(average.bySurvivors) },
  };
}

/** What was projected six months ago for cohorts that have reached the age since; null where none has. */
function checkOf(rows: readonly CohortRow[], asOf: number, age: number): CohortProjectionView['check'] {
  const from = lastDayOfMonth(monthOfDay(asOf + 1) - 1 - CHECK_MONTHS);
  const now = new Map(triangle(rows, asOf).cohorts.map((cohort) => [cohort.month, cohort]));
  let expected = 0;
  let actual = 0;
  let held = 0;
  let cohorts = 0;
  for (const { month, size, seen, byFactors, low, high } of projectCohorts(triangle(rows, from), age).cohorts) {
    const cell = now.get(month)?.cells[age];
    if (seen > age || cell === undefined || cell.maturing) continue;
    cohorts++;
    expected += byFactors * size;
    actual += cell.cumulativeRevenue;
    const came = cell.cumulativeRevenue / size;
    if (came >= low && came <= high) held++;
  }
  return cohorts === 0 ? null : { from: dayText(from), cohorts, held, expected: Math.round(expected), actual: Math.round(actual) };
}
