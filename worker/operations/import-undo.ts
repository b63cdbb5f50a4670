/** Undoing an import: what it brought first is taken out of the books again, in the background. */
import { AppError } from '#core/errors';
import { countBrought, markUndoing, markUndone, removeStep } from '#data/import-undo';
import { releaseImport } from '#data/import-run';
import { readImport } from '#data/imports';
import type { TenantContext } from '#worker/ports';
import { audited } from './audit.ts';
import { requirePermission } from './permissions.ts';
import { requireState, scorePending, WAVE } from './scoring.ts';
import type { ImportView } from './import-views.ts';

/** Records taken out in one transaction. */
const STEP = 1000;
/** One job works this long at most. */
const LONGEST_MS = 60_000;

export interface UndoPreview {
  /** Sales and refunds that would be taken out. */
  removes: number;
  /** Brought by the import too, but the platform itself has told of them since. */
  stays: number;
  /** Brought by it too, but part of the sums of closed days by now: what they were worth stays. */
  closed: number;
}

/** What undoing the import would do. */
export async function previewUndo(ctx: TenantContext, id: string): Promise<UndoPreview> {
  requirePermission(ctx, 'imports:read');
  if ((await readImport(ctx.db, id)) === null) throw new AppError('not_found', 'There is no such import');
  return await countBrought(ctx.db, id);
}

/**
 * Starts to take out every sale and refund that the import was the first to bring.
 * @throws AppError `conflict` while it is being read, and once it was undone
 */
export async function undoImport(ctx: TenantContext, id: string): Promise<ImportView> {
  requirePermission(ctx, 'imports:undo');
  const started = await markUndoing(audited(ctx, { action: 'import.undone', target: { kind: 'import', id } }).db, id);
  const view = await readImport(ctx.db, id);
  if (view === null) throw new AppError('not_found', 'There is no such import');
  // Asked twice, it is under way.
  if (!started && view.state !== 'undoing') {
    throw new AppError('conflict', view.state === 'undone' ? 'This import has been undone already' : 'This import is still being read; cancel it first');
  }
  await ctx.jobs.enqueue({ type: 'import', companyId: ctx.companyId, importId: id });
  ctx.log.info('import.undo', { importId: id });
  return view;
}

/** Works on it until nothing is left or time is up. Answers whether there is more to do. */
export async function removeBrought(ctx: TenantContext, importId: string, token: string): Promise<boolean> {
  const started = ctx.clock.now().getTime();
  const state = await requireState(ctx);
  for (;;) {
    const step = await removeStep(ctx.db, importId, token, STEP, WAVE);
    ctx.failpoints.reach('after-undo-step');
    await scorePending(ctx, state, step.unscored);
    if (step.removed === 0) break;
    await ctx.live.publish([{ type: 'import', importId, state: 'undoing', linesRead: 0, linesTotal: null, rejected: 0 }]);
    if (ctx.clock.now().getTime() - started > LONGEST_MS) {
      await releaseImport(ctx.db, importId, token);
      return true;
    }
  }
  await markUndone(ctx.db, importId, token);
  await ctx.live.publish([{ type: 'import', importId, state: 'undone', linesRead: 0, linesTotal: null, rejected: 0 }]);
  await ctx.jobs.enqueue({ type: 'refit', companyId: ctx.companyId });
  return false;
}
