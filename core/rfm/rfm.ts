/** Recency, frequency and monetary scores from 1 (worst) to 5: equal values share a score, against cut points that can be kept. */
import { rfmSegment, type RfmSegment } from './segments.ts';

const RFM_SCORES = 5;

/** A value that no customer reaches: the cut of a score nobody has. Safe in JSON and in a bigint column. */
export const UNREACHED = Number.MAX_SAFE_INTEGER;

/**
 * Lowest value of each score from 2 to 5, ascending. Recency is cut by the day of the last purchase, a date, so that a
 * frozen cut does not wander as days pass.
 */
export interface RfmCuts {
  /** Day numbers. */
  recency: number[];
  /** Purchase days. */
  frequency: number[];
  /** Minor units. */
  monetary: number[];
}

export interface RfmInput {
  lastDay: number;
  frequency: number;
  monetary: number;
}

export interface RfmScore {
  r: number;
  f: number;
  m: number;
  /** The three digits, such as `543`. */
  cell: string;
  segment: RfmSegment;
}

/** Distinct values with how many customers have each, in any order: what `GROUP BY value` returns. */
export interface Histogram {
  value: ArrayLike<number>;
  count: ArrayLike<number>;
}

/**
 * Cut points of rule A: score = 1 + floor(5 · L / n) with L customers strictly worse. A cut is the smallest value whose
 * L reaches k · n / 5, so scoring a member of the population against the cuts gives exactly that score.
 */
export function cutsOfHistogram({ value, count }: Histogram): number[] {
  const order = Array.from({ length: value.length }, (_, i) => i).sort((i, j) => (value[i] ?? 0) - (value[j] ?? 0));
  let n = 0;
  for (const i of order) n += count[i] ?? 0;
  const cuts: number[] = [];
  let worse = 0;
  for (let at = 0; at < order.length; ) {
    const current = value[order[at] ?? 0] ?? 0;
    while (cuts.length < RFM_SCORES - 1 && RFM_SCORES * worse >= (cuts.length + 1) * n) cuts.push(current);
    for (; at < order.length && value[order[at] ?? 0] === current; at++) worse += count[order[at] ?? 0] ?? 0;
  }
  while (cuts.length < RFM_SCORES - 1) cuts.push(UNREACHED);
  return cuts;
}

/** Cut points from one histogram per measure; the tenant's customers need not be read one by one. */
export function cutPointsOfHistograms(histograms: { lastDay: Histogram; frequency: Histogram; monetary: Histogram }): RfmCuts {
  return {
    recency: cutsOfHistogram(histograms.lastDay),
    frequency: cutsOfHistogram(histograms.frequency),
    monetary: cutsOfHistogram(histograms.monetary),
  };
}

/** The same from a column per measure, one entry a customer. */
export function cutPoints(population: { lastDay: ArrayLike<number>; frequency: ArrayLike<number>; monetary: ArrayLike<number> }): RfmCuts {
  return cutPointsOfHistograms({
    lastDay: histogram(population.lastDay),
    frequency: histogram(population.frequency),
    monetary: histogram(population.monetary),
  });
}

function histogram(values: ArrayLike<number>): Histogram {
  const sorted = Float64Array.from(values).sort();
  const value: number[] = [];
  const count: number[] = [];
  for (const each of sorted) {
    if (value.at(-1) === each) count[count.length - 1] = (count.at(-1) ?? 0) + 1;
    else {
      value.push(each);
      count.push(1);
    }
  }
  return { value, count };
}

function scoreOf(value: number, cuts: readonly number[]): number {
  let score = 1;
  for (const cut of cuts) if (value >= cut) score++;
  return score;
}

/** Rule A for one customer against frozen cuts. */
export function scoreAgainst(cuts: RfmCuts, input: RfmInput): RfmScore {
  return rfmScore(scoreOf(input.lastDay, cuts.recency), scoreOf(input.frequency, cuts.frequency), scoreOf(input.monetary, cuts.monetary));
}

/** Cell and segment of three scores. */
export function rfmScore(r: number, f: number, m: number): RfmScore {
  return { r, f, m, cell: `${r}${f}${m}`, segment: rfmSegment(r, f) };
}

/**
 * Rule B (ntile): customers sorted worst to best, equal values by customer id ascending as text, cut into five equal
 * parts: score = 1 + floor(5 · position / n). Needs the whole population; there are no cut points to keep.
 */
export function ntileScores(values: ArrayLike<number>, ids: readonly string[]): Uint8Array {
  const n = values.length;
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => (values[i] ?? 0) - (values[j] ?? 0) || compareText(ids[i] ?? '', ids[j] ?? ''));
  const scores = new Uint8Array(n);
  order.forEach((customer, position) => {
    scores[customer] = 1 + Math.floor((RFM_SCORES * position) / n);
  });
  return scores;
}

/** Code unit order: the same on every machine and in every locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
