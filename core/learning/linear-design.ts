/** What linear models see: logarithms where asked, gaps filled and marked, every column centred and of unit spread. */
import { z } from 'zod';
import { quantileSorted } from '#core/math/quantile';
import type { Matrix, Values } from './encoding.ts';

export const linearDesignSchema = z.strictObject({
  /** Column of the matrix each term reads. */
  column: z.array(z.number().int().nonnegative()),
  /** `value` reads the number, `log` its log1p (negatives count as 0), `missing` whether there is none. */
  form: z.array(z.enum(['value', 'log', 'missing'])),
  /** What stands for a missing number, before the logarithm. */
  fill: z.array(z.number()),
  /** Range of the training rows: beyond it a straight line knows nothing, so values are held to it. */
  least: z.array(z.number()),
  most: z.array(z.number()),
  mean: z.array(z.number()),
  spread: z.array(z.number().positive()),
});

/** Plain JSON, one entry a term; parse it back with `linearDesignSchema`. */
export type LinearDesign = z.infer<typeof linearDesignSchema>;

/** Learn terms from training rows. `logged` names columns (by index) read on the log scale. Terms that do not vary are left out. */
export function fitLinearDesign(matrix: Matrix, logged: ReadonlySet<number> = new Set()): LinearDesign {
  const design: LinearDesign = { column: [], form: [], fill: [], least: [], most: [], mean: [], spread: [] };
  matrix.columns.forEach((values, column) => {
    const present = Float64Array.from(values).filter(Number.isFinite).sort();
    const fill = present.length > 0 ? quantileSorted(present, 0.5) : 0;
    const range = { fill, least: present[0] ?? 0, most: present[present.length - 1] ?? 0 };
    addTerm(design, values, column, logged.has(column) ? 'log' : 'value', range);
    if (present.length > 0 && present.length < values.length) addTerm(design, values, column, 'missing', range);
  });
  return design;
}

function addTerm(design: LinearDesign, values: Values, column: number, form: LinearDesign['form'][number], { fill, least, most }: { fill: number; least: number; most: number }): void {
  let mean = 0;
  for (const value of values) mean += termValue(value, form, fill);
  mean /= Math.max(1, values.length);
  let squares = 0;
  for (const value of values) squares += (termValue(value, form, fill) - mean) ** 2;
  const spread = Math.sqrt(squares / Math.max(1, values.length));
  if (!(spread > 1e-12 * (1 + Math.abs(mean))) || !Number.isFinite(spread)) return;
  design.column.push(column);
  design.form.push(form);
  design.fill.push(fill);
  design.least.push(least);
  design.most.push(most);
  design.mean.push(mean);
  design.spread.push(spread);
}

function termValue(value: number, form: LinearDesign['form'][number] | undefined, fill: number): number {
  if (form === 'missing') return Number.isFinite(value) ? 0 : 1;
  const known = Number.isFinite(value) ? value : fill;
  return form === 'log' ? Math.log1p(Math.max(known, 0)) : known;
}

/** Standardised terms, rows × terms, row by row. */
export function designRows(design: LinearDesign, matrix: Matrix): Float64Array {
  const terms = design.column.length;
  const out = new Float64Array(matrix.rows * terms);
  for (let k = 0; k < terms; k++) {
    const values = matrix.columns[design.column[k] ?? 0] ?? new Float64Array(matrix.rows);
    const form = design.form[k];
    const fill = design.fill[k] ?? 0;
    const least = design.least[k] ?? -Infinity;
    const most = design.most[k] ?? Infinity;
    const mean = design.mean[k] ?? 0;
    const scale = 1 / (design.spread[k] ?? 1);
    for (let i = 0; i < matrix.rows; i++) {
      const value = values[i] ?? NaN;
      // A comparison with NaN is false: what is missing stays missing.
      const held = value < least ? least : value > most ? most : value;
      out[i * terms + k] = (termValue(held, form, fill) - mean) * scale;
    }
  }
  return out;
}

/** Intercept plus weights, one a term. */
export interface LinearWeights {
  intercept: number;
  weights: Float64Array;
}

/** intercept + X·w for each row of `x` (rows × terms). */
export function linearScores({ intercept, weights }: LinearWeights, x: Float64Array, rows: number): Float64Array {
  const terms = weights.length;
  const out = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = intercept;
    for (let k = 0; k < terms; k++) sum += (weights[k] ?? 0) * (x[i * terms + k] ?? 0);
    out[i] = sum;
  }
  return out;
}
