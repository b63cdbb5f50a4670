/** How near somebody stands to the centre of a group beside the others, and what would make her stand elsewhere. */
import { isNearest, prepareAll, squaredTo, type Centroids } from './nearest.ts';
import { prepareOne, unprepareOne } from './prepare.ts';

/** What a feature can be, as it was given to the discovery. */
export interface FeatureRange {
  low: number;
  high: number;
  /** What it is told in: what would have to change is rounded to a whole number of these, away from her. */
  step: number;
}

export interface FeatureCloseness {
  name: string;
  /** Hers, and where the two centres lie, as the feature was given to the discovery. */
  value: number;
  centre: number;
  other: number;
  /** Of the squared distance to the group's centre, 0–1: what keeps her away from it. */
  share: number;
  /**
   * What this feature alone would have to become for her to enter, or where she would leave; null where it alone cannot.
   * `atLeast`: this value or more, as far as it makes a difference; else this value or less.
   */
  turnsAt: { value: number; atLeast: boolean } | null;
}

export interface Closeness {
  /** Whether the group's centre is the nearest. */
  holds: boolean;
  /** To the group's centre, and to the nearest of the others, in prepared units. */
  distance: number;
  otherDistance: number;
  /** Which of the others, by its place among the centres. */
  otherLabel: number;
  /** What would turn it first, by the least way in prepared units. */
  features: FeatureCloseness[];
}

/**
 * @param value of each feature as it was given to the discovery
 * @param rangeOf what each can be at all: nothing beyond it is named as what would have to change
 */
export function closenessTo(centroids: Centroids, label: number, value: (name: string) => number, rangeOf: (name: string) => FeatureRange): Closeness {
  const { steps, centres } = centroids;
  const at = prepareAll(steps, value);
  const squared = centres.map((centre) => squaredTo(centre, at));
  const own = squared[label] ?? 0;
  const otherLabel = squared.reduce((best, one, c) => (c !== label && (best === -1 || one < (squared[best] ?? 0)) ? c : best), -1);
  const holds = isNearest(squared, label);
  const wanted = centres[label] ?? [], rival = centres[otherLabel] ?? [];
  const features = steps.map((step, f) => {
    const turn = turnOf(centroids, label, at, f, value(step.name), rangeOf(step.name));
    return {
      way: turn === null ? Infinity : Math.abs(prepareOne(step, turn.value) - (at[f] ?? 0)),
      feature: {
        name: step.name, value: value(step.name), centre: unprepareOne(step, wanted[f] ?? 0), other: unprepareOne(step, rival[f] ?? 0),
        share: own === 0 ? 0 : ((at[f] ?? 0) - (wanted[f] ?? 0)) ** 2 / own, turnsAt: turn,
      },
    };
  });
  return {
    holds, distance: Math.sqrt(own), otherDistance: Math.sqrt(squared[otherLabel] ?? 0), otherLabel,
    features: features.toSorted((a, b) => (a.way === b.way ? 0 : a.way - b.way)).map(({ feature }) => feature),
  };
}

/**
 * Along one feature she is nearest to the centre in one stretch, since each difference of two squared distances is a
 * straight line in it: the end of that stretch which is nearest to her, where it can be reached.
 */
function turnOf({ steps, centres }: Centroids, label: number, at: readonly number[], f: number, raw: number, range: FeatureRange): FeatureCloseness['turnsAt'] {
  const step = steps[f], own = centres[label];
  if (step === undefined || own === undefined) return null;
  let from = -Infinity, to = Infinity;
  for (const [c, other] of centres.entries()) {
    if (c === label) continue;
    // At t she is nearer to hers where slope · t + level < 0.
    const slope = 2 * ((other[f] ?? 0) - (own[f] ?? 0));
    let level = (own[f] ?? 0) ** 2 - (other[f] ?? 0) ** 2;
    for (let g = 0; g < at.length; g++) if (g !== f) level += ((at[g] ?? 0) - (own[g] ?? 0)) ** 2 - ((at[g] ?? 0) - (other[g] ?? 0)) ** 2;
    if (slope > 0) to = Math.min(to, -level / slope);
    else if (slope < 0) from = Math.max(from, -level / slope);
    else if (level > 0) return null;
  }
  if (from >= to) return null;
  const here = at[f] ?? 0;
  const isNearestAt = (place: readonly number[]): boolean => isNearest(centres.map((centre) => squaredTo(centre, place)), label);
  const now = isNearestAt(at);
  const turns = (value: number): boolean => isNearestAt(at.map((one, g) => (g === f ? prepareOne(step, value) : one))) !== now;
  const isIn = here >= from && here <= to;
  // Who is within leaves by the nearer end; who is without enters by the end on her side.
  const ends = isIn ? [{ t: from, isUp: false }, { t: to, isUp: true }] : [here < from ? { t: from, isUp: true } : { t: to, isUp: false }];
  const reachable = ends.flatMap(({ t, isUp }) => {
    const value = beyond(unprepareOne(step, t), isUp, range).find((one) => (isUp ? one > raw : one < raw) && turns(one));
    return value === undefined ? [] : [{ value, atLeast: isUp, way: Math.abs(prepareOne(step, value) - here) }];
  });
  const [nearest] = reachable.toSorted((a, b) => a.way - b.way);
  return nearest === undefined ? null : { value: nearest.value, atLeast: nearest.atLeast };
}

/** The first two values from an end on that the feature can have: the first may lie on the end itself. */
function beyond(end: number, isUp: boolean, { low, high, step }: FeatureRange): number[] {
  if (!Number.isFinite(end)) return [];
  const first = isUp ? Math.ceil(end / step) : Math.floor(end / step);
  return [first, isUp ? first + 1 : first - 1].map((steps) => steps * step).filter((value) => value >= low && value <= high);
}
