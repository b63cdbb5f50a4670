/** Records that no retry could save, with what was wrong: listed, mended, set aside. Replaying them is `replay.ts`. */
import { AppError } from '#core/errors';
import { discardDeadLetter, editDeadLetter, listDeadLetterRows, readDeadLetter, reopenDeadLetter } from '#data/dead-letters';
import type { Became, DeadLetterEntry, DeadLetterListRow } from '#data/dead-letters';
import type { Actor, TenantContext } from '#worker/ports';
import { audited } from './audit.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { requirePermission } from './permissions.ts';
import { tryReading } from './replay-reading.ts';
import type { Reading } from './replay-reading.ts';
import { requireState } from './scoring.ts';

const LARGEST_PAGE = 200;
/** As large as an inbox row. */
const LARGEST_PAYLOAD = 1_500_000;

export interface DeadLetterView {
  id: string;
  /** Where it came in: webhook, api, import or history. */
  door: string;
  source: string;
  deliveryId: string;
  topic: string;
  /** As received. */
  payload: string;
  edited: boolean;
  error: string;
  /** Failures have an `error`; what people did has an `event`. */
  history: DeadLetterEntry[];
  receivedAt: string;
  createdAt: string;
  resolvedAt: string | null;
  resolution: 'replayed' | 'discarded' | 'erased' | null;
  became: Became[];
}

export interface DeadLetterDetail extends DeadLetterView {
  editedPayload: string | null;
  headers: Record<string, string>;
  /** How the payload, as it stands now, would be read. */
  reading: Reading;
}

export interface DeadLetterPage {
  rows: DeadLetterView[];
  nextCursor: string | null;
  /** Open letters by source. */
  open: { source: string; count: number }[];
}

/** Newest first. @throws AppError `invalid_input` for a cursor that is not ours. */
export async function listDeadLetters(
  ctx: TenantContext, page: { limit?: number | undefined; state?: 'open' | 'resolved' | 'all' | undefined; source?: string | undefined; cursor?: string | undefined } = {},
): Promise<DeadLetterPage> {
  requirePermission(ctx, 'dead_letters:read');
  const limit = Math.min(page.limit ?? LARGEST_PAGE, LARGEST_PAGE);
  const { rows, open } = await listDeadLetterRows(ctx.db, { state: page.state ?? 'open', source: page.source ?? null }, { limit: limit + 1, afterId: page.cursor === undefined ? null : decodeCursor(page.cursor).id });
  const last = rows[limit - 1];
  return {
    rows: rows.slice(0, limit).map(viewOf),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(null, last.id) : null,
    open: open.map(({ source, n }) => ({ source, count: n })),
  };
}

/** @throws AppError `not_found`. */
export async function getDeadLetter(ctx: TenantContext, id: string): Promise<DeadLetterDetail> {
  requirePermission(ctx, 'dead_letters:read');
  const [row, state] = await Promise.all([readDeadLetter(ctx.db, id), requireState(ctx)]);
  if (row === null) throw notFound();
  return { ...viewOf(row), editedPayload: row.edited_payload, headers: row.headers, reading: tryReading(row, state.currency) };
}

/**
 * Keeps a mended payload beside the original, which stays; null goes back to it.
 * @throws AppError `invalid_input` saying where the JSON breaks off, `conflict` when the letter is resolved or being replayed, `not_found`.
 */
export async function mendDeadLetter(ctx: TenantContext, id: string, payload: string | null): Promise<DeadLetterDetail> {
  requirePermission(ctx, 'dead_letters:write');
  if (payload !== null) requireJson(payload);
  const made = entryOf(ctx, payload === null ? 'restored' : 'edited');
  await requireChanged(ctx, id, await editDeadLetter(audited(ctx, { action: 'dead_letter.mended', target: { kind: 'dead_letter', id }, detail: { event: made.event } }).db, id, payload, made), 'open');
  return await getDeadLetter(ctx, id);
}

/** Sets it aside for good; it can be taken up again. @throws AppError `conflict`, `not_found`. */
export async function discardLetter(ctx: TenantContext, id: string, reason: string): Promise<DeadLetterDetail> {
  requirePermission(ctx, 'dead_letters:write');
  const made = entryOf(ctx, 'discarded', reason.trim());
  await requireChanged(ctx, id, await discardDeadLetter(audited(ctx, { action: 'dead_letter.discarded', target: { kind: 'dead_letter', id }, detail: { reason } }).db, id, made.at, made), 'open');
  ctx.log.info('dead_letter.discarded', { deadLetterId: id });
  return await getDeadLetter(ctx, id);
}

/** Takes a discarded one up again. @throws AppError `conflict`, `not_found`. */
export async function reopenLetter(ctx: TenantContext, id: string): Promise<DeadLetterDetail> {
  requirePermission(ctx, 'dead_letters:write');
  await requireChanged(ctx, id, await reopenDeadLetter(audited(ctx, { action: 'dead_letter.reopened', target: { kind: 'dead_letter', id } }).db, id, entryOf(ctx, 'reopened')), 'discarded');
  return await getDeadLetter(ctx, id);
}

function requireJson(payload: string): void {
  if (payload.length > LARGEST_PAYLOAD) throw new AppError('too_large', 'A payload has at most 1.5 million characters');
  try {
    JSON.parse(payload);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : 'Not JSON';
    throw new AppError('invalid_input', `This is not JSON: ${message}`, { cause, errors: [{ path: 'payload', message }] });
  }
}

async function requireChanged(ctx: TenantContext, id: string, changed: boolean, expected: 'open' | 'discarded'): Promise<void> {
  if (changed) return;
  const row = await readDeadLetter(ctx.db, id);
  if (row === null) throw notFound();
  const is = row.resolution === null ? 'open, or being replayed just now' : row.resolution;
  throw new AppError('conflict', expected === 'open' ? `This one is ${is}: nothing was changed` : `Only a discarded one can be taken up again; this one is ${is}`);
}

function notFound(): AppError {
  return new AppError('not_found', 'There is no such dead letter');
}

/** Who did what, for the history. */
export function entryOf(ctx: TenantContext, event: NonNullable<DeadLetterEntry['event']>, detail?: string): DeadLetterEntry & { at: string } {
  return { at: ctx.clock.now().toISOString(), event, by: nameOf(ctx.actor), ...(detail === undefined || detail === '' ? {} : { detail }) };
}

function nameOf(actor: Actor): string {
  switch (actor.kind) {
    case 'user': return actor.email;
    case 'api_key': return `API key ${actor.name}`;
    case 'operator':
    case 'system': return actor.kind;
  }
}

function viewOf(row: DeadLetterListRow): DeadLetterView {
  const { id, door, source, topic, payload, edited, error, history, resolution, became } = row;
  return {
    id, door, source, topic, payload, edited, error, history, resolution, became,
    deliveryId: row.delivery_id, receivedAt: row.received_at, createdAt: row.created_at, resolvedAt: row.resolved_at,
  };
}
