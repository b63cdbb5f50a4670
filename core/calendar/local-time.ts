/** Wall-clock times of a tenant's time zone to instants, daylight saving included. */
import { DAY_MS } from './days.ts';

const MAX_CACHED = 50_000;

/**
 * Converts wall-clock times of one zone. Offsets and noons are remembered (bounded), because a file asks for the
 * same days again and again and `Intl` costs microseconds.
 */
export class LocalTime {
  readonly timeZone: string;
  readonly #format: Intl.DateTimeFormat;
  /** Offset of a whole UTC day; null on the days on which it changes. */
  readonly #offsets = new Map<number, number | null>();
  readonly #noons = new Map<string, string>();

  /** @throws RangeError when the zone is not in the IANA list. */
  constructor(timeZone: string) {
    this.timeZone = timeZone;
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone, hourCycle: 'h23', era: 'short',
      year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
    });
  }

  /** Milliseconds by which the zone's clocks are ahead of UTC at an instant. */
  #offsetAt(instant: number): number {
    const day = Math.floor(instant / DAY_MS);
    let offset = this.#offsets.get(day);
    if (offset === undefined) {
      const first = this.#askOffset(day * DAY_MS);
      offset = first === this.#askOffset((day + 1) * DAY_MS) ? first : null;
      if (this.#offsets.size >= MAX_CACHED) this.#offsets.clear();
      this.#offsets.set(day, offset);
    }
    return offset ?? this.#askOffset(instant);
  }

  #askOffset(instant: number): number {
    const second = Math.floor(instant / 1000) * 1000;
    const parts = new Map(this.#format.formatToParts(second).map((part) => [part.type, part.value]));
    const number = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
    const year = parts.get('era') === 'BC' ? 1 - number('year') : number('year');
    return Date.UTC(year, number('month') - 1, number('day'), number('hour'), number('minute'), number('second')) - second;
  }

  /**
   * The instant, in milliseconds, at which the zone's clocks show `wall` (a wall-clock time written as if it were UTC
   * milliseconds). A time that happens twice is the first of the two; one that is skipped moves forward by the gap.
   */
  instantOf(wall: number): number {
    const guess = wall - this.#offsetAt(wall);
    const before = wall - this.#offsetAt(guess - 3 * 3_600_000);
    if (before + this.#offsetAt(before) === wall) return before;
    const after = wall - this.#offsetAt(guess + 3 * 3_600_000);
    if (after + this.#offsetAt(after) === wall) return after;
    return before;
  }

  /**
   * Noon of a calendar day (YYYY-MM-DD) as ISO 8601 UTC: where a record has a day and no time, noon keeps it on that
   * day whatever daylight saving does.
   */
  noonOf(day: string): string {
    const known = this.#noons.get(day);
    if (known !== undefined) return known;
    const noon = new Date(this.instantOf(Date.parse(`${day}T12:00:00Z`))).toISOString();
    if (this.#noons.size >= MAX_CACHED) this.#noons.clear();
    this.#noons.set(day, noon);
    return noon;
  }
}

const ZONES = new Map<string, LocalTime>();

/** One shared clock a zone: making one costs far more than asking it. There are some 600 zones at most. */
export function localTimeIn(timeZone: string): LocalTime {
  let clock = ZONES.get(timeZone);
  if (!clock) {
    clock = new LocalTime(timeZone);
    ZONES.set(timeZone, clock);
  }
  return clock;
}
