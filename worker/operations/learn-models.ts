/** Learns from features who will leave, and lets learned models of spend challenge the probabilistic one; weekly, or when customers have changed. */
import { v7 } from 'uuid';
import { CHURN_VERSION, PREDICTION } from '#core/churn/fit-churn';
import { writeChurnModel } from '#core/churn/churn-file';
import { isChurnWay } from '#core/churn/choose-churn';
import type { ChurnWay } from '#core/churn/choose-churn';
import { churnEvidenceSchema, learnChurn, tooLittle, tryEarlier } from '#core/churn/learn-churn';
import type { ChurnTrial, PastWindow, RhythmOptions } from '#core/churn/past-windows';
import { churnOrigins, RHYTHM } from '#core/churn/past-windows';
import { challengeValue, tryValue } from '#core/clv/challenge-value';
import type { ValueTrial } from '#core/clv/challenge-value';
import { DEFAULT_MODEL, isModelName } from '#core/clv/registry';
import { dayNumber, dayText } from '#core/calendar/days';
import { minorDigits } from '#core/commerce/money';
import { AppError } from '#core/errors';
import { EVENT_DAYS } from '#core/features/event-columns';
import { churnLabels, featuresAt, outcomeOf } from '#core/features/features-at';
import type { FeatureOptions } from '#core/features/features-at';
import type { History } from '#core/features/history';
import { MOVED } from '#core/learning/drift';
import { readSampleHistories, readSources } from '#data/feature-history';
import { forgetModelFile, keepLearnedRun, readChurnStanding, readNewestLearned } from '#data/learned-models';
import type { LearnedRow, LearnedRun } from '#data/learned-models';
import { readFirstSaleDay } from '#data/dashboard';
import type { TenantState } from '#data/tenant-state';
import type { TenantContext } from '#worker/ports';
import type { FitCause } from './fit-model.ts';
import { asOfDay, requireState } from './scoring.ts';

/** Customers learned from: features, trees and histories of so many fit an isolate, and more would say little more. */
const SAMPLE = 20_000;
/** Days of history that must lie before the window. */
const LEAST_BEFORE = 60;
/** Earlier days that the choice rests on, where the history has room for them. */
const ORIGINS = 3;
/** How long a model serves before it is learned anew. */
const FRESH_DAYS = 7;
/** Files kept: the one that serves, and those an isolate may still hold the name of. */
const FILES_KEPT = 3;

const UNIT_DAYS = 7;

/** Learns where it is due. @returns whether something was learned, so that everyone is to be scored by it */
export async function learnModels(ctx: TenantContext, cause: FitCause): Promise<boolean> {
  const state = await requireState(ctx);
  const asOf = asOfDay(ctx, state);
  const newest = await readNewestLearned(ctx.db, 'churn');
  if (cause === 'night' && newest && !isDue(newest, state, asOf)) return false;
  const about = { kind: 'churn' as const, modelVersion: CHURN_VERSION, asOf, horizonDays: state.horizonDays, cause };
  try {
    ctx.failpoints.reach('before-learn');
    await learn(ctx, state, asOf, about);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.retryable) throw error;
    const message = error instanceof Error ? error.message : String(error);
    ctx.log.error('learning_failed', { companyId: ctx.companyId, error: message });
    await keepLearnedRun(ctx.db, { ...about, id: v7(), model: 'none', fileKey: null, evidence: {}, notes: [], error: message }, false);
    return false;
  }
}

/** Another horizon, a week gone by, or customers who are no longer like those it was learned from. */
function isDue(newest: LearnedRow, { horizonDays }: TenantState, asOf: string): boolean {
  const age = dayNumber(asOf) - dayNumber(newest.as_of);
  if (newest.horizon_days !== horizonDays || age >= FRESH_DAYS || age < 0) return true;
  // Inputs such as a customer's age move by themselves; what counts is whether the answers do.
  const moved = churnEvidenceSchema.safeParse(newest.evidence).data?.drift.find(({ name }) => name === PREDICTION)?.psi ?? 0;
  return moved > MOVED && age >= FRESH_DAYS / 2;
}

