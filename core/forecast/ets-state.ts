/** The recursions of exponential smoothing: one run over a series with given parameters, and the path that follows. */

export const TRENDS = ['none', 'additive', 'damped'] as const;
export type Trend = (typeof TRENDS)[number];
export const SEASONS = ['none', 'additive', 'multiplicative'] as const;
export type Seasonality = (typeof SEASONS)[number];

export interface EtsForm {
  trend: Trend;
  season: Seasonality;
  /** Periods of a season; 1 without one. */
  length: number;
}

export interface EtsState {
  level: number;
  /** Growth a period; 0 without a trend. */
  growth: number;
  /** One entry per place in the season, the next period's first. */
  season: Float64Array;
}

export interface Smoothing {
  /** Weight of the newest error in the level, in the growth and in the season, and the damping of growth: all in [0, 1]. */
  alpha: number;
  beta: number;
  gamma: number;
  phi: number;
}

/** Below this a level no longer carries a season that multiplies it. */
const LEAST_LEVEL = 1e-6;

/**
 * One pass with additive errors (Hyndman, Koehler, Ord & Snyder, "Forecasting with Exponential Smoothing", 2008, table
 * 2.2: A,N,N to A,Ad,M). Moves `state` to the end of `values`, writes one-step errors into `errors`, and returns the sum
 * of their squares; Infinity where a level that a season multiplies falls to zero.
 */
export function smooth(form: EtsForm, { alpha, beta, gamma, phi }: Smoothing, state: EtsState, values: Float64Array, errors?: Float64Array): number {
  const { length, season: kind } = form;
  const season = state.season;
  let { level, growth } = state;
  let squares = 0;
  for (let t = 0; t < values.length; t++) {
    const place = t % length;
    const base = level + phi * growth;
    const s = season[place] ?? 0;
    const fit = kind === 'multiplicative' ? base * s : kind === 'additive' ? base + s : base;
    const error = (values[t] ?? 0) - fit;
    squares += error * error;
    if (errors) errors[t] = error;
    if (kind === 'multiplicative') {
      if (!(base > LEAST_LEVEL) || !(s > LEAST_LEVEL)) return Infinity;
      level = base + (alpha * error) / s;
      growth = phi * growth + (beta * error) / s;
      season[place] = s + (gamma * error) / base;
    } else {
      level = base + alpha * error;
      growth = phi * growth + beta * error;
      if (kind === 'additive') season[place] = s + gamma * error;
    }
  }
  state.level = level;
  state.growth = growth;
  // Turn the season so that the next period's entry stands first.
  const turned = values.length % length;
  if (turned > 0) state.season = Float64Array.from({ length }, (_, j) => season[(j + turned) % length] ?? 0);
  return squares;
}

/** Point forecasts of the next `count` periods. */
export function path(form: EtsForm, phi: number, state: EtsState, count: number): Float64Array {
  const out = new Float64Array(count);
  let damped = 0;
  let power = 1;
  for (let h = 0; h < count; h++) {
    power *= phi;
    damped += power;
    const base = state.level + damped * state.growth;
    const s = state.season[h % form.length] ?? 0;
    out[h] = form.season === 'multiplicative' ? base * s : form.season === 'additive' ? base + s : base;
  }
  return out;
}
