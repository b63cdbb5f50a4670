/** Orders or frequencies of a file as a model takes them: histories by day or by period, seen from any day of calibration. */
import { lastDayOfMonth, monthOfDay } from '#core/calendar/months';
import type { BehaviourData, BehaviourModel, Fit } from '#core/clv/behaviour';
import { bgBb } from '#core/clv/bg-bb';
import { periodSummary, type Period } from '#core/clv/periods';
import { isModelName, models } from '#core/clv/registry';
import { summarise, type Events } from '#core/clv/summary';
import { trackingCurve } from '#core/clv/tracking';
import { InputError } from './input-error.ts';

export const MODEL_NAMES = [...Object.keys(models), bgBb.name];

/** @throws InputError for a name we do not have. */
export function modelFor(name: string): BehaviourModel {
  if (name === bgBb.name) return bgBb;
  if (!isModelName(name)) throw new InputError(`--model "${name}" is not one of ${MODEL_NAMES.join(', ')}.`);
  return models[name];
}

/** One entry a customer; money in major units. */
export interface Prepared {
  /** What the fit takes: days, or periods in discrete time. */
  data: BehaviourData;
  /** The same in the unit of the parameters, for predictions. */
  units: { x: Float64Array; tx: Float64Array; T: Float64Array };
  m: Float64Array;
  /** Index of the customer among the file's. */
  customer: Int32Array;
  /** Month number of the first purchase; empty when the file has no dates. */
  cohort: Int32Array;
  /** Days in the unit of the parameters. */
  unitDays: number;
  /** Mean spend of a purchase day, for when spend cannot be fitted. */
  meanOrder: number;
  /** Null without one. */
  holdout: {
    x: Float64Array;
    spend: Float64Array;
    /** Days, a whole number of periods in discrete time. */
    horizonDays: number;
    trackingMape: (fit: Fit) => number | null;
  } | null;
}

export interface PrepareOptions {
  calibrationEnd: number;
  observationEnd: number;
  countZero: boolean;
  unitDays: number;
  /** Of discrete time. */
  period: Period;
  /** Minor units in one of money. */
  unit: number;
}

/** `--period`: days, or a part of the calendar. @throws InputError for anything else. */
export function readPeriod(text: string | undefined, unitDays: number): Period {
  if (text === undefined) return { days: Math.max(1, Math.round(unitDays)) };
  const months = new Map([['month', 1], ['quarter', 3], ['year', 12]]).get(text);
  if (months !== undefined) return { months };
  if (text === 'week') return { days: 7 };
  if (text === 'day') return { days: 1 };
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1) throw new InputError(`--period must be day, week, month, quarter, year or a whole number of days, not "${text}".`);
  return { days };
}

/** Histories of `events` as known on `calibrationEnd`, and what came until `observationEnd`. */
export function prepare(model: BehaviourModel, events: Events, { calibrationEnd, observationEnd, countZero, unitDays, period, unit }: PrepareOptions): Prepared {
  const summary = summarise(events, { calibrationEnd, observationEnd, countZero });
  const spend = summary.spend.reduce((sum, value) => sum + value, 0) / unit;
  const days = summary.x.reduce((sum, x) => sum + x + 1, 0);
  const common = {
    customer: summary.customer,
    cohort: Int32Array.from(summary.firstDay, monthOfDay),
    meanOrder: days > 0 ? spend / days : 0,
  };
  const money = (column: Float64Array): Float64Array => column.map((value) => value / unit);
  if (model !== bgBb) {
    return {
      ...common,
      data: summary,
      units: { x: summary.x, tx: summary.tx.map((day) => day / unitDays), T: summary.T.map((day) => day / unitDays) },
      m: money(summary.m),
      unitDays,
      holdout: summary.horizonDays > 0 ? { x: summary.holdoutX, spend: money(summary.holdoutSpend), horizonDays: summary.horizonDays, trackingMape: (fit) => trackingCurve(model, fit, summary).mape } : null,
    };
  }
  const periods = periodSummary(summary, calibrationEnd, period);
  return {
    ...common,
    data: periods,
    units: periods,
    m: money(periods.m),
    unitDays: periods.periodDays,
    holdout: periods.horizon > 0 ? { x: periods.holdoutX, spend: money(periods.holdoutSpend), horizonDays: periods.horizon * periods.periodDays, trackingMape: (fit) => periodMape(model, fit, periods.x, periods.T, periods.holdoutByPeriod) } : null,
  };
}

/** Mean absolute percentage error of the cumulative count of active customer-periods, over the periods of the holdout. */
function periodMape(model: BehaviourModel, fit: Fit, x: Float64Array, T: Float64Array, byPeriod: Float64Array): number | null {
  const watched = new Map<number, number>();
  for (const n of T) watched.set(n, (watched.get(n) ?? 0) + 1);
  let actual = x.reduce((sum, each) => sum + each, 0);
  let error = 0;
  byPeriod.forEach((more, ahead) => {
    actual += more;
    let expected = 0;
    for (const [n, customers] of watched) expected += customers * model.expectedNew(fit.params, n + ahead + 1);
    if (actual > 0) error += Math.abs(expected / actual - 1);
  });
  return actual > 0 ? (100 * error) / byPeriod.length : null;
}

/** Whether `day` ends a calendar period: otherwise the one it lies in is not observed. */
export function endsPeriod(day: number, period: Period): boolean {
  if ('days' in period) return true;
  const month = monthOfDay(day);
  return lastDayOfMonth(month) === day && (month + 1) % period.months === 0;
}
