/** What learned models are fitted on: columns of numbers or categories, one entry a customer. */

/** NaN is missing. */
export interface NumberColumn {
  kind: 'number';
  name: string;
  values: Float64Array;
}

/** A code is an index into `levels`; −1 is missing. */
export interface CategoryColumn {
  kind: 'category';
  name: string;
  codes: Int32Array;
  levels: string[];
}

export type Column = NumberColumn | CategoryColumn;

export interface Table {
  rows: number;
  columns: Column[];
}

/** The rows of `table` that `index` names, in its order; a row may come more than once. */
export function takeRows(table: Table, index: Int32Array): Table {
  const columns = table.columns.map((column): Column =>
    column.kind === 'number' ? { ...column, values: takeValues(column.values, index) } : { ...column, codes: index.map((i) => column.codes[i] ?? -1) },
  );
  return { rows: index.length, columns };
}

/** The same for one column of numbers. */
export function takeValues(values: ArrayLike<number>, index: Int32Array): Float64Array {
  const taken = new Float64Array(index.length);
  for (let i = 0; i < index.length; i++) taken[i] = values[index[i] ?? 0] ?? NaN;
  return taken;
}
