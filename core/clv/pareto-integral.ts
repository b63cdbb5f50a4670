/** The integral every Pareto/NBD formula rests on, by quadrature that follows the integrand instead of a 2F1 with branches. */
import { legendre } from '#core/math/gauss-legendre';

const ORDER = 12;
/** The integrand has fallen by e^−45 here: nothing that follows can be seen in double precision. */
const NEGLIGIBLE = 45;
/** Only rates that are all but zero reach this far. */
const FARTHEST = 1e280;
/** One panel covers at most this much decay (before it steepens within the panel by at most e) and this much of ln y. */
const PANEL_DECAY = 2;
const PANEL_WIDTH = 1;

/** Moments of the integrand between two times, each scaled by its value at `from`. */
export interface Segment {
  /** ∫ h dy with h = ((α + from)/(α + y))^shape · ((β + from)/(β + y))^s / (β + y). */
  mass: number;
  /** ∫ h · ln((α + y)/(α + from)) dy, and the same with β. */
  logA: number;
  logB: number;
  /** ∫ h / (α + y) dy and ∫ h / (β + y) dy. */
  overA: number;
  overB: number;
}

/**
 * The chance to have left between `from` and `to` after the last purchase, up to known factors: s · mass is
 * ∫ μ e^{−(λ+μ)y} averaged over λ ~ Gamma(shape, α) and μ ~ Gamma(s, β), the A₀ of Schmittlein, Morrison & Colombo
 * (1987) eq. A16 in its Euler form. It has no branch at α = β and no case in which a series runs away. Panels are cut in
 * ln(min(α, β) + y) so that each holds a bounded decay; relative error below 1e-12, `to` may be Infinity.
 */
export function segment(shape: number, s: number, alpha: number, beta: number, from: number, to: number): Segment {
  const sums: Segment = { mass: 0, logA: 0, logB: 0, overA: 0, overB: 0 };
  const { nodes, weights } = legendre(ORDER);
  const least = Math.min(alpha, beta);
  let y = from;
  while (y < to && y < FARTHEST) {
    const base = least + y;
    const rate = (shape * base) / (alpha + y) + ((s + 1) * base) / (beta + y);
    let step = Math.min(PANEL_WIDTH, PANEL_DECAY / rate);
    const left = Math.log1p((to - y) / base);
    const last = left <= step;
    if (last) step = left;
    for (let j = 0; j < ORDER; j++) {
      const at = y + base * Math.expm1((step * (1 + (nodes[j] ?? 0))) / 2);
      const gapA = Math.log1p((at - from) / (alpha + from));
      const gapB = Math.log1p((at - from) / (beta + from));
      const h = ((weights[j] ?? 0) * step * (least + at) * Math.exp(-shape * gapA - s * gapB)) / (2 * (beta + at));
      sums.mass += h;
      sums.logA += h * gapA;
      sums.logB += h * gapB;
      sums.overA += h / (alpha + at);
      sums.overB += h / (beta + at);
    }
    if (last) break;
    y += base * Math.expm1(step);
    if (shape * Math.log1p((y - from) / (alpha + from)) + s * Math.log1p((y - from) / (beta + from)) > NEGLIGIBLE) break;
  }
  return sums;
}

/**
 * ∫ e^{−zv} (1 + v)^{−s} dv over v ≥ 0: discounted time of someone whose dropout rate is gamma; e^z z^{s−1} Γ(1 − s, z),
 * which is Tricomi's Ψ(1, 2 − s; z) (DLMF 13.4.4). z = 0 leaves 1/(s − 1), Infinity for s ≤ 1. Relative error below 1e-11.
 */
export function discountedStay(s: number, z: number): number {
  if (!(z > 0)) return s > 1 ? 1 / (s - 1) : Infinity;
  const { nodes, weights } = legendre(ORDER);
  let sum = 0;
  let u = 0;
  for (let panel = 0; panel < 2000; panel++) {
    // In u = ln(1 + v) the integrand is e^{−z(e^u − 1) + (1 − s)u}.
    const steep = z * Math.exp(u) + Math.abs(s - 1);
    const step = Math.min(PANEL_WIDTH, PANEL_DECAY / steep);
    let part = 0;
    for (let j = 0; j < ORDER; j++) {
      const at = u + (step * (1 + (nodes[j] ?? 0))) / 2;
      part += (weights[j] ?? 0) * Math.exp(-z * Math.expm1(at) + (1 - s) * at);
    }
    part *= step / 2;
    sum += part;
    u += step;
    if (part < 1e-16 * sum) break;
  }
  return sum;
}
