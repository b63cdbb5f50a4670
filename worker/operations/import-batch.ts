/** Takes one batch of a file into the books, and tells what it brought from what stood already. */
import type { ImportBatch } from '#core/commerce/csv/import-rows';
import { closedReason } from '#core/commerce/closed-books';
import type { Mapping } from '#core/commerce/csv/mapping';
import { Refusal, rejectionOf } from '#core/commerce/csv/row';
import type { FileRecord, RowRejection } from '#core/commerce/csv/row';
import { broughtByOthers } from '#data/import-run';
import type { ClaimedImport } from '#data/import-run';
import type { TenantState } from '#data/tenant-state';
import type { TenantContext } from '#worker/ports';
import { ingestUnits } from './ingest.ts';
import type { IngestUnit } from './ingest.ts';

/** Sources of file rows share one name, so that the same export in two files counts once. */
export const FILE_SOURCE = 'file';

interface TakenBatch {
  /** Lines that the import was to take: all of the batch, or those that an earlier import skipped. */
  lines: number;
  inserted: number;
  unchanged: number;
  /** Lines that an earlier file had brought and that have no id by which to tell whether they are the same sale. */
  skipped: FileRecord[];
  rejections: RowRejection[];
}

/** Every line of the batch; what lies in closed days is rejected. */
export async function takeBatch(ctx: TenantContext, state: TenantState, claimed: ClaimedImport, batch: ImportBatch, mapping: Mapping): Promise<TakenBatch> {
  const closed: RowRejection[] = [];
  const open = state.closed === null ? batch.records : batch.records.filter(({ record, row }) => {
    const reason = closedReason(record.occurredAt, state.closed);
    if (reason !== null) closed.push(rejectionOf(row, new Refusal('books_closed', 'date', reason), mapping));
    return reason === null;
  });
  const { inserted, unchanged, others } = await write(ctx, state, claimed, open);
  return { lines: batch.rows, inserted, unchanged, skipped: others.filter((line) => !line.hasOwnId), rejections: [...batch.rejections, ...closed] };
}

/**
 * The lines of the batch that import `origin` skipped: those without an id of their own that stand in the books, but
 * not through it. They are named after it, so that they count beside the earlier ones, and count once however often
 * they come.
 */
export async function takeSkipped(ctx: TenantContext, state: TenantState, claimed: ClaimedImport, origin: string, batch: ImportBatch): Promise<TakenBatch> {
  const unnamed = batch.records.filter((line) => !line.hasOwnId);
  const standing = unnamed.length === 0 ? new Set<number>() : await broughtByOthers(ctx.db, origin, unnamed.map(({ record }) => record));
  const lines = unnamed.filter((_, n) => standing.has(n))
    .map((line): FileRecord => ({ ...line, record: { ...line.record, externalId: `${line.record.externalId}@${origin}` } }));
  const { inserted, unchanged } = await write(ctx, state, claimed, lines);
  return { lines: lines.length, inserted, unchanged, skipped: [], rejections: [] };
}

async function write(ctx: TenantContext, state: TenantState, claimed: ClaimedImport, lines: readonly FileRecord[]): Promise<{ inserted: number; unchanged: number; others: FileRecord[] }> {
  const units = lines.map(({ record, row }): IngestUnit => ({
    records: [record], door: 'import', source: record.source, deliveryId: `${claimed.id}#${record.externalId}`, topic: claimed.name,
    payload: () => JSON.stringify(record), headers: {}, receivedAt: claimed.created_at,
    place: { queue: `import:${claimed.id}`, ordinal: row.line },
  }));
  const summary = await ingestUnits(ctx, state, units, claimed.id);
  const dead = new Set(summary.dead.map(({ unit }) => unit));
  const kept = lines.filter((_, n) => { const unit = units[n]; return unit !== undefined && !dead.has(unit); });
  if (summary.inserted === kept.length) return { inserted: kept.length, unchanged: 0, others: [] };
  // What stands without being new now either came before this import, or from it just before an interruption.
  const standing = await broughtByOthers(ctx.db, claimed.id, kept.map(({ record }) => record));
  const brought = new Set(kept.filter((_, n) => !standing.has(n)).map(({ record }) => `${record.source} ${record.externalId}`)).size;
  return { inserted: brought, unchanged: kept.length - brought, others: kept.filter((_, n) => standing.has(n)) };
}
