/** Columns of a batch as Postgres arrays: `unnest` of arrays beats VALUES and jsonb. */
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';

type ArrayType = 'int' | 'smallint' | 'bigint' | 'real' | 'float8' | 'text' | 'uuid' | 'bool' | 'timestamptz' | 'date' | 'jsonb';
type Cell = string | number | boolean | null;

/** One array literal parameter: drivers disagree on how to send nested arrays, text they all send alike. */
export function pgArray(type: ArrayType, values: readonly Cell[]): SQL {
  return sql`${arrayLiteral(values)}::${sql.raw(type)}[]`;
}

function arrayLiteral(values: readonly Cell[]): string {
  let out = '{';
  for (let i = 0; i < values.length; i++) {
    if (i > 0) out += ',';
    const value = values[i];
    if (value === null || value === undefined) out += 'NULL';
    else if (typeof value === 'string') out += `"${value.replaceAll('\u0000', '').replace(/(["\\])/g, '\\$1')}"`;
    else out += String(value);
  }
  return out + '}';
}

/** `unnest` of named columns as a table expression: `unnest($1::int[], …) as alias(a, …)`. */
export function unnest(alias: string, columns: readonly (readonly [name: string, type: ArrayType, values: readonly Cell[]])[]): SQL {
  const arrays = sql.join(columns.map(([, type, values]) => pgArray(type, values)), sql`, `);
  const names = columns.map(([name]) => name).join(', ');
  return sql`unnest(${arrays}) as ${sql.raw(`${alias}(${names})`)}`;
}
