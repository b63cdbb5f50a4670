/** Forecasts as pages and the API get them; money in minor units of the company's currency. */
import type { Backtest, Forecaster, Measure } from '#core/forecast/choose';
import type { PeriodKind } from '#core/forecast/series';

export interface ForecastPoint {
  /** YYYY-MM-DD, both included. */
  from: string;
  to: string;
  value: number;
}

export interface ForecastAhead extends ForecastPoint {
  /** 80 % likely to hold what comes. */
  low: number;
  high: number;
  /** What of it has come by `asOf`; null for periods that begin later. */
  soFar: number | null;
}

export interface ForecastView {
  currency: string;
  measure: Measure;
  by: PeriodKind;
  /** The last day that it saw: yesterday, or the analysis date. */
  asOf: string;
  madeAt: string;
  chosen: Forecaster;
  /** Of exponential smoothing: error, trend and season, such as `A,Ad,M`. */
  form: string | null;
  /** Whole periods that are over, oldest first. */
  history: ForecastPoint[];
  periods: ForecastAhead[];
  /** How each way did at past points, foreseeing what has since come. */
  backtest: Backtest[];
  /** Past points from which was forecast, and errors that the interval rests on. */
  origins: number;
  errors: number;
  /** Periods ahead that the backtest looked. */
  horizon: number;
  /** Customers whose own histories were asked; 0 where they were not. */
  buyers: number;
  notes: string[];
}
