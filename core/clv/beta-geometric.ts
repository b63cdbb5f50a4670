/** The mathematics BG/NBD and MBG/NBD share: NBD purchases, and a beta-geometric chance to drop out after each. */
import { integrate, legendre } from '#core/math/gauss-legendre';
import { logHyp2f1 } from '#core/math/hyp2f1';
import { logRising } from '#core/math/lgamma';
import { need, type BehaviourData, type ContinuousModel, type Fit, type FitOptions, type Params } from './behaviour.ts';
import { maximise, type RowLikelihood } from './maximum-likelihood.ts';
import { searchEvidence } from './search-evidence.ts';
import { risingTables } from './rising-tables.ts';
import { toRows, type Rows } from './rows.ts';

export interface BetaGeometricRule {
  name: string;
  version: number;
  /** Whether a customer may also drop out right after the first purchase (MBG), which then counts as one more survival. */
  dropsAtFirst: boolean;
}

/** Mean dropout probability a / (a + b) below which a year of data cannot tell it from none. */
const NO_DROPOUT = 1e-3;

/** Log-parameter starts r, alpha / scale, a, b; the time scale is the mean observation length. */
function starts(rows: Rows, scale: number): number[][] {
  const rate = Math.max(rows.sumX / Math.max(rows.sumT, 1), 1e-6);
  return [
    [0.5, 0.8, 2],
    [1, 0.3, 6],
    [0.25, 1.5, 1.5],
  ].map(([r = 1, a = 1, b = 1]) => [Math.log(r), Math.log(Math.min(1e3, Math.max(1e-3, (r / rate / scale) * 0.5))), Math.log(a), Math.log(b)]);
}

/**
 * Log-likelihood over rows with its gradient in log-parameters.
 * BG: Fader, Hardie & Lee (2005) eq. 6 in the log form of their Excel note; MBG: Batislam et al. (2007) eq. 4.
 */
function likelihood(dropsAtFirst: boolean, scale: number): RowLikelihood {
  const shift = dropsAtFirst ? 1 : 0;
  return (rows, theta, gradient) => {
    const r = Math.exp(theta[0] ?? 0);
    const alpha = Math.exp(theta[1] ?? 0) * scale;
    const a = Math.exp(theta[2] ?? 0);
    const b = Math.exp(theta[3] ?? 0);
    const { xs, xWeight, xIndex, tx, T, weight } = rows;
    const logs = new Float64Array(rows.maxDay + 1);
    const inverses = new Float64Array(rows.maxDay + 1);
    for (let d = 0; d <= rows.maxDay; d++) {
      logs[d] = Math.log(alpha + d);
      inverses[d] = 1 / (alpha + d);
    }
    const rising = risingTables(r, xs);
    const risingB = risingTables(b, xs, shift);
    const risingAB = risingTables(a + b, xs, shift);
    const odds = new Float64Array(xs.length);
    let value = 0;
    let dr = 0;
    let da = 0;
    let db = 0;
    const logAlpha = Math.log(alpha);
    for (let k = 0; k < xs.length; k++) {
      const w = xWeight[k] ?? 0;
      value += w * ((rising.log[k] ?? 0) + r * logAlpha + (risingB.log[k] ?? 0) - (risingAB.log[k] ?? 0));
      dr += w * ((rising.digamma[k] ?? 0) + logAlpha);
      da -= w * (risingAB.digamma[k] ?? 0);
      db += w * ((risingB.digamma[k] ?? 0) - (risingAB.digamma[k] ?? 0));
      const survivals = (xs[k] ?? 0) - 1 + shift;
      odds[k] = survivals < 0 ? -Infinity : Math.log(a) - Math.log(b + survivals);
    }
    let dAlpha = (rows.n * r) / alpha;
    /** Expected customers who have dropped out, by distinct x. */
    const dead = new Float64Array(xs.length);
    for (let i = 0; i < weight.length; i++) {
      const k = xIndex[i] ?? 0;
      const w = weight[i] ?? 0;
      const shape = r + (xs[k] ?? 0);
      const end = T[i] ?? 0;
      const last = tx[i] ?? 0;
      const logT = logs[end] ?? 0;
      const gap = logT - (logs[last] ?? 0);
      const logit = (odds[k] ?? 0) + shape * gap;
      let share: number;
      let softplus: number;
      if (logit > 0) {
        const e = Math.exp(-logit);
        share = 1 / (1 + e);
        softplus = logit + Math.log(1 + e);
      } else {
        const e = Math.exp(logit);
        share = e / (1 + e);
        softplus = Math.log(1 + e);
      }
      value += w * (softplus - shape * logT);
      dr += w * (share * gap - logT);
      dAlpha += w * shape * (share * ((inverses[end] ?? 0) - (inverses[last] ?? 0)) - (inverses[end] ?? 0));
      dead[k] = (dead[k] ?? 0) + w * share;
    }
    for (let k = 0; k < xs.length; k++) {
      da += (dead[k] ?? 0) / a;
      db -= (dead[k] ?? 0) / (b + Math.max(0, (xs[k] ?? 0) - 1 + shift));
    }
    gradient[0] = dr * r;
    gradient[1] = dAlpha * alpha;
    gradient[2] = da * a;
    gradient[3] = db * b;
    return value;
  };
}

