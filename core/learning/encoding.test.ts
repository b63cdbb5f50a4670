import { describe, expect, it } from 'vitest';
import { encode, encodingSchema, fitEncoding, MOST_LEVELS, unseenLevels } from './encoding.ts';
import type { Column, Table } from './table.ts';

function text(name: string, cells: readonly string[]): Column {
  const levels = [...new Set(cells.filter((cell) => cell !== ''))];
  return { kind: 'category', name, levels, codes: Int32Array.from(cells, (cell) => levels.indexOf(cell)) };
}

function table(...columns: Column[]): Table {
  const [first] = columns;
  return { rows: first?.kind === 'number' ? first.values.length : (first?.codes.length ?? 0), columns };
}

describe('encoding', () => {
  it('gives each level a column, blanks one of their own, and finds levels by name whatever their code', () => {
    const { encoding } = fitEncoding(table(text('plan', ['basic', 'pro', 'basic', ''])));
    const matrix = encode(encoding, table(text('plan', ['pro', 'basic', '', 'pro'])));
    expect(matrix.names).toEqual(['plan=basic', 'plan=pro', 'plan=(blank)']);
    expect(matrix.columns.map((column) => [...column])).toEqual([[0, 1, 0, 0], [1, 0, 0, 1], [0, 0, 1, 0]]);
    expect(matrix.source).toEqual([0, 0, 0]);
  });

  it('a level the fit did not see is none of the known ones, and is counted', () => {
    const { encoding } = fitEncoding(table(text('plan', ['basic', 'pro'])));
    const later = table(text('plan', ['gold', 'pro', '']));
    expect(encode(encoding, later).columns.map((column) => [...column])).toEqual([[0, 0, 0], [0, 1, 0]]);
    expect(unseenLevels(encoding, later)).toEqual([{ name: 'plan', rows: 2 }]);
  });

  it('rare levels share a column, and so do later unknown ones', () => {
    const cells = Array.from({ length: 400 }, (_, i) => `city ${i % 40}`);
    const { encoding } = fitEncoding(table(text('city', cells)));
    const matrix = encode(encoding, table(text('city', ['city 0', 'nowhere'])));
    expect(matrix.names.length).toBe(MOST_LEVELS + 1);
    expect(matrix.columns.at(-1)).toEqual(Uint8Array.of(0, 1));
    expect(unseenLevels(encoding, table(text('city', ['nowhere'])))).toEqual([]);
  });

  it('leaves out constants, empty columns and identifiers, each with a note', () => {
    const ids = Array.from({ length: 30 }, (_, i) => `id ${i}`);
    const { encoding, notes } = fitEncoding(table(
      { kind: 'number', name: 'seven', values: new Float64Array(30).fill(7) },
      { kind: 'number', name: 'empty', values: new Float64Array(30).fill(NaN) },
      text('id', ids), text('same', ids.map(() => 'x')), text('nothing', ids.map(() => '')),
      { kind: 'number', name: 'some', values: new Float64Array(30).map((_, i) => (i < 3 ? NaN : 1)) },
    ));
    expect(encoding.columns.map(({ name }) => name)).toEqual(['some']);
    expect(notes).toHaveLength(5);
    expect(notes.find((note) => note.startsWith('id '))).toMatch(/as an identifier is/);
    expect(encodingSchema.parse(JSON.parse(JSON.stringify(encoding)))).toEqual(encoding);
  });

  it('refuses a table that lacks a column or holds text for a number', () => {
    const { encoding } = fitEncoding(table({ kind: 'number', name: 'age', values: Float64Array.of(1, 2) }));
    expect(() => encode(encoding, table(text('plan', ['a', 'b'])))).toThrow(/Column age is missing/);
    expect(() => encode(encoding, table(text('age', ['a', 'b'])))).toThrow(/age holds text/);
  });

  it('reads numbers as text where the model was fitted on text', () => {
    const { encoding } = fitEncoding(table(text('code', ['1', '2', 'x', '1'])));
    const matrix = encode(encoding, table({ kind: 'number', name: 'code', values: Float64Array.of(2, 1, NaN) }));
    expect(matrix.columns.map((column) => [...column])).toEqual([[0, 1, 0], [1, 0, 0], [0, 0, 0]]);
  });
});
