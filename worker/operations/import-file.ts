/** Takes an uploaded file into the books, batch by batch: whatever interrupts it, it goes on after the last committed line. */
import { v7 } from 'uuid';
import { importRows } from '#core/commerce/csv/import-rows';
import { guessMapping, mappingInputSchema, mappingSchema, requireUsable } from '#core/commerce/csv/mapping';
import type { Mapping } from '#core/commerce/csv/mapping';
import { rawRow } from '#core/commerce/csv/row';
import { RowIdentity } from '#core/commerce/csv/row-identity';
import { sampleFile } from '#core/commerce/files/sample';
import type { StoredFile } from '#core/commerce/files/stored-file';
import { LocalTime } from '#core/calendar/local-time';
import { AppError } from '#core/errors';
import { advanceImport, claimImport, endImport, fixMapping, holdImport, releaseImport } from '#data/import-run';
import type { ClaimedImport } from '#data/import-run';
import type { TenantContext } from '#worker/ports';
import { FILE_SOURCE, takeBatch, takeSkipped } from './import-batch.ts';
import { removeBrought } from './import-undo.ts';
import { requireState } from './scoring.ts';

const METRICS_AFTER_SECONDS = 20;
const BATCH_ROWS = 1000;
/** Skipped lines that are kept for people to look at; all are counted. */
const KEPT_SKIPPED = 1000;
/** Each job reads the file from its beginning: it meets again the rows of the jobs before, and some more. */
const A_LITTLE_MORE = 1.2;
/**
 * A job works for a minute once it is where the job before it stopped, or longer where getting there took long: else a
 * large file would be read from its beginning more often than it is taken in. Never so long that a queue would give it up.
 */
const SHORTEST_MS = 60_000;
const TIMES_THE_WAY = 4;
const LONGEST_MS = 600_000;
const HOLD_EVERY_MS = 15_000;

/**
 * Works on an import until it ends or time is up.
 * @returns whether there is more to do
 * @throws AppError `unavailable` after giving the import back
 */
export async function runImport(ctx: TenantContext, importId: string): Promise<boolean> {
  const token = v7();
  const claimed = await claimImport(ctx.db, importId, token);
  if (!claimed) return false;
  try {
    return claimed.state === 'undoing' ? await removeBrought(ctx, claimed.id, token) : await held(ctx, claimed.id, token, () => readOn(ctx, claimed, token));
  } catch (error) {
    if (error instanceof AppError && !error.retryable) {
      ctx.log.error('import.failed', { companyId: ctx.companyId, importId, error: error.message });
      await endImport(ctx.db, claimed.id, token, 'failed', error.message);
      await publish(ctx, claimed.id, 'failed', claimed.lines_read, claimed.rejected);
      return false;
    }
    await releaseImport(ctx.db, claimed.id, token).catch(() => undefined);
    throw error;
  }
}

/** Keeps the lease while the work goes on; it lapses when its worker dies. */
async function held<T>(ctx: TenantContext, id: string, token: string, work: () => Promise<T>): Promise<T> {
  const holding = setInterval(() => {
    // One that fails is made up for by the next, or by a batch.
    void holdImport(ctx.db, id, token).catch(() => undefined);
  }, HOLD_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(holding);
  }
}

async function readOn(ctx: TenantContext, claimed: ClaimedImport, token: string): Promise<boolean> {
  const started = ctx.clock.now().getTime();
  const state = await requireState(ctx);
  const file = storedFile(ctx, claimed);
  const mapping = await settleMapping(ctx, claimed, file);
  const context = {
    source: FILE_SOURCE, currency: state.currency, clock: new LocalTime(claimed.time_zone), now: Date.parse(claimed.uploaded_at),
    identity: new RowIdentity(claimed.lines_read * A_LITTLE_MORE),
  };
  let skipped = claimed.skipped;
  let endsAt: number | null = null;
  for await (const batch of importRows(file, mapping, context, { resumeAt: claimed.bytes_read, endAt: claimed.read_to, batchRows: BATCH_ROWS })) {
    endsAt ??= endOfWork(started, ctx.clock.now().getTime());
    const taken = claimed.anyway_of === null ? await takeBatch(ctx, state, claimed, batch, mapping) : await takeSkipped(ctx, state, claimed, claimed.anyway_of, batch);
    ctx.failpoints.reach('before-advance');
    const reached = await advanceImport(ctx.db, claimed.id, token, {
      source: FILE_SOURCE, position: batch.offset, fileRead: batch.bytes, linesRead: taken.lines, inserted: taken.inserted, unchanged: taken.unchanged, rejections: taken.rejections,
      skipped: taken.skipped.length,
      skippedLines: taken.skipped.slice(0, Math.max(0, KEPT_SKIPPED - skipped)).map(({ row }) => ({ line: row.line, raw: rawRow(row, mapping) })),
    });
    if (!reached) return false;
    skipped = reached.skipped;
    await publish(ctx, claimed.id, 'running', reached.lines_read, reached.rejected);
    if (ctx.clock.now().getTime() > endsAt) {
      await releaseImport(ctx.db, claimed.id, token);
      return true;
    }
  }
  await endImport(ctx.db, claimed.id, token, 'done', null);
  await publish(ctx, claimed.id, 'done', claimed.lines_read, claimed.rejected);
  await ctx.jobs.enqueue({ type: 'refit', companyId: ctx.companyId });
  // After the fit, which says in which segment everybody is.
  await ctx.jobs.enqueue({ type: 'metrics', companyId: ctx.companyId }, METRICS_AFTER_SECONDS);
  return false;
}

/** Until when a job works that began at `started` and has its first batch at `arrived`. */
function endOfWork(started: number, arrived: number): number {
  return Math.min(started + LONGEST_MS, arrived + Math.max(SHORTEST_MS, (arrived - started) * TIMES_THE_WAY));
}

/** The mapping of the whole import: guessed from the file's beginning where the person left it open, then kept. */
async function settleMapping(ctx: TenantContext, claimed: ClaimedImport, file: StoredFile): Promise<Mapping> {
  const settled = mappingSchema.safeParse(claimed.mapping);
  if (settled.success) return settled.data;
  const input = mappingInputSchema.parse(claimed.mapping ?? {});
  const { mapping } = guessMapping(await sampleFile(file, input), input);
  requireUsable(mapping);
  await fixMapping(ctx.db, claimed.id, mapping);
  return mapping;
}

function storedFile(ctx: TenantContext, { file_key, bytes_total }: ClaimedImport): StoredFile {
  return {
    size: bytes_total ?? 0,
    async read(offset) {
      const found = await ctx.files.read(file_key, offset);
      if (!found) throw new AppError('not_found', 'The uploaded file is gone; upload it again');
      return found.body;
    },
  };
}

async function publish(ctx: TenantContext, importId: string, state: string, linesRead: number, rejected: number): Promise<void> {
  await ctx.live.publish([{ type: 'import', importId, state, linesRead, linesTotal: null, rejected }]);
}
