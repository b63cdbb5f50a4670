/** Lines of a CSV file, streamed, whatever its line ends, quotes, byte order mark and delimiter. */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse';
import { z } from 'zod';
import { InputError } from './input-error.ts';

/** With `info` each record comes with the line it ended on. */
const recordSchema = z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) });
/** How xlsx and zip files begin, and xls files. */
const ZIP = Buffer.from('PK\u0003\u0004');
const OLE = Buffer.from([0xd0, 0xcf, 0x11, 0xe0]);
const DELIMITERS = [',', ';', '\t', '|'] as const;

export interface CsvLine {
  /** File and line, for errors. */
  at: string;
  cells: string[];
}

/**
 * The heading first, then every line that is not blank. The delimiter is the one the heading has most of.
 * @throws InputError when the file is missing, empty or broken, naming the line
 */
export async function* csvLines(path: string): AsyncGenerator<CsvLine> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) throw new InputError(`${path}: no such file.`);
  const parser = createReadStream(path).pipe(parse({ bom: true, delimiter: await delimiterOf(path), info: true, relax_column_count: true, skip_empty_lines: true, trim: true }));
  let any = false;
  try {
    for await (const raw of parser) {
      const { record, info } = recordSchema.parse(raw);
      if (record.every((cell) => cell === '')) continue;
      any = true;
      yield { at: `${path} line ${info.lines}`, cells: record };
    }
  } catch (error) {
    if (error instanceof CsvError) {
      const lines: unknown = error['lines'];
      throw new InputError(`${path} line ${typeof lines === 'number' ? lines : '?'}: ${error.message}. ${await wayOut(path)}`);
    }
    throw error;
  }
  if (!any) throw new InputError(`${path} line 1: the file is empty; a heading with the names of its columns is needed.`);
}

/** What to do about a file that does not read as CSV. */
async function wayOut(path: string): Promise<string> {
  const begins = await beginningOf(path, 64);
  if (/^\s*[[{]/.test(begins)) return 'It looks like JSON; save it as CSV, with a heading and a line an order.';
  return 'Quotes stand around a whole field and are doubled within it ("a ""b"" c"); one that was opened has to be closed.';
}

async function delimiterOf(path: string): Promise<string> {
  const heading = (await beginningOf(path, 65_536)).replaceAll(/"[^"]*"/g, '').trimStart().split(/[\r\n]/)[0] ?? '';
  let best: string = ',';
  for (const each of DELIMITERS) if (heading.split(each).length > heading.split(best).length) best = each;
  return best;
}

/** @throws InputError for a spreadsheet, which is no text */
async function beginningOf(path: string, length: number): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
    if (buffer.subarray(0, 4).equals(ZIP) || buffer.subarray(0, 4).equals(OLE)) throw new InputError(`${path}: this is a spreadsheet or an archive, not text. Open it and save the sheet as CSV.`);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await file.close();
  }
}

/** A name as it is compared: lower case, words joined by `_`. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[\s-]+/g, '_');
}

export function columnNames(heading: readonly string[]): string[] {
  return heading.map(plainName);
}
