/** Small symmetric positive definite systems by Cholesky's factorisation (Golub & Van Loan, Matrix Computations, 4.2). */

/** Below these shares of what it began with a diagonal is rounding error: a direction the matrix does not know. */
const SOLVING = 1e-13;
const INVERTING = 1e-10;

/**
 * Factor A (row by row, size × size) as L·Lᵀ: L replaces the lower triangle of `a`, the upper is neither read nor written.
 * @param least the least share of its diagonal that must be left. @returns false when A is not positive definite.
 */
export function choleskyFactor(a: Float64Array, size: number, least = 0): boolean {
  for (let i = 0; i < size; i++) {
    const row = i * size;
    const before = a[row + i] ?? 0;
    for (let j = 0; j <= i; j++) {
      const other = j * size;
      let sum = a[row + j] ?? 0;
      for (let k = 0; k < j; k++) sum -= (a[row + k] ?? 0) * (a[other + k] ?? 0);
      if (i > j) {
        a[row + j] = sum / (a[other + j] ?? 0);
        continue;
      }
      if (!(sum > least * before) || !(before > 0) || sum === Infinity) return false;
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

/** x of A·x = b, both left as they are; null when A is not positive definite to working precision. */
export function solvePositive(a: Float64Array, b: Float64Array): Float64Array | null {
  const factor = Float64Array.from(a);
  if (!choleskyFactor(factor, b.length, SOLVING)) return null;
  const x = Float64Array.from(b);
  choleskyBack(factor, x, b.length);
  return x;
}

/** Lower L with L·Lᵀ = `matrix`, zeros above; null unless clearly positive definite. */
export function lowerFactor(matrix: Float64Array, size: number): Float64Array | null {
  const lower = matrix.map((value, at) => (at % size <= Math.floor(at / size) ? value : 0));
  return choleskyFactor(lower, size, INVERTING) ? lower : null;
}

/** Inverse of `matrix`; null unless clearly positive definite. */
export function invertPositive(matrix: Float64Array, size: number): Float64Array | null {
  const lower = lowerFactor(matrix, size);
  if (!lower) return null;
  const inverse = new Float64Array(size * size);
  for (let column = 0; column < size; column++) {
    const solved = new Float64Array(size);
    solved[column] = 1;
    choleskyBack(lower, solved, size);
    for (let i = 0; i < size; i++) inverse[i * size + column] = solved[i] ?? 0;
  }
  return inverse;
}
