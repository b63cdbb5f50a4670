/** A plain table from a CSV file: kinds of columns are told from their cells, blanks are missing, errors name the line. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse';
import { z } from 'zod';
import { parseDay } from '#core/calendar/days';
import type { Column } from '#core/learning/table';
import { InputError } from './input-error.ts';

export interface TextTable {
  header: string[];
  /** Cells by column, trimmed. */
  cells: string[][];
  rows: number;
}

const recordSchema = z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) });
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** What files write where nothing is known. In text, `none` may be an answer. */
const MISSING = new Set(['', 'na', 'n/a', 'nan', 'null', '?']);
/** Share of cells that must be numbers for a column to be one; the others are then missing. */
const MOSTLY = 0.98;

async function* records(path: string): AsyncGenerator<{ record: string[]; line: number }> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) throw new InputError(`${path}: no such file.`);
  const parser = createReadStream(path).pipe(parse({ bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true }));
  try {
    for await (const raw of parser) {
      const { record, info } = recordSchema.parse(raw);
      yield { record, line: info.lines };
    }
  } catch (error) {
    if (error instanceof CsvError) {
      const lines: unknown = error['lines'];
      throw new InputError(`${path} line ${typeof lines === 'number' ? lines : '?'}: ${error.message}`);
    }
    throw error;
  }
}

/** Names of the columns. @throws InputError for an empty or missing file. */
export async function readHeader(path: string): Promise<string[]> {
  for await (const { record } of records(path)) return record;
  throw new InputError(`${path} line 1: the file is empty; a header is needed.`);
}

/** The whole file. Columns without a name, or with one that was there before, get one. */
export async function readTable(path: string): Promise<TextTable> {
  let header: string[] | undefined;
  let cells: string[][] = [];
  let rows = 0;
  for await (const { record, line } of records(path)) {
    if (!header) {
      header = namesOf(record);
      cells = header.map(() => []);
      continue;
    }
    if (record.length > header.length) throw new InputError(`${path} line ${line}: ${record.length} cells where the header names ${header.length} columns.`);
    cells.forEach((column, k) => column.push(record[k] ?? ''));
    rows++;
  }
  if (!header) throw new InputError(`${path} line 1: the file is empty; a header is needed.`);
  if (rows === 0) throw new InputError(`${path} line 2: there is a header but no row.`);
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

/** One column as a model takes it: numbers, days as day numbers, or text. */
export function typedColumn(name: string, cells: readonly string[]): { column: Column; note?: string } {
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
