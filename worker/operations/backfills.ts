/** Brings a platform's history into the books: asked for, watched and cancelled by people, read page by page by jobs. */
import { v7 } from 'uuid';
import { localTimeIn } from '#core/calendar/local-time';
import { parseDay } from '#core/calendar/days';
import { AppError } from '#core/errors';
import type { History, HistoryPage } from '#connectors/connector';
import { connectorFor } from '#connectors/registry';
import {
  advanceBackfill, cancelBackfillRow, claimBackfill, endBackfill, insertBackfill, listBackfillRows, releaseBackfill,
} from '#data/backfills';
import type { BackfillRow, ClaimedBackfill } from '#data/backfills';
import type { IntegrationRow } from '#data/integrations';
import { readIntegration } from '#data/integrations';
import type { TenantState } from '#data/tenant-state';
import type { TenantContext } from '#worker/ports';
import { audited } from './audit.ts';
import { buryUnits, ingestUnits } from './ingest.ts';
import type { IngestUnit } from './ingest.ts';
import { pause } from './pause.ts';
import { requirePermission } from './permissions.ts';
import { openSettings, platformAccess } from './platform-access.ts';
import { placeIn } from './receipts.ts';
import { requireState } from './scoring.ts';

/** One job works this long at most; what then waits is another job's. */
const LONGEST_MS = 20_000;
/** Shorter waits are waited for; for longer ones the job ends and is rung again. */
const LONGEST_PAUSE_SECONDS = 3;
/** How soon a platform that does not answer is asked again. */
const RETRY_SECONDS = 30;
const LISTED = 20;

export type BackfillView = BackfillRow;

/** The integration with the way to read its history. @throws AppError `not_found`, `conflict` where its platform's history cannot be read. */
export async function requireHistory(ctx: TenantContext, integrationId: string): Promise<{ row: IntegrationRow; history: History }> {
  const row = await readIntegration(ctx.db, integrationId);
  if (row === null) throw new AppError('not_found', 'There is no such integration');
  const connector = connectorFor(row.platform);
  if (connector === null || connector.history === null) throw new AppError('conflict', `The history of ${connector?.name ?? row.platform} cannot be read; import a file instead`);
  return { row, history: connector.history };
}

/** Settings that reading needs and that nobody has given, by key and label. */
export async function missingSettings(ctx: TenantContext, row: IntegrationRow, history: History): Promise<{ key: string; label: string }[]> {
  const given = await openSettings(ctx.keys, row);
  const fields = connectorFor(row.platform)?.settings ?? [];
  return history.needs.filter((key) => (given[key] ?? '') === '').map((key) => ({ key, label: fields.find((field) => field.key === key)?.label ?? key }));
}

/** @throws AppError `invalid_input` naming each setting that is missing. */
export async function requireKeys(ctx: TenantContext, row: IntegrationRow, history: History): Promise<void> {
  const missing = await missingSettings(ctx, row, history);
  if (missing.length === 0) return;
  throw new AppError('invalid_input', `To read the history, first give under "Settings": ${missing.map(({ label }) => label).join(', ')}`, {
    errors: missing.map(({ key, label }) => ({ path: `settings.${key}`, message: `${label} is missing` })),
  });
}

/**
 * Starts reading. @param input.from first local day; without it from the beginning, or from the first day that is not closed
 * @throws AppError `conflict` while one is at work, `invalid_input` when settings are missing
 */
export async function startBackfill(ctx: TenantContext, integrationId: string, input: { from?: string | undefined }): Promise<BackfillView> {
  requirePermission(ctx, 'integrations:manage');
  const { row, history } = await requireHistory(ctx, integrationId);
  await requireKeys(ctx, row, history);
  const from = input.from ?? null;
  if (from !== null && parseDay(from) === null) throw new AppError('invalid_input', 'The first day is not a date', { errors: [{ path: 'from', message: 'Write it as YYYY-MM-DD' }] });
  // What lies in closed days would be refused, record by record.
  const before = (await requireState(ctx)).closed?.before ?? null;
  const { db } = audited(ctx, { action: 'backfill.started', target: { kind: 'integration', id: integrationId, name: row.name }, detail: { from } });
  const made = await insertBackfill(db, { id: v7(), integrationId, fromDay: before !== null && (from === null || from < before) ? before : from });
  if (made === null) throw new AppError('conflict', 'The history of this integration is being read already');
  await ctx.jobs.enqueue({ type: 'backfill', companyId: ctx.companyId, backfillId: made.id });
  ctx.log.info('backfill.started', { integrationId, backfillId: made.id, from });
  return made;
}

/** The newest twenty. @throws AppError `not_found` */
export async function listBackfills(ctx: TenantContext, integrationId: string): Promise<BackfillView[]> {
  requirePermission(ctx, 'integrations:read');
  if ((await readIntegration(ctx.db, integrationId)) === null) throw new AppError('not_found', 'There is no such integration');
  return await listBackfillRows(ctx.db, integrationId, LISTED);
}