async function learn(ctx: TenantContext, state: TenantState, asOf: string, about: Omit<LearnedRun, 'id' | 'model' | 'fileKey' | 'evidence' | 'notes' | 'error'>): Promise<void> {
  const { horizonDays } = state;
  const first = await readFirstSaleDay(ctx.db);
  const refuse = (why: string): Promise<void> => keepLearnedRun(ctx.db, { ...about, id: v7(), model: 'none', fileKey: null, evidence: {}, notes: [`${why}. Until then the rhythm of purchases says who is likely to leave`], error: null }, false);
  const today = dayNumber(asOf);
  const days = first === null ? 0 : today - dayNumber(first);
  const origins = churnOrigins(today - days, today, { horizonDays, leastBefore: LEAST_BEFORE, wanted: ORIGINS });
  const [latest] = origins;
  if (latest === undefined) return refuse(`Learning who leaves within ${horizonDays} days takes ${horizonDays + LEAST_BEFORE} days of orders, and there are ${Math.max(0, days)}`);
  const [sources, { serving, pinned }] = [await readSources(ctx.db), await readChurnStanding(ctx.db)];
  const eventsFrom = sources.events ? dayText((origins.at(-1) ?? latest) + 1 - EVENT_DAYS) : null;
  const { history } = await readSampleHistories(ctx.db, { asOf, mix: sources.mix, eventsFrom, closedBefore: state.closed?.before ?? null }, SAMPLE);
  const how: FeatureOptions = { minorPerUnit: 10 ** minorDigits(state.currency), countZero: state.countZeroOrders };
  const window = pastWindow(history, latest, horizonDays, how);
  const little = tooLittle(window.left);
  if (little !== null) return refuse(little);
  const name = state.model?.behaviour.model ?? DEFAULT_MODEL;
  const options: RhythmOptions = { unitDays: UNIT_DAYS, model: isModelName(name) ? name : DEFAULT_MODEL, minorPerUnit: how.minorPerUnit };
  const [churn, spend] = tryBefore(history, origins.slice(1), horizonDays, how, options);
  const now = featuresAt(history, today, { ...how, only: window.table.columns.map((column) => column.name) });
  const { model, evidence, why } = learnChurn(window, churn, now.table, { ...options, horizonDays, standing: wayNamed(serving) ?? RHYTHM, pinned: wayNamed(pinned) });
  const id = v7();
  const fileKey = model === null ? null : `${folderOf(ctx)}${id}.bin`;
  if (model && fileKey !== null) {
    const bytes = Uint8Array.from(writeChurnModel(model));
    await ctx.files.put(fileKey, new Blob([bytes]).stream(), { contentType: 'application/octet-stream', size: bytes.length });
  }
  await keepLearnedRun(ctx.db, { ...about, id, model: model?.classifier.name ?? RHYTHM, fileKey, evidence, notes: [why, ...(model?.notes ?? [])], error: null }, model !== null);
  await removeOldFiles(ctx);
  const challenge = challengeValue([tryValue(window, horizonDays, true, options), ...spend]);
  await keepLearnedRun(ctx.db, { ...about, id: v7(), kind: 'spend', model: challenge.trials[0]?.model ?? name, fileKey: null, evidence: challenge, notes: [challenge.why], error: null }, false);
}

/** Customers as of `origin`, and what they did in the horizon after it. */
function pastWindow(history: History, origin: number, horizonDays: number, how: FeatureOptions): PastWindow {
  const then = featuresAt(history, origin, how);
  const outcome = outcomeOf(history, then.customer, origin, origin + horizonDays, how.countZero);
  return { origin: dayText(origin), end: dayText(origin + horizonDays), customer: then.customer, table: then.table, left: churnLabels(outcome), spent: outcome.spend };
}

/** One window at a time: each is as large as the sample. Those after which too little can be told are passed over. */
function tryBefore(history: History, origins: readonly number[], horizonDays: number, how: FeatureOptions, options: RhythmOptions): [churn: ChurnTrial[], spend: ValueTrial[]] {
  const churn: ChurnTrial[] = [];
  const spend: ValueTrial[] = [];
  for (const origin of origins) {
    const window = pastWindow(history, origin, horizonDays, how);
    if (tooLittle(window.left) !== null) continue;
    churn.push(tryEarlier(window, horizonDays, options));
    spend.push(tryValue(window, horizonDays, false, options));
  }
  return [churn, spend];
}

function wayNamed(name: string | null): ChurnWay | null {
  return name !== null && isChurnWay(name) ? name : null;
}

function folderOf(ctx: TenantContext): string {
  return `${ctx.companyId}/models/churn/`;
}

/** Ids rise with time, and so do keys. */
async function removeOldFiles(ctx: TenantContext): Promise<void> {
  const files = (await ctx.files.list(folderOf(ctx))).map(({ key }) => key).toSorted();
  for (const key of files.slice(0, -FILES_KEPT)) {
    await forgetModelFile(ctx.db, key);
    await ctx.files.remove(key);
  }
}
