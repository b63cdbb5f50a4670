/** Which rows are fitted on and which are held back. */
import { seeded, shuffle } from '#core/math/seeded';

export interface Split {
  /** Ascending row numbers. */
  fit: Int32Array;
  held: Int32Array;
}

/** Hold back about `share` of each class, drawn by `seed`; a class of one row is fitted on. */
export function stratifiedSplit(y: Float64Array, share: number, seed: number): Split {
  const random = seeded(seed);
  const isHeld = new Uint8Array(y.length);
  for (const label of new Set(y)) {
    const rows = shuffle(Int32Array.from(y.keys()).filter((i) => y[i] === label), random);
    const count = Math.min(rows.length - 1, Math.round(share * rows.length));
    for (let k = 0; k < count; k++) isHeld[rows[k] ?? 0] = 1;
  }
  return splitBy(y.length, (i) => isHeld[i] === 1);
}

/** Hold back the rows for which `isHeld` says so. */
export function splitBy(rows: number, isHeld: (row: number) => boolean): Split {
  const all = new Int32Array(rows).map((_, i) => i);
  return { fit: all.filter((i) => !isHeld(i)), held: all.filter((i) => isHeld(i)) };
}