/** What it has read stays. @throws AppError `not_found` when it has ended or never was. */
export async function cancelBackfill(ctx: TenantContext, integrationId: string, id: string): Promise<BackfillView> {
  requirePermission(ctx, 'integrations:manage');
  const ended = await cancelBackfillRow(audited(ctx, { action: 'backfill.cancelled', target: { kind: 'integration', id: integrationId }, detail: { backfillId: id } }).db, integrationId, id);
  if (ended === null) throw new AppError('not_found', 'There is no reading of the history at work under this id');
  ctx.log.info('backfill.cancelled', { integrationId, backfillId: id, recordsRead: ended.recordsRead });
  return ended;
}

/**
 * Reads on until the history ends, the platform asks us to wait, or time is up.
 * @returns seconds until the next job, null when there is nothing more to do
 * @throws AppError `unavailable` when Postgres is away
 */
export async function runBackfill(ctx: TenantContext, backfillId: string): Promise<number | null> {
  const token = v7();
  const claimed = await claimBackfill(ctx.db, backfillId, token);
  if (!claimed) return null;
  try {
    return await readOn(ctx, claimed, token);
  } catch (error) {
    if (error instanceof AppError && !error.retryable) {
      await endBackfill(ctx.db, claimed.id, token, 'failed', error.message);
      ctx.log.warn('backfill.failed', { backfillId, error: error.message });
      return null;
    }
    if (!(error instanceof AppError)) ctx.log.error('backfill.broke', { backfillId, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    // The cursor stands where the books stand, so nothing is lost by trying again.
    await releaseBackfill(ctx.db, claimed.id, token, RETRY_SECONDS, error instanceof AppError ? `${error.message}. We try again.` : 'Something went wrong on our side. We try again.');
    return RETRY_SECONDS;
  }
}

async function readOn(ctx: TenantContext, claimed: ClaimedBackfill, token: string): Promise<number | null> {
  const started = ctx.clock.now().getTime();
  const state = await requireState(ctx);
  const { row, history } = await requireHistory(ctx, claimed.integrationId);
  const access = await platformAccess(ctx, row, state.currency);
  const window = { from: claimed.fromDay === null ? null : startOfDay(claimed.fromDay, claimed.timeZone), to: claimed.createdAt };
  let cursor = claimed.cursor;
  // A page that is read again after a crash has the numbers it had, and counts once as received.
  let before = claimed.recordsRead;
  for (;;) {
    const page = await history.read(access, window, cursor);
    const taken = await takePage(ctx, state, row.platform, page, { queue: `backfill:${claimed.id}`, before });
    ctx.failpoints.reach('before-backfill-advance');
    const reached = await advanceBackfill(ctx.db, claimed.id, token, {
      cursor: page.cursor, read: page.units.length + page.rejected.length, expected: page.expected, ...taken,
    });
    if (!reached) return null;
    before = reached.recordsRead;
    if (page.cursor === null) {
      await endBackfill(ctx.db, claimed.id, token, 'done', null);
      await ctx.jobs.enqueue({ type: 'refit', companyId: ctx.companyId });
      ctx.log.info('backfill.done', { backfillId: claimed.id, recordsRead: reached.recordsRead });
      return null;
    }
    cursor = page.cursor;
    const spent = ctx.clock.now().getTime() - started;
    if (page.waitSeconds > LONGEST_PAUSE_SECONDS || spent + page.waitSeconds * 1000 > LONGEST_MS) {
      await releaseBackfill(ctx.db, claimed.id, token, page.waitSeconds, null);
      return page.waitSeconds;
    }
    await pause(ctx, page.waitSeconds);
  }
}

/** The instant at which a local day begins, ISO 8601 UTC. */
export function startOfDay(day: string, timeZone: string): string {
  return new Date(localTimeIn(timeZone).instantOf(Date.parse(`${day}T00:00:00Z`))).toISOString();
}

/** Takes a page into the books; what cannot be read or taken becomes a dead letter of the door `history`. */
export async function takePage(ctx: TenantContext, state: TenantState, source: string, page: Pick<HistoryPage, 'units' | 'rejected'>, place: { queue: string; before: number } | null = null): Promise<{ inserted: number; updated: number; rejected: number }> {
  const receivedAt = ctx.clock.now().toISOString();
  const unitOf = (one: { deliveryId: string; topic: string; payload: string }, records: IngestUnit['records'], n = 0): IngestUnit => ({
    records, door: 'history', source, deliveryId: one.deliveryId, topic: one.topic, payload: () => one.payload, headers: {}, receivedAt, ...(place && { place: placeIn(place.queue, place.before + n, 0) }),
  });
  const summary = await ingestUnits(ctx, state, page.units.map((unit, n) => unitOf(unit, unit.records, n + 1)));
  if (page.rejected.length > 0) await buryUnits(ctx, page.rejected.map((one) => ({ unit: unitOf(one, []), error: one.error })));
  return { inserted: summary.inserted, updated: summary.updated, rejected: summary.dead.length + page.rejected.length };
}
