/** How far off a forecast has been, so many periods ahead, and the interval that follows from it. */
import { quantileSorted } from '#core/math/quantile';
import { normalQuantile } from '#core/math/normal';

/** Errors of one origin: actual − forecast for steps 1, 2, …; as many as were observed. */
export type OriginErrors = readonly number[];

export interface ErrorSpread {
  /** Typical error by steps ahead; never falls. */
  scale: Float64Array;
  /** Standardised errors that are passed downwards and upwards with probability `tail` each; ≤ 0 and ≥ 0. */
  low: number;
  high: number;
  /** Errors it rests on. */
  errors: number;
}

/** Fewer errors than these cannot show a tail: a normal one is used, widened. */
const LEAST_ERRORS = 20;

/**
 * Spread by backtest: root mean square by steps ahead, made to never fall with the horizon (pool adjacent violators,
 * weighted by count: Barlow and others 1972), carried on with √steps past what was observed; then quantiles of all errors
 * in units of that, at the ranks (n + 1)·p that hold coverage in small samples. `fallback` is the one-step error where
 * there is no backtest.
 */
export function errorSpread(origins: readonly OriginErrors[], count: number, tail: number, fallback: number): ErrorSpread {
  const observed: { mean: number; weight: number; steps: number }[] = [];
  for (let h = 0; h < count; h++) {
    const at = origins.map((errors) => errors[h]).filter((error) => error !== undefined);
    if (at.length === 0) break;
    observed.push({ mean: at.reduce((sum, e) => sum + e * e, 0) / at.length, weight: at.length, steps: 1 });
    for (;;) {
      const last = observed.at(-1);
      const before = observed.at(-2);
      if (!last || !before || last.mean >= before.mean) break;
      observed.splice(-2, 2, { mean: (last.mean * last.weight + before.mean * before.weight) / (last.weight + before.weight), weight: last.weight + before.weight, steps: last.steps + before.steps });
    }
  }
  const known = observed.flatMap(({ mean, steps }) => Array.from({ length: steps }, () => Math.sqrt(mean)));
  const most = known.at(-1) ?? fallback;
  const reached = Math.max(1, known.length);
  const scale = Float64Array.from({ length: count }, (_, h) => known[h] ?? most * Math.sqrt((h + 1) / reached));
  const standard = Float64Array.from(origins.flatMap((errors) => errors.slice(0, count).map((e, h) => ((scale[h] ?? 0) > 0 ? e / (scale[h] ?? 1) : 0)))).sort();
  const n = standard.length;
  if (n < LEAST_ERRORS) {
    const wide = -normalQuantile(tail) * Math.sqrt(1 + 2 / Math.max(1, origins.length));
    return { scale, low: -wide, high: wide, errors: n };
  }
  const at = (p: number): number => quantileSorted(standard, ((n + 1) * p - 1) / (n - 1));
  return { scale, low: Math.min(0, at(tail)), high: Math.max(0, at(1 - tail)), errors: n };
}
