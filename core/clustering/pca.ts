/** A flat map of points: the two directions in which they differ most. */
import type { Points } from './points.ts';

export interface Axis {
  /** Weight of each feature; length 1. */
  loadings: number[];
  /** Share of all variance. */
  explained: number;
}

export interface Pca {
  /** All directions, the widest first; the largest weight of each is positive. */
  axes: Axis[];
  mean: Float64Array;
}

const SWEEPS = 60;

/** Principal components by Jacobi rotations of the covariance (Golub & Van Loan 8.5): exact enough and small, d × d. */
export function pca({ n, d, values }: Points): Pca {
  const mean = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let f = 0; f < d; f++) mean[f] = (mean[f] ?? 0) + (values[i * d + f] ?? 0) / n;
  const a = new Float64Array(d * d);
  for (let i = 0; i < n; i++) {
    for (let f = 0; f < d; f++) {
      const x = (values[i * d + f] ?? 0) - (mean[f] ?? 0);
      for (let g = 0; g <= f; g++) a[f * d + g] = (a[f * d + g] ?? 0) + (x * ((values[i * d + g] ?? 0) - (mean[g] ?? 0))) / n;
    }
  }
  for (let f = 0; f < d; f++) for (let g = 0; g < f; g++) a[g * d + f] = a[f * d + g] ?? 0;
  const v = new Float64Array(d * d);
  for (let f = 0; f < d; f++) v[f * d + f] = 1;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let off = 0;
    let on = 0;
    for (let p = 0; p < d; p++) for (let q = 0; q < d; q++) if (p === q) on += (a[p * d + q] ?? 0) ** 2; else off += (a[p * d + q] ?? 0) ** 2;
    if (off <= 1e-24 * on) break;
    for (let p = 0; p < d; p++) for (let q = p + 1; q < d; q++) rotate(a, v, d, p, q);
  }
  const variances = Array.from({ length: d }, (_, f) => Math.max(0, a[f * d + f] ?? 0));
  const total = variances.reduce((sum, value) => sum + value, 0);
  const axes = variances.map((variance, f): Axis & { variance: number } => {
    const loadings = Array.from({ length: d }, (_, g) => v[g * d + f] ?? 0);
    const largest = loadings.reduce((most, value) => (Math.abs(value) > Math.abs(most) + 1e-12 ? value : most), 0);
    return { variance, loadings: loadings.map((value) => (largest < 0 ? -value : value)), explained: total > 0 ? variance / total : 0 };
  });
  axes.sort((x, y) => y.variance - x.variance);
  return { axes: axes.map(({ loadings, explained }) => ({ loadings, explained })), mean };
}

function rotate(a: Float64Array, v: Float64Array, d: number, p: number, q: number): void {
  const apq = a[p * d + q] ?? 0;
  if (apq === 0) return;
  const theta = ((a[q * d + q] ?? 0) - (a[p * d + p] ?? 0)) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < d; k++) {
    const [x, y] = [a[k * d + p] ?? 0, a[k * d + q] ?? 0];
    a[k * d + p] = c * x - s * y;
    a[k * d + q] = s * x + c * y;
  }
  for (let k = 0; k < d; k++) {
    const [x, y] = [a[p * d + k] ?? 0, a[q * d + k] ?? 0];
    a[p * d + k] = c * x - s * y;
    a[q * d + k] = s * x + c * y;
    const [u, w] = [v[k * d + p] ?? 0, v[k * d + q] ?? 0];
    v[k * d + p] = c * u - s * w;
    v[k * d + q] = s * u + c * w;
  }
}

/** Where the rows of `points` lie on the first two axes; y is 0 where there is but one. */
export function onMap({ axes, mean }: Pca, { d, values }: Points, rows: ArrayLike<number>): { x: number; y: number }[] {
  const at = (i: number, axis: Axis | undefined): number => (axis?.loadings ?? []).reduce((sum, weight, f) => sum + weight * ((values[i * d + f] ?? 0) - (mean[f] ?? 0)), 0);
  return Array.from(rows, (i) => ({ x: at(i, axes[0]), y: at(i, axes[1]) }));
}
