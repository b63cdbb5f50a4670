/** What `clv fit` tells of a fit: holdout, intervals, errors of parameters, and a row per customer. */
import { dayText } from '#core/calendar/days';
import { monthText } from '#core/calendar/months';
import type { CovariateFit } from '#core/clv/covariates';
import { holdoutEvidence } from '#core/clv/evidence';
import type { Forecast, GroupForecast } from '#core/clv/forecast';
import type { SpendFit } from '#core/clv/gamma-gamma';
import { rollingOrigins } from '#core/clv/rolling-origins';
import { overHorizon, widened, wideningFrom, type PastForecast } from '#core/clv/widening';
import type { Events } from '#core/clv/summary';
import type { BehaviourModel, Fit } from '#core/clv/behaviour';
import { MONTH_DAYS } from '#core/clv/value';
import { believe, fitPrepared, foresee, type Believed, type Fitted } from './fitting.ts';
import { prepare, type Prepared, type PrepareOptions } from './fit-input.ts';
import type { FitSettings } from './fit.ts';
import type { Cell } from './print.ts';

/** Below this P(alive) a next order date would be a guess about someone gone; past ten years it is no date to plan by. */
const NEXT_ORDER_ALIVE = 0.2;
const NEXT_ORDER_MOST_DAYS = 3652;

export const CUSTOMER_COLUMNS = ['customer_id', 'frequency', 'recency', 'T', 'p_alive', 'expected_orders', 'expected_spend', 'clv', 'clv_low', 'clv_high', 'dert', 'next_order', 'next_order_low', 'next_order_high'];

/** A row per customer in the order of `CUSTOMER_COLUMNS`. */
export function customerRows({ fit, model, covariates }: Fitted, { units, unitDays }: Prepared, forecast: Forecast, settings: FitSettings, calibrationEnd: number, idOf: (i: number) => string): Cell[][] {
  const delta = (Math.log1p(settings.discountMonthly) / MONTH_DAYS) * unitDays;
  const tail = (1 - settings.level) / 2;
  const residuals = new Map<string, number>();
  const nexts = new Map<string, string[]>();
  const date = (time: number): string => {
    const days = Math.max(1, Math.round(time * unitDays));
    return days <= NEXT_ORDER_MOST_DAYS ? dayText(calibrationEnd + days) : '';
  };
  return Array.from(units.x, (x, i) => {
    const T = units.T[i] ?? 0;
    const which = covariates?.pattern[i] ?? 0;
    const params = covariates?.patterns[which] ?? fit.params;
    const key = `${x} ${T} ${which}`;
    const residual = residuals.get(key) ?? model.residualIfAlive(params, delta, x, T);
    residuals.set(key, residual);
    const pAlive = forecast.pAlive[i] ?? 0;
    let next = ['', '', ''];
    if (pAlive >= NEXT_ORDER_ALIVE) {
      next = nexts.get(key) ?? [tail, 0.5, 1 - tail].map((share) => date(model.nextOrderIfAlive(params, x, T, share)));
      nexts.set(key, next);
    }
    const [soon = '', median = '', late = ''] = next;
    return [
      idOf(i), x, units.tx[i] ?? 0, T, pAlive, forecast.expectedOrders[i] ?? 0, forecast.expectedSpend[i] ?? 0, forecast.value[i] ?? 0, forecast.low[i] ?? 0, forecast.high[i] ?? 0,
      Number.isFinite(residual) ? pAlive * residual : '', median, soon, late,
    ];
  });
}

/** Holdout figures; null without one. */
export function holdoutOf(fitted: Fitted, believed: Believed, prepared: Prepared, level: number, past: Past = NO_PAST): Record<string, unknown> | null {
  const { holdout } = prepared;
  if (!holdout) return null;
  const made = foresee(fitted, believed, prepared, { horizonDays: holdout.horizonDays, discountMonthly: 0, level, each: true });
  const evidence = holdoutEvidence(
    { expectedOrders: made.expectedOrders, actualOrders: holdout.x, expectedSpend: made.spend, actualSpend: holdout.spend, low: made.low, high: made.high, weights: prepared.data.weights },
    holdout.horizonDays,
    level,
  );
  return {
    expectedTotal: evidence.expectedOrders,
    actualTotal: evidence.actualOrders,
    bias: evidence.bias,
    mae: evidence.mae,
    rmse: evidence.rmse,
    // Covariates make newcomers differ, and the curve is one of all alike.
    trackingMape: fitted.covariates ? null : holdout.trackingMape(fitted.fit),
    expectedSpend: evidence.expectedSpend,
    actualSpend: evidence.actualSpend,
    spendMae: evidence.spendMae,
    intervalCoverage: evidence.intervalCoverage,
    ordersInterval: widened(made.total.orders, overHorizon(past.factor, past.days, holdout.horizonDays)),
    horizonDays: holdout.horizonDays,
  };
}

