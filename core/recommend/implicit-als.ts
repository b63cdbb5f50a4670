/** Matrix factorisation of purchases by alternating least squares: tastes of customers and items in a few numbers each. */
import { createRandom, normal } from '#core/math/random';
import { choleskyBack, choleskyFactor, choleskySolve } from '#core/math/cholesky';
import { transpose, type Interactions } from './interactions.ts';
import type { Recommender } from './recommender.ts';

export interface AlsSettings {
  /** Numbers that describe a customer or an item. */
  factors: number;
  /** λ: the higher, the more cautious. */
  regularisation: number;
  /** Confidence of a purchase made n times is 1 + alpha · ln(1 + n). */
  alpha: number;
  iterations?: number;
}

export interface AlsFactors {
  /** customers × factors, row by row. */
  customers: Float64Array;
  /** items × factors, row by row. */
  items: Float64Array;
}

interface Side {
  start: Int32Array;
  other: Int32Array;
  count: Float64Array;
}

/**
 * Hu, Koren & Volinsky, "Collaborative Filtering for Implicit Feedback Datasets" (2008): minimise
 * Σ c_ui (p_ui − x_u·y_i)² + λ (Σ|x_u|² + Σ|y_i|²), with p = 1 where there is a purchase and confidence
 * c = 1 + α ln(1 + count) (their eq. 3 and 6). Each half step solves (YᵀY + Yᵀ(C_u − I)Y + λI) x_u = YᵀC_u p_u exactly
 * (eq. 4) by Cholesky, with YᵀY shared; who has fewer purchases than factors costs much less (`solveFew`). Deterministic.
 */
export function factorise(table: Interactions, { factors, regularisation, alpha, iterations = 12 }: AlsSettings): AlsFactors {
  const draw = createRandom('implicit als');
  const items = Float64Array.from({ length: table.items * factors }, () => 0.01 * normal(draw));
  const customers = new Float64Array(table.customers * factors);
  const back = transpose(table);
  const confidence = (count: Float64Array): Float64Array => count.map((n) => alpha * Math.log1p(n));
  const byCustomer: Side = { start: table.start, other: table.item, count: confidence(table.count) };
  const byItem: Side = { start: back.start, other: back.customer, count: confidence(back.count) };
  for (let step = 0; step < iterations; step++) {
    solveSide(byCustomer, items, customers, factors, regularisation);
    solveSide(byItem, customers, items, factors, regularisation);
  }
  return { customers, items };
}

/**
 * Tastes of a customer the factors were not made for, from what she bought: the half step above for one row alone.
 * `items` as from `factorise` with the same settings.
 */
export function foldIn(items: Float64Array, bought: readonly { item: number; count: number }[], { factors, regularisation, alpha }: AlsSettings): Float64Array {
  const mine = new Float64Array(factors);
  const count = Float64Array.from(bought, (each) => alpha * Math.log1p(each.count));
  solveSide({ start: Int32Array.of(0, bought.length), other: Int32Array.from(bought, (each) => each.item), count }, items, mine, factors, regularisation);
  return mine;
}

/** Solve every row of `mine` against the fixed rows of `theirs`; who has no purchase gets zeros. */
function solveSide(side: Side, theirs: Float64Array, mine: Float64Array, size: number, regularisation: number): void {
  const gram = new Float64Array(size * size);
  for (let at = 0; at < theirs.length; at += size) addOuter(gram, theirs, at, 1, size);
  for (let i = 0; i < size; i++) gram[i * size + i] = (gram[i * size + i] ?? 0) + regularisation;
  const factor = gram.slice();
  const through = choleskyFactor(factor, size) ? new Through(factor, theirs, size) : null;
  const a = new Float64Array(size * size);
  const b = new Float64Array(size);
  mine.fill(0);
  for (let u = 0; u < side.start.length - 1; u++) {
    const from = side.start[u] ?? 0;
    const to = side.start[u + 1] ?? 0;
    if (to === from) continue;
    if (to - from < size && through) {
      solveFew(side, from, to, theirs, through, mine, u * size, size, a, b);
      continue;
    }
    a.set(gram);
    b.fill(0);
    for (let k = from; k < to; k++) {
      const at = (side.other[k] ?? 0) * size;
      const extra = side.count[k] ?? 0;
      addOuter(a, theirs, at, extra, size);
      for (let f = 0; f < size; f++) b[f] = (b[f] ?? 0) + (1 + extra) * (theirs[at + f] ?? 0);
    }
    if (choleskySolve(a, b, size)) mine.set(b, u * size);
  }
}