/**
 * G(t) = E[(1 − e^{−λpt}) / p] with λ ~ Gamma(shape, rate), p ~ Beta(a, b): purchases in t of someone alive now.
 * Closed form of Fader, Hardie & Lee (2005) eq. 10; near its removable singularities (a = 1, a + b = 1) the
 * integral of the purchase rate is taken instead. a = 0 means no dropout: then simply t · shape / rate.
 */
export function purchasesWhileAlive(shape: number, rate: number, a: number, b: number, t: number): number {
  if (!(t > 0)) return 0;
  if (a === 0) return (t * shape) / rate;
  const z = t / (rate + t);
  const c = a + b - 1;
  if (Math.abs(a - 1) < 1e-5 || c < 0.05) {
    const end = Math.log1p(t / rate);
    // dG = shape · e^{−w·shape} · 2F1(shape + 1, b; a + b; 1 − e^{−w}) dw with w = ln(1 + t / rate).
    const integral = integrate((w) => shape * Math.exp(logHyp2f1(shape + 1, b, a + b, -Math.expm1(-w)) - w * shape), 0, end, 32);
    return Number.isFinite(integral) ? integral : atMeanDropout(shape, rate, a, b, t);
  }
  const closed = (-c / (a - 1)) * Math.expm1(shape * Math.log1p(-z) + logHyp2f1(shape, b, c, z));
  return Number.isFinite(closed) ? Math.max(0, closed) : atMeanDropout(shape, rate, a, b, t);
}

/** G with everyone's dropout at its mean: a finite stand-in past 10,000s of purchases a horizon, which no customer makes. */
function atMeanDropout(shape: number, rate: number, a: number, b: number, t: number): number {
  const p = a / (a + b);
  return -Math.expm1(-shape * Math.log1p((p * t) / rate)) / p;
}

/**
 * E[N(N − 1)] of the same process: 2 ∫ u E[(1 − p) λ² e^{−λpu}] du over (0, t), by quadrature; our derivation from
 * the joint intensity of two purchases u apart.
 */
export function purchasePairsWhileAlive(shape: number, rate: number, a: number, b: number, t: number): number {
  if (!(t > 0)) return 0;
  const square = (shape * (shape + 1)) / (rate * rate);
  if (a === 0) return square * t * t;
  // 2F1(shape + 2, a; a + b + 1; −u/rate) by Pfaff (DLMF 15.8.1) has only positive terms.
  const survival = (u: number): number =>
    Math.exp(logHyp2f1(shape + 2, b + 1, a + b + 1, u / (rate + u)) - (shape + 2) * Math.log1p(u / rate));
  const pairs = ((2 * square * b) / (a + b)) * integrate((u) => u * survival(u), 0, t, 8);
  return Number.isFinite(pairs) ? pairs : atMeanDropout(shape, rate, a, b, t) ** 2;
}

