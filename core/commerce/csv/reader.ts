/**
 * Bytes of a CSV file to rows, in chunks, each row with the byte at which it starts: an import that was interrupted
 * goes on from there without reading a line twice or missing one.
 *
 * Our own and small, because the offsets must be exact for quoted line breaks, multi-byte text, byte order marks and
 * CRLF alike, because it must run on the web streams of a Worker as well as in Node, and because one bad row
 * must cost that row only, not the file.
 */

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const QUOTE = 0x22;

/** A row longer than this is no sale: a quote that was never closed, or a file of another kind. */
export const MAX_ROW_BYTES = 1_048_576;

/** Where a row with quotes ends cannot be told yet, or never. */
const STILL_OPEN = -1;
const MALFORMED = -2;

/** One row of any file. */
export interface FileRow {
  /** Trimmed of nothing; quotes are resolved. */
  cells: string[];
  /** How far into the content the next row starts (bytes; rows in a spreadsheet): where to resume when this row is done. */
  end: number;
  /** Number, from 1, of the line on which this row starts. */
  line: number;
  problem: 'unclosed_quote' | 'too_long' | 'not_json' | null;
  /** The parsed line of a JSON file that holds transactions in the shape of the API. */
  json?: unknown;
}

export interface CsvRow extends FileRow {
  /** Bytes from the start of the file to the start of this row. */
  start: number;
  /** Number of the line after this row. */
  nextLine: number;
}

export interface CsvFormat {
  delimiter: ',' | ';' | '\t' | '|';
  encoding: 'utf-8' | 'windows-1252';
}

/** Where reading starts: `{ offset: 0, line: 1 }`, or the `end` and `nextLine` of the last row that was done. */
export interface CsvPosition {
  offset: number;
  line: number;
}

/** Feed bytes with `push`, then call `finish`. Blank lines are skipped. */
export class CsvReader {
  readonly #delimiter: string;
  readonly #delimiterByte: number;
  readonly #decoder: TextDecoder;
  #rest: Uint8Array = new Uint8Array(0);
  /** File offset of the first byte of `#rest`. */
  #offset: number;
  #line: number;
  /** Inside a line that is too long: what is left of it is passed over, not kept. */
  #passing = false;

  constructor(format: CsvFormat, position: CsvPosition = { offset: 0, line: 1 }) {
    this.#delimiter = format.delimiter;
    this.#delimiterByte = format.delimiter.charCodeAt(0);
    this.#decoder = new TextDecoder(format.encoding, { ignoreBOM: true });
    this.#offset = position.offset;
    this.#line = position.line;
  }

