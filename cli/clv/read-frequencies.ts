/** Histories already counted by period, `frequency,recency,periods,weights`: the other input of BG/BB. */
import { createReadStream } from 'node:fs';
import { CsvError, parse } from 'csv-parse';
import { z } from 'zod';
import { InputError } from './input-error.ts';

const recordSchema = z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) });
const NEEDED = ['frequency', 'recency', 'periods'] as const;

/** Header names as they are compared: lower case, underscores. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[\s-]+/g, '_');
}

export interface Frequencies {
  x: Float64Array;
  tx: Float64Array;
  T: Float64Array;
  weights: Float64Array;
}

/** Whether the first line of `path` names frequencies and no order's date. */
export async function hasFrequencies(path: string): Promise<boolean> {
  const parser = createReadStream(path).pipe(parse({ bom: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true, trim: true, to: 1 }));
  for await (const raw of parser) {
    const names = z.array(z.string()).parse(raw).map(plainName);
    return NEEDED.every((name) => names.includes(name)) && !names.includes('date');
  }
  return false;
}

/** Rows in the file's order. @throws InputError naming the line, what is wrong and what would be right. */
export async function readFrequencies(path: string): Promise<Frequencies> {
  const columns: number[][] = [[], [], [], []];
  let at: number[] | undefined;
  const parser = createReadStream(path).pipe(parse({ bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true }));
  try {
    for await (const raw of parser) {
      const { record, info } = recordSchema.parse(raw);
      if (!at) {
        const names = record.map(plainName);
        at = [...NEEDED, 'weights'].map((name) => names.indexOf(name));
        continue;
      }
      const where = `${path} line ${info.lines}`;
      const read = (i: number, name: string): number => {
        const text = record[at?.[i] ?? -1] ?? (name === 'weights' ? '1' : '');
        const value = Number(text);
        if (text === '' || !Number.isFinite(value) || value < 0 || (name !== 'weights' && !Number.isInteger(value))) throw new InputError(`${where}: ${name} must be a ${name === 'weights' ? '' : 'whole '}number of at least 0, not "${text}".`);
        return value;
      };
      const [x, tx, T, weight] = [read(0, 'frequency'), read(1, 'recency'), read(2, 'periods'), read(3, 'weights')];
      if (tx > T) throw new InputError(`${where}: recency ${tx} lies past the last of ${T} periods; it is the period of the last transaction, counted from the first.`);
      if (x > tx || (x === 0 && tx > 0)) throw new InputError(`${where}: frequency ${x} does not fit recency ${tx}: there is at most one transaction a period, and recency is the period of the last of them (0 without any).`);
      columns[0]?.push(x);
      columns[1]?.push(tx);
      columns[2]?.push(T);
      columns[3]?.push(weight);
    }
  } catch (error) {
    if (error instanceof CsvError) throw new InputError(`${path}: ${error.message}`);
    throw error;
  }
  const [x = [], tx = [], T = [], weights = []] = columns;
  if (weights.reduce((sum, weight) => sum + weight, 0) <= 0) throw new InputError(`${path} line 2: there is a header but no customer.`);
  return { x: Float64Array.from(x), tx: Float64Array.from(tx), T: Float64Array.from(T), weights: Float64Array.from(weights) };
}
