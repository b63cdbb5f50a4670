/** Counted histories as a model takes them: whole days in continuous time, or whole periods. */
import type { Prepared } from './fit-input.ts';
import { InputError } from './input-error.ts';
import type { Frequencies } from './read-frequencies.ts';

const TIMES = new Map([['days', 1], ['weeks', 7], ['months', 365.25 / 12], ['years', 365.25]]);

/**
 * In continuous time. `note` says what the file's times were taken for.
 * @param times `--times` @param horizonDays how long later purchases were watched where the file does not say @throws InputError for a unit of time that is none
 */
export function prepareSummaries(counted: Frequencies, times: string | undefined, unitDays: number, horizonDays: number | null = null): { prepared: Prepared; note: string } {
  const { per, note } = timesOf(times, counted);
  const days = (time: number): number => Math.round(time * per);
  const { x, weights, later } = counted;
  // What rounds to no time at all would be a repeat purchase on the first day.
  const data = { x, T: counted.T.map(days), weights, tx: counted.tx.map((time, i) => ((x[i] ?? 0) > 0 ? Math.max(1, days(time)) : 0)) };
  const m = counted.m ?? new Float64Array(x.length);
  let [orders, spent] = [0, 0];
  x.forEach((count, i) => {
    orders += (weights[i] ?? 0) * count;
    spent += (weights[i] ?? 0) * count * (m[i] ?? 0);
  });
  const watched = later?.duration == null ? horizonDays : days(later.duration);
  return {
    note,
    prepared: {
      data, m, unitDays, customer: Int32Array.from(x, (_, i) => i), cohort: new Int32Array(0), meanOrder: orders > 0 ? spent / orders : 0,
      units: { x, tx: data.tx.map((day) => day / unitDays), T: data.T.map((day) => day / unitDays) },
      holdout: later && watched !== null ? { x: later.x, spend: later.x.map((count, i) => count * (later.m?.[i] ?? 0)), horizonDays: watched, trackingMape: () => null } : null,
    },
  };
}

/** In whole periods, of which one is the unit. @param periods how long later transactions were watched where the file does not say @throws InputError for histories that are none of whole periods */
export function preparePeriods(path: string, { x, tx, T, weights, later }: Frequencies, periods: number | null = null): Prepared {
  const odd = x.findIndex((count, i) => count > (tx[i] ?? 0) || ![tx[i], T[i]].every(Number.isInteger));
  if (odd >= 0) throw new InputError(`${path}: the history of ${x[odd] ?? 0} in ${tx[odd] ?? 0} of ${T[odd] ?? 0} is not one of whole periods with at most one transaction each, as --model bg-bb needs.`);
  const watched = later?.duration ?? periods;
  const data = { x, tx, T, weights };
  return {
    data, units: data, m: new Float64Array(x.length), customer: Int32Array.from(x, (_, i) => i), cohort: new Int32Array(0), unitDays: 1, meanOrder: 0,
    holdout: later && watched !== null ? { x: later.x, spend: new Float64Array(x.length), horizonDays: watched, trackingMape: () => null } : null,
  };
}

/** Days in the file's unit of time: as asked, else days where all times are whole, else weeks. */
function timesOf(asked: string | undefined, { tx, T, later }: Frequencies): { per: number; note: string } {
  if (asked !== undefined) {
    const per = TIMES.get(asked);
    if (per === undefined) throw new InputError(`--times must be ${[...TIMES.keys()].join(', ')}, not "${asked}".`);
    return { per, note: `Times of the file are ${asked}` };
  }
  const whole = [tx, T].every((times) => times.every(Number.isInteger)) && Number.isInteger(later?.duration ?? 0);
  return whole ? { per: 1, note: 'Times of the file are read as days, since all are whole numbers; --times weeks would read them as weeks' } : { per: 7, note: 'Times of the file are read as weeks, since not all are whole numbers; --times days would read them as days' };
}
