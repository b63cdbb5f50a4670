/** The BG/BB likelihood and its gradient: the sum over when someone left is one table a transaction count, a few reads a row. */
import type { RowLikelihood } from './maximum-likelihood.ts';
import { risingTables } from './rising-tables.ts';
import { rowsByCount } from './rows-by-count.ts';

/** Decay over a table beyond which its far end would underflow. */
const TABLE_DECAY = 600;

/**
 * Fader, Hardie & Shang (2010) eq. 6 over rows of x transactions, the last in period tx, of T opportunities, all whole, x ≤ tx ≤ T:
 * B(α + x, β + T − x)/B(α, β) · B(γ, δ + T)/B(γ, δ) + Σ over t = tx … T − 1 of B(α + x, β + t − x)/B(α, β) · B(γ + 1, δ + t)/B(γ, δ).
 * Log-parameters α, β, γ, δ. The sum from tx is a difference of two table entries; what lies beyond T is never larger
 * than the term for those still alive, so no digits are lost.
 */
export const bgBbLikelihood: RowLikelihood = (rows, theta, gradient) => {
  const alpha = Math.exp(theta[0] ?? 0);
  const beta = Math.exp(theta[1] ?? 0);
  const gamma = Math.exp(theta[2] ?? 0);
  const delta = Math.exp(theta[3] ?? 0);
  const sorted = rowsByCount(rows);
  const { xs, xWeight, maxDay } = rows;
  const upTo = Float64Array.from({ length: maxDay + 2 }, (_, t) => t);
  const A = risingTables(alpha, xs);
  const B = risingTables(beta, upTo);
  const AB = risingTables(alpha + beta, upTo);
  const D = risingTables(delta, upTo);
  const GD = risingTables(gamma + delta, upTo);
  const at = (values: Float64Array, i: number): number => values[i] ?? 0;
  const table = (): Float64Array => new Float64Array(maxDay + 1);
  const [mass, sumB, sumAB, sumD, sumGD] = [table(), table(), table(), table(), table()];
  let value = 0;
  let dAlpha = 0;
  let dBeta = 0;
  let dGamma = 0;
  let dDelta = 0;
  for (let k = 0; k < xs.length; k++) {
    const x = xs[k] ?? 0;
    value += (xWeight[k] ?? 0) * at(A.log, k);
    dAlpha += (xWeight[k] ?? 0) * at(A.digamma, k);
    const alive = (t: number): number => at(B.log, t - x) - at(AB.log, t) + at(D.log, t) - at(GD.log, t);
    const left = (t: number): number => Math.log(gamma) + at(B.log, t - x) - at(AB.log, t) + at(D.log, t) - at(GD.log, t + 1);
    const low = sorted.least[k] ?? 0;
    const high = sorted.most[k] ?? 0;
    const tabled = left(low) - left(high) < TABLE_DECAY;
    // Sums from t down to `to`, over what comes after it, relative to e^ref.
    const fill = (from: number, to: number, ref: number): void => {
      mass[from] = sumB[from] = sumAB[from] = sumD[from] = sumGD[from] = 0;
      for (let t = from - 1; t >= to; t--) {
        const h = Math.exp(left(t) - ref);
        mass[t] = at(mass, t + 1) + h;
        sumB[t] = at(sumB, t + 1) + h * at(B.digamma, t - x);
        sumAB[t] = at(sumAB, t + 1) + h * at(AB.digamma, t);
        sumD[t] = at(sumD, t + 1) + h * at(D.digamma, t);
        sumGD[t] = at(sumGD, t + 1) + h * at(GD.digamma, t + 1);
      }
    };
    const shared = left(low);
    if (tabled) fill(high, low, shared);
    for (let i = sorted.start[k] ?? 0; i < (sorted.start[k + 1] ?? 0); i++) {
      const tx = sorted.tx[i] ?? 0;
      const T = sorted.T[i] ?? 0;
      const ref = tabled ? shared : left(tx);
      if (!tabled) fill(T, tx, ref);
      const stays = Math.exp(alive(T) - ref);
      const gone = at(mass, tx) - at(mass, T);
      const density = stays + gone;
      const weight = sorted.weight[i] ?? 0;
      const each = weight / density;
      const meanAB = each * (stays * at(AB.digamma, T) + at(sumAB, tx) - at(sumAB, T));
      const meanGD = each * (stays * at(GD.digamma, T) + at(sumGD, tx) - at(sumGD, T));
      value += weight * (Math.log(density) + ref);
      dAlpha -= meanAB;
      dBeta += each * (stays * at(B.digamma, T - x) + at(sumB, tx) - at(sumB, T)) - meanAB;
      dGamma += (each * gone) / gamma - meanGD;
      dDelta += each * (stays * at(D.digamma, T) + at(sumD, tx) - at(sumD, T)) - meanGD;
    }
  }
  gradient[0] = dAlpha * alpha;
  gradient[1] = dBeta * beta;
  gradient[2] = dGamma * gamma;
  gradient[3] = dDelta * delta;
  return value;
};
