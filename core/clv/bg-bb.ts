/** BG/BB (Fader, Hardie & Shang 2010): buying or not in each period, and a chance to leave at the start of each. */
import { need, type BehaviourData, type BehaviourModel, type Fit, type FitOptions, type Params } from './behaviour.ts';
import { bgBbLikelihood } from './bg-bb-likelihood.ts';
import { maximise } from './maximum-likelihood.ts';
import { searchEvidence } from './search-evidence.ts';
import { toRows, type Rows } from './rows.ts';

/** Mean dropout probability a period below which it cannot be told from none. */
const NO_DROPOUT = 1e-4;
/** Sums over the future end here at the latest: a period of a day for two thousand years. */
const MOST_PERIODS = 1_000_000;

/** A history that could be: no more transactions than periods up to the last of them. */
function periodRows(data: BehaviourData): Rows {
  return toRows({ ...data, x: data.x.map((x, i) => Math.min(x, data.tx[i] ?? 0)) });
}

function read(params: Params) {
  return { alpha: need(params, 'alpha'), beta: need(params, 'beta'), gamma: need(params, 'gamma'), delta: need(params, 'delta') };
}

/** A next purchase further off than this is none: what "of those who make one" means here. */
const MOST_NEXT = 20_000;

/** The future of someone who will be there in the next period: p ~ Beta(a, b) to buy, S(i) to be there i periods from now. */
function future(params: Params, x: number, n: number) {
  const { alpha, beta, gamma, delta } = read(params);
  const last = Math.min(x, n);
  return {
    a: alpha + last,
    b: beta + n - last,
    /** S(i + 1) / S(i); S(1) = 1. */
    keeps: (i: number): number => (delta + n + i) / (gamma + delta + n + i),
  };
}

/** Σ of `term(i, S(i))` over periods 1 … horizon; a last period that is not whole counts in part. */
function sumOver(keeps: (i: number) => number, horizon: number, term: (i: number, there: number) => number): number {
  let sum = 0;
  let there = 1;
  for (let i = 1; i < horizon + 1 && i < MOST_PERIODS; i++) {
    sum += Math.min(1, horizon - i + 1) * term(i, there);
    there *= keeps(i);
  }
  return sum;
}

/** P(alive in period n + 1), the P(alive) of the paper (eq. 11). */
function pAlive(params: Params, x: number, tx: number, n: number): number {
  const { alpha, beta, gamma, delta } = read(params);
  const bought = Math.min(x, tx);
  // Each way of having left, relative to being alive at n, from the latest back.
  let ratio = 1;
  let gone = 0;
  for (let t = n - 1; t >= tx; t--) {
    ratio *= ((alpha + beta + t) / (beta + t - bought)) * ((gamma + delta + t) / (delta + t));
    gone += (ratio * gamma) / (gamma + delta + t);
  }
  return ((delta + n) / (gamma + delta + n)) / (1 + gone);
}

function expectedIfAlive(params: Params, horizon: number, x: number, n: number): number {
  const { a, b, keeps } = future(params, x, n);
  return (a / (a + b)) * sumOver(keeps, horizon, (_, there) => there);
}

/** P(N = m) over whole periods, m = 0 … most: a beta-binomial of the periods she is there, averaged over those. */
function countsIfAlive(params: Params, horizon: number, x: number, n: number, most: number): Float64Array {
  const { a, b, keeps } = future(params, x, n);
  const periods = Math.round(horizon);
  const pmf = new Float64Array(most + 1);
  if (periods < 1) {
    pmf[0] = 1;
    return pmf;
  }
  let there = 1;
  let none = 1;
  for (let k = 1; k <= periods; k++) {
    none *= (b + k - 1) / (a + b + k - 1);
    const after = k < periods ? there * keeps(k) : 0;
    let term = (there - after) * none;
    for (let m = 0; m <= Math.min(most, k); m++) {
      pmf[m] = (pmf[m] ?? 0) + term;
      term *= ((k - m) / (m + 1)) * ((a + m) / (b + k - m - 1));
    }
    there = after;
  }
  return pmf;
}

/**
 * Maximum likelihood from several starts. What other models call days are periods here, and the unit is one period.
 * @throws RangeError when no start has a finite likelihood.
 */
