/** Gamma-Gamma (Fader & Hardie 2013): what a customer spends on an order, independent of how often she orders. */
import { digamma } from '#core/math/digamma';
import { lgamma } from '#core/math/lgamma';
import { minimise, type Minimum, type Objective } from '#core/math/bfgs';
import { z } from 'zod';

/** Mean spend per repeat purchase day; rows without a repeat or without money are left out by the fit. */
export interface SpendData {
  x: Float64Array;
  /** Mean per repeat day, in any one money unit. */
  m: Float64Array;
  weights?: Float64Array;
}

export const spendFitSchema = z.object({
  model: z.literal('gamma-gamma'),
  version: z.number().int(),
  /** v is in the money unit of the data. */
  params: z.object({ p: z.number().positive(), q: z.number().gt(1), v: z.number().nonnegative() }),
  logLikelihood: z.number(),
  converged: z.boolean(),
  iterations: z.number(),
  n: z.number(),
  /** p · v / (q − 1): what someone without a repeat is expected to spend. */
  populationMean: z.number(),
  /** Pearson correlation of x and m: the model assumes none. */
  correlation: z.number(),
  notes: z.array(z.string()),
});

export type SpendFit = z.infer<typeof spendFitSchema>;
export type SpendParams = SpendFit['params'];

const LOG_BOUND = 12;
/** Above this the assumption that frequency and spend are unrelated deserves a word. */
const NOTABLE_CORRELATION = 0.3;
const SAMPLE = 20_000;

/** The spend rows a fit can use: x > 0 and m > 0, finite. */
function usable({ x, m, weights }: SpendData): Required<SpendData> {
  const fits = (i: number): boolean => (x[i] ?? 0) > 0 && (m[i] ?? 0) > 0 && Number.isFinite((m[i] ?? 0) * (x[i] ?? 0));
  let count = 0;
  for (let i = 0; i < x.length; i++) if (fits(i)) count++;
  const kept = { x: new Float64Array(count), m: new Float64Array(count), weights: new Float64Array(count) };
  for (let i = 0, row = 0; row < count; i++) {
    if (!fits(i)) continue;
    kept.x[row] = x[i] ?? 0;
    kept.m[row] = m[i] ?? 0;
    kept.weights[row++] = weights ? (weights[i] ?? 0) : 1;
  }
  return kept;
}

/** Average negative log-likelihood of eq. 1a of the note over rows of unit mean spend, in (ln p, ln(q − 1), ln v). */
function objectiveOver({ x, m, weights }: Required<SpendData>, n: number): (at: Float64Array, gradient: Float64Array) => number {
  const byX = new Map<number, number>();
  let constant = 0;
  for (let i = 0; i < x.length; i++) {
    byX.set((x[i] ?? 0), (byX.get(x[i] ?? 0) ?? 0) + (weights[i] ?? 0));
    constant -= (weights[i] ?? 0) * Math.log(m[i] ?? 0);
  }
  let logTotals = 0;
  const totals = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    totals[i] = (x[i] ?? 0) * (m[i] ?? 0);
    logTotals += (weights[i] ?? 0) * (x[i] ?? 0) * Math.log(totals[i] ?? 0);
  }
  return (at, gradient) => {
    const p = Math.exp(at[0] ?? 0);
    const q = 1 + Math.exp(at[1] ?? 0);
    const v = Math.exp(at[2] ?? 0);
    let value = constant + p * logTotals + n * (q * Math.log(v) - lgamma(q));
    let dp = logTotals;
    let dq = n * (Math.log(v) - digamma(q));
    let dv = (n * q) / v;
    for (const [count, w] of byX) {
      value += w * (lgamma(p * count + q) - lgamma(p * count));
      const top = digamma(p * count + q);
      dp += w * count * (top - digamma(p * count));
      dq += w * top;
    }
    for (let i = 0; i < totals.length; i++) {
      const w = weights[i] ?? 0;
      const rate = v + (totals[i] ?? 0);
      const log = Math.log(rate);
      const shape = p * (x[i] ?? 0) + q;
      value -= w * shape * log;
      dp -= w * (x[i] ?? 0) * log;
      dq -= w * log;
      dv -= (w * shape) / rate;
    }
    gradient[0] = (-dp * p) / n;
    gradient[1] = (-dq * (q - 1)) / n;
    gradient[2] = (-dv * v) / n;
    return -value / n;
  };
}

/**
 * Maximum likelihood with q > 1, so that the population mean exists. The scale of money is removed first.
 * @throws RangeError when no row has a repeat with money in it; ask `fitTenant` for the fallback.
 */
