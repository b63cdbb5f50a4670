/** The Pareto/NBD likelihood and its gradient: one table of the dropout integral a repeat count, a few reads a row. */
import { legendre } from '#core/math/gauss-legendre';
import type { RowLikelihood } from './maximum-likelihood.ts';
import { segment } from './pareto-integral.ts';
import { risingTables } from './rising-tables.ts';
import { rowsByCount } from './rows-by-count.ts';

/** Decay over a table beyond which its far end would underflow. */
const TABLE_DECAY = 600;
/** Quadrature points one row costs without a table, about. */
const ROW_COST = 36;

/** Points enough for 1e-10 a day: a day of someone who buys often, or one near y = 0 with a small α, bends more. */
function pointsFor(decay: number): number {
  return decay < 0.3 ? 3 : decay < 2 ? 5 : decay < 6 ? 8 : decay < 15 ? 12 : 20;
}

/**
 * Quadrature points of every day, days 0 … maxDay − 1; day d has points start[d] … start[d + 1], `weight` with their width and
 * the integrand's 1/(β + y). Days are filled when a table first needs them: in a shop with one very old customer most never are.
 */
class DayGrid {
  readonly start: Int32Array;
  readonly logA: Float64Array;
  readonly logB: Float64Array;
  readonly overA: Float64Array;
  readonly overB: Float64Array;
  readonly weight: Float64Array;
  private readonly filled: Uint8Array;
  private readonly alpha: number;
  private readonly beta: number;

  constructor(r: number, alpha: number, s: number, beta: number, maxDay: number, maxCount: number) {
    const least = Math.min(alpha, beta);
    this.alpha = alpha;
    this.beta = beta;
    this.start = new Int32Array(maxDay + 1);
    for (let d = 0; d < maxDay; d++) {
      const decay = (r + Math.min(maxCount, d)) * Math.log1p(1 / (alpha + d)) + (s + 1) * Math.log1p(1 / (beta + d));
      this.start[d + 1] = (this.start[d] ?? 0) + pointsFor(decay + Math.log1p(1 / (least + d)));
    }
    const total = this.start[maxDay] ?? 0;
    this.logA = new Float64Array(total);
    this.logB = new Float64Array(total);
    this.overA = new Float64Array(total);
    this.overB = new Float64Array(total);
    this.weight = new Float64Array(total);
    this.filled = new Uint8Array(maxDay);
  }

  /** Make sure that days `from` … `to` − 1 have their points. */
  fill(from: number, to: number): void {
    const { alpha, beta } = this;
    const least = Math.min(alpha, beta);
    for (let d = from; d < to; d++) {
      if (this.filled[d] === 1) continue;
      this.filled[d] = 1;
      const first = this.start[d] ?? 0;
      const points = (this.start[d + 1] ?? 0) - first;
      const { nodes, weights } = legendre(points);
      const base = least + d;
      const width = Math.log1p(1 / base);
      for (let j = 0; j < points; j++) {
        const y = d + base * Math.expm1((width * (1 + (nodes[j] ?? 0))) / 2);
        const i = first + j;
        this.logA[i] = Math.log1p(y / alpha);
        this.logB[i] = Math.log1p(y / beta);
        this.overA[i] = 1 / (alpha + y);
        this.overB[i] = 1 / (beta + y);
        this.weight[i] = ((weights[j] ?? 0) * width * (least + y)) / (2 * (beta + y));
      }
    }
  }
}

/**
 * Schmittlein, Morrison & Colombo (1987) as in Fader & Hardie's note of 2005, eq. 2 with the integral kept as one:
 * L = Γ(r + x)/Γ(r) · α^r β^s · [ (α + T)^{−(r+x)} (β + T)^{−s} + s ∫ from tx to T of (α + y)^{−(r+x)} (β + y)^{−(s+1)} dy ].
 * Log-parameters r, α / scale, s, β / scale; times in whole days. The integral from tx to T is a difference of two table
 * entries; the tail beyond T is never larger than the term for those still alive, so no digits are lost.
 */
