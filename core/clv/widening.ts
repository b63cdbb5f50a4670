/** Intervals of totals made as wide as past forecasts were wrong: models know no season and no campaign. */
import type { Range } from './forecast.ts';

/** What was forecast from an earlier day, and what came. */
export interface PastForecast extends Range {
  actual: number;
}

/**
 * How many times wider on the log scale an interval has to be for every past one to have held what came: at least 1. The models
 * know no season and no campaign; their own intervals only hold chance and parameters.
 */
export function wideningFrom(past: readonly PastForecast[]): number {
  let most = 1;
  for (const { expected, low, high, actual } of past) {
    if (!(expected > 0 && low > 0 && actual > 0)) continue;
    const off = Math.log(actual / expected);
    const room = off > 0 ? Math.log(high / expected) : Math.log(low / expected);
    if (room !== 0) most = Math.max(most, off / room);
  }
  return most;
}

/**
 * The factor for a horizon other than the past ones': what makes a forecast drift goes on, so over a longer horizon the log error is
 * taken to grow like a random walk, with the square root of time. Never less than `factor`.
 */
export function overHorizon(factor: number, pastDays: number, days: number): number {
  return pastDays > 0 && factor > 1 ? factor * Math.sqrt(Math.max(1, days / pastDays)) : factor;
}

/** `range` with both ends `factor` times as far away on the log scale. */
export function widened({ expected, low, high }: Range, factor: number): Range {
  if (!(expected > 0 && low > 0)) return { expected, low, high };
  return { expected, low: expected * Math.pow(low / expected, factor), high: expected * Math.pow(high / expected, factor) };
}
