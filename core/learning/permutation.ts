/** What a model would lose without a column: its values are dealt out anew and the loss is measured. */
import { seeded, shuffle } from '#core/math/seeded';
import { takeRows, type Table } from './table.ts';

export interface PermutationOptions {
  /** Default 1. */
  seed?: number;
  /** Deals a column; the mean is reported. Default 3. */
  repeats?: number;
}

/**
 * Permutation importance (Breiman 2001, section 10) on `table`, which the model should not have been fitted on.
 * `score` gives a model's score on a table, higher is better. @returns the mean loss of score by column, greatest first.
 */
export function permutationImportance(table: Table, score: (table: Table) => number, { seed = 1, repeats = 3 }: PermutationOptions = {}): { name: string; loss: number }[] {
  const random = seeded(seed);
  const whole = score(table);
  return table.columns
    .map(({ name }, k) => {
      let lost = 0;
      for (let turn = 0; turn < repeats; turn++) {
        const order = shuffle(new Int32Array(table.rows).map((_, i) => i), random);
        const dealt = takeRows({ rows: table.rows, columns: table.columns.slice(k, k + 1) }, order).columns;
        lost += whole - score({ rows: table.rows, columns: [...table.columns.slice(0, k), ...dealt, ...table.columns.slice(k + 1)] });
      }
      return { name, loss: lost / Math.max(1, repeats) };
    })
    .sort((a, b) => b.loss - a.loss);
}
