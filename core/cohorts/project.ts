/** What cohorts will have brought by a given age: by how older ones went on, and by how many of them still buy. */
import { normalQuantile } from '#core/math/normal';
import { activityPath, fitActivity, fitContracts, looksContractual, type ActivityCurve } from './activity.ts';
import { projectDevelopment, type DevelopmentFactors } from './development.ts';
import type { Cohort, Triangle } from './triangle.ts';

/** Revenue per customer won, cumulative, minor units. */
export interface CohortProjection {
  /** `YYYY-MM`. */
  month: string;
  size: number;
  /** Whole months seen, the one they came in included. */
  seen: number;
  soFar: number;
  /** By development factors, at the age asked for. */
  byFactors: number;
  low: number;
  high: number;
  /** By the survivor curve, at the same age. */
  bySurvivors: number;
  /** By factors at every age from 0, as seen and then projected. */
  path: number[];
}

export interface Projection {
  /** Age in months that values reach: 12 is a year after the month they came in. */
  age: number;
  curve: ActivityCurve;
  development: DevelopmentFactors;
  /** Revenue per buying customer and month after the first, minor units. */
  perActive: number;
  cohorts: CohortProjection[];
  /** All cohorts together, weighted by size; null without a cohort. */
  average: Pick<CohortProjection, 'soFar' | 'byFactors' | 'bySurvivors'> | null;
  notes: string[];
}

/** Ages whose monthly revenue sets the level from which it goes on past the oldest cohort. */
const LEVEL_AGES = 3;

/**
 * Project every cohort to `age` months. Development factors carry a cohort as far as the oldest one has come (Mack 1993);
 * past that, each month's revenue falls as the survivor curve does. The survivor projection adds to what was seen size ×
 * share active × revenue per active customer. Months that are not over are left out of everything.
 *
 * Intervals (lognormal, `tail` left out on each side) hold Mack's error, the error that the curve had in the months seen,
 * taken as one for all months past the oldest cohort, and how far the two ways are apart: Mack's error knows nothing of
 * seasons, which neighbouring cohorts meet at other ages.
 */
export function projectCohorts({ cohorts }: Triangle, age: number, tail = 0.1): Projection {
  const whole = cohorts.map((cohort) => ({ ...cohort, cells: cohort.cells.filter((cell) => !cell.maturing) })).filter((cohort) => cohort.cells.length > 0 && cohort.size > 0);
  const activity = whole.map((cohort) => ({ size: cohort.size, active: cohort.cells.slice(1).map((cell) => cell.customers) }));
  const curve = looksContractual(activity) ? fitContracts(activity) : fitActivity(activity);
  const later = whole.flatMap((cohort) => cohort.cells.slice(1));
  const buyers = later.reduce((sum, cell) => sum + cell.customers, 0);
  const perActive = buyers > 0 ? later.reduce((sum, cell) => sum + cell.revenue, 0) / buyers : 0;
  const { cohorts: developed, development } = projectDevelopment(whole.map((cohort) => cohort.cells.map((cell) => cell.cumulativeRevenue)));
  const reach = development.factors.length;
  const share = activityPath(curve, Math.max(age, reach));
  const misfit = misfitOf(whole, share, perActive);
  const notes = [...curve.notes];
  if (whole.length < cohorts.length) notes.push('Cohorts whose first month is not over are left out');
  if (age > reach) notes.push(`No cohort is older than ${reach} months: past that, revenue is taken to fall as the survivor curve does`);
  const thin = development.cohorts.findIndex((count) => count < 2);
  if (thin >= 0 && thin < age) notes.push(`From age ${thin} on growth rests on a single cohort`);
  const spread = -normalQuantile(tail);
  const made = whole.map((cohort, i): CohortProjection => {
    const row = developed[i] ?? { cumulative: [], errors: [], seen: 0 };
    const cumulative = [...row.cumulative];
    const level = levelAt(cumulative, share);
    for (let t = cumulative.length; t <= age; t++) cumulative.push((cumulative[t - 1] ?? 0) + level * (share[t] ?? 0));
    const end = cumulative[age] ?? 0;
    const known = Math.min(age, row.errors.length - 1);
    const base = Math.abs(row.cumulative[known] ?? 0);
    const reached = base > 0 ? (row.errors[known] ?? 0) / base : 0;
    const beyond = end > 0 ? (misfit * Math.max(0, end - base)) / end : 0;
    const other = bySurvivors(cohort, share, perActive, age);
    const apart = end > 0 ? Math.abs(other / end - 1) : 0;
    const relative = Math.hypot(reached, beyond, apart);
    // Lognormal with the mean `end`: its median lies σ²/2 below.
    const sigma = Math.sqrt(Math.log1p(relative * relative));
    const at = (z: number): number => end * Math.exp(z * sigma - (sigma * sigma) / 2);
    return {
      month: cohort.month, size: cohort.size, seen: cohort.cells.length,
      soFar: (cohort.cells.at(-1)?.cumulativeRevenue ?? 0) / cohort.size,
      byFactors: end / cohort.size,
      low: Math.min(end, at(-spread), at(spread)) / cohort.size,
      high: Math.max(end, at(-spread), at(spread)) / cohort.size,
      bySurvivors: other / cohort.size,
      path: cumulative.slice(0, age + 1).map((value) => value / cohort.size),
    };
  });
  const customers = made.reduce((sum, cohort) => sum + cohort.size, 0);
  const mean = (read: (cohort: CohortProjection) => number): number => made.reduce((sum, cohort) => sum + cohort.size * read(cohort), 0) / customers;
  return {
    age, curve, development, perActive, cohorts: made, notes,
    average: made.length === 0 ? null : { soFar: mean((c) => c.soFar), byFactors: mean((c) => c.byFactors), bySurvivors: mean((c) => c.bySurvivors) },
  };
}

/** Root mean square of (revenue seen ÷ revenue by the curve − 1) over months after the first, weighted by the latter. */
function misfitOf(cohorts: readonly Cohort[], share: Float64Array, perActive: number): number {
  let squares = 0;
  let weight = 0;
  for (const { size, cells } of cohorts) {
    for (const { offset, revenue } of cells) {
      const expected = size * (share[offset] ?? 0) * perActive;
      if (offset === 0 || !(expected > 0)) continue;
      squares += (revenue - expected) ** 2 / expected;
      weight += expected;
    }
  }
  return weight > 0 ? Math.sqrt(squares / weight) : 0;
}

/** Revenue a month per unit of share active, from the last known ages after the first. */
function levelAt(cumulative: readonly number[], share: Float64Array): number {
  const from = Math.max(1, cumulative.length - LEVEL_AGES);
  let revenue = 0;
  let active = 0;
  for (let t = from; t < cumulative.length; t++) {
    revenue += (cumulative[t] ?? 0) - (cumulative[t - 1] ?? 0);
    active += share[t] ?? 0;
  }
  return active > 0 ? revenue / active : 0;
}

function bySurvivors(cohort: Cohort, share: Float64Array, perActive: number, age: number): number {
  let total = 0;
  for (let t = 0; t <= age; t++) total += cohort.cells[t]?.revenue ?? cohort.size * (share[t] ?? 0) * perActive;
  return total;
}
