/** Compares our books with what the platform says it sold, explains every difference, and fetches what is missing. */
import { addDays } from '#core/calendar/days';
import { localDay } from '#core/calendar/local-day';
import type { Amounts, CanonicalRecord, SaleRecord } from '#core/commerce/record';
import { AppError } from '#core/errors';
import { compareBooks, recordKey, verdictOf } from '#core/reconcile/compare';
import type { TheirRecord, Verdict } from '#core/reconcile/compare';
import type { HistoryUnit } from '#connectors/connector';
import { readIntegration } from '#data/integrations';
import type { BookRow, ReconciledDay, ReconciliationStatus } from '#data/reconciliations';
import { keepReconciliation, listReconciledDays, listToReconcile, readBooks, readReconciliationFacts, writeReconciliationStatus } from '#data/reconciliations';
import type { Database } from '#data/tenant';
import type { Job, JobsPort, TenantContext } from '#worker/ports';
import { audited } from './audit.ts';
import { missingSettings, requireHistory, requireKeys, startOfDay, takePage } from './backfills.ts';
import { pause } from './pause.ts';
import { requirePermission } from './permissions.ts';
import { platformAccess } from './platform-access.ts';
import { requireState } from './scoring.ts';

type ReconcileJob = Extract<Job, { type: 'reconcile' }>;

const HOURLY_DAYS = 3;
const NIGHTLY_DAYS = 35;
/** What is newer may still be on its way as a webhook. */
const SETTLING_MS = 10 * 60_000;
/** An order may be dated later than it was created; earlier ones are read along so that none looks gone. */
const MARGIN_MS = 36 * 3_600_000;
/** Waits longer than this end the job while nothing has been read yet: a bulk operation at work. */
const LONGEST_PAUSE_SECONDS = 5;
/** A look that has not ended by then was lost with its worker. */
const LOST_MS = 20 * 60_000;
const SHOWN_DAYS = 35;
/** More than this is not held in one worker's memory. */
const MOST_RECORDS = 400_000;

export interface ReconciliationView {
  status: ReconciliationStatus | null;
  currency: string;
  verdict: Verdict;
  /** Newest first. */
  days: ReconciledDay[];
  /** Settings without which the platform cannot be asked, by label. */
  missing: string[];
}

export async function readReconciliation(ctx: TenantContext, integrationId: string): Promise<ReconciliationView> {
  requirePermission(ctx, 'integrations:read');
  const { row, history } = await requireHistory(ctx, integrationId);
  const [facts, days, state, missing] = await Promise.all([
    readReconciliationFacts(ctx.db, integrationId), listReconciledDays(ctx.db, integrationId, SHOWN_DAYS), requireState(ctx), missingSettings(ctx, row, history),
  ]);
  return { status: facts?.status ?? null, currency: state.currency, verdict: verdictOf([...days].reverse()), days, missing: missing.map(({ label }) => label) };
}

/** @throws AppError `conflict` while a look is at work, `invalid_input` when settings are missing */
export async function startReconciliation(ctx: TenantContext, integrationId: string): Promise<void> {
  requirePermission(ctx, 'integrations:manage');
  const { row, history } = await requireHistory(ctx, integrationId);
  await requireKeys(ctx, row, history);
  const facts = await readReconciliationFacts(ctx.db, integrationId);
  const now = ctx.clock.now();
  if (facts?.status?.state === 'running' && now.getTime() - Date.parse(facts.status.startedAt) < LOST_MS) throw new AppError('conflict', 'The books are being compared already');
  const { db } = audited(ctx, { action: 'reconciliation.started', target: { kind: 'integration', id: integrationId, name: row.name } });
  await writeReconciliationStatus(db, integrationId, { state: 'running', startedAt: now.toISOString(), finishedAt: null, error: null });
  await ctx.jobs.enqueue({ type: 'reconcile', companyId: ctx.companyId, integrationId, days: NIGHTLY_DAYS, to: null, cursor: null });
}

/** Rings for the integrations whose minute of the hour it is; in the small hours for a longer look back. */
export async function ringReconciliations(tools: { database: Database; jobs: JobsPort }, now: Date): Promise<void> {
  for (const { companyId, integrationId, nightly } of await listToReconcile(tools.database, now)) {
    await tools.jobs.enqueue({ type: 'reconcile', companyId, integrationId, days: nightly ? NIGHTLY_DAYS : HOURLY_DAYS, to: null, cursor: null });
  }
}

/**
 * Reads the platform's last days and compares. Nothing durable stands behind it: a look that is lost is done anew within the hour.
 * @returns the job to ring later, with its delay, while the platform prepares its answer
 * @throws AppError `unavailable` when Postgres is away
 */
