/** A plain table from a CSV file: kinds of columns are told from their cells, blanks are missing, errors name the line. */
import { parseDay } from '#core/calendar/days';
import type { Column } from '#core/learning/table';
import { csvLines } from './csv-lines.ts';
import { InputError } from './input-error.ts';

export interface TextTable {
  header: string[];
  /** Cells by column, trimmed. */
  cells: string[][];
  rows: number;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** What files write where nothing is known. In text, `none` may be an answer. */
const MISSING = new Set(['', 'na', 'n/a', 'nan', 'null', '?']);
/** Share of cells that must be numbers for a column to be one; the others are then missing. */
const MOSTLY = 0.98;

/** Names of the columns. @throws InputError when there is no file or nothing in it. */
export async function readHeader(path: string): Promise<string[]> {
  for await (const { cells } of csvLines(path)) return cells;
  return [];
}

/** The whole file. Columns without a name, or with one that was there before, get one. */
export async function readTable(path: string): Promise<TextTable> {
  let header: string[] | undefined;
  let cells: string[][] = [];
  let rows = 0;
  for await (const { at, cells: record } of csvLines(path)) {
    if (!header) {
      header = namesOf(record);
      cells = header.map(() => []);
      continue;
    }
    if (record.length > header.length) throw new InputError(`${at}: ${record.length} cells where the header names ${header.length} columns.`);
    cells.forEach((column, k) => column.push(record[k] ?? ''));
    rows++;
  }
  if (!header || rows === 0) throw new InputError(`${path} line 2: there is a header but no row.`);
  return { header, cells, rows };
}

function namesOf(record: readonly string[]): string[] {
  const taken = new Set<string>();
  return record.map((cell, k) => {
    const plain = cell === '' ? `column ${k + 1}` : cell;
    let name = plain;
    for (let turn = 2; taken.has(name); turn++) name = `${plain} (${turn})`;
    taken.add(name);
    return name;
  });
}

/** Cells as plain numbers where all are written the German way (1.234,50) or with thousands (1,234.50); else as they are. */
function plainNumbers(cells: readonly string[]): readonly string[] {
  const odd = cells.filter((cell) => !MISSING.has(cell.toLowerCase()) && !NUMBER.test(cell));
  if (odd.length === 0) return cells;
  if (odd.every((cell) => /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(cell))) return cells.map((cell) => cell.replaceAll(',', ''));
  const decimal = (cell: string): boolean => /^[+-]?\d+(\.\d{3})*,\d+$/.test(cell);
  return odd.every(decimal) ? cells.map((cell) => (decimal(cell) ? cell.replaceAll('.', '').replace(',', '.') : cell)) : cells;
}

/** One column as a model takes it: numbers, days as day numbers, or text. */
export function typedColumn(name: string, written: readonly string[]): { column: Column; note?: string } {
  const cells = plainNumbers(written);
  const present = cells.filter((cell) => !MISSING.has(cell.toLowerCase()));
  const numbers = present.filter((cell) => NUMBER.test(cell)).length;
  if (present.length > 0 && numbers >= MOSTLY * present.length) {
    const values = Float64Array.from(cells, (cell) => (NUMBER.test(cell) ? Number(cell) : NaN));
    const odd = present.length - numbers;
    return { column: { kind: 'number', name, values }, ...(odd > 0 && { note: `${name}: ${odd} cells are no numbers and count as missing` }) };
  }
  if (present.length > 0 && present.every((cell) => parseDay(cell) !== null)) {
    return { column: { kind: 'number', name, values: Float64Array.from(cells, (cell) => parseDay(cell) ?? NaN) }, note: `${name} is read as a day` };
  }
  const known = new Map<string, number>();
  const codes = Int32Array.from(cells, (cell) => {
    if (MISSING.has(cell.toLowerCase())) return -1;
    const code = known.get(cell) ?? known.size;
    known.set(cell, code);
    return code;
  });
  return { column: { kind: 'category', name, codes, levels: [...known.keys()] } };
}
