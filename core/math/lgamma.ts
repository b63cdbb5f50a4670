/** Logarithm of the gamma function and of rising factorials, stable for tiny and for huge arguments. */

const HALF_LOG_TWO_PI = 0.9189385332046727;
/** From here the seven-term Stirling series is exact to double precision. */
const STIRLING_FROM = 8;

/**
 * ln Γ(x) for x > 0. Recurrence up to 8, then Stirling's series (Abramowitz & Stegun 6.1.41).
 * Relative error below 1e-14 away from the zeros at 1 and 2; Infinity at 0; NaN below.
 */
export function lgamma(x: number): number {
  if (!(x > 0)) return x === 0 ? Infinity : NaN;
  let z = x;
  let product = 1;
  while (z < STIRLING_FROM) {
    product *= z;
    z += 1;
  }
  const w = 1 / (z * z);
  const series =
    (1 / 12 + w * (-1 / 360 + w * (1 / 1260 + w * (-1 / 1680 + w * (1 / 1188 + w * (-691 / 360360 + w / 156)))))) / z;
  return (z - 0.5) * Math.log(z) - z + HALF_LOG_TWO_PI + series - Math.log(product);
}

/**
 * ln Γ(a+n) − ln Γ(a) for a > 0, n ≥ 0 whole: the log of the rising factorial.
 * Small n is summed term by term, since the difference of two huge ln Γ loses all its digits.
 */
export function logRising(a: number, n: number): number {
  if (n > 64) return n < a * 1e-3 ? n * Math.log(a) + (n * (n - 1)) / (2 * a) - (n * (n - 1) * (2 * n - 1)) / (12 * a * a) : lgamma(a + n) - lgamma(a);
  let sum = 0;
  for (let j = 0; j < n; j++) sum += Math.log(a + j);
  return sum;
}
