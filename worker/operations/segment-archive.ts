/** Segments that were archived: found again, to be looked at or brought back. */
import { AppError } from '#core/errors';
import { countArchivedRows, listArchivedRows } from '#data/segments';
import type { ArchivedPlace } from '#data/segments';
import type { TenantContext } from '#worker/ports';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { requirePermission } from './permissions.ts';
import { INSTANT_TEXT, sizeOf } from './segment-members.ts';
import type { PageInput } from './segment-members.ts';
import { toView } from './segments.ts';
import type { SegmentView } from './segment-views.ts';

export interface ArchivedSegments {
  /** The latest archived first. */
  rows: SegmentView[];
  nextCursor: string | null;
}

/** @throws AppError `invalid_input` for a cursor that is not ours */
export async function listArchivedSegments(ctx: TenantContext, page: PageInput = {}): Promise<ArchivedSegments> {
  requirePermission(ctx, 'segments:read');
  const limit = sizeOf(page), place = page.cursor === undefined ? null : placeOf(page.cursor);
  const rows = await listArchivedRows(ctx.db, place, limit + 1), last = rows[limit - 1];
  return { rows: rows.slice(0, limit).map(toView), nextCursor: rows.length > limit && last !== undefined ? encodeCursor(last.place, last.id) : null };
}

function placeOf(cursor: string): ArchivedPlace {
  const { value, id } = decodeCursor(cursor);
  if (value === null || !INSTANT_TEXT.test(value)) throw new AppError('invalid_input', 'The cursor is not one of ours', { errors: [{ path: 'cursor', message: 'Send the nextCursor of the page before' }] });
  return { at: value, id };
}

/** How many there are to be brought back. */
export async function countArchivedSegments(ctx: TenantContext): Promise<number> {
  requirePermission(ctx, 'segments:read');
  return countArchivedRows(ctx.db);
}
