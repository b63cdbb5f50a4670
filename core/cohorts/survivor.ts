/** How many of a cohort are still there after so many periods: the shifted-beta-geometric curve. */
import { minimise } from '#core/math/bfgs';

/** Customers of one cohort that were kept at the end of periods 0, 1, 2, …; the first is the cohort's size. */
export type Survivors = readonly number[];

export interface SurvivorCurve {
  /** Beta(alpha, beta) of the chance to leave in a period. */
  alpha: number;
  beta: number;
  logLikelihood: number;
  converged: boolean;
  iterations: number;
  /** Customers at the start. */
  n: number;
  notes: string[];
}

/** Past these the curve has no shape left: everyone shares one chance to leave, or nobody leaves. */
const LEAST_LOG = Math.log(1e-4);
const MOST_LOG = Math.log(1e4);

/**
 * Fit by maximum likelihood to any number of cohorts at once (Fader & Hardie, "How to Project Customer Retention", 2007,
 * appendix B): Σ lost_t · ln P(T = t) + kept · ln S(end), with ln P and ln S as sums over
 * P(T = 1) = α/(α+β), r_t = (β+t−1)/(α+β+t−1). A count above the one before it is taken as that one.
 * Nobody lost, or nobody kept for a period, has an answer and a note.
 */
export function fitSurvivors(cohorts: readonly Survivors[]): SurvivorCurve {
  const lost: number[] = [];
  const kept: number[] = [];
  let n = 0;
  for (const cohort of cohorts) {
    let before = Math.max(0, cohort[0] ?? 0);
    n += before;
    for (let t = 1; t < cohort.length; t++) {
      const now = Math.min(before, Math.max(0, cohort[t] ?? 0));
      lost[t] = (lost[t] ?? 0) + before - now;
      before = now;
    }
    const end = cohort.length - 1;
    if (end >= 0) kept[end] = (kept[end] ?? 0) + before;
  }
  const periods = Math.max(lost.length, kept.length);
  const leavers = lost.reduce((sum, count) => sum + (count ?? 0), 0);
  if (periods < 2 || n === 0) return { alpha: 1, beta: 19, logLikelihood: 0, converged: false, iterations: 0, n, notes: ['No cohort has been seen for a whole period: an ordinary curve is assumed'] };
  // S(t) = B(α, β+t) / B(α, β), P(t) = S(t−1) · α / (α+β+t−1).
  const found = minimise(
    (at, gradient) => {
      const alpha = Math.exp(at[0] ?? 0);
      const beta = Math.exp(at[1] ?? 0);
      let value = 0;
      let dAlpha = 0;
      let dBeta = 0;
      let logS = 0;
      let sAlpha = 0;
      let sBeta = 0;
      for (let t = 0; t < periods; t++) {
        if (t > 0) {
          const whole = alpha + beta + t - 1;
          const gone = lost[t] ?? 0;
          value -= gone * (logS + Math.log(alpha / whole));
          dAlpha -= gone * (sAlpha + 1 / alpha - 1 / whole);
          dBeta -= gone * (sBeta - 1 / whole);
          logS += Math.log((beta + t - 1) / whole);
          sAlpha -= 1 / whole;
          sBeta += 1 / (beta + t - 1) - 1 / whole;
        }
        const stayed = kept[t] ?? 0;
        value -= stayed * logS;
        dAlpha -= stayed * sAlpha;
        dBeta -= stayed * sBeta;
      }
      gradient[0] = (dAlpha * alpha) / n;
      gradient[1] = (dBeta * beta) / n;
      return value / n;
    },
    [0, 0.5],
    { lower: LEAST_LOG, upper: MOST_LOG },
  );
  const [a = 0, b = 0] = found.at;
  const notes: string[] = [];
  if (leavers === 0) notes.push('Nobody has left yet: the curve stays near its start');
  else if (b >= MOST_LOG - 1e-6 || a >= MOST_LOG - 1e-6) notes.push('Everyone seems to have the same chance of leaving: alpha and beta mean little by themselves, the curve holds');
  return { alpha: Math.exp(a), beta: Math.exp(b), logLikelihood: -found.value * n, converged: found.converged, iterations: found.iterations, n, notes };
}

/** S(0), S(1), … S(count): share still there at the end of each period (the paper's eq. 6). */
export function survivalPath({ alpha, beta }: Pick<SurvivorCurve, 'alpha' | 'beta'>, count: number): Float64Array {
  const path = new Float64Array(count + 1);
  path[0] = 1;
  for (let t = 1; t <= count; t++) path[t] = (path[t - 1] ?? 0) * ((beta + t - 1) / (alpha + beta + t - 1));
  return path;
}
