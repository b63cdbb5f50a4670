/** The digamma function, needed by every analytic gradient of a gamma likelihood. */

/**
 * ψ(x) = d ln Γ(x) / dx for x > 0. Recurrence up to 8, then the asymptotic series
 * (Abramowitz & Stegun 6.3.18). Absolute error below 1e-13; −Infinity at 0; NaN below.
 */
export function digamma(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  let z = x;
  let shift = 0;
  while (z < 8) {
    shift -= 1 / z;
    z += 1;
  }
  const w = 1 / (z * z);
  const series = w * (1 / 12 - w * (1 / 120 - w * (1 / 252 - w * (1 / 240 - w * (1 / 132 - (w * 691) / 32760)))));
  return shift + Math.log(z) - 0.5 / z - series;
}
