/** Pareto/NBD (Schmittlein, Morrison & Colombo 1987): NBD purchases, and a lifetime that may end at any moment. */
import { integrate, legendre } from '#core/math/gauss-legendre';
import { need, type BehaviourData, type ContinuousModel, type Fit, type FitOptions, type Params } from './behaviour.ts';
import { maximise } from './maximum-likelihood.ts';
import { searchEvidence } from './search-evidence.ts';
import { discountedStay, segment } from './pareto-integral.ts';
import { paretoLikelihood } from './pareto-likelihood.ts';
import { toRows, type Rows } from './rows.ts';

/** P(gone after a year) of a new customer below which a year of data cannot tell dropout from none. */
const NO_DROPOUT = 1e-3;
const YEAR_WEEKS = 52;

/** Log-parameter starts r, alpha / scale, s, beta / scale; the time scale is the mean observation length. */
function starts(rows: Rows, scale: number): number[][] {
  const rate = Math.max(rows.sumX / Math.max(rows.sumT, 1), 1e-6);
  return [
    [0.6, 0.6, 0.4],
    [1.5, 0.3, 0.3],
    [0.4, 2, 4],
  ].map(([r = 1, s = 1, beta = 1]) => [Math.log(r), Math.log(Math.min(1e3, Math.max(1e-3, (r / rate / scale) * 0.6))), Math.log(s), Math.log(beta)]);
}

interface Posterior {
  /** λ ~ Gamma(shape, A) and μ ~ Gamma(s, B), independent, of someone alive at T. */
  shape: number;
  A: number;
  s: number;
  B: number;
}

function posterior(params: Params, x: number, T: number): Posterior {
  return { shape: need(params, 'r') + x, A: need(params, 'alpha') + T, s: need(params, 's'), B: need(params, 'beta') + T };
}

/** E[time alive within t] = B/(s − 1) · (1 − (B/(B + t))^{s−1}), smooth through s = 1. */
function stayWithin(s: number, B: number, t: number): number {
  if (s === 0) return t;
  const log = Math.log1p(t / B);
  const bend = (s - 1) * log;
  return B * log * (Math.abs(bend) < 1e-8 ? 1 - bend / 2 : -Math.expm1(-bend) / bend);
}

/** P(no purchase within t) of someone alive: she stays silent, or leaves first. */
function silence({ shape, A, s, B }: Posterior, t: number): number {
  const silent = Math.exp(-shape * Math.log1p(t / A) - s * Math.log1p(t / B));
  return s === 0 ? silent : silent + s * segment(shape, s, A, B, 0, t).mass;
}

/** Quantile of the next purchase's time given that one comes: Newton within a bracket, on the exact distribution. */
function nextAt(at: Posterior, share: number): number {
  const { shape, A, s, B } = at;
  if (s === 0) return A * Math.expm1(-Math.log1p(-share) / shape);
  const ever = 1 - s * segment(shape, s, A, B, 0, Infinity).mass;
  const wanted = share * ever;
  let low = 0;
  let high = Infinity;
  let t = A * Math.expm1(-Math.log1p(-share) / (shape + s));
  for (let step = 0; step < 60; step++) {
    const reached = 1 - silence(at, t);
    if (reached < wanted) low = t;
    else high = t;
    const speed = (shape / (A + t)) * Math.exp(-shape * Math.log1p(t / A) - s * Math.log1p(t / B));
    const newton = t + (wanted - reached) / speed;
    const next = newton > low && newton < high ? newton : high === Infinity ? 2 * t + A : (low + high) / 2;
    if (Math.abs(next - t) <= 1e-9 * t) return next;
    t = next;
  }
  return t;
}

/**
 * P(N = n) within t of someone alive (Fader & Hardie's note of 2006 on P(X(t) = x), its integral taken by quadrature):
 * negative binomial counts over the time she stays, averaged over that time.
 */
function counts({ shape, A, s, B }: Posterior, t: number, most: number): Float64Array {
  const pmf = new Float64Array(most + 1);
  const add = (stay: number, weight: number): void => {
    let term = weight * Math.exp(-shape * Math.log1p(stay / A));
    const share = stay / (A + stay);
    for (let n = 0; n <= most; n++) {
      pmf[n] = (pmf[n] ?? 0) + term;
      term *= ((shape + n) / (n + 1)) * share;
    }
  };
  add(t, Math.exp(-s * Math.log1p(t / B)));
  if (s === 0 || !(t > 0)) return pmf;
  const least = Math.min(A, B);
  const width = Math.log1p(t / least);
  const panels = Math.min(64, Math.ceil(width + ((shape + s) * Math.log1p(t / least)) / 24));
  const { nodes, weights } = legendre(16);
  for (let panel = 0; panel < panels; panel++) {
    for (let j = 0; j < 16; j++) {
      const u = (width / panels) * (panel + (1 + (nodes[j] ?? 0)) / 2);
      const stay = least * Math.expm1(u);
      add(stay, ((weights[j] ?? 0) * (width / panels) * (least + stay) * s * Math.exp(-s * Math.log1p(stay / B))) / (2 * (B + stay)));
    }
  }
  return pmf;
}