/** Rows z_i = G⁻¹ y_i, each made when it is first asked for. */
class Through {
  readonly rows: Float64Array;
  readonly #factor: Float64Array;
  readonly #made: Uint8Array;
  readonly #size: number;

  /** `factor` as from `choleskyFactor` of G. */
  constructor(factor: Float64Array, theirs: Float64Array, size: number) {
    this.#factor = factor;
    this.#size = size;
    this.rows = theirs.slice();
    this.#made = new Uint8Array(theirs.length / size);
  }

  need(row: number): void {
    if (this.#made[row] === 1) return;
    this.#made[row] = 1;
    choleskyBack(this.#factor, this.rows.subarray(row * this.#size, (row + 1) * this.#size), this.#size);
  }
}

/**
 * The same solution for n < f purchases by the Woodbury identity (Golub & Van Loan 2.1.4): with K = Y G⁻¹ Yᵀ over her n
 * items and D their extra confidence, x = G⁻¹Yᵀ (c − (D⁻¹ + K)⁻¹ K c). O(n² f + n³) in place of O(n f² + f³).
 */
function solveFew(side: Side, from: number, to: number, theirs: Float64Array, through: Through, mine: Float64Array, out: number, size: number, a: Float64Array, b: Float64Array): void {
  const n = to - from;
  const { rows } = through;
  for (let k = from; k < to; k++) through.need(side.other[k] ?? 0);
  b.fill(0, 0, n);
  for (let i = 0; i < n; i++) {
    const z = (side.other[from + i] ?? 0) * size;
    for (let j = 0; j <= i; j++) {
      const y = (side.other[from + j] ?? 0) * size;
      let sum = 0;
      for (let f = 0; f < size; f++) sum += (rows[z + f] ?? 0) * (theirs[y + f] ?? 0);
      a[i * n + j] = sum;
      b[i] = (b[i] ?? 0) + sum * (1 + (side.count[from + j] ?? 0));
      if (j < i) b[j] = (b[j] ?? 0) + sum * (1 + (side.count[from + i] ?? 0));
    }
    a[i * n + i] = (a[i * n + i] ?? 0) + 1 / (side.count[from + i] ?? 0);
  }
  if (!choleskySolve(a, b, n)) return;
  for (let i = 0; i < n; i++) {
    const z = (side.other[from + i] ?? 0) * size;
    const weight = 1 + (side.count[from + i] ?? 0) - (b[i] ?? 0);
    for (let f = 0; f < size; f++) mine[out + f] = (mine[out + f] ?? 0) + weight * (rows[z + f] ?? 0);
  }
}

/** Lower triangle of matrix + weight · y·yᵀ for the row of `rows` that begins at `at`. */
function addOuter(matrix: Float64Array, rows: Float64Array, at: number, weight: number, size: number): void {
  for (let i = 0; i < size; i++) {
    const value = weight * (rows[at + i] ?? 0);
    const row = i * size;
    for (let j = 0; j <= i; j++) matrix[row + j] = (matrix[row + j] ?? 0) + value * (rows[at + j] ?? 0);
  }
}

/** Scores x_u·y_i of the factors above. */
export function implicitAls(settings: AlsSettings): Recommender {
  const { factors, regularisation, alpha } = settings;
  return {
    name: 'implicit-als',
    settings: { factors, regularisation, alpha },
    fit(table: Interactions) {
      const made = factorise(table, settings);
      return {
        score(u, scores) {
          for (let i = 0; i < table.items; i++) {
            let sum = 0;
            for (let f = 0; f < factors; f++) sum += (made.customers[u * factors + f] ?? 0) * (made.items[i * factors + f] ?? 0);
            scores[i] = sum;
          }
        },
      };
    },
  };
}
