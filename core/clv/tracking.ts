/** Cumulative repeat purchases week by week, expected against actual: how a forecast drifts. */
import type { BehaviourModel, Fit } from './behaviour.ts';
import type { Summary } from './summary.ts';

export interface Tracking {
  /** Whole weeks since the first customer's first day. */
  week: number[];
  /** Repeat purchase days so far. */
  actual: number[];
  expected: number[];
  /** Weeks that end within calibration. */
  calibrationWeeks: number;
  /** Mean absolute percentage error of the cumulative curve over holdout weeks; null without any. */
  mape: number | null;
}

/** Counts by day number. */
export type ByDay = ReadonlyMap<number, number>;

/** `summary` must hold a holdout; weeks are seven days whatever the unit of the fit. */
export function trackingCurve(model: BehaviourModel, fit: Fit, summary: Summary): Tracking {
  const start = summary.firstDay.reduce((least, day) => Math.min(least, day), Infinity);
  const calibrationEnd = summary.firstDay.length > 0 ? (summary.firstDay[0] ?? 0) + (summary.T[0] ?? 0) : start;
  const births = new Map<number, number>();
  for (const day of summary.firstDay) births.set(day, (births.get(day) ?? 0) + 1);
  const repeats = new Map<number, number>();
  const { position, day: days } = summary.purchases;
  days.forEach((day, i) => {
    if (day !== summary.firstDay[position[i] ?? 0]) repeats.set(day, (repeats.get(day) ?? 0) + 1);
  });
  return trackingOfDays(model, fit, { births, repeats, start, calibrationEnd, end: calibrationEnd + summary.horizonDays });
}

/** `births`: first purchases by day; `repeats`: customers who bought again, by day. `start` … `end` are day numbers. */
export function trackingOfDays(model: BehaviourModel, fit: Pick<Fit, 'params' | 'unitDays'>, { births, repeats, start, calibrationEnd, end }: { births: ByDay; repeats: ByDay; start: number; calibrationEnd: number; end: number }): Tracking {
  const weeks = Math.max(0, Math.floor((end - start) / 7));
  const calibrationWeeks = Math.floor((calibrationEnd - start) / 7);
  const newcomer = new Float64Array(weeks * 7 + 1);
  for (let day = 1; day < newcomer.length; day++) newcomer[day] = model.expectedNew(fit.params, day / fit.unitDays);
  const byWeek = new Float64Array(weeks + 1);
  for (const [day, count] of repeats) {
    // A purchase on the last day of week w counts in week w: weeks end seven, fourteen, … days after the start.
    const week = Math.ceil((day - start) / 7);
    if (week >= 0 && week <= weeks) byWeek[week] = (byWeek[week] ?? 0) + count;
  }
  const curve: Tracking = { week: [], actual: [], expected: [], calibrationWeeks, mape: null };
  let soFar = 0;
  let error = 0;
  for (let week = 1; week <= weeks; week++) {
    soFar += byWeek[week] ?? 0;
    let expected = 0;
    for (const [birth, customers] of births) {
      const age = start + week * 7 - birth;
      if (age > 0) expected += customers * (newcomer[age] ?? 0);
    }
    curve.week.push(week);
    curve.actual.push(soFar);
    curve.expected.push(expected);
    if (week > calibrationWeeks && soFar > 0) error += Math.abs(expected / soFar - 1);
  }
  if (weeks > calibrationWeeks && soFar > 0) curve.mape = (100 * error) / (weeks - calibrationWeeks);
  return curve;
}
