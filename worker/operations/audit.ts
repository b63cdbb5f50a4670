/** Who did what: entries written in the transaction of the deed itself, read, filtered and exported. */
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { AUDIT_ACTIONS, isAuditAction } from '#core/audit/actions';
import type { AuditAction } from '#core/audit/actions';
import { AppError, assertNever } from '#core/errors';
import { auditStatement, keepAuditEntry, listAuditRows } from '#data/audit';
import type { AuditRow, NewAuditEntry } from '#data/audit';
import type { TenantDb } from '#data/tenant';
import type { Actor, Clock, AskedFrom, TenantContext } from '#worker/ports';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { requirePermission } from './permissions.ts';

export interface Deed {
  action: AuditAction;
  /** What it was done to. Names of customers never: who is erased must not live on here. */
  target?: { kind: string; id?: string | null; name?: string | null };
  /** What else is worth knowing: settings that changed, counts. Never secrets. */
  detail?: Record<string, unknown>;
}

type Doer = Pick<TenantContext, 'actor' | 'askedFrom' | 'clock' | 'db'>;

/**
 * The same context, whose first transaction that changes something also keeps what was done. Pass it to the writes of
 * one operation: they leave one entry together, none when nothing was changed, and cost no further round trip.
 * What the machine does by itself is told by its runs instead.
 */
export function audited<C extends Doer>(ctx: C, deed: Deed): C {
  const entry = entryOf(ctx, deed);
  return entry === null ? ctx : { ...ctx, db: ctx.db.noting(auditStatement(ctx.db.companyId, entry, true)) };
}

/** For what changes nothing in Postgres: starting a night, looking at a secret. */
export async function keepDeed(ctx: Doer, deed: Deed): Promise<void> {
  const entry = entryOf(ctx, deed);
  if (entry !== null) await keepAuditEntry(ctx.db, entry);
}

/** As `audited`, before anybody is signed in: registering, joining. `who` is the account that comes of it. */
export function auditedAs(
  { db, askedFrom, clock }: { db: TenantDb; askedFrom: AskedFrom; clock: Clock }, who: { id: string; name: string | null }, deed: Deed,
): TenantDb {
  const actor: NewAuditEntry['actor'] = { kind: 'user', id: who.id, name: who.name, sessionId: null };
  return db.noting(auditStatement(db.companyId, newEntry(actor, askedFrom, clock, deed), true));
}

function entryOf(ctx: Doer, deed: Deed): NewAuditEntry | null {
  const actor = actorOf(ctx.actor);
  return actor === null ? null : newEntry(actor, ctx.askedFrom, ctx.clock, deed);
}

function newEntry(actor: NewAuditEntry['actor'], askedFrom: AskedFrom, clock: Clock, { action, target, detail }: Deed): NewAuditEntry {
  return {
    id: uuidv7(), at: clock.now().toISOString(), actor, action, askedFrom, detail: detail ?? {},
    target: target === undefined ? null : { kind: target.kind, id: target.id ?? null, name: target.name ?? null },
  };
}

/** How the one who asks is called; null for the machine and the operator. */
export function actorName(actor: Actor): string | null {
  return actorOf(actor)?.name ?? null;
}

function actorOf(actor: Actor): NewAuditEntry['actor'] | null {
  switch (actor.kind) {
    case 'user': return { kind: 'user', id: actor.userId, name: actor.email, sessionId: actor.sessionId };
    case 'api_key': return { kind: 'api_key', id: actor.keyId, name: actor.name, sessionId: null };
    case 'operator': return { kind: 'operator', id: null, name: null, sessionId: null };
    case 'system': return null;
    default: return assertNever(actor);
  }
}

const PAGE = 50;
const MOST = 1_000;

export const auditFilterSchema = z.strictObject({
  actor: z.uuid('The id of a member or an API key').optional(),
  action: z.string().max(60).refine((text) => isAuditAction(text) || KINDS.has(text), 'Not an action we know').optional(),
  target: z.string().max(200).optional(),
  from: z.iso.datetime({ offset: true, error: 'An instant such as 2026-03-01T00:00:00Z' }).optional(),
  to: z.iso.datetime({ offset: true, error: 'An instant such as 2026-03-01T00:00:00Z' }).optional(),
});
export type AuditFilterInput = z.infer<typeof auditFilterSchema>;

/** What stands before the dot of each action: `api_key`, `member`, … */
export const AUDIT_KINDS: readonly string[] = [...new Set(Object.keys(AUDIT_ACTIONS).map((action) => action.split('.')[0] ?? action))];
const KINDS = new Set(AUDIT_KINDS);

export interface AuditEntryView extends AuditRow {
  /** The action in words. */
  words: string;
}

export interface AuditPage {
  rows: AuditEntryView[];
  nextCursor: string | null;
}

/** Newest first. @throws AppError `invalid_input` for a cursor that is not ours. */
export async function listAudit(ctx: TenantContext, filter: AuditFilterInput, page: { cursor?: string | undefined; limit?: number | undefined } = {}): Promise<AuditPage> {
  requirePermission(ctx, 'audit:read');
  return await readPage(ctx, filter, page);
}

async function readPage(ctx: TenantContext, filter: AuditFilterInput, page: { cursor?: string | undefined; limit?: number | undefined }): Promise<AuditPage> {
  const limit = Math.min(page.limit ?? PAGE, MOST);
  const { actor: actorId, target: targetId, action, from, to } = filter;
  const found = await listAuditRows(ctx.db, { actorId, action, targetId, from, to }, limit + 1, page.cursor === undefined ? null : placeOf(page.cursor));
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows: rows.map(viewOf), nextCursor: found.length > limit && last !== undefined ? encodeCursor(last.at, last.id) : null };
}

function placeOf(cursor: string): { at: string; id: string } {
  const { value, id } = decodeCursor(cursor);
  if (value === null || !z.iso.datetime().safeParse(value).success) {
    throw new AppError('invalid_input', 'The cursor is not one of ours', { errors: [{ path: 'cursor', message: 'Send the nextCursor of the page before' }] });
  }
  return { at: value, id };
}

function viewOf(row: AuditRow): AuditEntryView {
  return { ...row, words: isAuditAction(row.action) ? AUDIT_ACTIONS[row.action] : row.action };
}

const EXPORTED_COLUMNS = ['at', 'who', 'who_kind', 'who_id', 'session', 'action', 'in_words', 'target_kind', 'target_id', 'target_name', 'detail', 'address', 'agent', 'request', 'entry', 'sealed_as'] as const;

export type AuditTable = { header: readonly string[]; pages: AsyncGenerator<(string | number | null)[][]> };

/** Everything the filter lets through, newest first, page by page; that it was exported is an entry as well. */
export async function exportAudit(ctx: TenantContext, filter: AuditFilterInput): Promise<AuditTable> {
  requirePermission(ctx, 'audit:read');
  await keepDeed(ctx, { action: 'audit.exported', detail: { ...filter } });
  return { header: EXPORTED_COLUMNS, pages: pagesOf(ctx, filter) };
}

async function* pagesOf(ctx: TenantContext, filter: AuditFilterInput): AsyncGenerator<(string | number | null)[][]> {
  let cursor: string | undefined;
  do {
    const page = await readPage(ctx, filter, { cursor, limit: MOST });
    yield page.rows.map((row) => [
      row.at, row.actorName, row.actorKind, row.actorId, row.sessionId, row.action, row.words, row.targetKind, row.targetId, row.targetName,
      JSON.stringify(row.detail), row.address, row.userAgent, row.requestId, row.id, row.sealedAs,
    ]);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}
