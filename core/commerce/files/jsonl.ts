/** JSON Lines: one object a line. Flat objects become cells under their keys; nested ones under dotted keys. */
import type { FileRow } from '../csv/reader.ts';
import { MAX_ROW_BYTES } from '../csv/reader.ts';

const LINE_FEED = 0x0a;

/** A line of the file and what it holds; `value` is undefined when that is no object. */
export interface JsonLine extends Pick<FileRow, 'end' | 'line' | 'problem'> {
  value: Readonly<Record<string, unknown>> | undefined;
  text: string;
}

/** Feed bytes with `push`, then call `finish`. Blank lines are skipped; a line longer than 1 MB is refused. */
export class JsonLineReader {
  readonly #decoder = new TextDecoder();
  #rest: Uint8Array = new Uint8Array(0);
  #offset = 0;
  #line = 1;
  #passing = false;

  push(chunk: Uint8Array): JsonLine[] {
    let bytes = chunk;
    if (this.#passing) {
      const lineFeed = chunk.indexOf(LINE_FEED);
      const skipped = lineFeed < 0 ? chunk.length : lineFeed + 1;
      this.#offset += skipped;
      if (lineFeed < 0) return [];
      this.#passing = false;
      this.#line += 1;
      bytes = chunk.subarray(skipped);
    } else if (this.#rest.length > 0) {
      bytes = new Uint8Array(this.#rest.length + chunk.length);
      bytes.set(this.#rest);
      bytes.set(chunk, this.#rest.length);
    }
    return this.#read(bytes, false);
  }

  finish(): JsonLine[] {
    return this.#passing ? [] : this.#read(this.#rest, true);
  }

  #read(bytes: Uint8Array, last: boolean): JsonLine[] {
    const lines: JsonLine[] = [];
    let start = 0;
    while (start < bytes.length) {
      const lineFeed = bytes.indexOf(LINE_FEED, start);
      const end = lineFeed < 0 ? bytes.length : lineFeed;
      const tooLong = end - start > MAX_ROW_BYTES;
      if (lineFeed < 0 && !last && !tooLong) break;
      if (tooLong) {
        this.#passing = lineFeed < 0;
        lines.push({ end: this.#offset + start + MAX_ROW_BYTES, line: this.#line, problem: 'too_long', value: undefined, text: this.#decoder.decode(bytes.subarray(start, start + 500)) });
      } else {
        const text = this.#decoder.decode(bytes.subarray(start, end)).trim();
        if (text !== '') lines.push({ end: this.#offset + Math.min(end + 1, bytes.length), line: this.#line, ...valueOf(text), text });
      }
      if (!this.#passing) this.#line += 1;
      start = Math.min(end + 1, bytes.length);
    }
    this.#rest = bytes.slice(start);
    this.#offset += start;
    return lines;
  }
}

/** Integers that a number cannot hold exactly, as values in a line of JSON. */
const LONG_NUMBER = /([:[,]\s*)(-?\d{16,})(?=\s*[,\]}])/g;

function valueOf(text: string): Pick<JsonLine, 'value' | 'problem'> {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return { value: undefined, problem: 'not_json' };
    // Ids beyond 2^53 would lose digits: such a line is read again with them as text. Rare, and only then worth it.
    if (LONG_NUMBER.test(text)) {
      LONG_NUMBER.lastIndex = 0;
      const exact: unknown = JSON.parse(withLongNumbersAsText(text));
      if (isObject(exact)) return { value: exact, problem: null };
    }
    return { value, problem: null };
  } catch {
    return { value: undefined, problem: 'not_json' };
  } finally {
    LONG_NUMBER.lastIndex = 0;
  }
}

/** Quotes long numbers outside of strings. */
function withLongNumbersAsText(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g, (part) => (part.startsWith('"') ? part : `"${part}"`));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `{ customer: { email } }` → `customer.email`; lists are left out, since a cell holds one thing. */
export function flattened(value: Readonly<Record<string, unknown>>, prefix = '', into = new Map<string, string>()): Map<string, string> {
  for (const [key, inner] of Object.entries(value)) {
    const name = `${prefix}${key}`;
    if (typeof inner === 'string') into.set(name, inner);
    else if (typeof inner === 'number' || typeof inner === 'boolean') into.set(name, String(inner));
    else if (isObject(inner) && prefix.split('.').length < 4) flattened(inner, `${name}.`, into);
    else if (!into.has(name) && inner === null) into.set(name, '');
  }
  return into;
}