/**
 * P(N = n) within t of someone alive, n = 0 … most (Fader, Hardie & Lee 2005 eq. 8): n purchases and still staying, or
 * left right after the n-th.
 */
export function countsWhileAlive(shape: number, rate: number, a: number, b: number, t: number, most: number): Float64Array {
  const pmf = new Float64Array(most + 1);
  const share = t / (rate + t);
  let exactly = Math.exp(-shape * Math.log1p(t / rate));
  let atLeast = 1;
  let stays = 1;
  let leaves = 0;
  for (let n = 0; n <= most; n++) {
    pmf[n] = stays * exactly + leaves * Math.max(0, atLeast);
    atLeast -= exactly;
    exactly *= ((shape + n) / (n + 1)) * share;
    leaves = stays * (a / (a + b + n));
    stays *= (b + n) / (a + b + n);
  }
  return pmf;
}

/**
 * ∫ e^{−delta·u} dG(u) over all time: discounted purchases of someone alive. No closed form is known; quadrature of the
 * purchase rate in ln(1 + u / rate), relative error below 1e-9. Undiscounted it is E[1/p] = (a + b − 1)/(a − 1), endless for a ≤ 1.
 */
export function residualWhileAlive(shape: number, rate: number, a: number, b: number, delta: number): number {
  if (a === 0) return delta > 0 ? shape / rate / delta : Infinity;
  if (!(delta > 0)) return a > 1 ? (a + b - 1) / (a - 1) : Infinity;
  const { nodes, weights } = legendre(12);
  let sum = 0;
  let w = 0;
  let last = 0;
  let beforeLast = 0;
  for (let panel = 0; panel < 500; panel++) {
    const step = Math.min(0.5, 2 / (delta * rate * Math.exp(w)));
    let part = 0;
    for (let j = 0; j < 12; j++) {
      const at = w + (step * (1 + (nodes[j] ?? 0))) / 2;
      part += (weights[j] ?? 0) * shape * Math.exp(logHyp2f1(shape + 1, b, a + b, -Math.expm1(-at)) - at * shape - delta * rate * Math.expm1(at));
    }
    part *= step / 2;
    // Thousands of time scales out the series is too long; the rate falls there as a power of time, panels as a geometric series.
    if (!Number.isFinite(part)) {
      const fall = last / beforeLast;
      if (fall < 1) return sum + (last * fall) / (1 - fall);
      break;
    }
    sum += part;
    w += step;
    beforeLast = last;
    last = part;
    if (part < 1e-11 * sum) return sum;
  }
  // Not even its beginning can be summed: everyone at the mean rate and dropout, as for purchases.
  const speed = shape / rate;
  return speed / (delta + (speed * a) / (a + b));
}

