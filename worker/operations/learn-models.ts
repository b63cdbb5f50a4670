/** Learns from features who will leave, and lets learned models of spend challenge the probabilistic one; weekly, or when customers have changed. */
import { v7 } from 'uuid';
import { CHURN_VERSION, PREDICTION } from '#core/churn/fit-churn';
import { writeChurnModel } from '#core/churn/churn-file';
import { churnEvidenceSchema, learnChurn, tooLittle } from '#core/churn/learn-churn';
import type { ChurnWindow, RhythmOptions } from '#core/churn/learn-churn';
import { challengeValue } from '#core/clv/challenge-value';
import { DEFAULT_MODEL, isModelName } from '#core/clv/registry';
import { addDays, dayNumber } from '#core/calendar/days';
import { minorDigits } from '#core/commerce/money';
import { AppError } from '#core/errors';
import { churnLabels, featuresAt, outcomeOf } from '#core/features/features-at';
import { MOVED } from '#core/learning/drift';
import { readSampleHistories } from '#data/feature-history';
import { forgetModelFile, keepLearnedRun, readNewestLearned } from '#data/learned-models';
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
  const origin = addDays(asOf, -horizonDays);
  const first = await readFirstSaleDay(ctx.db);
  const refuse = (why: string): Promise<void> => keepLearnedRun(ctx.db, { ...about, id: v7(), model: 'none', fileKey: null, evidence: {}, notes: [`${why}. Until then the rhythm of purchases says who is likely to leave`], error: null }, false);
  const before = first === null ? 0 : dayNumber(origin) - dayNumber(first);
  if (before < LEAST_BEFORE) return refuse(`Learning who leaves within ${horizonDays} days takes ${horizonDays + LEAST_BEFORE} days of orders, and there are ${Math.max(0, before + horizonDays)}`);
  const { history } = await readSampleHistories(ctx.db, asOf, SAMPLE);
  const minorPerUnit = 10 ** minorDigits(state.currency);
  const how = { minorPerUnit, countZero: state.countZeroOrders };
  const then = featuresAt(history, dayNumber(origin), how);
  const outcome = outcomeOf(history, then.customer, dayNumber(origin), dayNumber(asOf), state.countZeroOrders);
  const left = churnLabels(outcome);
  const little = tooLittle(left);
  if (little !== null) return refuse(little);
  const window: ChurnWindow = { then, left, now: featuresAt(history, dayNumber(asOf), how), origin, end: asOf, horizonDays };
  const name = state.model?.behaviour.model ?? DEFAULT_MODEL;
  const options: RhythmOptions = { unitDays: UNIT_DAYS, model: isModelName(name) ? name : DEFAULT_MODEL, minorPerUnit };
  const { model, evidence, why } = learnChurn(window, options);
  const id = v7();
  const fileKey = model === null ? null : `${folderOf(ctx)}${id}.bin`;
  if (model && fileKey !== null) {
    const bytes = Uint8Array.from(writeChurnModel(model));
    await ctx.files.put(fileKey, new Blob([bytes]).stream(), { contentType: 'application/octet-stream', size: bytes.length });
  }
  await keepLearnedRun(ctx.db, { ...about, id, model: model?.classifier.name ?? 'rhythm', fileKey, evidence, notes: [why, ...(model?.notes ?? [])], error: null }, model !== null);
  await removeOldFiles(ctx);
  const challenge = challengeValue(window, outcome.spend, options);
  await keepLearnedRun(ctx.db, { ...about, id: v7(), kind: 'spend', model: challenge.trials[0]?.model ?? name, fileKey: null, evidence: challenge, notes: [challenge.why], error: null }, false);
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
