/** The coming periods of a series, by whichever way would have foreseen its past best, with how sure that is. */
import { errorSpread } from './intervals.ts';
import { etsPath, fitEts } from './ets.ts';
import { periodsAfter, seasonOf, type Period, type Series } from './series.ts';

export const MEASURES = ['revenue', 'orders'] as const;
export type Measure = (typeof MEASURES)[number];
export const FORECASTERS = ['ets', 'buyers', 'seasonal-naive', 'naive'] as const;
export type Forecaster = (typeof FORECASTERS)[number];

export interface SeriesOptions {
  /** Periods ahead. */
  count: number;
  /** Last day that may be seen. */
  asOfDay: number;
  /** Left out on each side of the interval: 0.1 for 80 %. */
  tail?: number;
  /** Serve this one whatever the backtest says. */
  model?: Forecaster;
}

/**
 * What customers' own histories, as known at the end of day `origin`, imply for the periods that follow it, in the
 * series' unit; null where they cannot be asked.
 */
export type BuyersAhead = (origin: number, coming: readonly Period[]) => Float64Array | null;

export interface ForecastPeriod extends Period {
  /** Minor units, or orders. */
  value: number;
  low: number;
  high: number;
  /** What of it has already come; null for periods that have not begun. */
  soFar: number | null;
}

export interface Backtest {
  name: Forecaster;
  /** Mean absolute error over all origins and steps; null when it could not be asked at each origin. */
  mae: number | null;
  /** The same against that of the naive forecast: below 1 is better than "as last time". */
  relative: number | null;
  /** Sum of forecasts over sum of what came, less 1. */
  bias: number | null;
  /** Sum of absolute errors over sum of what came; null where nothing came. */
  share: number | null;
}

export interface Forecast {
  chosen: Forecaster;
  /** For exponential smoothing its form, as `A,Ad,M`. */
  form: string | null;
  history: Series;
  periods: ForecastPeriod[];
  backtest: Backtest[];
  /** Points in the past from which was forecast, and errors the interval rests on. */
  origins: number;
  errors: number;
  notes: string[];
}

const MOST_ORIGINS = 12;
const LEAST_PERIODS = 4;

/** Point forecasts from the first `known` periods; null where the way needs more than there is. */
function pointsOf(way: Forecaster, { by, periods, values }: Series, buyers: BuyersAhead | null, known: number, count: number): Float64Array | null {
  const origin = periods[known - 1]?.to ?? 0;
  const coming = periodsAfter(origin, by, count);
  const days = (period: Period | undefined): number => (period ? period.to - period.from + 1 : 1);
  const season = seasonOf(by);
  // Months differ in length: what is smoothed is the average day (Hyndman & Athanasopoulos, fpp3, 3.1).
  const perDay = values.slice(0, known).map((value, t) => value / days(periods[t]));
  const back = (path: Float64Array): Float64Array => path.map((value, h) => value * days(coming[h]));
  switch (way) {
    case 'naive':
      return back(new Float64Array(count).fill(perDay[known - 1] ?? 0));
    case 'seasonal-naive':
      return known < season ? null : back(Float64Array.from({ length: count }, (_, h) => perDay[known - season + (h % season)] ?? 0));
    case 'ets':
      return known < 2 ? null : back(etsPath(fitEts(perDay, season), count));
    case 'buyers':
      return buyers?.(origin, coming) ?? null;
  }
}

/** Numbers of periods to have known, spread evenly; a season's form needs two seasons before it. */
function originsOf(n: number, count: number, season: number): number[] {
  const whole = 2 * season + 2;
  const least = n - Math.min(count, Math.ceil(n / 4)) >= whole ? whole : Math.max(2, Math.min(n - count, Math.floor(n / 2)));
  const span = n - 1 - least;
  if (span < 0) return [];
  const number = Math.min(MOST_ORIGINS, span + 1);
  return [...new Set(Array.from({ length: number }, (_, i) => (number === 1 ? n - 1 : Math.round(least + (span * i) / (number - 1)))))];
}

/**
 * Every way is asked at up to twelve past origins for as many steps as were seen afterwards;
 * the least mean absolute error serves, and its errors there make the interval, which never narrows with the horizon.
 * With fewer than four whole periods the last one goes on, or
 * the pace of the first while it is not over, and the notes say so.
 */