/** A model of the family under one dropout rule. */
export function betaGeometricModel({ name, version, dropsAtFirst }: BetaGeometricRule): ContinuousModel {
  const shift = dropsAtFirst ? 1 : 0;
  const read = (params: Params) => ({ r: need(params, 'r'), alpha: need(params, 'alpha'), a: need(params, 'a'), b: need(params, 'b') });

  function pAlive(params: Params, x: number, tx: number, T: number): number {
    const { r, alpha, a, b } = read(params);
    const survivals = x - 1 + shift;
    if (survivals < 0 || a === 0) return 1;
    const logit = Math.log(a) - Math.log(b + survivals) + (r + x) * (Math.log(alpha + T) - Math.log(alpha + Math.min(tx, T)));
    return 1 / (1 + Math.exp(logit));
  }

  function expectedIfAlive(params: Params, horizon: number, x: number, T: number): number {
    const { r, alpha, a, b } = read(params);
    return purchasesWhileAlive(r + x, alpha + T, a, b + x + shift, horizon);
  }

  function logLikelihood(params: Params, data: BehaviourData, unitDays: number): number {
    const { r, alpha, a, b } = read(params);
    const rows = toRows(data);
    const inUnits = rows.sumX * Math.log(unitDays);
    if (a === 0) {
      let sum = inUnits;
      for (let i = 0; i < rows.weight.length; i++) {
        const x = rows.xs[rows.xIndex[i] ?? 0] ?? 0;
        sum += (rows.weight[i] ?? 0) * (logRising(r, x) + r * Math.log(alpha * unitDays) - (r + x) * Math.log(alpha * unitDays + (rows.T[i] ?? 0)));
      }
      return sum;
    }
    const theta = Float64Array.of(Math.log(r), Math.log(alpha), Math.log(a), Math.log(b));
    return likelihood(dropsAtFirst, unitDays)(rows, theta, new Float64Array(4)) + inUnits;
  }

  function fit(data: BehaviourData, { unitDays = 7, maxIterations = 200 }: FitOptions = {}): Fit {
    const rows = toRows(data);
    const scale = Math.max(1, rows.sumT / Math.max(rows.n, 1));
    const best = maximise(likelihood(dropsAtFirst, scale), rows, starts(rows, scale), maxIterations);
    const [r = 1, alphaScaled = 1, a = 1, b = 1] = Array.from(best.at, Math.exp);
    const noDropout = a / (a + b) < NO_DROPOUT;
    return { model: name, version, params: { r, alpha: (alphaScaled * scale) / unitDays, a, b }, ...searchEvidence(best, rows, noDropout, unitDays) };
  }

  return {
    name,
    version,
    symbols: ['r', 'alpha', 'a', 'b'],
    times: ['alpha'],
    covariates: { purchase: { index: 1, sign: -1 }, dropout: { index: 2, sign: 1 } },
    rowLikelihood: (scale) => likelihood(dropsAtFirst, scale),
    toRows,
    withoutDropout(params) {
      const { a, b } = read(params);
      return a / (a + b) < NO_DROPOUT;
    },
    stayingParams: (r, alpha) => ({ r, alpha, a: 0, b: 1 }),
    // Rounded from the published fits of consumer retail data (CDNOW, Fader, Hardie & Lee 2005 and Batislam et al. 2007):
    // a third of new customers never return, the others buy about every three months.
    prior: { r: 0.6, alpha: 8, a: 0.85, b: 1.5 },
    fit,
    logLikelihood,
    pAlive,
    expectedIfAlive,
    expectedPurchases: (params, horizon, x, tx, T) => pAlive(params, x, tx, T) * expectedIfAlive(params, horizon, x, T),
    pairsIfAlive(params, horizon, x, T) {
      const { r, alpha, a, b } = read(params);
      return purchasePairsWhileAlive(r + x, alpha + T, a, b + x + shift, horizon);
    },
    silentIfAlive(params, horizon, x, T) {
      const { r, alpha } = read(params);
      return Math.exp(-(r + x) * Math.log1p(horizon / (alpha + T)));
    },
    // She cannot leave before her next purchase, so its time is Lomax.
    nextOrderIfAlive(params, x, T, share = 0.5) {
      const { r, alpha } = read(params);
      return (alpha + T) * Math.expm1(-Math.log1p(-share) / (r + x));
    },
    countsIfAlive(params, horizon, x, T, most) {
      const { r, alpha, a, b } = read(params);
      return countsWhileAlive(r + x, alpha + T, a, b + x + shift, horizon, most);
    },
    residualIfAlive(params, delta, x, T) {
      const { r, alpha, a, b } = read(params);
      return residualWhileAlive(r + x, alpha + T, a, b + x + shift, delta);
    },
    expectedNew(params, t) {
      const { r, alpha, a, b } = read(params);
      const stays = dropsAtFirst && a > 0 ? b / (a + b) : 1;
      return stays * purchasesWhileAlive(r, alpha, a, b + shift, t);
    },
  };
}
