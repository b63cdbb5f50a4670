/** How many of a shop's cohort buy in each month since: a survivor curve where nobody says goodbye. */
import { minimise } from '#core/math/bfgs';
import { fitSurvivors, survivalPath } from './survivor.ts';

/** Of `size` customers, how many bought at ages 1, 2, … months. */
export interface CohortActivity {
  size: number;
  active: readonly number[];
}

export interface ActivityCurve {
  /** Share of the cohort that buys in its first month after the one it came in. */
  first: number;
  /** Beta(alpha, beta) of the chance to leave in a month. */
  alpha: number;
  beta: number;
  converged: boolean;
  iterations: number;
  /** Cohort months fitted. */
  cells: number;
  notes: string[];
}

const BOUND = Math.log(1e4);
/** Half a customer in so many stands in for none. */
const LEAST_SHARE = 1e-6;

/**
 * Share active at age t ≥ 1 as p_t = c · S(t − 1), with S the sBG curve of Fader & Hardie 2007: whoever is still a customer
 * buys in a month with chance c. In shops leaving is not seen, so counts are taken as binomial around p_t, pooled over
 * cohorts (quasi-likelihood: means are right, no error is claimed). Analytic gradient in logit c, ln α, ln β.
 */
export function fitActivity(cohorts: readonly CohortActivity[]): ActivityCurve {
  const trials: number[] = [];
  const active: number[] = [];
  let cells = 0;
  for (const { size, active: counts } of cohorts) {
    counts.forEach((count, t) => {
      if (!(size > 0)) return;
      cells++;
      trials[t] = (trials[t] ?? 0) + size;
      active[t] = (active[t] ?? 0) + Math.min(size, Math.max(0, count));
    });
  }
  const all = trials.reduce((sum, n) => sum + (n ?? 0), 0);
  const came = active.reduce((sum, n) => sum + (n ?? 0), 0);
  if (cells === 0) return { first: 0, alpha: 1, beta: 1, converged: false, iterations: 0, cells, notes: ['No cohort has a whole month after its first: nothing can be projected'] };
  if (came === 0) return { first: 0, alpha: 1, beta: 1, converged: true, iterations: 0, cells, notes: ['Nobody has bought again yet'] };
  const found = minimise(
    (at, gradient) => {
      const share = 1 / (1 + Math.exp(-(at[0] ?? 0)));
      const alpha = Math.exp(at[1] ?? 0);
      const beta = Math.exp(at[2] ?? 0);
      gradient.fill(0);
      let value = 0;
      let logS = 0;
      let dAlpha = 0;
      let dBeta = 0;
      for (let t = 0; t < trials.length; t++) {
        if (t > 0) {
          logS += Math.log((beta + t - 1) / (alpha + beta + t - 1));
          dAlpha -= alpha / (alpha + beta + t - 1);
          dBeta += beta / (beta + t - 1) - beta / (alpha + beta + t - 1);
        }
        const weight = (trials[t] ?? 0) / all;
        if (weight === 0) continue;
        const p = Math.min(1 - LEAST_SHARE, Math.max(LEAST_SHARE, share * Math.exp(logS)));
        const a = (active[t] ?? 0) / (trials[t] ?? 1);
        value -= weight * (a * Math.log(p) + (1 - a) * Math.log1p(-p));
        const slope = (-weight * (a - p)) / (1 - p);
        gradient[0] = (gradient[0] ?? 0) + slope * (1 - share);
        gradient[1] = (gradient[1] ?? 0) + slope * dAlpha;
        gradient[2] = (gradient[2] ?? 0) + slope * dBeta;
      }
      return value;
    },
    [Math.log((came / all + LEAST_SHARE) / (1 - came / all + LEAST_SHARE)), -1, 1],
    { lower: -BOUND, upper: BOUND },
  );
  const [c = 0, a = 0, b = 0] = found.at;
  const notes = trials.length < 3 ? ['Fewer than three months after the first have been seen: how fast customers leave is hardly known'] : [];
  return { first: 1 / (1 + Math.exp(-c)), alpha: Math.exp(a), beta: Math.exp(b), converged: found.converged, iterations: found.iterations, cells, notes };
}

/** Shops that keep fewer than this in the first month are not read as contracts, however their counts fall. */
const LEAST_KEPT = 0.5;
const LEAST_MONTHS = 3;

/**
 * Whether counts look like contracts: at least three months seen, most customers kept in the first, and nobody who stayed
 * away came back.
 */
export function looksContractual(cohorts: readonly CohortActivity[]): boolean {
  const first = cohorts.filter(({ active }) => active.length > 0);
  const kept = first.reduce((sum, { active }) => sum + (active[0] ?? 0), 0);
  return (
    cohorts.some(({ active }) => active.length >= LEAST_MONTHS) &&
    kept >= LEAST_KEPT * first.reduce((sum, { size }) => sum + size, 0) &&
    cohorts.every(({ size, active }) => active.every((count, t) => count <= (t === 0 ? size : (active[t - 1] ?? 0))))
  );
}

/** The plain sBG curve of contracts: S(t) = c · S′(t − 1) with c = β/(α+β) and β′ = β + 1. */
export function fitContracts(cohorts: readonly CohortActivity[]): ActivityCurve {
  const { alpha, beta, converged, iterations, notes } = fitSurvivors(cohorts.map(({ size, active }) => [size, ...active]));
  const cells = cohorts.reduce((sum, { active }) => sum + active.length, 0);
  return { first: beta / (alpha + beta), alpha, beta: beta + 1, converged, iterations, cells, notes: [...notes, 'Nobody who stayed away came back: cohorts are read as contracts'] };
}

/** Share of a cohort that buys at ages 0 … `count` months; 1 at age 0. */
export function activityPath(curve: Pick<ActivityCurve, 'first' | 'alpha' | 'beta'>, count: number): Float64Array {
  const survival = survivalPath(curve, Math.max(0, count - 1));
  return Float64Array.from({ length: count + 1 }, (_, t) => (t === 0 ? 1 : curve.first * (survival[t - 1] ?? 0)));
}
