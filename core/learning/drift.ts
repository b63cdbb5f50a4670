/** How far what is scored has moved from what was fitted on: the population stability index of each input and of the prediction. */
import { z } from 'zod';
import { quantileSorted } from '#core/math/quantile';
import type { Column, Table } from './table.ts';

const shareSchema = z.number().min(0).max(1);

export const baselineSchema = z.discriminatedUnion('kind', [
  /** Shares of the groups that `edges` part (value ≤ edge), and last that of missing values. */
  z.strictObject({ kind: z.literal('number'), name: z.string(), edges: z.array(z.number()), shares: z.array(shareSchema) }),
  /** Shares of the levels, then of all others, then of missing values. */
  z.strictObject({ kind: z.literal('category'), name: z.string(), levels: z.array(z.string()), shares: z.array(shareSchema) }),
]);

/** Name of the prediction among baselines. */
export const PREDICTION = 'prediction';

/** One column as it was at the fit; plain JSON. */
export type Baseline = z.infer<typeof baselineSchema>;

/** A group empty on one side counts as this share: the index stays finite. */
const LEAST_SHARE = 1e-4;
const MOST_LEVELS = 20;

/** From here on a distribution counts as moved somewhat, and as moved (Siddiqi 2006, Credit Risk Scorecards). */
export const MOVED_SOMEWHAT = 0.1;
export const MOVED = 0.25;

/** Deciles of numbers, shares of the commonest levels of categories. */
export function fitBaseline(column: Column): Baseline {
  if (column.kind === 'number') {
    const sorted = column.values.filter(Number.isFinite).sort();
    const cuts = Array.from({ length: 9 }, (_, k) => quantileSorted(sorted, (k + 1) / 10));
    const edges = sorted.length === 0 ? [] : [...new Set(cuts)];
    return { kind: 'number', name: column.name, edges, shares: numberShares(edges, column.values) };
  }
  const counts = new Float64Array(column.levels.length);
  for (const code of column.codes) if (code >= 0) counts[code] = (counts[code] ?? 0) + 1;
  const levels = column.levels
    .map((level, code) => ({ level, count: counts[code] ?? 0 }))
    .sort((a, b) => b.count - a.count || (a.level < b.level ? -1 : 1))
    .slice(0, MOST_LEVELS)
    .map(({ level }) => level);
  return { kind: 'category', name: column.name, levels, shares: categoryShares(levels, column) };
}

function numberShares(edges: readonly number[], values: Float64Array): number[] {
  const counts = new Array<number>(edges.length + 2).fill(0);
  for (const value of values) {
    let at = 0;
    if (!Number.isFinite(value)) at = edges.length + 1;
    else while (at < edges.length && value > (edges[at] ?? 0)) at++;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts.map((count) => count / Math.max(1, values.length));
}

function categoryShares(levels: readonly string[], column: Column): number[] {
  const position = new Map(levels.map((level, i) => [level, i]));
  const counts = new Array<number>(levels.length + 2).fill(0);
  const rows = column.kind === 'category' ? column.codes.length : column.values.length;
  for (let i = 0; i < rows; i++) {
    const name = column.kind === 'category' ? column.levels[column.codes[i] ?? -1] : String(column.values[i]);
    const at = name === undefined || name === 'NaN' ? levels.length + 1 : (position.get(name) ?? levels.length);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts.map((count) => count / Math.max(1, rows));
}

/** Σ (now − then)·ln(now / then) over groups: 0 for the same distribution, always finite. */
export function stabilityIndex(baseline: Baseline, column: Column): number {
  const now = baseline.kind === 'category' ? categoryShares(baseline.levels, column) : column.kind === 'number' ? numberShares(baseline.edges, column.values) : [];
  return baseline.shares.reduce((sum, then, k) => {
    const before = Math.max(LEAST_SHARE, then);
    const after = Math.max(LEAST_SHARE, now[k] ?? 0);
    return sum + (after - before) * Math.log(after / before);
  }, 0);
}

/** The index of every column of the baselines that `table` has, most moved first. */
export function driftOf(baselines: readonly Baseline[], table: Table): { name: string; psi: number }[] {
  return baselines
    .flatMap((baseline) => {
      const column = table.columns.find(({ name }) => name === baseline.name);
      return column ? [{ name: baseline.name, psi: stabilityIndex(baseline, column) }] : [];
    })
    .sort((a, b) => b.psi - a.psi);
}
