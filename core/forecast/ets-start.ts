/** Where exponential smoothing starts: a line through the series and the season around it. */
import type { EtsForm, EtsState } from './ets-state.ts';

/** A season of more places than this starts as a few waves: its places have too few years to be told apart. */
const MOST_FREE_PLACES = 24;
const WAVES = 3;
const LEAST_FACTOR = 0.05;

/** Numbers the start of a season takes from the data. */
export function seasonParameters({ season, length }: EtsForm): number {
  return season === 'none' ? 0 : length > MOST_FREE_PLACES ? 2 * WAVES : length - 1;
}

/** Least squares line through `values` at 0, 1, 2 … */
function line(values: Float64Array): { intercept: number; slope: number } {
  const n = values.length;
  const middle = (n - 1) / 2;
  let sum = 0;
  let cross = 0;
  let squares = 0;
  for (let t = 0; t < n; t++) {
    sum += values[t] ?? 0;
    cross += (t - middle) * (values[t] ?? 0);
    squares += (t - middle) ** 2;
  }
  const slope = squares > 0 ? cross / squares : 0;
  return { intercept: sum / n - slope * middle, slope };
}

/** The start of `form` on a series: Hyndman & others 2008, section 2.6.1, with a straight line for the trend. */
export function startOf(form: EtsForm, values: Float64Array): EtsState {
  const { season: kind, length } = form;
  const all = line(values);
  const season = new Float64Array(length).fill(kind === 'multiplicative' ? 1 : 0);
  if (kind !== 'none') {
    const sums = new Float64Array(length);
    const counts = new Float64Array(length);
    values.forEach((value, t) => {
      const trend = all.intercept + all.slope * t;
      if (kind === 'multiplicative' && !(trend > 0)) return;
      sums[t % length] = (sums[t % length] ?? 0) + (kind === 'multiplicative' ? value / trend - 1 : value - trend);
      counts[t % length] = (counts[t % length] ?? 0) + 1;
    });
    let places: Float64Array = sums.map((sum, j) => ((counts[j] ?? 0) > 0 ? sum / (counts[j] ?? 1) : 0));
    if (length > MOST_FREE_PLACES) places = waves(places);
    const mean = places.reduce((sum, value) => sum + value, 0) / length;
    places.forEach((value, j) => (season[j] = kind === 'multiplicative' ? Math.max(LEAST_FACTOR, 1 + value - mean) : value - mean));
  }
  const early = values.slice(0, Math.max(10, 2 * length));
  const plain = early.map((value, t) => (kind === 'multiplicative' ? value / (season[t % length] ?? 1) : value - (season[t % length] ?? 0)));
  const { intercept, slope } = line(plain);
  const level = form.trend === 'none' ? plain.reduce((sum, value) => sum + value, 0) / plain.length : intercept - slope;
  return { level, growth: form.trend === 'none' ? 0 : slope, season };
}

/** The first few Fourier waves of a season. */
function waves(places: Float64Array): Float64Array {
  const length = places.length;
  const out = new Float64Array(length);
  for (let wave = 1; wave <= WAVES; wave++) {
    let cosine = 0;
    let sine = 0;
    places.forEach((value, j) => {
      cosine += value * Math.cos((2 * Math.PI * wave * j) / length);
      sine += value * Math.sin((2 * Math.PI * wave * j) / length);
    });
    out.forEach((value, j) => (out[j] = value + (2 / length) * (cosine * Math.cos((2 * Math.PI * wave * j) / length) + sine * Math.sin((2 * Math.PI * wave * j) / length))));
  }
  return out;
}