export async function runReconciliation(ctx: TenantContext, job: ReconcileJob): Promise<{ job: ReconcileJob; delaySeconds: number } | null> {
  // It was removed while this waited: there is no shop any more to compare with.
  if ((await readIntegration(ctx.db, job.integrationId)) === null) return null;
  const { row, history } = await requireHistory(ctx, job.integrationId);
  // Nobody has given keys for it: there is nothing to compare with, and nothing wrong.
  if ((await missingSettings(ctx, row, history)).length > 0) return null;
  const facts = await readReconciliationFacts(ctx.db, job.integrationId);
  const now = ctx.clock.now();
  const startedAt = facts?.status?.state === 'running' ? facts.status.startedAt : now.toISOString();
  try {
    if (job.cursor === null) await writeReconciliationStatus(ctx.db, job.integrationId, { state: 'running', startedAt, finishedAt: null, error: null });
    const later = await look(ctx, { ...job, to: job.to ?? new Date(now.getTime() - SETTLING_MS).toISOString() }, facts?.revenueBasis ?? 'net_sales', (facts?.shops ?? 1) > 1);
    if (later !== null) return later;
    await writeReconciliationStatus(ctx.db, job.integrationId, { state: 'done', startedAt, finishedAt: ctx.clock.now().toISOString(), error: null });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    await writeReconciliationStatus(ctx.db, job.integrationId, { state: 'failed', startedAt, finishedAt: ctx.clock.now().toISOString(), error: error.message });
    ctx.log.warn('reconciliation.failed', { integrationId: job.integrationId, error: error.message });
  }
  return null;
}

type RevenueBasis = 'net_sales' | 'with_shipping' | 'total_paid';

async function look(ctx: TenantContext, job: ReconcileJob & { to: string }, basis: RevenueBasis, sharesPlatform: boolean): Promise<{ job: ReconcileJob; delaySeconds: number } | null> {
  const state = await requireState(ctx);
  const { row, history } = await requireHistory(ctx, job.integrationId);
  const access = await platformAccess(ctx, row, state.currency);
  const through = localDay(new Date(job.to), state.timeZone);
  const days = Array.from({ length: job.days }, (_, n) => addDays(through, n - job.days + 1));
  const from = startOfDay(days[0] ?? through, state.timeZone);
  const window = { from: new Date(Date.parse(from) - MARGIN_MS).toISOString(), to: job.to };

  const theirs: TheirRecord[] = [];
  const fetched = new Map<string, BookRow | null>();
  let cursor = job.cursor;
  for (;;) {
    const page = await history.read(access, window, cursor);
    const found = page.units.flatMap(({ records }) => records).filter(isSale);
    const known = new Map((await readBooks(ctx.db, row.platform, found.filter(isOrder).map(({ externalId }) => externalId), null)).map((one) => [recordKey(one), one]));
    const wanted = page.units.filter((unit) => needsTaking(unit, known));
    if (wanted.length > 0 || page.rejected.length > 0) await takePage(ctx, state, row.platform, { units: wanted, rejected: page.rejected });
    for (const record of wanted.flatMap(({ records }) => records).filter(isSale)) fetched.set(recordKey(record), known.get(recordKey(record)) ?? null);
    for (const record of found) theirs.push(theirRecord(record, basis, state.timeZone));
    if (theirs.length > MOST_RECORDS) throw new AppError('too_large', 'More was sold in these days than can be compared at once');
    if (page.cursor === null) break;
    cursor = page.cursor;
    if (theirs.length === 0 && page.waitSeconds > LONGEST_PAUSE_SECONDS) return { job: { ...job, cursor }, delaySeconds: page.waitSeconds };
    await pause(ctx, page.waitSeconds);
  }
  // With two shops of one platform nothing says whose an order is: only what this one names is compared.
  const ours = await readBooks(ctx.db, row.platform, theirs.filter(isOrder).map(({ externalId }) => externalId), sharesPlatform ? null : { from, to: job.to });
  const compared = compareBooks({ currency: state.currency, countZeroOrders: state.countZeroOrders, days, theirs, ours, fetched });
  await keepReconciliation(ctx.db, job.integrationId, compared, ctx.clock.now().toISOString());
  const verdict = verdictOf(compared);
  ctx.log.info('reconciliation.done', { integrationId: job.integrationId, days: job.days, records: theirs.length, daysApart: verdict.daysApart, apart: verdict.apart, mended: verdict.mended });
  return null;
}

function isSale(record: CanonicalRecord): record is SaleRecord {
  return record.kind === 'order' || record.kind === 'refund';
}

const isOrder = ({ kind }: { kind: 'order' | 'refund' }): boolean => kind === 'order';

/** Whether the books lack one of its records, or have an older version of it. */
function needsTaking({ records }: HistoryUnit, known: ReadonlyMap<string, BookRow>): boolean {
  return records.filter(isSale).some((record) => {
    const ours = known.get(recordKey(record));
    if (ours === undefined) return true;
    const { updatedAt, rank } = record.version;
    return updatedAt > ours.versionAt || (updatedAt === ours.versionAt && rank > ours.versionRank);
  });
}

/** Under the same basis as the books, from the same parts. */
function statedAmount({ given, goods, discount, shipping, tax, tip }: Amounts, basis: RevenueBasis): number {
  if (given !== null) return given;
  const net = goods - discount;
  return Math.max(0, basis === 'net_sales' ? net : basis === 'with_shipping' ? net + shipping : net + shipping + tax + tip);
}

function theirRecord(record: SaleRecord, basis: RevenueBasis, timeZone: string): TheirRecord {
  const test = record.status === 'test';
  return {
    kind: record.kind, externalId: record.externalId, orderExternalId: record.kind === 'refund' ? record.orderExternalId : null,
    day: localDay(new Date(record.occurredAt), timeZone), currency: record.amounts.currency, listed: record.counts || test, test,
    stated: statedAmount(record.amounts, basis), label: record.kind === 'order' ? record.label : null,
  };
}
