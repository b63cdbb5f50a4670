/** Purchase histories counted by period instead of by day: what models of discrete time take. */
import { lastDayOfMonth, monthOfDay } from '#core/calendar/months';
import type { Summary } from './summary.ts';

/** Whole days counted from each customer's own first purchase, or calendar months taken together (3 a quarter, 12 a year). */
export type Period = { days: number } | { months: number };

/** Parallel columns; customers whose first purchase lies in a calendar period that is not over have T = 0. */
export interface PeriodSummary {
  /** Position in `summary`. */
  position: Int32Array;
  /** Periods with a purchase after the first one's own, the last of them, and periods observed. */
  x: Float64Array;
  tx: Float64Array;
  T: Float64Array;
  /** Mean spend of those x periods, minor units. */
  m: Float64Array;
  /** Periods with a purchase, and spend, within the holdout. */
  holdoutX: Float64Array;
  holdoutSpend: Float64Array;
  /** Whole periods of the holdout. */
  horizon: number;
  /** Active customer-periods in each period of the holdout. */
  holdoutByPeriod: Float64Array;
  /** Days in a period, on average. */
  periodDays: number;
}

const MONTH_DAYS = 365.25 / 12;

/** Periods of `summary`, whose calibration ends on day number `calibrationEnd`; a period not over by then is not observed. */
export function periodSummary(summary: Summary, calibrationEnd: number, period: Period): PeriodSummary {
  const count = summary.x.length;
  const column = (): Float64Array => new Float64Array(count);
  const observationEnd = calibrationEnd + summary.horizonDays;
  const calendar = (day: number): number => ('months' in period ? Math.floor(monthOfDay(day) / period.months) : 0);
  /** The last calendar period over by the end of `day`. */
  const overBy = (day: number): number => ('months' in period ? calendar(day) - (lastDayOfMonth(monthOfDay(day)) === day && (monthOfDay(day) + 1) % period.months === 0 ? 0 : 1) : 0);
  const horizon = 'days' in period ? Math.floor(summary.horizonDays / period.days) : Math.max(0, overBy(observationEnd) - overBy(calibrationEnd));
  const out: PeriodSummary = {
    position: Int32Array.from({ length: count }, (_, i) => i),
    x: column(), tx: column(), T: column(), m: column(), holdoutX: column(), holdoutSpend: column(),
    horizon,
    holdoutByPeriod: new Float64Array(horizon),
    periodDays: 'days' in period ? period.days : period.months * MONTH_DAYS,
  };
  for (let i = 0; i < count; i++) {
    const first = summary.firstDay[i] ?? 0;
    out.T[i] = Math.max(0, 'days' in period ? Math.floor((calibrationEnd - first) / period.days) : overBy(calibrationEnd) - calendar(first));
  }
  const { position, day, amount } = summary.purchases;
  const last = new Int32Array(count);
  // Purchases come sorted by customer and day.
  for (let p = 0; p < day.length; p++) {
    const i = position[p] ?? 0;
    const first = summary.firstDay[i] ?? 0;
    const at = 'days' in period ? Math.ceil(((day[p] ?? 0) - first) / period.days) : calendar(day[p] ?? 0) - calendar(first);
    const n = out.T[i] ?? 0;
    if (at < 1 || at > n + horizon) continue;
    const fresh = at > (last[i] ?? 0);
    last[i] = at;
    if (at > n) {
      out.holdoutSpend[i] = (out.holdoutSpend[i] ?? 0) + (amount[p] ?? 0);
      if (!fresh) continue;
      out.holdoutX[i] = (out.holdoutX[i] ?? 0) + 1;
      out.holdoutByPeriod[at - n - 1] = (out.holdoutByPeriod[at - n - 1] ?? 0) + 1;
      continue;
    }
    out.m[i] = (out.m[i] ?? 0) + (amount[p] ?? 0);
    if (!fresh) continue;
    out.x[i] = (out.x[i] ?? 0) + 1;
    out.tx[i] = at;
  }
  for (let i = 0; i < count; i++) if ((out.x[i] ?? 0) > 0) out.m[i] = (out.m[i] ?? 0) / (out.x[i] ?? 1);
  return out;
}