export function forecastSeries(series: Series, buyers: BuyersAhead | null, { count, tail = 0.1, model, asOfDay }: SeriesOptions): Forecast {
  const { by } = series;
  const n = series.values.length;
  const notes = [...series.notes];
  const origins = n >= LEAST_PERIODS ? originsOf(n, count, seasonOf(by)) : [];
  const pool = model === undefined ? FORECASTERS.filter((way) => way !== 'buyers' || buyers !== null) : FORECASTERS.filter((way) => way === model || way === 'naive');
  const errors = new Map<Forecaster, number[][]>();
  const backtest: Backtest[] = [];
  let actualSum = 0;
  for (const known of origins) for (let h = 0; h < Math.min(count, n - known); h++) actualSum += series.values[known + h] ?? 0;
  for (const way of pool) {
    const made: number[][] = [];
    for (const known of origins) {
      const steps = Math.min(count, n - known);
      const points = pointsOf(way, series, buyers, known, steps);
      if (points?.every(Number.isFinite)) made.push(Array.from(points, (point, h) => (series.values[known + h] ?? 0) - point));
    }
    const flat = made.flat();
    const complete = made.length === origins.length && flat.length > 0;
    if (complete) errors.set(way, made);
    backtest.push({
      name: way,
      mae: complete ? flat.reduce((sum, e) => sum + Math.abs(e), 0) / flat.length : null,
      relative: null,
      bias: complete && actualSum !== 0 ? -flat.reduce((sum, e) => sum + e, 0) / actualSum : null,
      share: complete && actualSum > 0 ? flat.reduce((sum, e) => sum + Math.abs(e), 0) / actualSum : null,
    });
  }
  const naive = backtest.find((each) => each.name === 'naive')?.mae ?? 0;
  for (const each of backtest) if (each.mae !== null && naive > 0) each.relative = each.mae / naive;
  const ranked = backtest.filter((each) => each.mae !== null).sort((a, b) => (a.mae ?? 0) - (b.mae ?? 0));
  let chosen: Forecaster = n > 0 ? (model ?? ranked[0]?.name ?? 'naive') : 'naive';
  let points = n > 0 ? pointsOf(chosen, series, buyers, n, count) : paceOf(series, count);
  if (!points?.every(Number.isFinite)) {
    notes.push(`${chosen} needs more history than there is: the last ${by} goes on`);
    chosen = 'naive';
    points = pointsOf('naive', series, buyers, n, count) ?? new Float64Array(count);
  }
  if (n < LEAST_PERIODS) notes.push(`${n} whole ${by}s are too few to test forecasts on (${LEAST_PERIODS} are needed): the interval is a guess`);
  else if (n < 2 * seasonOf(by)) notes.push(`A season of ${seasonOf(by)} ${by}s has not been seen twice: none is assumed`);
  const spread = errorSpread(errors.get(chosen) ?? [], count, tail, n > 0 ? stepError(series.values) : Math.abs(points[0] ?? 0) / 2);
  const floor = series.values.every((value) => value >= 0) ? 0 : -Infinity;
  const start = series.periods.at(-1)?.to ?? (series.open?.from ?? asOfDay + 1) - 1;
  const periods = periodsAfter(start, by, count).map((period, h): ForecastPeriod => {
    const open = series.open && series.open.from === period.from ? series.open : null;
    const left = open ? 1 - open.daysOver / (period.to - period.from + 1) : 1;
    const soFar = open ? open.soFar : 0;
    const width = (spread.scale[h] ?? 0) * left;
    const point = Math.max(floor, points[h] ?? 0) * left;
    return {
      ...period,
      value: soFar + point,
      low: soFar + Math.max(floor, point + spread.low * width),
      high: soFar + point + spread.high * width,
      soFar: open ? open.soFar : null,
    };
  });
  const form = chosen === 'ets' ? fitEts(series.values.map((value, t) => value / ((series.periods[t]?.to ?? 0) - (series.periods[t]?.from ?? 0) + 1)), seasonOf(by)).name : null;
  return { chosen, form, history: series, periods, backtest, origins: origins.length, errors: spread.errors, notes };
}

/** Before a period is over: the pace of the days so far. */
function paceOf({ by, open }: Series, count: number): Float64Array {
  if (!open) return new Float64Array(count);
  return Float64Array.from(periodsAfter(open.from - 1, by, count), ({ from, to }) => (open.soFar / open.daysOver) * (to - from + 1));
}

/** Typical change from one period to the next; half a period's worth where there is but one. */
function stepError(values: Float64Array): number {
  if (values.length < 2) return Math.abs(values[0] ?? 0) / 2;
  let squares = 0;
  for (let t = 1; t < values.length; t++) squares += ((values[t] ?? 0) - (values[t - 1] ?? 0)) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}
