/** Features made comparable: outliers pulled in, skew taken out, one scale for all. */
import { quantileSorted } from '#core/math/quantile';
import type { Points } from './points.ts';

export const SCALES = ['z-score', 'robust', 'none'] as const;
export type Scale = (typeof SCALES)[number];

export interface Feature {
  name: string;
  /** One number per customer, all finite. */
  values: Float64Array;
}

export interface Preparation {
  scale: Scale;
  /** Features of which ln(1 + max(0, v)) is taken. */
  log: readonly string[];
  /** Share of values pulled in to the quantile on each side; 0 for none. */
  winsorise: number;
}

/** What was done to one feature, so that it can be done to a customer who comes later. */
export interface Step {
  name: string;
  /** Values beyond are pulled in to these; null where nothing was. */
  low: number | null;
  high: number | null;
  log: boolean;
  centre: number;
  spread: number;
}

export interface Prepared {
  points: Points;
  /** Features that are in `points`, in order. */
  names: string[];
  /** One per name. */
  steps: Step[];
  notes: string[];
}

/** From here spreads are rounding, relative to the values. */
const FLAT = 1e-12;

/**
 * Features as points. `z-score`: less the mean, over the population standard deviation; `robust`: less the median, over the
 * distance between the quartiles (the deviation where that is 0). Quantiles are R-7. A feature that is the same for
 * everyone tells nobody apart and is left out, with a note.
 */
export function prepare(features: readonly Feature[], { scale, log, winsorise }: Preparation): Prepared {
  const notes: string[] = [];
  const kept: (Feature & { step: Step })[] = [];
  for (const { name, values: raw } of features) {
    let values = Float64Array.from(raw);
    const step: Step = { name, low: null, high: null, log: log.includes(name), centre: 0, spread: 1 };
    if (winsorise > 0) {
      const sorted = values.slice().sort();
      const [low, high] = [quantileSorted(sorted, winsorise), quantileSorted(sorted, 1 - winsorise)];
      values = values.map((value) => Math.min(high, Math.max(low, value)));
      Object.assign(step, { low, high });
    }
    if (step.log) values = values.map((value) => Math.log1p(Math.max(0, value)));
    const n = values.length;
    const mean = values.reduce((sum, value) => sum + value / n, 0);
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2 / n, 0));
    if (!(deviation > FLAT * Math.max(Math.abs(mean), 1e-300))) {
      notes.push(`${name} is the same for everyone and is left out`);
      continue;
    }
    if (scale === 'z-score') Object.assign(step, { centre: mean, spread: deviation });
    else if (scale === 'robust') {
      const sorted = values.slice().sort();
      const middle = quantileSorted(sorted, 0.5);
      const spread = quantileSorted(sorted, 0.75) - quantileSorted(sorted, 0.25);
      Object.assign(step, { centre: middle, spread: spread > 0 ? spread : deviation });
    }
    if (scale !== 'none') values = values.map((value) => (value - step.centre) / step.spread);
    kept.push({ name, values, step });
  }
  const d = kept.length;
  const n = features[0]?.values.length ?? 0;
  const flat = new Float64Array(n * d);
  kept.forEach(({ values }, f) => values.forEach((value, i) => (flat[i * d + f] = value)));
  return { points: { n, d, values: flat }, names: kept.map(({ name }) => name), steps: kept.map(({ step }) => step), notes };
}

/** One value as `prepare` made it when the step was kept. */
export function prepareOne({ low, high, log, centre, spread }: Step, raw: number): number {
  const within = low === null || high === null ? raw : Math.min(high, Math.max(low, raw));
  return ((log ? Math.log1p(Math.max(0, within)) : within) - centre) / spread;
}

/** The value that `prepareOne` makes `prepared` of, where nothing was pulled in. */
export function unprepareOne({ log, centre, spread }: Step, prepared: number): number {
  const value = prepared * spread + centre;
  return log ? Math.expm1(value) : value;
}
