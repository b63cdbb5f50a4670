/** Numbers by row and column from any CSV file: what clustering of a ready table reads. */
import type { Feature } from '#core/clustering/prepare';
import { csvLines } from './csv-lines.ts';
import { InputError } from './input-error.ts';

export interface NumberTable {
  /** Row names: the id column, else the number of the row from 1. */
  ids: string[];
  features: Feature[];
  /** Known groups of a `label` column, one per row; null without one. */
  truth: string[] | null;
  notes: string[];
}

const ID_NAMES: readonly string[] = ['id', 'customer_id', 'customer', 'user_id'];

/**
 * Read a table with a heading. Columns that hold numbers throughout are features, or those that `wanted` names; the label
 * column and ids never are by themselves. Rows that lack a wanted number are left out and counted.
 * @throws InputError naming file and line
 */
export async function readNumbers(path: string, wanted: readonly string[] | null, labelName: string): Promise<NumberTable> {
  const rows: { at: string; cells: string[] }[] = [];
  for await (const line of csvLines(path)) rows.push(line);
  const [head, ...body] = rows;
  if (!head || body.length === 0) throw new InputError(`${path} line 2: there is a heading but no row.`);
  const names = head.cells.map((cell) => cell.trim());
  const find = (name: string): number => names.findIndex((each) => each.toLowerCase() === name.toLowerCase());
  const label = find(labelName);
  const id = names.findIndex((name) => ID_NAMES.includes(name.toLowerCase().replaceAll(/[\s-]+/g, '_')));
  const notes: string[] = [];
  let columns: number[];
  if (wanted) {
    columns = wanted.map((name) => {
      const at = find(name);
      if (at < 0) throw new InputError(`--features: there is no column "${name}"; found ${names.join(', ')}.`);
      const bad = body.find(({ cells }) => number(cells[at]) === null && (cells[at] ?? '') !== '');
      if (bad) throw new InputError(`${bad.at}: ${name} must be a number, not "${bad.cells[at] ?? ''}".`);
      return at;
    });
  } else {
    columns = names.flatMap((_, at) => {
      if (at === label || at === id) return [];
      const filled = body.filter(({ cells }) => (cells[at] ?? '') !== '');
      return filled.length > 0 && filled.every(({ cells }) => number(cells[at]) !== null) ? [at] : [];
    });
    const left = names.filter((_, at) => at !== label && at !== id && !columns.includes(at));
    if (left.length > 0) notes.push(`Columns without numbers are left out: ${left.join(', ')}`);
  }
  if (columns.length === 0) throw new InputError(`${path}: no column holds numbers; found ${names.join(', ')}.`);
  const kept = body.map((row, i) => ({ cells: row.cells, row: i + 1 })).filter(({ cells }) => columns.every((at) => number(cells[at]) !== null));
  if (kept.length < body.length) notes.push(`${body.length - kept.length} rows that lack a number were left out`);
  if (kept.length === 0) throw new InputError(`${path}: no row has a number in each of ${columns.map((at) => names[at]).join(', ')}.`);
  return {
    ids: kept.map(({ cells, row }) => (id >= 0 ? (cells[id] ?? '') : String(row))),
    features: columns.map((at) => ({ name: names[at] ?? '', values: Float64Array.from(kept, ({ cells }) => number(cells[at]) ?? 0) })),
    truth: label >= 0 ? kept.map(({ cells }) => cells[label] ?? '') : null,
    notes,
  };
}

function number(cell: string | undefined): number | null {
  if (cell === undefined || cell === '') return null;
  const value = Number(cell);
  return Number.isFinite(value) ? value : null;
}
