/** The one fitting procedure of all behaviour models: several starts on a thinned sample, the best finished on all rows. */
import { minimise, type Minimum } from '#core/math/bfgs';
import { thin, type Rows } from './rows.ts';

/**
 * Writes d(log-likelihood) / d(log-parameter) into `gradient` and returns the log-likelihood.
 * Times in the rows are days; a time parameter is exp(theta) · scale days.
 */
export type RowLikelihood = (rows: Rows, theta: Float64Array, gradient: Float64Array) => number;

/** Log-parameters stay within e^±10 of their scale: beyond lie only limits, where the likelihood is flat and its digits are noise. */
export const LOG_BOUND = 10;
/** Past this a log-parameter is on its way to a limit: the likelihood hardly changes any more. */
const FLAT_FROM = 9;
/** Rows a first, rough fit looks at. */
const SAMPLE = 8_000;

export interface Maximum extends Minimum {
  logLikelihood: number;
  /** Whether a log-parameter ended so far out that the likelihood is flat along it. */
  flat: boolean;
}

/** Deterministic; `iterations` counts the rough and the final search of the start that won. */
export function maximise(likelihood: RowLikelihood, rows: Rows, starts: readonly (readonly number[])[], maxIterations = 200): Maximum {
  const objective = (over: Rows) => (theta: Float64Array, gradient: Float64Array) => {
    const value = likelihood(over, theta, gradient);
    for (let i = 0; i < gradient.length; i++) gradient[i] = -(gradient[i] ?? 0) / over.n;
    return -value / over.n;
  };
  const box = { lower: -LOG_BOUND, upper: LOG_BOUND };
  const sample = thin(rows, SAMPLE);
  let rough: Minimum | undefined;
  for (const start of starts) {
    const end = minimise(objective(sample), start, { ...box, maxIterations, gradientTolerance: 1e-7 });
    if (Number.isFinite(end.value) && (!rough || end.value < rough.value)) rough = end;
  }
  if (!rough) throw new RangeError('No start has a finite likelihood');
  const best = sample === rows ? rough : minimise(objective(rows), rough.at, { ...box, maxIterations, gradientTolerance: 1e-7, inverseHessian: rough.inverseHessian });
  return {
    ...best,
    iterations: best === rough ? rough.iterations : rough.iterations + best.iterations,
    logLikelihood: -best.value * rows.n,
    flat: best.at.some((v) => Math.abs(v) > FLAT_FROM),
  };
}
