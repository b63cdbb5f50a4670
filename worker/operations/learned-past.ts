/** The sample of the past that learned models are fitted on, and where their files go. */
import { v7 } from 'uuid';
import type { PastWindow, RhythmOptions } from '#core/churn/past-windows';
import { churnOrigins } from '#core/churn/past-windows';
import { DEFAULT_MODEL, isModelName } from '#core/clv/registry';
import { dayNumber, dayText } from '#core/calendar/days';
import { minorDigits } from '#core/commerce/money';
import { EVENT_DAYS } from '#core/features/event-columns';
import { churnLabels, featuresAt, outcomeOf } from '#core/features/features-at';
import type { FeatureOptions } from '#core/features/features-at';
import type { History } from '#core/features/history';
import { readFirstSaleDay } from '#data/dashboard';
import { readSampleHistories, readSources } from '#data/feature-history';
import { forgetModelFile, keepLearnedRun } from '#data/learned-models';
import type { LearnedRun } from '#data/learned-models';
import type { TenantState } from '#data/tenant-state';
import type { TenantContext } from '#worker/ports';

/** Customers learned from: features, trees and histories of so many fit an isolate, and more would say little more. */
const SAMPLE = 20_000;
/** Days of history that must lie before the window. */
const LEAST_BEFORE = 60;
/** Earlier days that a choice rests on, where the history has room for them. */
export const ORIGINS = 3;
/** Files kept of a kind: the one that serves, and those an isolate may still hold the name of. */
const FILES_KEPT = 3;
const UNIT_DAYS = 7;

export type LearnedAbout = Pick<LearnedRun, 'kind' | 'modelVersion' | 'asOf' | 'horizonDays' | 'cause'>;

export interface SampledPast {
  /** Day numbers: today, and those from which the next horizon lies in the past, latest first; none where there is too little. */
  today: number;
  origins: number[];
  /** In words, where there is too little to learn from: how much it takes and how much there is. */
  tooShort: string | null;
  /** None where it is too short. */
  history: History;
  how: FeatureOptions;
  options: RhythmOptions;
}

/** One reading for every kind. */
export async function samplePast(ctx: TenantContext, state: TenantState, asOf: string): Promise<SampledPast> {
  const { horizonDays } = state;
  const first = await readFirstSaleDay(ctx.db);
  const today = dayNumber(asOf);
  const days = first === null ? 0 : today - dayNumber(first);
  const origins = churnOrigins(today - days, today, { horizonDays, leastBefore: LEAST_BEFORE, wanted: ORIGINS });
  const how: FeatureOptions = { minorPerUnit: 10 ** minorDigits(state.currency), countZero: state.countZeroOrders };
  const name = state.model?.behaviour.model ?? DEFAULT_MODEL;
  const options: RhythmOptions = { unitDays: UNIT_DAYS, model: isModelName(name) ? name : DEFAULT_MODEL, minorPerUnit: how.minorPerUnit };
  const earliest = origins.at(-1);
  if (earliest === undefined) {
    const none = { customer: new Int32Array(0), day: new Int32Array(0), amount: new Float64Array(0) };
    return { today, origins, tooShort: `takes ${horizonDays + LEAST_BEFORE} days of orders, and there are ${Math.max(0, days)}`, history: { orders: none }, how, options };
  }
  const sources = await readSources(ctx.db);
  const eventsFrom = sources.events ? dayText(earliest + 1 - EVENT_DAYS) : null;
  const { history } = await readSampleHistories(ctx.db, { asOf, mix: sources.mix, eventsFrom, closedBefore: state.closed?.before ?? null }, SAMPLE);
  return { today, origins, tooShort: null, history, how, options };
}

/** Customers as of `origin`, and what they did in the horizon after it; of the columns that `how.only` names, where it does. */
export function pastWindow(history: History, origin: number, horizonDays: number, how: FeatureOptions): PastWindow {
  const then = featuresAt(history, origin, how);
  const outcome = outcomeOf(history, then.customer, origin, origin + horizonDays, how.countZero);
  return { origin: dayText(origin), end: dayText(origin + horizonDays), customer: then.customer, table: then.table, left: churnLabels(outcome), spent: outcome.spend };
}

/** What became of learning: the model that serves as bytes, or null where something plainer serves. */
export interface Learned {
  model: string;
  bytes: Uint8Array | null;
  evidence: Record<string, unknown>;
  notes: string[];
}

/** Keeps the run, its file first, and lets it serve; older files go. */
export async function keepLearned(ctx: TenantContext, about: LearnedAbout, { model, bytes, evidence, notes }: Learned): Promise<void> {
  const id = v7();
  const folder = `${ctx.companyId}/models/${about.kind}/`;
  const fileKey = bytes === null ? null : `${folder}${id}.bin`;
  if (bytes !== null && fileKey !== null) await ctx.files.put(fileKey, new Blob([Uint8Array.from(bytes)]).stream(), { contentType: 'application/octet-stream', size: bytes.length });
  await keepLearnedRun(ctx.db, { ...about, id, model, fileKey, evidence, notes, error: null }, bytes !== null);
  // Ids rise with time, and so do keys.
  const files = (await ctx.files.list(folder)).map(({ key }) => key).toSorted();
  for (const key of files.slice(0, -FILES_KEPT)) {
    await forgetModelFile(ctx.db, key);
    await ctx.files.remove(key);
  }
}
