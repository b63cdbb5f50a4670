/** What customers do one after another: frequent sequences by PrefixSpan, within a limit of time between two steps. */

/** What one customer did, in order of time. */
export interface History {
  /** Numbers of what was done. */
  items: ArrayLike<number>;
  /** When, in days or any unit; ascending. */
  times: ArrayLike<number>;
}

export interface PatternOptions {
  /** Least share of histories that hold the sequence. */
  minSupport: number;
  /** Longest time between one step and the next; Infinity for none. */
  maxGap: number;
  /** Whether a step may come at the same time as the one before it, such as two goods of one order. */
  together: boolean;
  /** Steps of the longest sequence. */
  longest: number;
  /** Sequences kept in memory while growing; the search ends there and says so. */
  most: number;
}

export interface SequencePattern {
  items: number[];
  /** Histories that hold it, each counted once. */
  count: number;
  support: number;
  /** Of those who did all but the last step, how many times likelier the last one is than in all histories. 1 says nothing. */
  lift: number;
  /** Of those who did all but the last step, the share that went on to it. */
  confidence: number;
}

export interface PatternSearch {
  /** Closed: none is part of a longer one that as many histories hold. Most histories first. */
  patterns: SequencePattern[];
  histories: number;
  /** False when memory was full before everything was looked at. */
  complete: boolean;
}

interface Grown {
  items: number[];
  count: number;
}

/** Where a history stands after a prefix: every place at which the prefix can end, since with a limit of time the first is not always the one that goes on. */
type Projection = { history: number; ends: number[] }[];

/**
 * PrefixSpan (Pei et al. 2001) with a limit of time between neighbours; what happens between two steps does not matter.
 * Sequences have at least two steps; what follows at the same instant follows in the order it was told.
 */
export function frequentSequences(histories: readonly History[], { minSupport, maxGap, together, longest, most }: PatternOptions): PatternSearch {
  const n = histories.length;
  const least = Math.max(1, Math.ceil(minSupport * n));
  const holders = new Map<number, Projection>();
  histories.forEach(({ items }, history) => {
    for (let i = 0; i < items.length; i++) {
      const item = items[i] ?? 0;
      const known = holders.get(item) ?? [];
      const last = known.at(-1);
      if (last?.history === history) last.ends.push(i);
      else known.push({ history, ends: [i] });
      holders.set(item, known);
    }
  });
  const single = new Map([...holders].map(([item, projection]) => [item, projection.length]));
  const frequent = [...holders].filter(([, projection]) => projection.length >= least).sort(([a], [b]) => a - b);
  const found: Grown[] = [];
  let complete = true;
  const grow = (prefix: readonly number[], projection: Projection): void => {
    if (prefix.length >= longest || !complete) return;
    const next = new Map<number, Projection>();
    for (const { history, ends } of projection) {
      const { items, times } = histories[history] ?? { items: [], times: [] };
      const places = new Set<number>();
      for (const end of ends) {
        const until = (times[end] ?? 0) + maxGap;
        for (let i = end + 1; i < items.length && (times[i] ?? 0) <= until; i++) if (together || (times[i] ?? 0) > (times[end] ?? 0)) places.add(i);
      }
      for (const i of [...places].sort((a, b) => a - b)) {
        const item = items[i] ?? 0;
        if ((single.get(item) ?? 0) < least) continue;
        const known = next.get(item) ?? [];
        const last = known.at(-1);
        if (last?.history === history) last.ends.push(i);
        else known.push({ history, ends: [i] });
        next.set(item, known);
      }
    }
    for (const [item, longer] of [...next].sort(([a], [b]) => a - b)) {
      if (longer.length < least) continue;
      if (found.length >= most) {
        complete = false;
        return;
      }
      const items = [...prefix, item];
      found.push({ items, count: longer.length });
      grow(items, longer);
    }
  };
  for (const [item, projection] of frequent) grow([item], projection);
  const counts = new Map(found.map(({ items, count }) => [items.join(' '), count]));
  const before = (items: readonly number[]): number => (items.length === 2 ? (single.get(items[0] ?? 0) ?? 0) : (counts.get(items.slice(0, -1).join(' ')) ?? 0));
  const patterns = closedOf(found).map(({ items, count }): SequencePattern => {
    const confidence = count / Math.max(1, before(items));
    const alone = (single.get(items.at(-1) ?? 0) ?? 0) / Math.max(1, n);
    return { items, count, support: count / Math.max(1, n), confidence, lift: alone > 0 ? confidence / alone : 0 };
  });
  patterns.sort((a, b) => b.count - a.count || b.items.length - a.items.length || compare(a.items, b.items));
  return { patterns, histories: n, complete };
}

/** Without those that a longer one with as many holders contains. */
function closedOf(found: readonly Grown[]): Grown[] {
  const byCount = new Map<number, Grown[]>();
  for (const one of found) {
    const same = byCount.get(one.count);
    if (same) same.push(one);
    else byCount.set(one.count, [one]);
  }
  return found.filter((one) => !(byCount.get(one.count) ?? []).some((other) => other.items.length > one.items.length && isWithin(one.items, other.items)));
}

function isWithin(part: readonly number[], whole: readonly number[]): boolean {
  let at = 0;
  for (const item of whole) if (at < part.length && part[at] === item) at++;
  return at === part.length;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return (a[i] ?? 0) - (b[i] ?? 0);
  return a.length - b.length;
}
