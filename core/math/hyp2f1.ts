/** Gauss's hypergeometric function by its power series, returned as a logarithm so that it cannot overflow. */

/** A series this long is given up: it belongs to tens of thousands of purchases in one horizon. */
const MAX_TERMS = 100_000;
const EPSILON = 1e-15;
const RESCALE_AT = 1e200;
const LOG_RESCALE = Math.log(RESCALE_AT);

export interface SignedLog {
  /** ln |value|; −Infinity for zero. */
  log: number;
  /** −1, 0 or 1. */
  sign: number;
}

/**
 * 2F1(a, b; c; z) summed term by term for 0 ≤ z < 1 and c not a non-positive integer (DLMF 15.2.1).
 * The running sum is rescaled whenever it grows past 1e200, so parameters of tens of thousands are fine.
 * NaN and sign 0 when 100,000 terms are not enough.
 */
function hyp2f1Series(a: number, b: number, c: number, z: number): SignedLog {
  // Terms grow until about here; starting would be in vain.
  if (((a + b - c - 1) * z) / (1 - z) > MAX_TERMS / 4) return { log: NaN, sign: 0 };
  let term = 1;
  let sum = 1;
  let scale = 0;
  for (let k = 0; k < MAX_TERMS; k++) {
    const ratio = (((a + k) * (b + k)) / ((c + k) * (k + 1))) * z;
    term *= ratio;
    sum += term;
    const size = Math.abs(sum);
    // Beyond the peak the remainder is below term · ratio / (1 − ratio).
    if (Math.abs(ratio) < 1 && Math.abs(term) <= EPSILON * size * (1 - Math.abs(ratio))) {
      return { log: Math.log(size) + scale, sign: Math.sign(sum) };
    }
    if (size > RESCALE_AT) {
      sum /= RESCALE_AT;
      term /= RESCALE_AT;
      scale += LOG_RESCALE;
    }
  }
  return { log: NaN, sign: 0 };
}

/**
 * ln 2F1(a, b; c; z) for a, b, c > 0 and 0 ≤ z < 1, where the function is positive; NaN when it cannot be summed.
 * Uses Euler's transformation (DLMF 15.8.1) when that series is the shorter one and does not alternate for long.
 */
export function logHyp2f1(a: number, b: number, c: number, z: number): number {
  if (z <= 0) return 0;
  if (c - a - b < 0 && c - a > -1 && c - b > -1) {
    const euler = hyp2f1Series(c - a, c - b, c, z);
    if (euler.sign > 0) return euler.log + (c - a - b) * Math.log1p(-z);
  }
  return hyp2f1Series(a, b, c, z).log;
}
