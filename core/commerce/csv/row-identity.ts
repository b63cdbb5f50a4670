/**
 * Names for the rows of a file: the hash of what a row says plus its ordinal among the rows of that file that say the
 * same. True repeats inside a file are therefore all different and all count, and the same file read again (or a later
 * export with the same rows) gives the same names, so nothing is counted twice.
 *
 * The only state is how often each hash has been seen. It is not stored: it follows from the file, so an import that
 * goes on after an interruption reads the rows before its offset again (parsing only, some hundred thousand
 * a second) and stands exactly where it stood. A million different rows take 12 to 18 MB here, and tables that were
 * outgrown are garbage beside them: who knows how many rows are to come says so.
 */
import { murmur3 } from './murmur3.ts';

const LEAST_PLACES = 1 << 12;
/** As many places may be taken before the table grows; fuller, looking for one takes long. */
const MOST_FULL = 0.75;
const GROWTH = 1.5;
/** Larger counts are kept aside: few rows come that often. */
const MOST_COUNTED = 255;
const WORD = 2 ** 32;

export interface RowName {
  /** 32 hex digits: the same wherever the row says the same. */
  hash: string;
  /** 1 for the first such row of the file. */
  ordinal: number;
}

export class RowIdentity {
  readonly #encoder = new TextEncoder();
  #buffer = new Uint8Array(1024);
  readonly #hash = new Uint32Array(4);
  #used = 0;
  /** Open addressing by half the hash: high word, low word, count. A count of 0 is a free place. */
  #high: Uint32Array;
  #low: Uint32Array;
  #count: Uint8Array;
  /** By hash, for those that have come more often than fits. */
  readonly #often = new Map<string, number>();

  /** @param expected about how many different rows there will be; a guess that is off costs time or memory, and changes no name. */
  constructor(expected = 0) {
    const places = Math.max(LEAST_PLACES, Math.ceil(expected / MOST_FULL));
    this.#high = new Uint32Array(places);
    this.#low = new Uint32Array(places);
    this.#count = new Uint8Array(places);
  }

  /** Names the next row, whose meaning is `text`. */
  next(text: string): RowName {
    if (this.#buffer.length < text.length * 3) this.#buffer = new Uint8Array(text.length * 3);
    const { written } = this.#encoder.encodeInto(text, this.#buffer);
    murmur3(this.#buffer, written, this.#hash);
    const [first = 0, second = 0] = this.#hash;
    const ordinal = this.#seen(first, second);
    let hash = '';
    for (const word of this.#hash) hash += word.toString(16).padStart(8, '0');
    return { hash, ordinal };
  }

  /** Two different rows with the same 64 bits would share their ordinals, which leaves both names unique. */
  #seen(high: number, low: number): number {
    if (this.#used + 1 > this.#count.length * MOST_FULL) this.#grow();
    const place = this.#placeOf(high, low);
    const count = this.#count[place] ?? 0;
    if (count === MOST_COUNTED) {
      const key = `${String(high)} ${String(low)}`;
      const often = (this.#often.get(key) ?? MOST_COUNTED) + 1;
      this.#often.set(key, often);
      return often;
    }
    if (count === 0) {
      this.#high[place] = high;
      this.#low[place] = low;
      this.#used += 1;
    }
    this.#count[place] = count + 1;
    return count + 1;
  }

  /** Where this hash stands, or the free place where it belongs. */
  #placeOf(high: number, low: number): number {
    const places = this.#count.length;
    let place = Math.floor((high / WORD) * places);
    while (this.#count[place] !== 0 && (this.#high[place] !== high || this.#low[place] !== low)) place = place + 1 === places ? 0 : place + 1;
    return place;
  }

  #grow(): void {
    const [highs, lows, counts] = [this.#high, this.#low, this.#count];
    const places = Math.ceil(counts.length * GROWTH);
    this.#high = new Uint32Array(places);
    this.#low = new Uint32Array(places);
    this.#count = new Uint8Array(places);
    counts.forEach((count, from) => {
      if (count === 0) return;
      const [high, low] = [highs[from] ?? 0, lows[from] ?? 0];
      const place = this.#placeOf(high, low);
      this.#high[place] = high;
      this.#low[place] = low;
      this.#count[place] = count;
    });
  }
}
