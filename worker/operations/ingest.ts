/** Takes accepted units into the books: one transaction a batch, scores, live figures; what no retry can help becomes a dead letter. */
import { v7 } from 'uuid';
import { closedReasonOf } from '#core/commerce/closed-books';
import { AppError } from '#core/errors';
import type { CanonicalRecord } from '#core/commerce/record';
import { keepDeadLetters } from '#data/dead-letters';
import { LACKS_NOTHING, stillLacks, writeBatch } from '#data/ingest';
import type { Lacks } from '#data/ingest';
import { fillFromBooks } from '#data/standing-orders';
import type { TenantState } from '#data/tenant-state';
import type { TenantContext } from '#worker/ports';
import { actOn } from './act.ts';
import { isBatchRecord, toBatch } from './ingest-batch.ts';
import { receiptsOf } from './receipts.ts';
import type { Place } from './receipts.ts';
import { scorePending, WAVE } from './scoring.ts';

/** What stands or falls together: a webhook delivery, one record of an API batch, one line of a file. */
export interface IngestUnit {
  records: CanonicalRecord[];
  door: 'webhook' | 'api' | 'import' | 'history';
  source: string;
  deliveryId: string;
  topic: string;
  /** As received; asked for only when the unit cannot be taken. */
  payload(): string;
  headers: Record<string, string>;
  receivedAt: string;
  /** The connection that delivered it, if one did. */
  integrationId?: string;
  /** Its place in the queue it came from, so that it is counted as received once; without one each attempt counts. */
  place?: Place;
  /** It was a dead letter until now. */
  wasRejected?: boolean;
}

export interface DeadUnit {
  unit: IngestUnit;
  error: string;
}

export interface IngestSummary {
  inserted: number;
  updated: number;
  /** Whether somebody looked while it was written. */
  looked: boolean;
  dead: DeadUnit[];
}

/** Records written in one transaction. */
const BATCH_RECORDS = 1000;

/**
 * Writes all units, scores who changed and feeds the live object.
 * @param importId the import that brings them, if one does
 * @throws AppError `unavailable` when Postgres is away: nothing is lost, the same call later changes nothing twice
 */
export async function ingestUnits(ctx: TenantContext, state: TenantState, units: readonly IngestUnit[], importId: string | null = null): Promise<IngestSummary> {
  const summary: IngestSummary = { inserted: 0, updated: 0, looked: state.looked, dead: [] };
  const how: HowToWrite = { importId, hasErasures: state.hasErasures, lacks: state.lacks };
  const open = units.filter((unit) => {
    const error = closedReasonOf(unit.records, state.closed);
    if (error !== null) summary.dead.push({ unit, error });
    return error === null;
  });
  for (const batch of inBatches(open)) {
    ctx.failpoints.reach('before-write');
    const unscored = await writeUnits(ctx, batch, how, summary);
    ctx.failpoints.reach('after-write');
    await scorePending(ctx, { ...state, looked: summary.looked }, unscored);
    const taken = batch.filter((unit) => !summary.dead.some((dead) => dead.unit === unit));
    const acted = await actOn(ctx, { ...state, hasErasures: how.hasErasures }, taken);
    summary.dead.push(...acted.dead);
    how.hasErasures = acted.hasErasures;
  }
  if (summary.dead.length > 0) await buryUnits(ctx, summary.dead);
  return summary;
}

function* inBatches(units: readonly IngestUnit[]): Generator<IngestUnit[]> {
  let batch: IngestUnit[] = [];
  let records = 0;
  for (const unit of units) {
    if (batch.length > 0 && records + unit.records.length > BATCH_RECORDS) {
      yield batch;
      batch = [];
      records = 0;
    }
    batch.push(unit);
    records += unit.records.length;
  }
  if (batch.length > 0) yield batch;
}

interface HowToWrite {
  readonly importId: string | null;
  /** Turns true with the tenant's first erasure, also one that came after the state was read. */
  hasErasures: boolean;
  /** Lacks less with every batch that brings more. */
  lacks: Lacks;
}

/** Writes the batch; when its data are refused, halves it until the refused unit stands alone. */
async function writeUnits(
  ctx: TenantContext, units: readonly IngestUnit[], how: HowToWrite, summary: IngestSummary,
): Promise<Awaited<ReturnType<typeof writeBatch>>['unscored']> {
  try {
    const batch = await toBatch(units.flatMap((u) => u.records).filter(isBatchRecord), {
      companyId: ctx.companyId, importId: how.importId, hasErasures: how.hasErasures, identityHash: (email) => ctx.keys.identityHash(email), makeId: () => v7(),
    });
    const sales = await fillFromBooks(ctx.db, batch.sales);
    const written = await writeBatch(ctx.db, { ...batch, sales, receipts: receiptsOf(units, sales) }, WAVE, how.lacks);
    how.lacks = stillLacks(how.lacks, { ...batch, sales });
    summary.inserted += written.inserted;
    summary.updated += written.updated;
    summary.looked ||= written.looked;
    // Losing this bell loses nothing: the schedule rings for currencies that nobody looked up.
    if (written.newCurrencies > 0) await ctx.jobs.enqueue({ type: 'rates', companyId: ctx.companyId });
    return written.unscored;
  } catch (error) {
    if (error instanceof AppError && error.code === 'stale' && (!how.hasErasures || how.lacks !== LACKS_NOTHING)) {
      how.hasErasures = true;
      how.lacks = LACKS_NOTHING;
      return await writeUnits(ctx, units, how, summary);
    }
    if (!(error instanceof AppError) || error.code !== 'invalid_input') throw error;
    const [alone] = units;
    if (units.length === 1 && alone) {
      summary.dead.push({ unit: alone, error: error.message });
      return [];
    }
    const half = Math.ceil(units.length / 2);
    const left = await writeUnits(ctx, units.slice(0, half), how, summary);
    const right = await writeUnits(ctx, units.slice(half), how, summary);
    // The later read of unscored customers includes the earlier one's, unless it was cut off by the limit.
    return right.length > 0 ? right : left;
  }
}

/** Keeps dead units with payload, error and history; a repeat adds to the history. */
export async function buryUnits(ctx: TenantContext, dead: readonly DeadUnit[]): Promise<void> {
  await keepDeadLetters(ctx.db, dead.map(({ unit, error }) => ({
    id: v7(), door: unit.door, source: unit.source, deliveryId: unit.deliveryId, topic: unit.topic, payload: unit.payload(),
    headers: unit.headers, receivedAt: unit.receivedAt, error,
  })), ctx.clock.now().toISOString());
  for (const { unit, error } of dead) ctx.log.warn('dead_letter', { companyId: ctx.companyId, door: unit.door, source: unit.source, deliveryId: unit.deliveryId, error });
}
