/** From a table to plain numbers: categories become one column a level, by rules learned at the fit and kept for scoring. */
import { z } from 'zod';
import type { Column, Table } from './table.ts';

/** Levels of one category that get a column each; rarer ones share one. */
export const MOST_LEVELS = 32;

const columnSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('number'), name: z.string() }),
  z.strictObject({
    kind: z.literal('category'),
    name: z.string(),
    /** Those with a column each, commonest first; equals by name. */
    levels: z.array(z.string()),
    /** Whether one more column stands for rarer levels, and one for blanks. */
    rare: z.boolean(),
    blank: z.boolean(),
  }),
]);

export const encodingSchema = z.strictObject({ columns: z.array(columnSchema) });

/** Plain JSON; parse it back with `encodingSchema`. */
export type Encoding = z.infer<typeof encodingSchema>;

/** Numbers, NaN missing; or one byte a row, 0 or 1, for a level of a category: there may be hundreds of those. */
export type Values = Float64Array | Uint8Array;

/** Numbers by column. */
export interface Matrix {
  rows: number;
  names: string[];
  columns: Values[];
  /** For each column the index of the table's column it comes from, in the encoding's order. */
  source: number[];
}

/**
 * Learn how to encode tables like `table`. Columns that cannot tell customers apart (constant, empty, or text that is
 * different on nearly every row) are left out, each with a note.
 */
export function fitEncoding(table: Table): { encoding: Encoding; notes: string[] } {
  const columns: Encoding['columns'] = [];
  const notes: string[] = [];
  for (const column of table.columns) {
    const learned = column.kind === 'number' ? learnNumber(column.name, column.values) : learnCategory(column.name, column.codes, column.levels, table.rows);
    if (typeof learned === 'string') notes.push(`${column.name} is left out: ${learned}`);
    else columns.push(learned);
  }
  return { encoding: { columns }, notes };
}

function learnNumber(name: string, values: Float64Array): Encoding['columns'][number] | string {
  let first = NaN;
  let missing = false;
  let varies = false;
  for (const value of values) {
    if (Number.isNaN(value)) missing = true;
    else if (Number.isNaN(first)) first = value;
    else if (value !== first) varies = true;
  }
  if (Number.isNaN(first)) return 'it is empty';
  return varies || missing ? { kind: 'number', name } : `it is ${first} everywhere`;
}

function learnCategory(name: string, codes: Int32Array, known: readonly string[], rows: number): Encoding['columns'][number] | string {
  const counts = new Float64Array(known.length);
  let missing = 0;
  for (const code of codes) {
    if (code < 0) missing++;
    else counts[code] = (counts[code] ?? 0) + 1;
  }
  const present = known.map((level, code) => ({ level, count: counts[code] ?? 0 })).filter(({ count }) => count > 0);
  if (present.length === 0) return 'it is empty';
  if (present.length === 1 && missing === 0) return `it is "${present[0]?.level ?? ''}" everywhere`;
  if (present.length > 10 && present.length > rows / 2) return `it is different on nearly every row (${present.length} values on ${rows} rows), as an identifier is`;
  present.sort((a, b) => b.count - a.count || (a.level < b.level ? -1 : 1));
  return { kind: 'category', name, levels: present.slice(0, MOST_LEVELS).map(({ level }) => level), rare: present.length > MOST_LEVELS, blank: missing > 0 };
}

/** Columns of the matrix that `encode` makes. */
export function encodedWidth({ columns }: Encoding): number {
  return columns.reduce((sum, column) => sum + (column.kind === 'number' ? 1 : column.levels.length + Number(column.rare) + Number(column.blank)), 0);
}

/**
 * `table` as numbers by the rules of `encoding`; its columns are found by name. A level unknown to the encoding counts as
 * rare where there is such a column, else as none of the known ones.
 * @throws RangeError naming a column that is absent or of another kind.
 */
export function encode(encoding: Encoding, table: Table): Matrix {
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  const matrix: Matrix = { rows: table.rows, names: [], columns: [], source: [] };
  const add = (name: string, values: Values, source: number): void => {
    matrix.names.push(name);
    matrix.columns.push(values);
    matrix.source.push(source);
  };
  encoding.columns.forEach((rule, source) => {
    const column = byName.get(rule.name);
    if (!column) throw new RangeError(`Column ${rule.name} is missing: the model was fitted on ${encoding.columns.map(({ name }) => name).join(', ')}`);
    if (rule.kind === 'number') {
      if (column.kind !== 'number') throw new RangeError(`Column ${rule.name} holds text where the model was fitted on numbers`);
      add(rule.name, column.values, source);
      return;
    }
    const levels = textOf(column);
    const position = new Map(rule.levels.map((level, i) => [level, i]));
    const columnOf = Int32Array.from(levels.names, (level) => position.get(level) ?? (rule.rare ? rule.levels.length : -1));
    const blankAt = rule.levels.length + Number(rule.rare);
    const hot = Array.from({ length: blankAt + Number(rule.blank) }, () => new Uint8Array(table.rows));
    for (let i = 0; i < table.rows; i++) {
      const code = levels.codes[i] ?? -1;
      const at = code < 0 ? (rule.blank ? blankAt : -1) : (columnOf[code] ?? -1);
      const values = hot[at];
      if (values) values[i] = 1;
    }
    const names = [...rule.levels, ...(rule.rare ? ['(rare)'] : []), ...(rule.blank ? ['(blank)'] : [])];
    hot.forEach((values, k) => add(`${rule.name}=${names[k] ?? ''}`, values, source));
  });
  return matrix;
}

/** A text column whose file happens to hold only numbers is still text to a model that was fitted on text. */
function textOf(column: Column): { codes: Int32Array; names: string[] } {
  if (column.kind === 'category') return { codes: column.codes, names: column.levels };
  const index = new Map<number, number>();
  const codes = Int32Array.from(column.values, (value) => {
    if (Number.isNaN(value)) return -1;
    const code = index.get(value) ?? index.size;
    index.set(value, code);
    return code;
  });
  return { codes, names: Array.from(index.keys(), String) };
}

/** How many rows hold a level that the fit did not see, by column; only columns with any. */
export function unseenLevels(encoding: Encoding, table: Table): { name: string; rows: number }[] {
  return encoding.columns.flatMap((rule) => {
    const column = table.columns.find(({ name }) => name === rule.name);
    if (rule.kind !== 'category' || !column || rule.rare) return [];
    const { codes, names } = textOf(column);
    const known = new Set(rule.levels);
    const rows = codes.reduce((count, code) => count + Number(code < 0 ? !rule.blank : !known.has(names[code] ?? '')), 0);
    return rows > 0 ? [{ name: rule.name, rows }] : [];
  });
}

/** The rows of `matrix` that `index` names, in its order. */
export function takeMatrixRows(matrix: Matrix, index: Int32Array): Matrix {
  const columns = matrix.columns.map((values): Values => {
    const taken = values instanceof Uint8Array ? new Uint8Array(index.length) : new Float64Array(index.length);
    for (let i = 0; i < index.length; i++) taken[i] = values[index[i] ?? 0] ?? NaN;
    return taken;
  });
  return { ...matrix, rows: index.length, columns };
}
