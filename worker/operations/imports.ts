/** Order files: taken in as a stream, listed, watched and cancelled; reading them is a job (import-file). */
import { v7 as uuidv7 } from 'uuid';
import type { MappingInput } from '#core/commerce/csv/mapping';
import { AppError } from '#core/errors';
import {
  insertAnyway, insertImport, listImportRows, listRejectionRows, listSkippedRows, markCancelled, markUploaded, markUploadFailed, readImport, takeOldFiles,
} from '#data/imports';
import type { TenantContext } from '#worker/ports';
import { audited } from './audit.ts';
import { requirePermission } from './permissions.ts';
import type { ImportRejection, ImportView, SkippedLine } from './import-views.ts';

const LISTED = 100;
/** Rejected or skipped lines a page. */
const LINES = 200;

export interface NewImport {
  name: string;
  mapping: MappingInput;
  body: ReadableStream<Uint8Array>;
  /** Null when the sender does not say. */
  size: number | null;
  contentType: string;
}

/**
 * Streams the file to storage and rings for it to be read.
 * @throws AppError `invalid_input` when the upload breaks off; the import is then listed as failed.
 */
export async function createImport(ctx: TenantContext, input: NewImport): Promise<ImportView> {
  requirePermission(ctx, 'imports:write');
  const id = uuidv7();
  const fileKey = `imports/${ctx.companyId}/${id}`;
  const createdBy = ctx.actor.kind === 'user' ? ctx.actor.userId : null;
  await insertImport(audited(ctx, { action: 'import.created', target: { kind: 'import', id, name: input.name } }).db, { id, name: input.name, fileKey, mapping: { ...input.mapping }, createdBy });
  let size: number;
  try {
    ({ size } = await ctx.files.put(fileKey, input.body, { contentType: input.contentType, size: input.size }));
    if (size === 0) throw new AppError('invalid_input', 'The file is empty');
  } catch (error) {
    await markUploadFailed(ctx.db, id, error instanceof AppError ? error.message : 'The upload broke off; send the file again');
    await ctx.files.remove(fileKey);
    if (error instanceof AppError) throw error;
    throw new AppError('invalid_input', 'The upload broke off; send the file again', { cause: error });
  }
  const view = await markUploaded(ctx.db, id, size);
  if (view === null) {
    await ctx.files.remove(fileKey);
    return await getImport(ctx, id);
  }
  await ctx.jobs.enqueue({ type: 'import', companyId: ctx.companyId, importId: id });
  ctx.log.info('import.uploaded', { importId: id, bytes: size });
  return view;
}

/** The newest hundred. */
export async function listImports(ctx: TenantContext): Promise<ImportView[]> {
  requirePermission(ctx, 'imports:read');
  return await listImportRows(ctx.db, LISTED);
}

export async function getImport(ctx: TenantContext, id: string): Promise<ImportView> {
  requirePermission(ctx, 'imports:read');
  const view = await readImport(ctx.db, id);
  if (view === null) throw new AppError('not_found', 'There is no such import');
  return view;
}

interface LinePage {
  /** The last line seen. */
  cursor?: string;
  limit?: number;
}

interface Lines<Line> {
  rows: Line[];
  nextCursor: string | null;
}

async function pageOfLines<Line extends { line: number }>(page: LinePage, read: (after: number, limit: number) => Promise<Line[]>): Promise<Lines<Line>> {
  const after = page.cursor === undefined ? 0 : Number(page.cursor);
  if (!Number.isSafeInteger(after) || after < 0 || after > 2_147_483_647) {
    throw new AppError('invalid_input', 'The cursor is not one of ours', { errors: [{ path: 'cursor', message: 'Send the nextCursor of the page before' }] });
  }
  const limit = Math.min(page.limit ?? LINES, LINES);
  const rows = await read(after, limit + 1);
  const shown = rows.slice(0, limit);
  return { rows: shown, nextCursor: rows.length > limit ? String(shown.at(-1)?.line ?? after) : null };
}

/** Lines that were refused, in the order of the file, each with its reason. */
export async function listRejections(ctx: TenantContext, id: string, page: LinePage = {}): Promise<Lines<ImportRejection>> {
  await getImport(ctx, id);
  return await pageOfLines(page, (after, limit) => listRejectionRows(ctx.db, id, after, limit));
}

/** The first thousand lines that were skipped because an earlier file had brought them, in the order of the file. */
export async function listSkipped(ctx: TenantContext, id: string, page: LinePage = {}): Promise<Lines<SkippedLine>> {
  await getImport(ctx, id);
  return await pageOfLines(page, (after, limit) => listSkippedRows(ctx.db, id, after, limit));
}

/**
 * Starts an import of its own that brings exactly the lines that import `id` skipped, as sales of their own. Asked
 * twice, it answers with the import that does so already.
 * @throws AppError `conflict` while the import is still read, or when it skipped nothing
 */
export async function importAnyway(ctx: TenantContext, id: string): Promise<ImportView> {
  requirePermission(ctx, 'imports:write');
  const origin = await getImport(ctx, id);
  if (origin.finishedAt === null) throw new AppError('conflict', 'This import is still being read; try again when it has ended');
  if (origin.state === 'undoing' || origin.state === 'undone') throw new AppError('conflict', 'This import was undone; upload the file again');
  if (origin.fileRemovedAt !== null) throw new AppError('conflict', 'The uploaded file was deleted meanwhile; upload it again');
  if (origin.skipped === 0) throw new AppError('conflict', 'This import skipped no line');
  const created = uuidv7();
  const view = await insertAnyway(audited(ctx, { action: 'import.repeated', target: { kind: 'import', id, name: origin.name }, detail: { lines: origin.skipped } }).db, { id: created, origin: id, createdBy: ctx.actor.kind === 'user' ? ctx.actor.userId : null });
  // Only when it was cancelled between the two statements of others.
  if (view === null) throw new AppError('conflict', 'This import was changed meanwhile; try again');
  if (view.id === created) {
    await ctx.jobs.enqueue({ type: 'import', companyId: ctx.companyId, importId: view.id });
    ctx.log.info('import.anyway', { importId: view.id, anywayOf: id, lines: origin.skipped });
  }
  return view;
}

/**
 * Stops an import; what it has read so far stays.
 * @throws AppError `conflict` when it has ended already.
 */
export async function cancelImport(ctx: TenantContext, id: string): Promise<ImportView> {
  requirePermission(ctx, 'imports:write');
  const before = await getImport(ctx, id);
  const cancelled = await markCancelled(audited(ctx, { action: 'import.cancelled', target: { kind: 'import', id, name: before.name } }).db, id);
  if (cancelled === null) throw new AppError('conflict', `This import has ended already (${before.state})`);
  await ctx.live.publish([{ type: 'import', importId: id, state: cancelled.state, linesRead: cancelled.linesRead, linesTotal: null, rejected: cancelled.rejected }]);
  return cancelled;
}

/** Deletes uploaded files that are no longer needed; what was read from them stays. For the night. Answers how many. */
export async function removeOldFiles(ctx: TenantContext): Promise<number> {
  // Marked first: a file that could not be deleted is a few cents, one that is gone and looked for is an error.
  const keys = await takeOldFiles(ctx.db, ctx.clock.now());
  for (const key of keys) await ctx.files.remove(key);
  return keys.length;
}
