/** Members of a segment, its comings and goings, and the segments of one customer. */
import { z } from 'zod';
import { AppError } from '#core/errors';
import { listChangeRows, listMemberRows, listSegmentsOfCustomer } from '#data/segment-reads';
import type { ChangePlace, CustomerSegmentRow, SegmentChangeRow, SegmentMemberRow } from '#data/segment-reads';
import { customerExists } from '#data/customers';
import type { TenantContext } from '#worker/ports';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { requirePermission } from './permissions.ts';
import { requireState } from './scoring.ts';
import { requireSegment } from './segments.ts';

const PAGE = 50;
const LARGEST = 1_000;

export interface PageInput {
  cursor?: string | undefined;
  limit?: number | undefined;
}

export const sizeOf = ({ limit }: PageInput): number => Math.min(LARGEST, Math.max(1, Math.trunc(limit ?? PAGE)));

export interface SegmentMembersPage {
  currency: string;
  rows: SegmentMemberRow[];
  nextCursor: string | null;
}

/** In an order that stays while people come and go. @throws AppError `not_found`, `invalid_input` for a cursor that is not ours */
export async function listSegmentCustomers(ctx: TenantContext, id: string, page: PageInput = {}): Promise<SegmentMembersPage> {
  requirePermission(ctx, 'segments:read');
  requirePermission(ctx, 'customers:read');
  const limit = sizeOf(page);
  const after = page.cursor === undefined ? null : decodeCursor(page.cursor).id;
  const [state, segment] = await Promise.all([requireState(ctx), requireSegment(ctx, id)]);
  const rows = await listMemberRows(ctx.db, segment.id, after, limit + 1);
  const last = rows[limit - 1];
  return { currency: state.currency, rows: rows.slice(0, limit), nextCursor: rows.length > limit && last !== undefined ? encodeCursor(null, last.id) : null };
}

export interface SegmentHistoryPage {
  rows: SegmentChangeRow[];
  nextCursor: string | null;
}

/** Newest first, also of an archived segment. @throws AppError `not_found`, `invalid_input` for a cursor that is not ours */
export async function segmentHistory(ctx: TenantContext, id: string, page: PageInput = {}): Promise<SegmentHistoryPage> {
  requirePermission(ctx, 'segments:read');
  requirePermission(ctx, 'customers:read');
  const limit = sizeOf(page);
  const before = page.cursor === undefined ? null : placeOf(page.cursor);
  const segment = await requireSegment(ctx, id);
  const rows = await listChangeRows(ctx.db, segment.id, before, limit + 1);
  const last = rows[limit - 1];
  return {
    rows: rows.slice(0, limit).map(({ place: _, ...row }) => row),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(`${String(last.seq)} ${last.place}`, last.customerId) : null,
  };
}

/** As Postgres writes an instant in a cursor. */
export const INSTANT_TEXT = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?[+-]\d\d(?::\d\d)?$/;
const placeText = new RegExp(`^(\\d{1,15}) (${INSTANT_TEXT.source.slice(1, -1)})$`);

function placeOf(cursor: string): ChangePlace {
  const { value, id } = decodeCursor(cursor);
  const [, seq, at] = placeText.exec(value ?? '') ?? [];
  if (seq === undefined || at === undefined) {
    throw new AppError('invalid_input', 'The cursor is not one of ours', { errors: [{ path: 'cursor', message: 'Send the nextCursor of the page before' }] });
  }
  return { at, customerId: id, seq: Number(seq) };
}

/** Those she is in first; of every segment what happened last between them. @throws AppError `not_found` */
export async function segmentsOfCustomer(ctx: TenantContext, customerId: string): Promise<CustomerSegmentRow[]> {
  requirePermission(ctx, 'segments:read');
  requirePermission(ctx, 'customers:read');
  const [rows, exists] = z.uuid().safeParse(customerId).success ? await Promise.all([listSegmentsOfCustomer(ctx.db, customerId), customerExists(ctx.db, customerId)]) : [[], false];
  if (!exists) throw new AppError('not_found', 'There is no such customer');
  return rows;
}
