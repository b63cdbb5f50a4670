/** What a command found, as lines for people or as one JSON document for programs. */
import process from 'node:process';
import { writeFile } from 'node:fs/promises';

export type Cell = string | number;

/** Nested results as indented `key: value` lines; numbers with six significant digits where they are not whole. */
function printLines(value: unknown, indent = ''): string {
  if (Array.isArray(value)) return value.map((each) => `${indent}- ${scalar(each)}\n`).join('');
  if (typeof value !== 'object' || value === null) return `${indent}${scalar(value)}\n`;
  return Object.entries(value)
    .map(([key, inner]) => {
      if (Array.isArray(inner) && inner.length === 0) return `${indent}${key}: none\n`;
      return typeof inner === 'object' && inner !== null ? `${indent}${key}:\n${printLines(inner, `${indent}  `)}` : `${indent}${key}: ${scalar(inner)}\n`;
    })
    .join('');
}

function scalar(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(Math.abs(value) >= 1e6 ? 12 : 8)));
  return value === null ? 'none' : typeof value === 'string' ? value : JSON.stringify(value);
}

export function print(result: Record<string, unknown>, json: boolean): void {
  process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : printLines(result));
}

/** Write rows as CSV with a header; text that needs quotes gets them. */
export async function writeCsv(path: string, header: readonly string[], rows: Iterable<readonly Cell[]>): Promise<void> {
  const lines = [header.join(',')];
  for (const row of rows) lines.push(row.map(quoted).join(','));
  await writeFile(path, `${lines.join('\n')}\n`);
}

function quoted(cell: Cell): string {
  if (typeof cell === 'number') return String(Number(cell.toPrecision(12)));
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