export function fitGammaGamma(data: SpendData, maxIterations = 200): SpendFit {
  const rows = usable(data);
  let n = 0;
  let total = 0;
  for (let i = 0; i < rows.x.length; i++) {
    n += rows.weights[i] ?? 0;
    total += (rows.weights[i] ?? 0) * (rows.m[i] ?? 0);
  }
  if (!(n > 0)) throw new RangeError('No customer with a repeat purchase of more than zero');
  const scale = total / n;
  const scaled = { ...rows, m: rows.m.map((value) => value / scale) };
  const box = { lower: -LOG_BOUND, upper: LOG_BOUND, maxIterations, gradientTolerance: 1e-8 };
  const thinned = sample(scaled);
  const rough = thinned === scaled ? objectiveOver(scaled, n) : objectiveOver(thinned, thinned.weights.reduce((sum, w) => sum + w, 0));
  let best: Minimum | undefined;
  for (const start of [[Math.log(4), Math.log(2.5), Math.log(0.6)], [Math.log(1), Math.log(2), Math.log(2)], [Math.log(15), Math.log(12), Math.log(0.8)]]) {
    const end = minimise(rough, start, box);
    if (Number.isFinite(end.value) && (!best || end.value < best.value)) best = end;
  }
  if (!best) throw new RangeError('The spend likelihood has no finite value');
  const end = thinned === scaled ? best : minimise(objectiveOver(scaled, n), best.at, { ...box, gradientTolerance: 1e-7, inverseHessian: best.inverseHessian });
  const [p = 1, over = 1, vScaled = 1] = Array.from(end.at, Math.exp);
  const params = { p, q: 1 + over, v: vScaled * scale };
  const correlation = weightedCorrelation(rows);
  const notes: string[] = [];
  if (!end.converged) notes.push('the search stopped before it settled; predictions may still be close');
  if (end.at.some((value) => Math.abs(value) > LOG_BOUND - 1e-6)) notes.push('Order values hardly vary between customers: predictions hold, single parameters mean little');
  if (Math.abs(correlation) > NOTABLE_CORRELATION) notes.push('order size and frequency are related here, which the model assumes they are not');
  return {
    model: 'gamma-gamma',
    version: 1,
    params,
    logLikelihood: -end.value * n - n * Math.log(scale),
    converged: end.converged,
    iterations: end.iterations,
    n,
    populationMean: (params.p * params.v) / (params.q - 1),
    correlation,
    notes,
  };
}

/** Negative log-likelihood (not its mean) in (ln p, ln(q − 1), ln v) of data as it is, for its curvature; null without a usable row. */
export function spendObjective(data: SpendData): Objective | null {
  const rows = usable(data);
  const n = rows.weights.reduce((sum, w) => sum + w, 0);
  if (!(n > 0)) return null;
  const mean = objectiveOver(rows, n);
  return (at, gradient) => {
    const value = mean(at, gradient);
    for (let i = 0; i < 3; i++) gradient[i] = (gradient[i] ?? 0) * n;
    return value * n;
  };
}

function sample(rows: Required<SpendData>): Required<SpendData> {
  const count = rows.x.length;
  if (count <= SAMPLE) return rows;
  const pick = (column: Float64Array): Float64Array => Float64Array.from({ length: SAMPLE }, (_, k) => (column[Math.floor((k * count) / SAMPLE)] ?? 0));
  return { x: pick(rows.x), m: pick(rows.m), weights: pick(rows.weights) };
}

/** Pearson's correlation of x and m; 0 when either does not vary. */
function weightedCorrelation({ x, m, weights }: Required<SpendData>): number {
  let n = 0;
  let meanX = 0;
  let meanM = 0;
  let sxx = 0;
  let smm = 0;
  let sxm = 0;
  for (let i = 0; i < x.length; i++) {
    const w = weights[i] ?? 0;
    n += w;
    const dx = (x[i] ?? 0) - meanX;
    const dm = (m[i] ?? 0) - meanM;
    meanX += (w * dx) / n;
    meanM += (w * dm) / n;
    sxx += w * dx * ((x[i] ?? 0) - meanX);
    smm += w * dm * ((m[i] ?? 0) - meanM);
    sxm += w * dx * ((m[i] ?? 0) - meanM);
  }
  return sxx > 0 && smm > 0 ? sxm / Math.sqrt(sxx * smm) : 0;
}

/**
 * E(M | x, m): expected spend per order, the customer's own mean shrunk to the population's (eq. 5 of the note).
 * Without a repeat it is the population mean.
 */
export function expectedSpend({ p, q, v }: SpendParams, x: number, m: number): number {
  return x > 0 ? (p * (v + x * m)) / (p * x + q - 1) : (p * v) / (q - 1);
}
