/** Cholesky factor and inverse of small symmetric matrices: covariances of fitted parameters. */

/** Lower L with L·Lᵀ = `matrix` (row by row, size × size); null unless clearly positive definite. Golub & Van Loan (2013) algorithm 4.2.1. */
export function cholesky(matrix: Float64Array, size: number): Float64Array | null {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j] ?? 0;
      for (let k = 0; k < j; k++) sum -= (lower[i * size + k] ?? 0) * (lower[j * size + k] ?? 0);
      if (i === j) {
        if (!(sum > 1e-10 * Math.abs(matrix[i * size + i] ?? 0))) return null;
        lower[i * size + i] = Math.sqrt(sum);
      } else {
        lower[i * size + j] = sum / (lower[j * size + j] ?? 1);
      }
    }
  }
  return lower;
}

/** Inverse of a positive definite `matrix`; null when it is not. */
export function invertPositive(matrix: Float64Array, size: number): Float64Array | null {
  const lower = cholesky(matrix, size);
  if (!lower) return null;
  const inverse = new Float64Array(size * size);
  for (let column = 0; column < size; column++) {
    const solved = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      let sum = i === column ? 1 : 0;
      for (let k = 0; k < i; k++) sum -= (lower[i * size + k] ?? 0) * (solved[k] ?? 0);
      solved[i] = sum / (lower[i * size + i] ?? 1);
    }
    for (let i = size - 1; i >= 0; i--) {
      let sum = solved[i] ?? 0;
      for (let k = i + 1; k < size; k++) sum -= (lower[k * size + i] ?? 0) * (solved[k] ?? 0);
      solved[i] = sum / (lower[i * size + i] ?? 1);
      inverse[i * size + column] = solved[i] ?? 0;
    }
  }
  return inverse;
}