function pAlive(params: Params, x: number, tx: number, T: number): number {
  const [r, alpha, s, beta] = [need(params, 'r'), need(params, 'alpha'), need(params, 's'), need(params, 'beta')];
  const last = Math.min(tx, T);
  if (s === 0 || last === T) return 1;
  const shape = r + x;
  const left = s * segment(shape, s, alpha, beta, last, T).mass;
  return 1 / (1 + left * Math.exp(shape * Math.log1p((T - last) / (alpha + last)) + s * Math.log1p((T - last) / (beta + last))));
}

function expectedIfAlive(params: Params, horizon: number, x: number, T: number): number {
  const { shape, A, s, B } = posterior(params, x, T);
  return horizon > 0 ? (shape / A) * stayWithin(s, B, horizon) : 0;
}

function logLikelihood(params: Params, data: BehaviourData, unitDays: number): number {
  const rows = toRows(data);
  const [r, alpha, s, beta] = [need(params, 'r'), need(params, 'alpha'), need(params, 's'), need(params, 'beta')];
  const theta = Float64Array.of(Math.log(r), Math.log(alpha), Math.log(s), Math.log(beta));
  return paretoLikelihood(unitDays)(rows, theta, new Float64Array(4)) + rows.sumX * Math.log(unitDays);
}

function withoutDropout(params: Params, unitDays: number): boolean {
  const s = need(params, 's');
  return s === 0 || -Math.expm1(-s * Math.log1p((YEAR_WEEKS * 7) / unitDays / need(params, 'beta'))) < NO_DROPOUT;
}

/**
 * Maximum likelihood from several starts; times in whole days, parameters stated in units of `unitDays`.
 * @throws RangeError when no start has a finite likelihood.
 */
function fit(data: BehaviourData, { unitDays = 7, maxIterations = 200 }: FitOptions = {}): Fit {
  const rows = toRows(data);
  const scale = Math.max(1, rows.sumT / Math.max(rows.n, 1));
  const best = maximise(paretoLikelihood(scale), rows, starts(rows, scale), maxIterations);
  const [r = 1, alpha = 1, s = 1, beta = 1] = Array.from(best.at, Math.exp);
  const params = { r, alpha: (alpha * scale) / unitDays, s, beta: (beta * scale) / unitDays };
  const noDropout = withoutDropout(params, unitDays);
  return { model: 'pareto-nbd', version: 1, params, ...searchEvidence(best, rows, noDropout, unitDays) };
}

/** Parameters r, alpha, s, beta: λ ~ Gamma(r, alpha) purchases and μ ~ Gamma(s, beta) departures a unit of time. */
export const paretoNbd: ContinuousModel = {
  name: 'pareto-nbd',
  version: 1,
  symbols: ['r', 'alpha', 's', 'beta'],
  times: ['alpha', 'beta'],
  covariates: { purchase: { index: 1, sign: -1 }, dropout: { index: 3, sign: -1 } },
  rowLikelihood: paretoLikelihood,
  toRows,
  withoutDropout,
  stayingParams: (r, alpha) => ({ r, alpha, s: 0, beta: 1 }),
  // Rounded from the published fit on the CDNOW sample (Fader, Hardie & Lee 2005, table 2).
  prior: { r: 0.55, alpha: 10.5, s: 0.6, beta: 11.5 },
  fit,
  logLikelihood,
  pAlive,
  expectedIfAlive,
  expectedPurchases: (params, horizon, x, tx, T) => pAlive(params, x, tx, T) * expectedIfAlive(params, horizon, x, T),
  pairsIfAlive(params, horizon, x, T) {
    const { shape, A, s, B } = posterior(params, x, T);
    const square = (shape * (shape + 1)) / (A * A);
    if (!(horizon > 0)) return 0;
    if (s === 0) return square * horizon * horizon;
    // 2 ∫ u · P(alive at u) du over the horizon, in ln(1 + u/B).
    const end = Math.min(Math.log1p(horizon / B), s > 2 ? 45 / (s - 2) : Infinity);
    return 2 * square * B * B * integrate((w) => Math.expm1(w) * Math.exp((1 - s) * w), 0, end, 32);
  },
  silentIfAlive: (params, horizon, x, T) => silence(posterior(params, x, T), horizon),
  nextOrderIfAlive: (params, x, T, share = 0.5) => nextAt(posterior(params, x, T), share),
  countsIfAlive: (params, horizon, x, T, most) => counts(posterior(params, x, T), horizon, most),
  // Fader, Hardie & Jerath (2007) eq. 11, with Ψ as the integral it stands for.
  residualIfAlive(params, delta, x, T) {
    const { shape, A, s, B } = posterior(params, x, T);
    if (s === 0) return delta > 0 ? shape / A / delta : Infinity;
    return ((shape / A) * B) * discountedStay(s, delta * B);
  },
  expectedNew: (params, t) => expectedIfAlive(params, t, 0, 0),
};
