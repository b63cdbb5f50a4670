/**
 * Names for the rows of a file: the hash of what a row says plus its ordinal among the rows of that file that say the
 * same. True repeats inside a file are therefore all different and all count, and the same file read again (or a later
 * export with the same rows) gives the same names, so nothing is counted twice.
 *
 * The only state is how often each hash has been seen. It is not stored: it follows from the file, so an import that
 * goes on after an interruption reads the rows before its offset again (parsing only, some hundred thousand
 * a second) and stands exactly where it stood. A million different rows take 24 MB here.
 */
import { murmur3 } from './murmur3.ts';

const FIRST_CAPACITY = 1 << 12;

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
  #capacity = FIRST_CAPACITY;
  #used = 0;
  /** Open addressing by half the hash: high word, low word, count. A count of 0 is a free place. */
  #high = new Uint32Array(FIRST_CAPACITY);
  #low = new Uint32Array(FIRST_CAPACITY);
  #count = new Uint32Array(FIRST_CAPACITY);

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
    if (this.#used * 2 >= this.#capacity) this.#grow();
    let place = (high ^ low) & (this.#capacity - 1);
    for (;;) {
      const count = this.#count[place] ?? 0;
      if (count === 0) {
        this.#high[place] = high;
        this.#low[place] = low;
        this.#count[place] = 1;
        this.#used += 1;
        return 1;
      }
      if (this.#high[place] === high && this.#low[place] === low) {
        this.#count[place] = count + 1;
        return count + 1;
      }
      place = (place + 1) & (this.#capacity - 1);
    }
  }

  #grow(): void {
    const [highs, lows, counts] = [this.#high, this.#low, this.#count];
    this.#capacity *= 2;
    this.#high = new Uint32Array(this.#capacity);
    this.#low = new Uint32Array(this.#capacity);
    this.#count = new Uint32Array(this.#capacity);
    for (let from = 0; from < counts.length; from += 1) {
      const count = counts[from] ?? 0;
      if (count === 0) continue;
      const [high, low] = [highs[from] ?? 0, lows[from] ?? 0];
      let place = (high ^ low) & (this.#capacity - 1);
      while (this.#count[place] !== 0) place = (place + 1) & (this.#capacity - 1);
      this.#high[place] = high;
      this.#low[place] = low;
      this.#count[place] = count;
    }
  }
}