  /** Rows completed by these bytes. */
  push(chunk: Uint8Array): CsvRow[] {
    let bytes = this.#passing ? this.#passOver(chunk) : chunk;
    if (this.#rest.length > 0) {
      bytes = new Uint8Array(this.#rest.length + chunk.length);
      bytes.set(this.#rest);
      bytes.set(chunk, this.#rest.length);
    }
    return this.#read(bytes, false);
  }

  /** What follows the line that is too long, once it ends. */
  #passOver(chunk: Uint8Array): Uint8Array {
    const lineFeed = chunk.indexOf(LINE_FEED);
    const skipped = lineFeed === -1 ? chunk.length : lineFeed + 1;
    this.#offset += skipped;
    if (lineFeed === -1) return chunk.subarray(skipped);
    this.#passing = false;
    this.#line += 1;
    return chunk.subarray(skipped);
  }

  /** The last row, when the file does not end with a line break. */
  finish(): CsvRow[] {
    return this.#read(this.#rest, true);
  }

  #read(bytes: Uint8Array, last: boolean): CsvRow[] {
    const rows: CsvRow[] = [];
    const base = this.#offset;
    let start = 0;
    let nextQuote = bytes.indexOf(QUOTE);
    while (start < bytes.length) {
      if (nextQuote !== -1 && nextQuote < start) nextQuote = bytes.indexOf(QUOTE, start);
      const lineFeed = bytes.indexOf(LINE_FEED, start);
      const lineEnd = lineFeed === -1 ? bytes.length : lineFeed;
      const plain = nextQuote === -1 || nextQuote >= lineEnd;
      let end = lineEnd;
      let problem: CsvRow['problem'] = null;
      if (!plain) {
        const closed = this.#quotedEnd(bytes, start);
        if (closed >= 0) end = closed;
        else if (closed === MALFORMED || last || bytes.length - start > MAX_ROW_BYTES) problem = 'unclosed_quote';
        else break;
      }
      if (end - start > MAX_ROW_BYTES) problem = 'too_long';
      // Without its line break a row may go on in the next chunk.
      if (end === bytes.length && !last) {
        if (problem !== 'too_long') break;
        // Its beginning is enough to name it by; the rest is not kept.
        this.#passing = true;
      }
      const after = Math.min(end + 1, bytes.length);
      this.#emit(rows, bytes, { start, end, after, base, plain: plain || problem !== null, problem });
      start = after;
    }
    this.#rest = bytes.slice(start);
    this.#offset = base + start;
    return rows;
  }

  #emit(rows: CsvRow[], bytes: Uint8Array, row: { start: number; end: number; after: number; base: number; plain: boolean; problem: CsvRow['problem'] }): void {
    const { start, end, after, base, plain, problem } = row;
    const line = this.#line;
    if (problem === 'too_long') {
      // The line ends when its line feed comes; its end is given as the same whatever the chunks.
      if (!this.#passing) this.#line = line + 1;
      rows.push({ cells: [this.#decoder.decode(bytes.subarray(start, start + 500))], start: base + start, end: base + start + MAX_ROW_BYTES, line, nextLine: line + 1, problem });
      return;
    }
    // Bytes are counted, not characters: UTF-8 and Windows-1252 never use 0x0A inside another character.
    let breaks = 1;
    if (!plain) for (let at = bytes.indexOf(LINE_FEED, start); at !== -1 && at < end; at = bytes.indexOf(LINE_FEED, at + 1)) breaks += 1;
    this.#line = line + breaks;
    let from = start;
    // A byte order mark belongs to no cell.
    if (base + start === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) from = 3;
    const to = end > from && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
    if (to <= from) return;
    const text = this.#decoder.decode(bytes.subarray(from, to));
    const cells = plain ? text.split(this.#delimiter) : splitQuoted(text, this.#delimiter);
    rows.push({ cells, start: base + start, end: base + after, line, nextLine: this.#line, problem });
  }

  /**
   * Index of the line feed (or end of the bytes) that ends a row with quotes, else STILL_OPEN or MALFORMED. A quoted
   * cell may span lines, but then its closing quote must end the cell: anything else is a stray quote that met the
   * next one some lines later, and would swallow the rows between.
   */
  #quotedEnd(bytes: Uint8Array, start: number): number {
    let atCellStart = true;
    const limit = Math.min(bytes.length, start + MAX_ROW_BYTES);
    let at = this.#offset + start === 0 && bytes[0] === 0xef && bytes[1] === 0xbb ? 3 : start;
    while (at < limit) {
      const byte = bytes[at];
      if (byte === LINE_FEED) return at;
      if (byte === QUOTE && atCellStart) {
        const close = this.#closingQuote(bytes, at + 1, limit);
        if (close < 0) return STILL_OPEN;
        const next = bytes[close + 1];
        const endsCell = next === undefined || next === this.#delimiterByte || next === LINE_FEED || next === CARRIAGE_RETURN;
        const lineFeed = endsCell ? -1 : bytes.indexOf(LINE_FEED, at);
        if (lineFeed !== -1 && lineFeed < close) return MALFORMED;
        at = close;
        atCellStart = false;
      } else {
        atCellStart = byte === this.#delimiterByte;
      }
      at += 1;
    }
    return limit === bytes.length ? limit : STILL_OPEN;
  }

  /** A doubled quote inside a quoted cell is a quote. */
  #closingQuote(bytes: Uint8Array, from: number, limit: number): number {
    let at = bytes.indexOf(QUOTE, from);
    while (at !== -1 && at < limit && bytes[at + 1] === QUOTE) at = bytes.indexOf(QUOTE, at + 2);
    return at !== -1 && at < limit ? at : -1;
  }
}

/** Cells of a row that has quotes. A quote counts only where a cell begins; elsewhere it is text (5" pipe). */
function splitQuoted(text: string, delimiter: string): string[] {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    let cell = '';
    if (text[at] === '"') {
      let close = text.indexOf('"', at + 1);
      while (close !== -1 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
      const end = close === -1 ? text.length : close;
      cell = text.slice(at + 1, end).replaceAll('""', '"');
      at = Math.min(end + 1, text.length);
    }
    const next = text.indexOf(delimiter, at);
    cells.push(cell + text.slice(at, next === -1 ? text.length : next));
    if (next === -1) return cells;
    at = next + 1;
  }
}
