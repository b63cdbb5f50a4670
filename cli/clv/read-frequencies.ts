/** Histories already counted by period, `frequency,recency,periods,weights`: the other input of BG/BB. */
import { columnNames, csvLines } from './csv-lines.ts';
import { InputError } from './input-error.ts';

const NEEDED = ['frequency', 'recency', 'periods'] as const;

export interface Frequencies {
  x: Float64Array;
  tx: Float64Array;
  T: Float64Array;
  weights: Float64Array;
}

/** Whether the first line of `path` names frequencies and no order's date. */
export async function hasFrequencies(path: string): Promise<boolean> {
  for await (const { cells } of csvLines(path)) {
    const names = columnNames(cells);
    return NEEDED.every((name) => names.includes(name)) && !names.includes('date');
  }
  return false;
}

/** Rows in the file's order. @throws InputError naming the line, what is wrong and what would be right. */
export async function readFrequencies(path: string): Promise<Frequencies> {
  const columns: number[][] = [[], [], [], []];
  let at: number[] | undefined;
  for await (const { at: where, cells: record } of csvLines(path)) {
    if (!at) {
      const names = columnNames(record);
      at = [...NEEDED, 'weights'].map((name) => names.indexOf(name));
      continue;
    }
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
  const [x = [], tx = [], T = [], weights = []] = columns;
  if (weights.reduce((sum, weight) => sum + weight, 0) <= 0) throw new InputError(`${path} line 2: there is a header but no customer.`);
  return { x: Float64Array.from(x), tx: Float64Array.from(tx), T: Float64Array.from(T), weights: Float64Array.from(weights) };
}
