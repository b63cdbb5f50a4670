/** What kind of CSV a text is, from its first bytes: encoding, delimiter, and whether it has a heading line. */
import { AppError } from '#core/errors';
import { CsvReader, type CsvFormat, type CsvRow } from './reader.ts';

const DELIMITERS = [',', ';', '\t', '|'] as const;

/** Rows looked at; enough for a heading and for columns to show their habits. */
const SAMPLE_ROWS = 500;

/** What the rows are packed in. */
export interface FileForm {
  kind: 'csv' | 'jsonl' | 'xlsx';
  gzip: boolean;
  encoding: CsvFormat['encoding'] | 'utf-16le' | 'utf-16be';
  /** The sheet that was read; null where there are none. */
  sheet: string | null;
  /** All sheets to choose from. */
  sheets: string[];
}

export interface FileSample {
  format: CsvFormat;
  form: FileForm;
  /** Null when the first row is already data. */
  header: string[] | null;
  /** Data rows of the sample, at most 500. */
  rows: string[][];
  /** Lines that are transactions in the shape of the API, when that is what the file holds. */
  transactions: unknown[] | null;
}

/** UTF-8 unless the bytes are not; then Windows-1252, which spreadsheets in Europe and America write. */
function guessEncoding(bytes: Uint8Array): CsvFormat['encoding'] {
  try {
    // Streaming, so that a character cut by the end of the sample is not an error.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return 'utf-8';
  } catch {
    return 'windows-1252';
  }
}

function sampleRows(bytes: Uint8Array, format: CsvFormat, whole: boolean): CsvRow[] {
  const reader = new CsvReader(format);
  const rows = reader.push(bytes);
  // The last line of a part of a file may be cut; it is read only where nothing follows, or nothing else is there.
  return whole || rows.length === 0 ? [...rows, ...reader.finish()] : rows;
}

/** The delimiter that gives most rows the same number of cells, more than one; else a comma. */
function guessDelimiter(bytes: Uint8Array, encoding: CsvFormat['encoding'], whole: boolean): CsvFormat['delimiter'] {
  let best: CsvFormat['delimiter'] = ',';
  let bestScore = 0;
  for (const delimiter of DELIMITERS) {
    const rows = sampleRows(bytes, { delimiter, encoding }, whole).slice(0, SAMPLE_ROWS);
    const width = rows[0]?.cells.length ?? 0;
    if (width < 2) continue;
    const alike = rows.filter((row) => row.cells.length === width).length / rows.length;
    // Commas inside text or decimals also split, but unevenly: evenness first, then width.
    const score = alike * 1000 + width;
    if (score > bestScore) {
      best = delimiter;
      bestScore = score;
    }
  }
  return best;
}

/** A heading row has words and no amounts, dates or addresses. */
function looksLikeHeader(cells: string[]): boolean {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  return filled.length > 0 && filled.every((cell) => !/^[-+($€£¥]?\s*\d[\d.,\s:/-]*/.test(cell) && !cell.includes('@'));
}

/**
 * @param bytes the first 64 KB or so of the file, or all of it.
 * @param whole whether `bytes` is the whole file.
 * @throws AppError `invalid_input` when it is empty or not text.
 */
export function sampleCsv(bytes: Uint8Array, whole = false): FileSample {
  const encoding = guessEncoding(bytes);
  if (bytes.includes(0)) throw new AppError('invalid_input', 'The file is not text; save it as CSV in UTF-8');
  if (!bytes.includes(0x0a) && bytes.includes(0x0d)) {
    throw new AppError('invalid_input', 'The lines end in the old Macintosh way; save the file as CSV in UTF-8');
  }
  const format: CsvFormat = { encoding, delimiter: guessDelimiter(bytes, encoding, whole) };
  const rows = sampleRows(bytes, format, whole).slice(0, SAMPLE_ROWS + 1).map((row) => row.cells);
  if (rows.length === 0) throw new AppError('invalid_input', 'The file is empty');
  return { format, form: { kind: 'csv', gzip: false, encoding, sheet: null, sheets: [] }, ...headed(rows), transactions: null };
}

/** The rows with their heading told apart, if they have one. */
export function headed(rows: string[][]): Pick<FileSample, 'header' | 'rows'> {
  const [first = []] = rows;
  const header = looksLikeHeader(first) ? first.map((cell) => cell.trim()) : null;
  return { header, rows: (header ? rows.slice(1) : rows).slice(0, SAMPLE_ROWS) };
}
