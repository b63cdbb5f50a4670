/** Whom a list names: one a line, or a column of a CSV file. */
import { sampleCsv } from '#core/commerce/csv/dialect';
import { HEADINGS } from '#core/commerce/csv/fields';
import { CsvReader } from '#core/commerce/csv/reader';

/** Headings of a column with our own ids, which an export of ours has. */
const OUR_IDS = ['id'];

/**
 * E-mail addresses and ids in small letters, each once, in their order: of a file with a heading those of the column for
 * addresses, else for ids of customers, else of the first.
 */
export function namesOf(text: string): string[] {
  const bytes = new TextEncoder().encode(text.replace(/^\ufeff/, '').replaceAll(/\0/g, '').replaceAll(/\r\n?/g, '\n'));
  if (text.trim() === '') return [];
  const { format, header } = sampleCsv(bytes, true), reader = new CsvReader(format);
  const column = header === null ? null : columnOf(header);
  // One word over one column may be an id: a heading only where it is one that we know.
  const isHeaded = column !== null || (header?.length ?? 0) > 1;
  const rows = [...reader.push(bytes), ...reader.finish()].slice(isHeaded ? 1 : 0);
  return [...new Set(rows.map(({ cells }) => (cells[column ?? 0] ?? '').trim().toLowerCase()).filter((name) => name !== ''))];
}

function columnOf(header: readonly string[]): number | null {
  const words = header.map((cell) => cell.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim());
  for (const known of [HEADINGS.email, HEADINGS.customerId, OUR_IDS]) {
    const at = words.findIndex((word) => known.includes(word));
    if (at >= 0) return at;
  }
  return null;
}
