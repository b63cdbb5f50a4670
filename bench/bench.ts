/** What a benchmark is, and when it meets its target. */

export interface Target {
  /** What is held to the bound: the figure itself, or its ratio to the peer. */
  of: 'figure' | 'ratio';
  bound: 'at_most' | 'at_least';
  value: number;
}

export interface Row {
  name: string;
  figure: number;
  unit: string;
  /** A floor or rival measured in the same run, in the same unit; null where there is none. */
  peer: { name: string; figure: number } | null;
  /** Null for figures that are only reported. */
  target: Target | null;
  note?: string;
}

/** A file `bench/*.bench.ts` exports one of these as `bench`. */
export interface Bench {
  /** For `--only`. */
  name: string;
  /** Rough seconds on two cores, told before it starts. */
  seconds: number;
  run(): Promise<Row[]>;
}

/** Figure divided by the peer's; null without a peer. */
export function ratioOf(row: Row): number | null {
  return row.peer === null ? null : row.figure / row.peer.figure;
}

/** Null where nothing is asked. A ratio that could not be formed meets no target. */
export function isMet(row: Row): boolean | null {
  if (row.target === null) return null;
  const held = row.target.of === 'figure' ? row.figure : (ratioOf(row) ?? Number.NaN);
  return row.target.bound === 'at_most' ? held <= row.target.value : held >= row.target.value;
}
