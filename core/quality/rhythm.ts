/**
 * A source's own rhythm, and how odd its silence is. Learned from the local hours in which anything came at all: how much
 * came in an hour says little (a nightly batch is one arrival), that something came says that the source is alive.
 */

/** Local hours since 1970-01-01 00:00 local: `dayNumber * 24 + hour`. */
export type LocalHour = number;

export interface Rhythm {
  /** Chance that something comes in each hour of the week, Thursday 00:00 first (as day numbers count). */
  active: Float64Array;
  /** Active hours that were observed, and the whole days they were observed on. */
  observed: number;
  days: number;
  /** How much more the days differ than chance would have them differ; ≥ 1. */
  dispersion: number;
}

export interface Silence {
  /** `learning`: too little seen to know a rhythm. */
  state: 'learning' | 'usual' | 'unusual';
  /** Whole hours since something came. */
  hours: number;
  /** How many hours with something in them would usually have passed in that time. */
  expected: number;
  /** How many silences as long as this a year would bring by chance. */
  timesAYear: number;
}

const WEEK = 168;
/** Weeks of neighbouring hours that one hour's own record is weighed against. */
const CELL_WEIGHT = 8;
const HOUR_WEIGHT = 8;
/** No hour is surer than this, however often it was seen: eight weeks do not hold every kind of bad day. */
const SUREST = 0.95;
/** Below these a silence says nothing. */
const LEAST_DAYS = 14;
const LEAST_HOURS = 8;

/** @param days active local hours by day number, bit 0 for the hour after midnight; only days up to `until` are read */
export function learnRhythm(days: readonly { day: number; hours: number }[], until: number): Rhythm | null {
  const known = days.filter(({ day, hours }) => day <= until && hours !== 0);
  const first = Math.min(...known.map(({ day }) => day));
  const length = until - first + 1;
  if (known.length === 0 || length < LEAST_DAYS) return null;
  const seen = new Float64Array(WEEK), exposed = new Float64Array(WEEK);
  for (let day = first; day <= until; day++) for (let hour = 0; hour < 24; hour++) raise(exposed, cellOf(day, hour));
  let observed = 0;
  for (const { day, hours } of known) {
    for (let hour = 0; hour < 24; hour++) {
      if ((hours & (1 << hour)) === 0) continue;
      raise(seen, cellOf(day, hour));
      observed += 1;
    }
  }
  if (observed < LEAST_HOURS) return null;
  const active = smoothed(seen, exposed, observed / (length * 24));
  return { active, observed, days: length, dispersion: dispersionOf(known, active, first, until) };
}

/** Each hour of the week by its own record, leaning on that hour of all days, which leans on all hours. */
function smoothed(seen: Float64Array, exposed: Float64Array, overall: number): Float64Array {
  const active = new Float64Array(WEEK);
  for (let hour = 0; hour < 24; hour++) {
    let hits = 0, tries = 0;
    for (let cell = hour; cell < WEEK; cell += 24) { hits += seen[cell] ?? 0; tries += exposed[cell] ?? 0; }
    const ofHour = (hits + HOUR_WEIGHT * overall) / (tries + HOUR_WEIGHT);
    for (let cell = hour; cell < WEEK; cell += 24) active[cell] = ((seen[cell] ?? 0) + CELL_WEIGHT * ofHour) / ((exposed[cell] ?? 0) + CELL_WEIGHT);
  }
  return active;
}

function dispersionOf(known: readonly { day: number; hours: number }[], active: Float64Array, first: number, until: number): number {
  const counts = new Map(known.map(({ day, hours }) => [day, bits(hours)]));
  let squares = 0, variance = 0;
  for (let day = first; day <= until; day++) {
    let expected = 0;
    for (let hour = 0; hour < 24; hour++) {
      const p = active[cellOf(day, hour)] ?? 0;
      expected += p;
      variance += p * (1 - p);
    }
    squares += ((counts.get(day) ?? 0) - expected) ** 2;
  }
  return variance === 0 ? 1 : Math.max(1, squares / variance);
}

/**
 * @param last the hour in which something came last
 * @param now the hour that is running; it may still bring something
 * @param falseAlarmsAYear how often a year chance alone may call a healthy silence unusual
 */
export function judgeSilence(rhythm: Rhythm | null, last: LocalHour, now: LocalHour, falseAlarmsAYear: number): Silence {
  const hours = Math.max(0, now - last - 1);
  if (rhythm === null) return { state: 'learning', hours, expected: 0, timesAYear: Number.POSITIVE_INFINITY };
  let expected = 0, surprise = 0;
  for (let hour = last + 1; hour < now; hour++) {
    const p = rhythm.active[((hour % WEEK) + WEEK) % WEEK] ?? 0;
    expected += p;
    surprise -= Math.log1p(-Math.min(p, SUREST));
  }
  // Bad days come together, and a rate known from few arrivals is itself uncertain: both make a silence less telling.
  const evidence = rhythm.observed / rhythm.dispersion;
  const chance = (1 + surprise / rhythm.dispersion / evidence) ** -evidence;
  const timesAYear = chance * (rhythm.observed / rhythm.days) * 365;
  return { state: timesAYear < falseAlarmsAYear ? 'unusual' : 'usual', hours, expected, timesAYear };
}

function raise(counts: Float64Array, cell: number): void {
  counts[cell] = (counts[cell] ?? 0) + 1;
}

function cellOf(day: number, hour: number): number {
  return ((((day * 24 + hour) % WEEK) + WEEK) % WEEK);
}

function bits(mask: number): number {
  let n = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) n += 1;
  return n;
}
