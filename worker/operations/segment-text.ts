/** The text form of filters, with segments by their names. */
import { AppError } from '#core/errors';
import type { Filter } from '#core/segments/filter';
import { parseFilter, printFilter } from '#core/segments/text';
import { readSegmentNames } from '#data/segments';
import type { TenantContext } from '#worker/ports';
import { requirePermission } from './permissions.ts';

/** By id what filters may name: segments, and lists whose own segment is archived. */
export async function segmentNames(ctx: TenantContext): Promise<Map<string, string>> {
  requirePermission(ctx, 'segments:read');
  return readSegmentNames(ctx.db);
}

/** @throws AppError `invalid_input` with line, column and what was expected there */
export async function readFilterText(ctx: TenantContext, text: string): Promise<Filter> {
  requirePermission(ctx, 'segments:read');
  const parsed = parseFilter(text, await readSegmentNames(ctx.db));
  if (parsed.ok) return parsed.filter;
  const message = `Line ${String(parsed.line)}, column ${String(parsed.column)}: ${parsed.message}${parsed.expected.length === 0 ? '' : `. Expected ${parsed.expected.join(', ')}`}`;
  throw new AppError('invalid_input', message, { errors: [{ path: 'text', message }] });
}

/** Of many filters, with one look at the names. */
export async function filterTexts(ctx: TenantContext, filters: readonly Filter[]): Promise<string[]> {
  requirePermission(ctx, 'segments:read');
  const names = await readSegmentNames(ctx.db);
  return filters.map((one) => printFilter(one, names));
}
