/** A chosen file's columns as a person sees and corrects them. */
import type { FileSample } from '#core/commerce/csv/dialect';
import { FIELDS, type Field } from '#core/commerce/csv/fields';
import type { Mapping, MappingInput } from '#core/commerce/csv/mapping';

/** Everything said out loud, positions from 1, so that the server reads the file exactly as it was previewed. */
export function spelledOut(mapping: Mapping): MappingInput {
  const columns: NonNullable<MappingInput['columns']> = {};
  for (const field of FIELDS) {
    const at = mapping.columns[field];
    columns[field] = at === undefined ? null : at + 1;
  }
  const { format, sheet, preset, delimiter, encoding, header, dateFormat, decimalMark, amountOf, currency } = mapping;
  return { columns, format, sheet, preset, delimiter, encoding, header, dateFormat, decimalMark, amountOf, currency };
}

/** What is worth keeping for other files with the same headings: how they are read, not how they are packed. */
export function toKeep(mapping: Mapping): MappingInput {
  const { columns, header, preset, dateFormat, decimalMark, amountOf, currency } = spelledOut(mapping);
  return { columns, header, preset, dateFormat, decimalMark, amountOf, currency };
}

/** What the column holds, or null when it is not read. */
export function fieldOf(mapping: Mapping, column: number): Field | null {
  return FIELDS.find((field) => mapping.columns[field] === column) ?? null;
}

/** What was `said`, and that the column means `field` from now on; whichever held it before is free. */
export function withField(mapping: Mapping, said: MappingInput, column: number, field: Field | null): MappingInput {
  const { columns = {} } = spelledOut(mapping);
  const before = fieldOf(mapping, column);
  if (before !== null) columns[before] = null;
  if (field !== null) columns[field] = column + 1;
  // The form of the dates belonged to the old column.
  return { ...said, columns, dateFormat: field === 'date' || before === 'date' ? undefined : said.dateFormat };
}

/** The sample with its first row taken as headings, or as data. */
export function withHeader(sample: FileSample, header: boolean): FileSample {
  if (header === (sample.header !== null)) return sample;
  if (sample.header !== null) return { ...sample, header: null, rows: [sample.header, ...sample.rows] };
  const [first, ...rows] = sample.rows;
  return first === undefined ? sample : { ...sample, header: first.map((cell) => cell.trim()), rows };
}
