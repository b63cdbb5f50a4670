/** Symmetric positive definite systems, solved in place of an inverse. */

/**
 * Solve A·x = b by Cholesky's factorisation (Golub & Van Loan, Matrix Computations, algorithm 4.2.1).
 * @param a size × size, row by row, only its lower triangle is read; left as it is.
 * @returns x, or null when A is not positive definite to working precision.
 */
export function solveCholesky(a: Float64Array, b: Float64Array): Float64Array | null {
  const size = b.length;
  const lower = Float64Array.from(a);
  for (let j = 0; j < size; j++) {
    let diagonal = lower[j * size + j] ?? 0;
    const before = diagonal;
    for (let k = 0; k < j; k++) diagonal -= (lower[j * size + k] ?? 0) ** 2;
    // What cancels to rounding error is a direction the matrix does not know.
    if (!(diagonal > 1e-13 * before) || !(before > 0)) return null;
    const root = Math.sqrt(diagonal);
    lower[j * size + j] = root;
    for (let i = j + 1; i < size; i++) {
      let sum = lower[i * size + j] ?? 0;
      for (let k = 0; k < j; k++) sum -= (lower[i * size + k] ?? 0) * (lower[j * size + k] ?? 0);
      lower[i * size + j] = sum / root;
    }
  }
  const x = Float64Array.from(b);
  for (let i = 0; i < size; i++) {
    let sum = x[i] ?? 0;
    for (let k = 0; k < i; k++) sum -= (lower[i * size + k] ?? 0) * (x[k] ?? 0);
    x[i] = sum / (lower[i * size + i] ?? 1);
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = x[i] ?? 0;
    for (let k = i + 1; k < size; k++) sum -= (lower[k * size + i] ?? 0) * (x[k] ?? 0);
    x[i] = sum / (lower[i * size + i] ?? 1);
  }
  return x;
}
