/** Exponential smoothing that chooses its own form: trend or none, season or none, by what the series can carry. */
import { minimise } from '#core/math/bfgs';
import { SEASONS, TRENDS, path, smooth, type EtsForm, type EtsState, type Smoothing } from './ets-state.ts';
import { seasonParameters, startOf } from './ets-start.ts';

export interface EtsFit {
  form: EtsForm;
  /** As in the books: `A,Ad,M`. */
  name: string;
  smoothing: Smoothing;
  /** Where the series ends. */
  state: EtsState;
  /** Standard deviation of one-step errors, in the unit of the values. */
  sigma: number;
  aicc: number;
  converged: boolean;
  iterations: number;
  /** Periods fitted. */
  n: number;
}

/** Older periods than these say nothing about the next. */
const MOST_PERIODS = 1100;
/** Seasons of at most this many places have each place's start fitted; longer ones keep the heuristic. */
const MOST_FITTED_PLACES = 12;
/** Errors below this share of the mean value are rounding. */
const EXACT = 1e-7;
/** Of the differences that stand for derivatives. */
const STEP = 1e-5;

/** Fit the form with the least corrected AIC (Hurvich & Tsai 1989) to a series of at least one value, oldest first. */
export function fitEts(values: ArrayLike<number>, seasonLength: number): EtsFit {
  const recent = Float64Array.from(values).slice(-MOST_PERIODS);
  let scale = 0;
  for (const value of recent) scale += Math.abs(value) / recent.length;
  if (!(scale > 0)) scale = 1;
  const scaled = recent.map((value) => value / scale);
  let best: EtsFit | undefined;
  for (const form of formsFor(scaled, seasonLength)) {
    const fit = fitForm(form, scaled);
    if (fit && (!best || fit.aicc < best.aicc)) best = fit;
  }
  const chosen = best ?? level(scaled);
  const { state } = chosen;
  const additive = chosen.form.season === 'additive';
  return {
    ...chosen,
    sigma: chosen.sigma * scale,
    state: { level: state.level * scale, growth: state.growth * scale, season: additive ? state.season.map((s) => s * scale) : state.season },
  };
}

/** Point forecasts of the next `count` periods. */
export function etsPath(fit: EtsFit, count: number): Float64Array {
  return path(fit.form, fit.smoothing.phi, fit.state, count);
}

/** The forms that have fewer parameters than the series has values; a season must have been seen twice. */
function formsFor(values: Float64Array, seasonLength: number): EtsForm[] {
  const forms: EtsForm[] = [];
  const positive = values.every((value) => value > 0);
  for (const season of SEASONS) {
    if (season !== 'none' && (seasonLength < 2 || values.length < 2 * seasonLength)) continue;
    if (season === 'multiplicative' && !positive) continue;
    for (const trend of TRENDS) {
      const form: EtsForm = { trend, season, length: season === 'none' ? 1 : seasonLength };
      if (values.length > parameters(form) + 1) forms.push(form);
    }
  }
  return forms;
}

/** Smoothing weights, starts and the variance. */
function parameters(form: EtsForm): number {
  const trend = form.trend === 'none' ? 0 : form.trend === 'additive' ? 2 : 3;
  return 3 + trend + (form.season === 'none' ? 0 : 1 + seasonParameters(form));
}

/** Layout of what is searched: alpha, beta, gamma, phi, level, growth, season's places; unused ones stay where they are. */
function unpack(form: EtsForm, start: EtsState, spread: number, at: Float64Array): { smoothing: Smoothing; state: EtsState } {
  const share = (i: number): number => 1 / (1 + Math.exp(-(at[i] ?? 0)));
  const alpha = 1e-4 + 0.9998 * share(0);
  const seasonal = form.season !== 'none';
  let next = 1;
  const beta = form.trend === 'none' ? 0 : alpha * share(next++);
  const gamma = seasonal ? (1 - alpha) * share(next++) : 0;
  const phi = form.trend === 'damped' ? 0.8 + 0.18 * share(next++) : 1;
  const level = start.level + spread * (at[next++] ?? 0);
  const growth = form.trend === 'none' ? 0 : start.growth + 0.1 * spread * (at[next++] ?? 0);
  const season = start.season.slice();
  if (seasonal && form.length <= MOST_FITTED_PLACES) {
    let moved = 0;
    for (let j = 0; j < form.length - 1; j++) {
      const step = spread * (at[next++] ?? 0);
      season[j] = (season[j] ?? 0) + step;
      moved += step;
    }
    season[form.length - 1] = (season[form.length - 1] ?? 0) - moved;
  }
  return { smoothing: { alpha, beta, gamma, phi }, state: { level, growth, season } };
}

function fitForm(form: EtsForm, values: Float64Array): EtsFit | null {
  const start = startOf(form, values);
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const spread = Math.max(1e-3, Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n));
  const seasonal = form.season !== 'none';
  const from = [-1];
  if (form.trend !== 'none') from.push(-2);
  if (seasonal) from.push(-3);
  if (form.trend === 'damped') from.push(1);
  from.push(0);
  if (form.trend !== 'none') from.push(0);
  if (seasonal && form.length <= MOST_FITTED_PLACES) for (let j = 0; j < form.length - 1; j++) from.push(0);
  const cost = (at: Float64Array): number => {
    const { smoothing, state } = unpack(form, start, spread, at);
    const squares = smooth(form, smoothing, state, values);
    return Number.isFinite(squares) ? 0.5 * Math.log(squares / n + EXACT * EXACT) : 50;
  };
  const found = minimise(
    (at, gradient) => {
      const probe = at.slice();
      for (let i = 0; i < at.length; i++) {
        probe[i] = (at[i] ?? 0) + STEP;
        const up = cost(probe);
        probe[i] = (at[i] ?? 0) - STEP;
        gradient[i] = (up - cost(probe)) / (2 * STEP);
        probe[i] = at[i] ?? 0;
      }
      return cost(at);
    },
    from,
    { lower: -8, upper: 8, maxIterations: 80, gradientTolerance: 1e-5 },
  );
  const { smoothing, state } = unpack(form, start, spread, found.at);
  const squares = smooth(form, smoothing, state, values);
  const k = parameters(form);
  if (!Number.isFinite(squares) || !Number.isFinite(state.level + state.growth)) return null;
  return {
    form, smoothing, state, n,
    name: `A,${form.trend === 'none' ? 'N' : form.trend === 'additive' ? 'A' : 'Ad'},${form.season === 'none' ? 'N' : form.season === 'additive' ? 'A' : 'M'}`,
    sigma: Math.sqrt(squares / Math.max(1, n - k + 1)),
    aicc: n * Math.log(squares / n + EXACT * EXACT) + 2 * k + (2 * k * (k + 1)) / (n - k - 1),
    converged: found.converged,
    iterations: found.iterations,
  };
}

/** For series too short for any form: their mean goes on. */
function level(values: Float64Array): EtsFit {
  const n = values.length;
  const mean = n > 0 ? values.reduce((sum, value) => sum + value, 0) / n : 0;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    form: { trend: 'none', season: 'none', length: 1 }, name: 'mean', smoothing: { alpha: 0, beta: 0, gamma: 0, phi: 1 }, n,
    state: { level: mean, growth: 0, season: new Float64Array(1) }, sigma: n > 1 ? Math.sqrt(squares / (n - 1)) : 0, aicc: Infinity, converged: true, iterations: 0,
  };
}