export function paretoLikelihood(scale: number): RowLikelihood {
  return (rows, theta, gradient) => {
    const r = Math.exp(theta[0] ?? 0);
    const alpha = Math.exp(theta[1] ?? 0) * scale;
    const s = Math.exp(theta[2] ?? 0);
    const beta = Math.exp(theta[3] ?? 0) * scale;
    const sorted = rowsByCount(rows);
    const { xs, xWeight, maxDay } = rows;
    // A few customers over centuries: going through the days would cost more than any of their histories.
    const long = 3 * maxDay > rows.weight.length * ROW_COST;
    const grid = long ? null : new DayGrid(r, alpha, s, beta, maxDay, xs[xs.length - 1] ?? 0);
    const rising = risingTables(r, xs);
    const table = (): Float64Array => new Float64Array(long ? 0 : maxDay + 1);
    const knownA = table().map((_, d) => Math.log1p(d / alpha));
    const knownB = table().map((_, d) => Math.log1p(d / beta));
    const logA = (day: number): number => knownA[day] ?? Math.log1p(day / alpha);
    const logB = (day: number): number => knownB[day] ?? Math.log1p(day / beta);
    const [mass, sumA, sumB, sumOverA, sumOverB] = [table(), table(), table(), table(), table()];
    let value = 0;
    let dr = 0;
    let dAlpha = 0;
    let ds = 0;
    let dBeta = 0;
    for (let k = 0; k < xs.length; k++) {
      const x = xs[k] ?? 0;
      const shape = r + x;
      const w = xWeight[k] ?? 0;
      // (α + day)^{−(r+x)} α^r = α^{−x} · ((α + day)/α)^{−(r+x)}, so only α^{−x} is left of the powers.
      value += w * ((rising.log[k] ?? 0) - x * Math.log(alpha));
      dr += w * (rising.digamma[k] ?? 0);
      dAlpha += (w * r) / alpha;
      dBeta += (w * s) / beta;
      const [begin, end] = [sorted.start[k] ?? 0, sorted.start[k + 1] ?? 0];
      const [low, high] = [sorted.least[k] ?? 0, sorted.most[k] ?? 0];
      const refA = logA(low);
      const refB = logB(low);
      const points = grid ? (grid.start[high] ?? 0) - (grid.start[low] ?? 0) : Infinity;
      const tabled = shape * (logA(high) - refA) + s * (logB(high) - refB) < TABLE_DECAY && points < (end - begin) * ROW_COST && x <= Math.max(1, low);
      if (tabled && grid) {
        grid.fill(low, high);
        mass[high] = sumA[high] = sumB[high] = sumOverA[high] = sumOverB[high] = 0;
        let [m, a, b, oa, ob] = [0, 0, 0, 0, 0];
        for (let d = high - 1; d >= low; d--) {
          const stop = grid.start[d + 1] ?? 0;
          for (let i = grid.start[d] ?? 0; i < stop; i++) {
            const gapA = (grid.logA[i] ?? 0) - refA;
            const gapB = (grid.logB[i] ?? 0) - refB;
            const h = (grid.weight[i] ?? 0) * Math.exp(-shape * gapA - s * gapB);
            m += h;
            a += h * gapA;
            b += h * gapB;
            oa += h * (grid.overA[i] ?? 0);
            ob += h * (grid.overB[i] ?? 0);
          }
          mass[d] = m;
          sumA[d] = a;
          sumB[d] = b;
          sumOverA[d] = oa;
          sumOverB[d] = ob;
        }
      }
      for (let i = begin; i < end; i++) {
        const tx = sorted.tx[i] ?? 0;
        const T = sorted.T[i] ?? 0;
        const own = tabled ? null : segment(shape, s, alpha, beta, tx, T);
        const fromA = own ? logA(tx) : refA;
        const fromB = own ? logB(tx) : refB;
        const gapA = logA(T) - fromA;
        const gapB = logB(T) - fromB;
        const alive = Math.exp(-shape * gapA - s * gapB);
        const left = own ? own.mass : (mass[tx] ?? 0) - (mass[T] ?? 0);
        const leftA = own ? own.logA : (sumA[tx] ?? 0) - (sumA[T] ?? 0);
        const leftB = own ? own.logB : (sumB[tx] ?? 0) - (sumB[T] ?? 0);
        const overA = own ? own.overA : (sumOverA[tx] ?? 0) - (sumOverA[T] ?? 0);
        const overB = own ? own.overB : (sumOverB[tx] ?? 0) - (sumOverB[T] ?? 0);
        const density = alive + s * left;
        const weight = sorted.weight[i] ?? 0;
        const each = weight / density;
        value += weight * (Math.log(density) - shape * fromA - s * fromB);
        dr -= weight * fromA + each * (alive * gapA + s * leftA);
        ds -= weight * fromB + each * (alive * gapB + s * leftB - left);
        dAlpha -= each * shape * (alive / (alpha + T) + s * overA);
        dBeta -= each * s * (alive / (beta + T) + (s + 1) * overB);
      }
    }
    gradient[0] = dr * r;
    gradient[1] = dAlpha * alpha;
    gradient[2] = ds * s;
    gradient[3] = dBeta * beta;
    return value;
  };
}