export interface Intervals {
  level: number;
  horizonDays: number;
  /** How many times wider than chance and parameters alone, by what past forecasts missed. */
  widenedBy: number;
  total: GroupForecast;
  cohorts: ({ month: string } & GroupForecast)[];
  past: Past['forecasts'];
}

export interface Past {
  factor: number;
  /** Horizon of the forecasts; 0 without any. */
  days: number;
  forecasts: (PastForecast & { calibrationEnd: string; horizonDays: number })[];
}

export const NO_PAST: Past = { factor: 1, days: 0, forecasts: [] };

/** Forecast of every customer, and intervals by month of first purchase and in all. */
export function intervalsOf(fitted: Fitted, believed: Believed, prepared: Prepared, settings: FitSettings): { forecast: Forecast; described: Intervals } {
  const months = [...new Set(prepared.cohort)].sort((a, b) => a - b);
  const at = new Map(months.map((month, i) => [month, i]));
  const group = prepared.cohort.map((month) => at.get(month) ?? 0);
  const forecast = foresee(fitted, believed, prepared, { horizonDays: settings.horizonDays, discountMonthly: settings.discountMonthly, level: settings.level, each: settings.customers !== undefined, group });
  const cohorts = months.flatMap((month, i) => {
    const own = forecast.groups[i];
    return own ? [{ month: monthText(month), ...own }] : [];
  });
  return { forecast, described: { level: settings.level, horizonDays: settings.horizonDays, widenedBy: 1, total: forecast.total, cohorts, past: [] } };
}

export interface PastOptions {
  model: BehaviourModel;
  events: Events;
  options: PrepareOptions;
  firstDay: number;
  wanted: number;
  spend: boolean;
  attributes: readonly { name: string; values: readonly string[] }[];
  settings: FitSettings;
}

/** Forecasts made on earlier days, from what was known then, and how many times too narrow the narrowest was. */
export function pastOf({ model, events, options, firstDay, wanted, spend, attributes, settings }: PastOptions): Past {
  const forecasts: Past['forecasts'] = [];
  for (const { calibrationEnd, horizonDays } of rollingOrigins(firstDay, options.calibrationEnd, wanted, settings.horizonDays)) {
    const then = prepare(model, events, { ...options, calibrationEnd, observationEnd: calibrationEnd + horizonDays });
    if (!then.holdout || then.m.length === 0) continue;
    // A level that had not been seen by then leaves a covariate that never varies: that origin goes without it.
    const usable = attributes.filter(({ values }) => new Set(Array.from(then.customer, (customer) => values[customer])).size > 1);
    const fitted = fitPrepared(model, then, spend, usable);
    const made = foresee(fitted, believe(fitted, then, settings.seed), then, { horizonDays: then.holdout.horizonDays, discountMonthly: 0, level: settings.level, each: false });
    forecasts.push({ calibrationEnd: dayText(calibrationEnd), horizonDays: then.holdout.horizonDays, ...made.total.orders, actual: then.holdout.x.reduce((sum, x) => sum + x, 0) });
  }
  return { factor: wideningFrom(forecasts), days: forecasts[0]?.horizonDays ?? 0, forecasts };
}

/** The same intervals, as wide as past forecasts were wrong. */
export function withPast(intervals: Intervals, past: Past): Intervals {
  const factor = overHorizon(past.factor, past.days, intervals.horizonDays);
  const wide = <G extends GroupForecast>(each: G): G => ({ ...each, orders: widened(each.orders, factor), value: widened(each.value, factor) });
  return { ...intervals, widenedBy: factor, total: wide(intervals.total), cohorts: intervals.cohorts.map(wide), past: past.forecasts };
}

export function describeSpend(spend: SpendFit, { spendUncertainty }: Believed): Record<string, unknown> {
  return {
    model: spend.model, ...spend.params, logLikelihood: spend.logLikelihood, converged: spend.converged, iterations: spend.iterations, n: spend.n,
    populationMean: spend.populationMean, correlation: spend.correlation, standardErrors: spendUncertainty?.standardErrors ?? null, notes: spend.notes,
  };
}

/** What every fit prints first; the keys are promised to users. */
export function describeFit({ model, params, logLikelihood, converged, degenerate, iterations, n, uniqueRows }: Fit, seconds: number): Record<string, unknown> {
  return { model, params, logLikelihood, converged, degenerate, iterations, seconds, n, uniqueRows };
}

export function describeUncertainty({ covariates }: Fitted, { uncertainty }: Believed): Record<string, unknown> {
  if (covariates) return { method: covariates.draws.length > 1 ? 'hessian' : 'none', standardErrors: null };
  return { method: uncertainty?.method ?? 'none', standardErrors: uncertainty?.standardErrors ?? null };
}

export function describeCovariates({ coefficients, likelihoodRatio, degreesOfFreedom, patterns }: CovariateFit): Record<string, unknown> {
  return {
    coefficients: Object.fromEntries(coefficients.map(({ name, ...rest }) => [name, rest])),
    likelihoodRatio,
    degreesOfFreedom,
    patterns: patterns.length,
  };
}
