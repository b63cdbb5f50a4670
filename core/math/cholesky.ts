/** Solving small symmetric systems by Cholesky's factorisation, in place and without allocating. */

/**
 * Factor a symmetric positive definite A (row by row, size × size) as L·Lᵀ (Golub & Van Loan, Matrix Computations, 4.2.5):
 * L replaces the lower triangle of `a`, the upper is neither read nor written. False when A is not positive definite.
 */
export function choleskyFactor(a: Float64Array, size: number): boolean {
  for (let i = 0; i < size; i++) {
    const row = i * size;
    for (let j = 0; j <= i; j++) {
      const other = j * size;
      let sum = a[row + j] ?? 0;
      for (let k = 0; k < j; k++) sum -= (a[row + k] ?? 0) * (a[other + k] ?? 0);
      if (i > j) {
        a[row + j] = sum / (a[other + j] ?? 0);
        continue;
      }
      if (!(sum > 0) || sum === Infinity) return false;
      a[row + i] = Math.sqrt(sum);
    }
  }
  return true;
}

/** Solve L·Lᵀ·x = b for a factor of `choleskyFactor`: `b` becomes x. */
export function choleskyBack(factor: Float64Array, b: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    let sum = b[i] ?? 0;
    for (let k = 0; k < i; k++) sum -= (factor[i * size + k] ?? 0) * (b[k] ?? 0);
    b[i] = sum / (factor[i * size + i] ?? 0);
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = b[i] ?? 0;
    for (let k = i + 1; k < size; k++) sum -= (factor[k * size + i] ?? 0) * (b[k] ?? 0);
    b[i] = sum / (factor[i * size + i] ?? 0);
  }
}

/** Solve A·x = b, both in place: `b` becomes x, `a` its factor. False, with `b` untouched, when A is not positive definite. */
export function choleskySolve(a: Float64Array, b: Float64Array, size: number): boolean {
  if (!choleskyFactor(a, size)) return false;
  choleskyBack(a, b, size);
  return true;
}