function fit(data: BehaviourData, { maxIterations = 200 }: FitOptions = {}): Fit {
  const rows = periodRows(data);
  const share = Math.min(0.95, Math.max(0.02, rows.sumX / Math.max(1, rows.sumT)));
  const starts = [
    [1, 1, 0.5, 2],
    [2, 2, 1, 8],
    [0.5, 0.3, 0.3, 0.5],
  ].map(([a = 1, b = 1, c = 1, d = 1]) => [Math.log(a * share * 2), Math.log(b * (1 - share) * 2), Math.log(c), Math.log(d)]);
  const best = maximise(bgBbLikelihood, rows, starts, maxIterations);
  const [alpha = 1, beta = 1, gamma = 1, delta = 1] = Array.from(best.at, Math.exp);
  const params = { alpha, beta, gamma, delta };
  const noDropout = withoutDropout(params);
  return { model: 'bg-bb', version: 1, params, ...searchEvidence(best, rows, noDropout, 1) };
}

function withoutDropout(params: Params): boolean {
  const { gamma, delta } = read(params);
  return gamma / (gamma + delta) < NO_DROPOUT;
}

/**
 * Parameters alpha, beta (buying) and gamma, delta (leaving), all without unit. Times are periods: x of those with a
 * transaction, the last of them tx, of T opportunities after the first purchase. "If alive" is: there in the next period.
 */
export const bgBb: BehaviourModel = {
  name: 'bg-bb',
  version: 1,
  symbols: ['alpha', 'beta', 'gamma', 'delta'],
  times: [],
  covariates: { purchase: { index: 0, sign: 1 }, dropout: { index: 2, sign: 1 } },
  rowLikelihood: () => bgBbLikelihood,
  toRows: periodRows,
  withoutDropout,
  fit,
  logLikelihood(params, data) {
    const { alpha, beta, gamma, delta } = read(params);
    return bgBbLikelihood(periodRows(data), Float64Array.of(alpha, beta, gamma, delta).map(Math.log), new Float64Array(4));
  },
  pAlive,
  expectedIfAlive,
  expectedPurchases: (params, horizon, x, tx, n) => pAlive(params, x, tx, n) * expectedIfAlive(params, horizon, x, n),
  pairsIfAlive(params, horizon, x, n) {
    const { a, b, keeps } = future(params, x, n);
    return ((2 * a * (a + 1)) / ((a + b) * (a + b + 1))) * sumOver(keeps, horizon, (i, there) => (i - 1) * there);
  },
  silentIfAlive(params, horizon, x, n) {
    const { a, b, keeps } = future(params, x, n);
    let none = 1;
    // 1 − P(first purchase in period i), summed.
    return 1 - sumOver(keeps, horizon, (i, there) => {
      const first = (none * a) / (a + b + i - 1);
      none *= (b + i - 1) / (a + b + i - 1);
      return first * there;
    });
  },
  nextOrderIfAlive(params, x, n, share = 0.5) {
    const { a, b, keeps } = future(params, x, n);
    const first = (i: number, none: number): number => (none * a) / (a + b + i - 1);
    const upTo = (wanted: number): { reached: number; period: number } => {
      let reached = 0;
      let none = 1;
      let there = 1;
      let period = 1;
      for (; period < MOST_NEXT; period++) {
        const gain = first(period, none) * there;
        reached += gain;
        if (reached >= wanted || none * there < 1e-12) break;
        none *= (b + period - 1) / (a + b + period - 1);
        there *= keeps(period);
      }
      return { reached, period };
    };
    return upTo(share * upTo(Infinity).reached).period;
  },
  countsIfAlive,
  // The paper's DERT (eq. 14) with a rate of e^delta − 1 a period; the 2F1 there is this sum.
  residualIfAlive(params, delta, x, n) {
    const { a, b, keeps } = future(params, x, n);
    const { gamma, delta: stays } = read(params);
    if (!(delta > 0)) return gamma > 1 ? ((a / (a + b)) * (gamma + stays + n)) / (gamma - 1) : Infinity;
    let sum = 0;
    let there = Math.exp(-delta);
    for (let i = 1; i < MOST_PERIODS && there > 1e-16 * sum; i++) {
      sum += there;
      there *= keeps(i) * Math.exp(-delta);
    }
    return (a / (a + b)) * sum;
  },
  expectedNew(params, t) {
    const { alpha, beta, gamma, delta } = read(params);
    return ((alpha / (alpha + beta)) * delta * sumOver((i) => (delta + i) / (gamma + delta + i), t, (_, there) => there)) / (gamma + delta);
  },
};
