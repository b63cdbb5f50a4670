/** Merges and privacy requests among accepted units: each acted on by itself, in order, after the batch that brought it. */
import { AppError, assertNever } from '#core/errors';
import type { MergeRecord, PrivacyRecord } from '#core/commerce/record';
import { forgetErasedStats } from '#data/emptied';
import type { TenantState } from '#data/tenant-state';
import type { TenantContext } from '#worker/ports';
import { isBatchRecord } from './ingest-batch.ts';
import type { DeadUnit, IngestUnit } from './ingest.ts';
import { applyMerge } from './merge.ts';
import { applyPrivacy } from './privacy.ts';
import { catchUp } from './scoring.ts';

export interface Acted {
  dead: DeadUnit[];
  /** Whether the tenant has tombstones from now on. */
  hasErasures: boolean;
}

function isAct(record: IngestUnit['records'][number]): record is MergeRecord | PrivacyRecord {
  return !isBatchRecord(record);
}

/**
 * Every act is one transaction and finds nothing left to do when it is repeated, so a batch that is handed out again
 * changes nothing. An act that no retry can help is a dead unit; the others go on.
 * @throws AppError `unavailable`
 */
export async function actOn(ctx: TenantContext, state: TenantState, units: readonly IngestUnit[]): Promise<Acted> {
  const acted: Acted = { dead: [], hasErasures: state.hasErasures };
  let any = false, forgot = false;
  for (const unit of units) {
    for (const record of unit.records.filter(isAct)) {
      any = true;
      ctx.failpoints.reach('before-act');
      try {
        switch (record.kind) {
          case 'merge':
            await applyMerge(ctx, record, acted.hasErasures);
            break;
          case 'privacy':
            await applyPrivacy(ctx, record, unit.integrationId ?? null);
            forgot = true;
            acted.hasErasures ||= record.request === 'erasure' || record.request === 'deletion';
            break;
          default:
            assertNever(record);
        }
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'invalid_input') throw error;
        acted.dead.push({ unit, error: error.message });
        break;
      }
      ctx.failpoints.reach('after-act');
    }
  }
  if (!any) return acted;
  await catchUp(ctx);
  if (forgot) await forgetErasedStats(ctx.db);
  return acted;
}
